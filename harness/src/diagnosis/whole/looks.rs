//! How each cause is seen in a whole report.

use super::{Found, report::Whole};
use crate::{
    evidence::{
        fact::{Firewall, Kind, Place, Seen, SettingFile},
        side::Side,
        span::Span,
    },
    node::Node,
    outcome::Outcome,
    picture::{Forward, Helper, places::NOBODY},
    scenario::ServiceUser,
    target,
    tool::Tool,
};

const LOOPBACK: [target::Host; 3] =
    [target::Host::Localhost, target::Host::Loopback4, target::Host::Loopback6];

pub(super) fn not_running(whole: &Whole<'_>) -> Option<Found> {
    let picture = &whole.picture;
    let gone = picture.server.is_none() && !picture.others.iter().any(|it| it.program == "dlv");
    let spans = whole.row(Side::Guest, &Place::Loopback4);
    let refused = whole.shows(Node::Wsl, target::Host::WslIp, Tool::Nc, &[Outcome::Refused])
        || whole.shows(Node::Windows, target::Host::WslIp, Tool::Nc, &[Outcome::Refused]);
    let says = "nobody in the guest listens on the port";
    gone.then_some(Found::new(says, spans, refused || picture.firewalld.is_some()))
}

pub(super) fn elsewhere(whole: &Whole<'_>) -> Option<Found> {
    let picture = &whole.picture;
    let debugger = picture.others.iter().find(|it| it.program == "dlv")?;
    let says = "the debugger listens on another port than the one that is asked";
    let spans = whole.listener(debugger.listen.port, false);
    picture.server.is_none().then_some(Found::new(says, spans, true))
}

pub(super) fn other_user(whole: &Whole<'_>) -> Option<Found> {
    let server = whole.picture.server.as_ref()?;
    let same = server.program == "dlv" && server.user == ServiceUser::Second;
    let says = "the debugger is another user's, and hangs up on everybody else";
    let shows = whole.shows(Node::Wsl, target::Host::Loopback4, Tool::Telnet, &[Outcome::Dropped]);
    let spans = whole.spans(|kind, _| matches!(kind, Kind::RunBy(it) if it.user != "root"));
    same.then_some(Found::new(says, spans, shows))
}

pub(super) fn wrong_response(whole: &Whole<'_>) -> Option<Found> {
    let is_error = |outcome| matches!(outcome, Some(Outcome::Http(400..)));
    let inside = [target::Host::Loopback4, target::Host::WslIp];
    let shows = inside.into_iter().any(|to| is_error(whole.cell(Node::Wsl, to, None, Tool::Curl)))
        || is_error(whole.cell(Node::Windows, target::Host::WslIp, None, Tool::Curl));
    let says = "the server itself answers with an error";
    let spans = whole.row(Side::Guest, &Place::Loopback4);
    shows.then_some(Found::new(says, spans, shows))
}

pub(super) fn loopback_down(whole: &Whole<'_>) -> Option<Found> {
    let says = "the interface lo is down";
    let spans = whole.spans(|kind, side| {
        side != Side::Windows && matches!(kind, Kind::Link(it) if it.interface == "lo")
    });
    whole.picture.loopback_down.then_some(Found::new(says, spans, true))
}

pub(super) fn only_v6(whole: &Whole<'_>) -> Option<Found> {
    let server = whole.picture.server.as_ref()?;
    let v6 = matches!(server.listen.host.as_str(), "[::1]" | "localhost");
    let says = "the server listens on [::1] alone";
    let spans = whole.listener(server.listen.port, false);
    let shows = whole.complains(|route| route.to.host == target::Host::Loopback4);
    v6.then_some(Found::new(says, spans, shows))
}

fn on_loopback(whole: &Whole<'_>) -> bool {
    let host = whole.picture.server.as_ref().map(|server| server.listen.host.as_str());
    host.is_some_and(|host| host.starts_with("127.") || host == "[::1]")
}

pub(super) fn rule_to_loopback(whole: &Whole<'_>) -> Option<Found> {
    let port = whole.picture.port;
    let rules = whole.rules(|rule| rule.connect == "{wsl-ip}" && rule.connect_port == port);
    let so = on_loopback(whole) && !rules.is_empty();
    let says = "the rule leads to the guest's address, and the server listens on loopback";
    let spans = [whole.rule_spans(&rules), whole.listener(port, false)].concat();
    so.then(|| Found::new(says, spans, whole.complains_of_rule(&rules)))
}

pub(super) fn loopback_bind(whole: &Whole<'_>) -> Option<Found> {
    let server = whole.picture.server.as_ref()?;
    let v4 = server.listen.host.starts_with("127.");
    let says = "the server listens on 127.0.0.1 alone";
    let shows = whole.complains_of(Node::Windows, &[target::Host::WslIp])
        && whole.complains(|route| route.to.host == target::Host::WslIp);
    let spans = whole.listener(server.listen.port, false);
    v4.then_some(Found::new(says, spans, shows))
}

