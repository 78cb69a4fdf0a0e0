//! A report that `collect` wrote is whole: it lists sockets, rules and files of both machines, and
//! has a matrix. Then nothing has to be weighed. A cause is what differs from a healthy machine and
//! shows in a cell that the reporter complains of; what shows in none is only possible.

use super::{
    case::Case,
    causes,
    engine::{Clue, Confidence, Diagnosis, Finding},
};
use crate::{
    cause::Cause,
    evidence::{
        Evidence,
        fact::{Attempt, Firewall, Kind, Place, Seen, SettingFile},
        readers,
        side::Side,
        span::Span,
    },
    node::Node,
    outcome::Outcome,
    picture::{Forward, Helper, Picture, draw, places::NOBODY},
    route::Route,
    scenario::ServiceUser,
    target,
    tool::Tool,
};

/// What is known of a whole report.
struct Whole<'e> {
    evidence: &'e Evidence,
    picture: Picture,
}

/// What a rule found: why, where it stands, and whether it shows where the reporter complains.
struct Found {
    says: &'static str,
    spans: Vec<Span>,
    shows: bool,
}

type Look = fn(&Whole<'_>) -> Option<Found>;

/// A cause, and how it is seen. The first ones are nearest to the server.
const RULES: [(&str, Look); 20] = [
    ("service-not-running", not_running),
    ("toolchain", elsewhere),
    ("debugger-same-user", other_user),
    ("wrong-response", wrong_response),
    ("loopback-down", loopback_down),
    ("localhost-ipv6-mismatch", only_v6),
    ("portproxy-target-loopback", rule_to_loopback),
    ("loopback-bind", loopback_bind),
    ("relay-dual-stack", dual_stack),
    ("firewalld-block", firewalld),
    ("stale-portproxy", stale),
    ("host-ip-misderived", rule_to_windows),
    ("portproxy-port-conflict", conflict),
    ("iphlpsvc-stopped", helper_stopped),
    ("wslconfig-misplaced-key", misplaced),
    ("localhost-forwarding-off", forwarding_off),
    ("proxy-env-wrong-namespace", proxy_on_loopback),
    ("proxy-intercepts-localhost", proxy_elsewhere),
    ("relay-loopback-only-lan", lan_has_no_way),
    ("windows-firewall-block", defender),
];

/// A matrix of one machine has four rows of four tools; a piece of one is no whole report.
const LEAST: usize = 12;

/// The causes of a whole report. `None`: it is not whole.
pub(super) fn diagnose(evidence: &Evidence, case: &Case<'_>) -> Option<Diagnosis> {
    if !evidence.document.blocks().iter().any(readers::is_matrix) || case.attempts().len() < LEAST {
        return None;
    }
    let whole = Whole { evidence, picture: draw(evidence).ok()? };
    let mut findings: Vec<Finding> = Vec::new();
    let all = RULES.iter().copied().chain([("resolver-replaced", resolver as Look)]);
    for (slug, look) in all {
        let (Some(cause), Some(found)) = (Cause::from_slug(slug), look(&whole)) else { continue };
        let confidence = if found.shows { Confidence::Certain } else { Confidence::Possible };
        let weight = if found.shows { 10.0 } else { 1.0 };
        let rule = causes::rules().into_iter().find(|rule| rule.cause == cause);
        findings.push(Finding {
            cause,
            about: rule.map_or_else(|| found.says.to_owned(), |rule| rule.about),
            confidence,
            weight,
            clues: vec![Clue { weight, says: found.says.to_owned(), spans: found.spans }],
            ask: Vec::new(),
        });
    }
    findings.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    Some(Diagnosis { findings, ask: Vec::new() })
}

impl Whole<'_> {
    fn cell(&self, from: Node, to: target::Host, port: Option<u16>, tool: Tool) -> Option<Outcome> {
        let port = port.filter(|port| *port != self.picture.port);
        let route = Route { from, to: target::Target { host: to, port } };
        self.picture.reported.iter().find_map(|it| match it.seen {
            Seen::Outcome(outcome) if it.route == route && it.tool == Some(tool) => Some(outcome),
            _ => None,
        })
    }

    /// Whether a cell of the own port shows one of these.
    fn shows(&self, from: Node, to: target::Host, tool: Tool, outcomes: &[Outcome]) -> bool {
        self.cell(from, to, None, tool).is_some_and(|outcome| outcomes.contains(&outcome))
    }

    /// Whether the reporter complains of a route to there; one who names none complains of all that
    /// fails.
    fn complains(&self, of: impl Fn(&Route) -> bool) -> bool {
        let said = self.picture.reported.iter().filter(|it| it.seen == Seen::Fails);
        let mut any = false;
        for it in said {
            any = true;
            if of(&it.route) {
                return true;
            }
        }
        !any
    }

    fn complains_of(&self, from: Node, hosts: &[target::Host]) -> bool {
        self.complains(|route| route.from == from && hosts.contains(&route.to.host))
    }

    /// Where facts of a kind stand.
    fn spans(&self, is: impl Fn(&Kind, Side) -> bool) -> Vec<Span> {
        let facts = self.evidence.facts.iter();
        facts.filter(|fact| is(&fact.kind, fact.side)).map(|fact| fact.span).collect()
    }

    fn listener(&self, port: u16, windows: bool) -> Vec<Span> {
        self.spans(|kind, side| {
            let of_windows = side == Side::Windows;
            matches!(kind, Kind::Listener(it) if it.port == port && of_windows == windows)
        })
    }

    fn row(&self, from: Side, to: &Place) -> Vec<Span> {
        self.spans(|kind, side| {
            matches!(kind, Kind::Attempt(Attempt { to: place, .. }) if side == from && place == to)
        })
    }

    fn rules(&self, is: impl Fn(&Forward) -> bool) -> Vec<&Forward> {
        self.picture.rules.iter().filter(|rule| is(rule)).collect()
    }

    fn rule_spans(&self, rules: &[&Forward]) -> Vec<Span> {
        self.spans(|kind, _| match kind {
            Kind::PortProxy(it) => rules.iter().any(|rule| it.port() == Some(rule.listen_port)),
            _ => false,
        })
    }

    /// Whether somebody who goes through a rule complains.
    fn complains_of_rule(&self, rules: &[&Forward]) -> bool {
        self.complains(|route| {
            let port = route.to.port.unwrap_or(self.picture.port);
            route.to.host != target::Host::WslIp
                && route.from != Node::Wsl
                && rules.iter().any(|rule| rule.listen_port == port)
        })
    }

    /// What a rule's own port shows from Windows.
    fn through(&self, rule: &Forward, tool: Tool) -> Option<Outcome> {
        let port = Some(rule.listen_port);
        [target::Host::Loopback4, target::Host::Localhost, target::Host::WindowsLanIp]
            .into_iter()
            .find_map(|host| self.cell(Node::Windows, host, port, tool))
    }
}

