//! The most likely next look: what the rungs say together, which none says alone.

use super::{
    vantage::From,
    walk::{Row, Rung, Walk},
};
use crate::{
    node::Node,
    outcome::{Outcome, Via},
};

/// Where to look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conclusion {
    /// What is most likely so.
    pub likely: String,
    /// What to type, and where.
    pub look: String,
    /// The classes of failure, the likeliest first.
    pub see: &'static [&'static str],
}

fn conclusion(
    likely: impl Into<String>,
    look: impl Into<String>,
    see: &'static [&'static str],
) -> Conclusion {
    Conclusion { likely: likely.into(), look: look.into(), see }
}

/// The conclusion from everything that was seen. Causes that explain more come first: a proxy
/// before the server behind it, a difference between addresses before the address.
pub fn conclude(walks: &[Walk]) -> Conclusion {
    let seen = Seen(walks);
    seen.unread()
        .or_else(|| seen.no_name())
        .or_else(|| seen.loopback_down())
        .or_else(|| seen.proxy())
        .or_else(|| seen.families())
        .or_else(|| seen.middleman())
        .or_else(|| seen.wrong_answer())
        .or_else(|| seen.firewall())
        .or_else(|| seen.not_listening())
        .or_else(|| seen.silence())
        .or_else(|| seen.no_way())
        .unwrap_or_else(|| seen.nothing_wrong())
}

struct Seen<'a>(&'a [Walk]);