pub(super) fn dual_stack(whole: &Whole<'_>) -> Option<Found> {
    let server = whole.picture.server.as_ref()?;
    let dual = server.listen.host.is_empty() && server.listen.network == "tcp";
    let says = "the server has one socket for both families, which WSL relays on [::1] alone";
    let shows = whole.complains_of(Node::Windows, &[target::Host::Loopback4])
        && !whole.picture.rules.iter().any(|rule| rule.listen_port == server.listen.port);
    let spans = whole.listener(server.listen.port, false);
    dual.then_some(Found::new(says, spans, shows))
}

pub(super) fn firewalld(whole: &Whole<'_>) -> Option<Found> {
    let zone = whole.picture.firewalld.as_ref()?;
    let port = whole.picture.port.to_string();
    let closed = !zone.ports.contains(&port) && zone.name.as_deref() != Some("trusted");
    let says = "the zone of firewalld does not open the port";
    let blocked = [Outcome::NoRoute, Outcome::Timeout, Outcome::NotPermitted];
    let shows = whole.shows(Node::Windows, target::Host::WslIp, Tool::Nc, &blocked);
    let spans = whole.spans(|kind, _| matches!(kind, Kind::Firewall(Firewall::Zone(_))));
    closed.then_some(Found::new(says, spans, shows))
}

pub(super) fn stale(whole: &Whole<'_>) -> Option<Found> {
    let rules = whole.rules(|rule| rule.connect == NOBODY);
    let says = "a rule leads to an address that is not the guest's";
    let found = Found::new(says, whole.rule_spans(&rules), whole.complains_of_rule(&rules));
    (!rules.is_empty()).then_some(found)
}

pub(super) fn rule_to_windows(whole: &Whole<'_>) -> Option<Found> {
    let rules = whole
        .rules(|rule| rule.connect == "{windows-gateway}" || rule.connect == "{windows-lan-ip}");
    let says = "a rule leads to Windows' own address, taken for the guest's";
    let found = Found::new(says, whole.rule_spans(&rules), whole.complains_of_rule(&rules));
    (!rules.is_empty()).then_some(found)
}

pub(super) fn conflict(whole: &Whole<'_>) -> Option<Found> {
    let port = whole.picture.port;
    let program = whole.picture.windows.iter().any(|it| it.listen.port == port);
    let says = "a program on Windows has the port, and rule and relay have not";
    let shows = whole.complains_of(Node::Windows, &LOOPBACK);
    program.then(|| Found::new(says, whole.listener(port, true), shows))
}

pub(super) fn helper_stopped(whole: &Whole<'_>) -> Option<Found> {
    let rules = whole.rules(|_| true);
    let stopped = whole.picture.helper != Helper::Running && !rules.is_empty();
    let says = "the service that serves portproxy rules does not run";
    let refused = rules.iter().any(|rule| whole.through(rule, Tool::Nc) == Some(Outcome::Refused));
    let spans = whole.spans(|kind, _| matches!(kind, Kind::Service(it) if it.name == "iphlpsvc"));
    stopped.then(|| Found::new(says, spans, refused && whole.complains_of_rule(&rules)))
}

fn switched_off(whole: &Whole<'_>) -> bool {
    whole.picture.wslconfig.iter().any(|(_, key, value)| {
        key.eq_ignore_ascii_case("localhostForwarding") && value.eq_ignore_ascii_case("false")
    })
}

fn in_wrong_file(whole: &Whole<'_>) -> bool {
    whole.picture.wsl_conf.iter().any(|(_, key, _)| {
        ["localhostforwarding", "autoproxy", "networkingmode"]
            .contains(&key.to_ascii_lowercase().as_str())
    })
}

pub(super) fn misplaced(whole: &Whole<'_>) -> Option<Found> {
    let says = "/etc/wsl.conf has a key that only .wslconfig knows";
    let spans =
        whole.spans(|kind, _| matches!(kind, Kind::Setting(it) if it.file == SettingFile::WslConf));
    let shows = switched_off(whole) && whole.complains_of(Node::Windows, &LOOPBACK);
    in_wrong_file(whole).then_some(Found::new(says, spans, shows))
}

pub(super) fn forwarding_off(whole: &Whole<'_>) -> Option<Found> {
    let says = "localhostForwarding is off in .wslconfig";
    let spans = whole
        .spans(|kind, _| matches!(kind, Kind::Setting(it) if it.file == SettingFile::WslConfig));
    // Where the cure went into the wrong file, that is the cause.
    let shows = !in_wrong_file(whole) && whole.complains_of(Node::Windows, &LOOPBACK);
    switched_off(whole).then_some(Found::new(says, spans, shows))
}