const LOOPBACK: [target::Host; 3] =
    [target::Host::Localhost, target::Host::Loopback4, target::Host::Loopback6];

fn not_running(whole: &Whole<'_>) -> Option<Found> {
    let picture = &whole.picture;
    let gone = picture.server.is_none() && !picture.others.iter().any(|it| it.program == "dlv");
    let spans = whole.row(Side::Guest, &Place::Loopback4);
    let refused = whole.shows(Node::Wsl, target::Host::WslIp, Tool::Nc, &[Outcome::Refused])
        || whole.shows(Node::Windows, target::Host::WslIp, Tool::Nc, &[Outcome::Refused]);
    let says = "nobody in the guest listens on the port";
    gone.then_some(Found { says, spans, shows: refused || picture.firewalld.is_some() })
}

fn elsewhere(whole: &Whole<'_>) -> Option<Found> {
    let picture = &whole.picture;
    let debugger = picture.others.iter().find(|it| it.program == "dlv")?;
    let says = "the debugger listens on another port than the one that is asked";
    let spans = whole.listener(debugger.listen.port, false);
    picture.server.is_none().then_some(Found { says, spans, shows: true })
}

fn other_user(whole: &Whole<'_>) -> Option<Found> {
    let server = whole.picture.server.as_ref()?;
    let same = server.program == "dlv" && server.user == ServiceUser::Second;
    let says = "the debugger is another user's, and hangs up on everybody else";
    let shows = whole.shows(Node::Wsl, target::Host::Loopback4, Tool::Telnet, &[Outcome::Dropped]);
    let spans = whole.spans(|kind, _| matches!(kind, Kind::RunBy(it) if it.user != "root"));
    same.then_some(Found { says, spans, shows })
}