impl<'a> Seen<'a> {
    /// Every row that did not reach the top and is not excused.
    fn failed(&self) -> impl Iterator<Item = (From, &'a Row)> + use<'a> {
        self.0.iter().flat_map(|walk| {
            let rows = walk.rows.iter().filter(|row| !row.is_reached() && !walk.excuses(row));
            rows.map(|row| (walk.from, row))
        })
    }

    fn find(&self, wanted: impl Fn(From, &Row) -> bool) -> Option<(From, &'a Row)> {
        self.failed().find(|(from, row)| wanted(*from, row))
    }

    fn any(&self, wanted: impl Fn(From, &Row) -> bool) -> bool {
        self.0.iter().any(|walk| walk.rows.iter().any(|row| wanted(walk.from, row)))
    }

    fn unread(&self) -> Option<Conclusion> {
        let (from, row) = self.find(|_, row| matches!(row.http, Rung::Unread(_)))?;
        let Rung::Unread(said) = &row.http else { return None };
        let look = said.lines().next().unwrap_or_default();
        let likely = format!("curl, from {from}, says something that this program does not know");
        Some(conclusion(likely, look, &[]))
    }

    fn no_name(&self) -> Option<Conclusion> {
        let no_name = |row: &Row| {
            !row.is_proxied()
                && (row.bearings.addresses.is_empty()
                    || row.tcp.outcome() == Some(Outcome::NoName)
                    || row.http.outcome() == Some(Outcome::NoName))
        };
        let (from, row) = self.find(|_, row| no_name(row))?;
        let name = &row.place.label;
        Some(conclusion(
            format!("{name} does not resolve ({from})"),
            format!("`getent ahosts {name}`, /etc/hosts and /etc/resolv.conf there"),
            &["hosts-file-override", "resolver-replaced", "dns"],
        ))
    }

    fn loopback_down(&self) -> Option<Conclusion> {
        // Without IPv6 there is no ::1, and that is no fault of lo.
        let down = |row: &Row| {
            row.place.is_loopback()
                && !row.place.host.contains(':')
                && row.ping.outcome().is_some_and(|it| it != Outcome::Ok)
                && row.tcp.outcome() != Some(Outcome::Open)
        };
        let (from, _) = self.find(|_, row| down(row))?;
        let likely = format!("lo is down or filtered ({from}): not even 127.0.0.1 answers");
        Some(conclusion(likely, "`ip link show lo` there", &["loopback-down"]))
    }

    fn proxy(&self) -> Option<Conclusion> {
        let (from, row) = self.find(|_, row| match &row.http {
            Rung::Asked(probed) => probed.via == Via::Proxy,
            _ => false,
        })?;
        let proxy = row.bearings.proxy.as_deref().unwrap_or("a proxy");
        let see: &[&str] = match row.http.outcome() {
            Some(Outcome::ProxyRefused) => {
                &["proxy-env-wrong-namespace", "proxy-intercepts-localhost"]
            }
            _ => &["proxy-intercepts-localhost", "proxy-env-wrong-namespace"],
        };
        Some(conclusion(
            format!("the request went to {proxy} ({from}), not to the server"),
            format!("`curl --noproxy '*' http://{}:{}/` there", row.place.label, row.place.port),
            see,
        ))
    }

    /// 127.0.0.1 and `[::1]` of one vantage differ, and whoever takes the dead one fails.
    fn families(&self) -> Option<Conclusion> {
        self.0.iter().find_map(|walk| {
            let (v4, v6) = (walk.row("127.0.0.1")?, walk.row("[::1]")?);
            if !v6.is_reached() || v4.tcp.outcome() != Some(Outcome::Refused) {
                return None;
            }
            let from = walk.from;
            // The relay takes the address family of the guest's socket: what is dual there, is not
            // on Windows.
            let guest = self.0.iter().find(|walk| walk.from == From::Node(Node::Wsl));
            let in_guest = guest.and_then(|walk| walk.row("127.0.0.1"));
            if from == From::Node(Node::Windows) && in_guest.is_none_or(Row::is_reached) {
                return Some(conclusion(
                    "[::1] answers and 127.0.0.1 is refused on Windows: a dual-stack server in WSL",
                    "`ss -ltn` in WSL: `*:PORT` is dual-stack; let it listen on tcp4",
                    &["relay-dual-stack", "localhost-ipv6-mismatch"],
                ));
            }
            Some(conclusion(
                format!("[::1] answers and 127.0.0.1 is refused ({from}): a server on ::1 alone"),
                "`ss -ltn` and /etc/hosts where the server runs",
                &["localhost-ipv6-mismatch", "relay-dual-stack"],
            ))
        })
    }

    fn middleman(&self) -> Option<Conclusion> {
        let ends = |row: &Row, outcome| row.http.outcome() == Some(outcome);
        let silent = self.find(|_, row| ends(row, Outcome::NoAnswer));
        if let Some((from, row)) = silent {
            let likely = format!(
                "{} accepts and never answers ({from}): a portproxy rule whose target is gone, or \
                 a server that hangs",
                row.place.label
            );
            let look = "`netsh interface portproxy show all` on Windows";
            return Some(conclusion(likely, look, &["stale-portproxy", "vpn-mtu"]));
        }
        let (from, row) = self.find(|_, row| {
            ends(row, Outcome::Dropped) || row.tcp.outcome() == Some(Outcome::Dropped)
        })?;
        let likely = format!(
            "{} accepts and hangs up ({from}): a middleman whose target refuses, or no HTTP server",
            row.place.label
        );
        Some(conclusion(
            likely,
            "`netsh interface portproxy show all` on Windows, `ss -ltnp` in WSL",
            &["portproxy-target-loopback", "stale-portproxy", "debugger-same-user"],
        ))
    }

    fn wrong_answer(&self) -> Option<Conclusion> {
        let stranger = self.find(|_, row| row.http.outcome() == Some(Outcome::WrongServer));
        if let Some((from, row)) = stranger {
            let likely = format!("another program answers on {} ({from})", row.place.label);
            let look = "`ss -ltnp` on Linux, `netstat -ano` on Windows, for whose port it is";
            let see = &["port-conflict-windows", "portproxy-port-conflict", "wrong-response"];
            return Some(conclusion(likely, look, see));
        }
        let (from, row) =
            self.find(|_, row| matches!(row.http.outcome(), Some(Outcome::Http(_))))?;
        Some(conclusion(
            format!("a server answers with an error on {} ({from})", row.place.label),
            format!(
                "`curl -i http://{}:{}/`, for whose words they are",
                row.place.label, row.place.port
            ),
            &["wrong-response", "port-conflict-windows"],
        ))
    }

    fn firewall(&self) -> Option<Conclusion> {
        let rejected =
            |row: &Row| matches!(row.tcp.outcome(), Some(Outcome::NoRoute | Outcome::NotPermitted));
        let (from, row) = self.find(|_, row| rejected(row))?;
        let label = &row.place.label;
        if row.ping.outcome() == Some(Outcome::Ok) {
            return Some(conclusion(
                format!(
                    "a firewall rejects the port ({from} -> {label}): ping passes, TCP does not"
                ),
                "`sudo firewall-cmd --list-all` where the server runs",
                &["firewalld-block"],
            ));
        }
        Some(conclusion(
            format!(
                "nobody has the address ({from} -> {label}): WSL is stopped or has another one"
            ),
            "`wsl hostname -I` on Windows",
            &["host-ip-misderived"],
        ))
    }

    fn not_listening(&self) -> Option<Conclusion> {
        let refused = |row: &Row| row.tcp.outcome() == Some(Outcome::Refused);
        let (from, row) = self.find(|_, row| refused(row))?;
        let (label, port) = (&row.place.label, row.place.port);
        let here = |wanted: Node| move |from: From| from == From::Node(wanted);
        let (windows, wsl) = (here(Node::Windows), here(Node::Wsl));
        let loopback_answers =
            self.any(|from, row| !windows(from) && row.place.is_loopback() && row.is_reached());
        if !row.place.is_loopback() && loopback_answers {
            return Some(conclusion(
                format!("the server listens on loopback only: {label} is refused ({from})"),
                "`ss -ltn` where the server runs",
                &["loopback-bind"],
            ));
        }
        let guest_answers = self.any(|from, row| wsl(from) && row.is_reached());
        if windows(from) && row.place.is_loopback() && guest_answers {
            return Some(conclusion(
                "the server answers in WSL and Windows' localhost is refused: nothing relays it",
                r"`localhostForwarding` in %UserProfile%\.wslconfig, then `wsl --shutdown`",
                &[
                    "localhost-forwarding-off",
                    "relay-regression",
                    "portproxy-port-conflict",
                    "port-excluded-range",
                ],
            ));
        }
        let see: &[&str] = match row.place.is_loopback() {
            true => &["service-not-running", "loopback-bind"],
            false => &["loopback-bind", "service-not-running"],
        };
        Some(conclusion(
            format!("nobody listens on {label}:{port} ({from})"),
            "`ss -ltn` where the server should run, and what it printed at its start",
            see,
        ))
    }

    fn silence(&self) -> Option<Conclusion> {
        let silent = |row: &Row| row.tcp.outcome() == Some(Outcome::Timeout);
        let (from, row) = self.find(|_, row| silent(row))?;
        let label = &row.place.label;
        let to_guest = label == crate::target::Host::WslIp.name();
        let see: &[&str] = match (from, to_guest) {
            (From::Node(_), true) => &["firewalld-block", "host-ip-misderived", "vpn-route"],
            (From::Node(_), false) => &["windows-firewall-block"],
            (From::Here { .. }, _) => {
                &["windows-firewall-block", "firewalld-block", "vpn-route", "host-ip-misderived"]
            }
        };
        Some(conclusion(
            format!("packets to {label} are dropped, or nobody has the address ({from})"),
            "the firewall of the machine that has the address, and whether it still has it",
            see,
        ))
    }

    fn no_way(&self) -> Option<Conclusion> {
        let cut = |row: &Row| row.tcp.outcome() == Some(Outcome::NetUnreachable);
        let (from, row) = self.find(|_, row| cut(row))?;
        if from == From::Node(Node::Lan) {
            return Some(conclusion(
                "the LAN has no way into WSL's network; in NAT mode that is so, and nothing is \
                 broken",
                "a portproxy rule and a firewall rule on Windows, if the LAN shall get in",
                &["relay-loopback-only-lan", "windows-firewall-block"],
            ));
        }
        Some(conclusion(
            format!("there is no way to the network of {} ({from})", row.place.label),
            "`ip route` there",
            &["vpn-route", "host-ip-misderived"],
        ))
    }

    fn nothing_wrong(&self) -> Conclusion {
        if self.failed().next().is_some() {
            return conclusion("no class of failure fits", "what the rungs say, above", &[]);
        }
        let here = self.0.iter().any(|walk| matches!(walk.from, From::Here { .. }));
        match here {
            true => conclusion(
                "nothing is wrong from here",
                "climb from the side that fails: Windows, WSL and the LAN have ways of their own",
                &[],
            ),
            false => conclusion("nothing is wrong from any side", "nowhere", &[]),
        }
    }
}