pub(super) fn reserved(whole: &Whole<'_>) -> Option<Found> {
    let says = "Windows keeps the port from every program, and nobody there listens for the guest";
    let port = whole.picture.port;
    let spans =
        whole.spans(|kind, _| matches!(kind, Kind::ReservedPorts(it) if it.ports.holds(port)));
    let shows = whole.complains_of(Node::Windows, &LOOPBACK);
    // Nobody is known to have tried it with the relay: `relay-12` in docs/FIDELITY.md.
    let settled = false;
    whole.picture.relay_kept_out.then_some(Found { says, spans, shows, settled })
}

pub(super) fn relay_lost(whole: &Whole<'_>) -> Option<Found> {
    let says = "the guest listens and the relay is on, and nobody on Windows listens for it";
    let refused = whole.row(Side::Windows, &Place::Loopback4);
    let spans = [whole.listener(whole.picture.port, false), refused].concat();
    let shows = whole.complains_of(Node::Windows, &LOOPBACK);
    let settled = whole.has_no_relay();
    whole.picture.relay_lost.then_some(Found { says, spans, shows, settled })
}

fn through_proxy(whole: &Whole<'_>) -> bool {
    let proxied = [Outcome::ProxyRefused, Outcome::ProxyError];
    let any = [target::Host::Localhost, target::Host::Loopback4, target::Host::WslIp];
    any.into_iter().any(|to| whole.shows(Node::Wsl, to, Tool::Curl, &proxied))
}

fn variables(whole: &Whole<'_>) -> Vec<Span> {
    whole.spans(|kind, _| {
        matches!(kind, Kind::Variable(it) if it.name.to_ascii_lowercase().ends_with("_proxy"))
    })
}

pub(super) fn proxy_on_loopback(whole: &Whole<'_>) -> Option<Found> {
    let local = whole.picture.env.values().any(|value| value.contains("127.0.0.1"));
    let says = "a proxy on 127.0.0.1 is named, where nobody listens: it is Windows' own loopback";
    local.then(|| Found::new(says, variables(whole), through_proxy(whole)))
}

pub(super) fn proxy_elsewhere(whole: &Whole<'_>) -> Option<Found> {
    let picture = &whole.picture;
    let names = picture.env.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("no_proxy"));
    let elsewhere = names.filter(|(_, value)| !value.contains("127.0.0.1")).count() > 0;
    let so = picture.windows_proxy.is_some() || elsewhere;
    let says = "requests for localhost go to a proxy";
    so.then(|| Found::new(says, variables(whole), through_proxy(whole)))
}

/// Rules that another machine can reach.
fn open_rules<'w>(whole: &'w Whole<'_>) -> Vec<&'w Forward> {
    let port = whole.picture.port;
    whole.rules(|rule| {
        let outside = rule.listen == "0.0.0.0" || rule.listen == "{windows-lan-ip}";
        outside && rule.listen_port == port
    })
}

fn from_outside(whole: &Whole<'_>) -> bool {
    let complains = whole.complains(|route| {
        let into_windows = [target::Host::WindowsLanIp, target::Host::WindowsGateway];
        route.from != Node::Windows && into_windows.contains(&route.to.host)
    });
    let said = whole.picture.reported.iter().any(|it| it.seen == Seen::Fails);
    complains && said
}

pub(super) fn lan_has_no_way(whole: &Whole<'_>) -> Option<Found> {
    let so = open_rules(whole).is_empty() && from_outside(whole);
    let says = "the relay listens on loopback only, and no rule leads in from the LAN";
    let spans = whole.row(Side::Lan, &Place::WindowsLan);
    so.then_some(Found::new(says, spans, true))
}

pub(super) fn defender(whole: &Whole<'_>) -> Option<Found> {
    let picture = &whole.picture;
    let port = picture.port.to_string();
    let allowed = picture
        .defender
        .iter()
        .any(|rule| rule.allows && rule.ports.split(',').any(|it| it == port));
    let rules = open_rules(whole);
    let so = !rules.is_empty() && !allowed && !picture.defender_off && from_outside(whole);
    let says = "no rule of Defender lets the port in";
    let spans = [whole.rule_spans(&rules), whole.row(Side::Lan, &Place::WindowsLan)].concat();
    so.then_some(Found::new(says, spans, true))
}

pub(super) fn resolver(whole: &Whole<'_>) -> Option<Found> {
    whole.picture.nameservers.as_ref()?;
    let says =
        "resolv.conf names a server that is not the one WSL writes, and names do not resolve";
    let name = target::Host::LanName;
    let shows = whole.shows(Node::Wsl, name, Tool::Curl, &[Outcome::NoName]);
    let spans =
        whole.spans(|kind, side| side == Side::Guest && matches!(kind, Kind::Nameserver(_)));
    shows.then_some(Found::new(says, spans, shows))
}