fn wrong_response(whole: &Whole<'_>) -> Option<Found> {
    let is_error = |outcome| matches!(outcome, Some(Outcome::Http(400..)));
    let inside = [target::Host::Loopback4, target::Host::WslIp];
    let shows = inside.into_iter().any(|to| is_error(whole.cell(Node::Wsl, to, None, Tool::Curl)))
        || is_error(whole.cell(Node::Windows, target::Host::WslIp, None, Tool::Curl));
    let says = "the server itself answers with an error";
    let spans = whole.row(Side::Guest, &Place::Loopback4);
    shows.then_some(Found { says, spans, shows })
}

fn loopback_down(whole: &Whole<'_>) -> Option<Found> {
    let says = "the interface lo is down";
    let spans = whole.spans(|kind, side| {
        side != Side::Windows && matches!(kind, Kind::Link(it) if it.interface == "lo")
    });
    whole.picture.loopback_down.then_some(Found { says, spans, shows: true })
}

fn only_v6(whole: &Whole<'_>) -> Option<Found> {
    let server = whole.picture.server.as_ref()?;
    let v6 = matches!(server.listen.host.as_str(), "[::1]" | "localhost");
    let says = "the server listens on [::1] alone";
    let spans = whole.listener(server.listen.port, false);
    let shows = whole.complains(|route| route.to.host == target::Host::Loopback4);
    v6.then_some(Found { says, spans, shows })
}

fn on_loopback(whole: &Whole<'_>) -> bool {
    let host = whole.picture.server.as_ref().map(|server| server.listen.host.as_str());
    host.is_some_and(|host| host.starts_with("127.") || host == "[::1]")
}

fn rule_to_loopback(whole: &Whole<'_>) -> Option<Found> {
    let port = whole.picture.port;
    let rules = whole.rules(|rule| rule.connect == "{wsl-ip}" && rule.connect_port == port);
    let so = on_loopback(whole) && !rules.is_empty();
    let says = "the rule leads to the guest's address, and the server listens on loopback";
    let spans = [whole.rule_spans(&rules), whole.listener(port, false)].concat();
    so.then(|| Found { says, spans, shows: whole.complains_of_rule(&rules) })
}

fn loopback_bind(whole: &Whole<'_>) -> Option<Found> {
    let server = whole.picture.server.as_ref()?;
    let v4 = server.listen.host.starts_with("127.");
    let says = "the server listens on 127.0.0.1 alone";
    let shows = whole.complains_of(Node::Windows, &[target::Host::WslIp])
        && whole.complains(|route| route.to.host == target::Host::WslIp);
    let spans = whole.listener(server.listen.port, false);
    v4.then_some(Found { says, spans, shows })
}

fn dual_stack(whole: &Whole<'_>) -> Option<Found> {
    let server = whole.picture.server.as_ref()?;
    let dual = server.listen.host.is_empty() && server.listen.network == "tcp";
    let says = "the server has one socket for both families, which WSL relays on [::1] alone";
    let shows = whole.complains_of(Node::Windows, &[target::Host::Loopback4])
        && !whole.picture.rules.iter().any(|rule| rule.listen_port == server.listen.port);
    let spans = whole.listener(server.listen.port, false);
    dual.then_some(Found { says, spans, shows })
}

fn firewalld(whole: &Whole<'_>) -> Option<Found> {
    let zone = whole.picture.firewalld.as_ref()?;
    let port = whole.picture.port.to_string();
    let closed = !zone.ports.contains(&port) && zone.name.as_deref() != Some("trusted");
    let says = "the zone of firewalld does not open the port";
    let blocked = [Outcome::NoRoute, Outcome::Timeout, Outcome::NotPermitted];
    let shows = whole.shows(Node::Windows, target::Host::WslIp, Tool::Nc, &blocked);
    let spans = whole.spans(|kind, _| matches!(kind, Kind::Firewall(Firewall::Zone(_))));
    closed.then_some(Found { says, spans, shows })
}

fn stale(whole: &Whole<'_>) -> Option<Found> {
    let rules = whole.rules(|rule| rule.connect == NOBODY);
    let says = "a rule leads to an address that is not the guest's";
    let found =
        Found { says, spans: whole.rule_spans(&rules), shows: whole.complains_of_rule(&rules) };
    (!rules.is_empty()).then_some(found)
}

fn rule_to_windows(whole: &Whole<'_>) -> Option<Found> {
    let rules = whole
        .rules(|rule| rule.connect == "{windows-gateway}" || rule.connect == "{windows-lan-ip}");
    let says = "a rule leads to Windows' own address, taken for the guest's";
    let found =
        Found { says, spans: whole.rule_spans(&rules), shows: whole.complains_of_rule(&rules) };
    (!rules.is_empty()).then_some(found)
}

fn conflict(whole: &Whole<'_>) -> Option<Found> {
    let port = whole.picture.port;
    let program = whole.picture.windows.iter().any(|it| it.listen.port == port);
    let says = "a program on Windows has the port, and rule and relay have not";
    let shows = whole.complains_of(Node::Windows, &LOOPBACK);
    program.then(|| Found { says, spans: whole.listener(port, true), shows })
}

fn helper_stopped(whole: &Whole<'_>) -> Option<Found> {
    let rules = whole.rules(|_| true);
    let stopped = whole.picture.helper != Helper::Running && !rules.is_empty();
    let says = "the service that serves portproxy rules does not run";
    let refused = rules.iter().any(|rule| whole.through(rule, Tool::Nc) == Some(Outcome::Refused));
    let spans = whole.spans(|kind, _| matches!(kind, Kind::Service(it) if it.name == "iphlpsvc"));
    stopped.then(|| Found { says, spans, shows: refused && whole.complains_of_rule(&rules) })
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

fn misplaced(whole: &Whole<'_>) -> Option<Found> {
    let says = "/etc/wsl.conf has a key that only .wslconfig knows";
    let spans =
        whole.spans(|kind, _| matches!(kind, Kind::Setting(it) if it.file == SettingFile::WslConf));
    let shows = switched_off(whole) && whole.complains_of(Node::Windows, &LOOPBACK);
    in_wrong_file(whole).then_some(Found { says, spans, shows })
}

fn forwarding_off(whole: &Whole<'_>) -> Option<Found> {
    let says = "localhostForwarding is off in .wslconfig";
    let spans = whole
        .spans(|kind, _| matches!(kind, Kind::Setting(it) if it.file == SettingFile::WslConfig));
    // Where the cure went into the wrong file, that is the cause.
    let shows = !in_wrong_file(whole) && whole.complains_of(Node::Windows, &LOOPBACK);
    switched_off(whole).then_some(Found { says, spans, shows })
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

fn proxy_on_loopback(whole: &Whole<'_>) -> Option<Found> {
    let local = whole.picture.env.values().any(|value| value.contains("127.0.0.1"));
    let says = "a proxy on 127.0.0.1 is named, where nobody listens: it is Windows' own loopback";
    local.then(|| Found { says, spans: variables(whole), shows: through_proxy(whole) })
}

fn proxy_elsewhere(whole: &Whole<'_>) -> Option<Found> {
    let picture = &whole.picture;
    let names = picture.env.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("no_proxy"));
    let elsewhere = names.filter(|(_, value)| !value.contains("127.0.0.1")).count() > 0;
    let so = picture.windows_proxy.is_some() || elsewhere;
    let says = "requests for localhost go to a proxy";
    so.then(|| Found { says, spans: variables(whole), shows: through_proxy(whole) })
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

fn lan_has_no_way(whole: &Whole<'_>) -> Option<Found> {
    let so = open_rules(whole).is_empty() && from_outside(whole);
    let says = "the relay listens on loopback only, and no rule leads in from the LAN";
    let spans = whole.row(Side::Lan, &Place::WindowsLan);
    so.then_some(Found { says, spans, shows: true })
}

fn defender(whole: &Whole<'_>) -> Option<Found> {
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
    so.then_some(Found { says, spans, shows: true })
}

fn resolver(whole: &Whole<'_>) -> Option<Found> {
    whole.picture.nameservers.as_ref()?;
    let says =
        "resolv.conf names a server that is not the one WSL writes, and names do not resolve";
    let name = target::Host::LanName;
    let shows = whole.shows(Node::Wsl, name, Tool::Curl, &[Outcome::NoName]);
    let spans =
        whole.spans(|kind, side| side == Side::Guest && matches!(kind, Kind::Nameserver(_)));
    shows.then_some(Found { says, spans, shows })
}
