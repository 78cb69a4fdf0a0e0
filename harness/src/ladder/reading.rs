//! What each rung's outcome says, what it does not prove, and which causes make it.
//!
//! After chapter 2.5 of the article, as corrected in the ledger (2.5.1 to 2.5.7, settled 10): its
//! ladder takes a rung that holds for proof of everything below the next, and it is none.

use crate::outcome::{Outcome, Via};

/// A rung.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// ICMP.
    Ping,
    /// TCP.
    Tcp,
    /// HTTP.
    Http,
}

/// What an outcome says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Whether the rung holds.
    pub passed: bool,
    /// What it means.
    pub says: &'static str,
    /// What it does not prove.
    pub unproven: &'static str,
    /// Causes that make it.
    pub see: &'static [&'static str],
}

const fn holds(says: &'static str, unproven: &'static str) -> Reading {
    Reading { passed: true, says, unproven, see: &[] }
}

const fn fails(
    says: &'static str,
    unproven: &'static str,
    see: &'static [&'static str],
) -> Reading {
    Reading { passed: false, says, unproven, see }
}

/// What an outcome on a rung says.
pub fn read(level: Level, outcome: Outcome, via: Via) -> Reading {
    match level {
        Level::Ping => ping(outcome),
        Level::Tcp => tcp(outcome),
        Level::Http => http(outcome, via),
    }
}

fn ping(outcome: Outcome) -> Reading {
    match outcome {
        Outcome::Ok => holds(
            "ICMP goes there and back",
            "any port: a firewall that rejects TCP answers pings, and so does a host without \
             server",
        ),
        Outcome::Timeout => fails(
            "no echo: nobody has the address, or a firewall drops pings, as Windows' does",
            "that TCP is blocked too",
            &["windows-firewall-block", "vpn-route"],
        ),
        other => unreached(other),
    }
}

fn tcp(outcome: Outcome) -> Reading {
    match outcome {
        Outcome::Open => holds(
            "somebody accepts",
            "that it is your server: a portproxy rule, WSL's relay and a proxy accept first and \
             connect later; nor that others get in: no firewall looks at loopback",
        ),
        Outcome::Dropped => fails(
            "somebody accepts and hangs up at once: a middleman whose target refuses, or a server \
             that wants another client",
            "which of the two",
            &["portproxy-target-loopback", "stale-portproxy", "debugger-same-user"],
        ),
        Outcome::Refused => fails(
            "nobody listens on that address and port",
            "that the server is down: it may listen on another address or family",
            &["service-not-running", "loopback-bind", "relay-dual-stack"],
        ),
        Outcome::Timeout => fails(
            "packets are dropped, or nobody has the address",
            "anything about the server",
            &["windows-firewall-block", "firewalld-block", "vpn-route", "host-ip-misderived"],
        ),
        other => unreached(other),
    }
}

fn http(outcome: Outcome, via: Via) -> Reading {
    match (outcome, via) {
        (Outcome::Http(200..=399), Via::Direct) => holds(
            "an HTTP answer",
            "that it is the same from another side: Windows, WSL and the LAN each have a way of \
             their own",
        ),
        (Outcome::Http(200..=399), Via::Proxy) => {
            holds("an HTTP answer, by way of a proxy", "that your server made it")
        }
        (Outcome::Http(_), _) => fails(
            "an HTTP server answers, with an error",
            "that it is your server: a proxy or another program on the port has its own errors",
            &["wrong-response", "port-conflict-windows", "proxy-intercepts-localhost"],
        ),
        (Outcome::WrongServer, _) => fails(
            "something else than the server answers, or it is no HTTP",
            "anything about the server",
            &["port-conflict-windows", "wrong-response"],
        ),
        (Outcome::ProxyError, _) => fails(
            "a proxy of the environment answers in the server's place",
            "anything about the server: the request never went there",
            &["proxy-intercepts-localhost"],
        ),
        (Outcome::ProxyRefused, _) => fails(
            "the environment names a proxy that is not there",
            "anything about the server: nothing was sent to it",
            &["proxy-env-wrong-namespace", "proxy-intercepts-localhost"],
        ),
        (Outcome::NoAnswer, _) => fails(
            "the connection stands, and no answer comes",
            "a fault in the server: a middleman whose target is gone, or a path that loses large \
             packets, looks the same",
            &["stale-portproxy", "vpn-mtu"],
        ),
        (Outcome::Dropped, _) => fails(
            "the connection stood and was hung up without an answer",
            "a fault in the server: a middleman whose target refuses does that",
            &["portproxy-target-loopback", "stale-portproxy", "debugger-same-user"],
        ),
        (other, _) => match tcp(other) {
            // curl says that of an address as telnet does.
            reading @ Reading { passed: false, .. } => reading,
            Reading { .. } => unreached(other),
        },
    }
}

/// What is the same for every rung.
fn unreached(outcome: Outcome) -> Reading {
    match outcome {
        Outcome::Refused => {
            fails("rejected as if nobody listened", "that the host is down", &["firewalld-block"])
        }
        Outcome::NoRoute => fails(
            "a firewall rejects it, or nobody on that network has the address",
            "that the server is down; where ping passes it is a firewall",
            &["firewalld-block", "host-ip-misderived"],
        ),
        Outcome::NetUnreachable => fails(
            "there is no way from here to that network",
            "anything about the server; on loopback it says that lo or its family is off",
            &["relay-loopback-only-lan", "loopback-down", "vpn-route"],
        ),
        Outcome::NotPermitted => fails(
            "a rule of this machine or of a firewall on the way forbids it",
            "that the server is down",
            &["firewalld-block"],
        ),
        Outcome::NoName => fails(
            "the name does not resolve for this client",
            "that it resolves for no other",
            &["hosts-file-override", "resolver-replaced", "dns"],
        ),
        Outcome::Timeout => fails("no answer in time", "why", &["vpn-route"]),
        Outcome::Ok
        | Outcome::Open
        | Outcome::Http(_)
        | Outcome::WrongServer
        | Outcome::NoAnswer
        | Outcome::Dropped
        | Outcome::ProxyRefused
        | Outcome::ProxyError
        | Outcome::NoTool
        | Outcome::NotApplicable => fails("this tool cannot say", "anything", &[]),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::cause::Cause;

    const LEVELS: [Level; 3] = [Level::Ping, Level::Tcp, Level::Http];

    /// Every outcome that a rung can have.
    fn outcomes() -> Vec<Outcome> {
        let words = "ok open wrong-server refused no-route net-unreachable not-permitted timeout \
                     no-answer dropped no-name proxy-refused proxy-error no-tool not-applicable \
                     http-200 http-302 http-404 http-502";
        words.split(' ').map(|word| word.parse().unwrap()).collect()
    }

    #[test]
    fn every_reading_names_causes_that_there_are() {
        for outcome in outcomes() {
            for level in LEVELS {
                for via in [Via::Direct, Via::Proxy] {
                    let reading = read(level, outcome, via);
                    for slug in reading.see {
                        assert!(Cause::from_slug(slug).is_some(), "{slug}");
                    }
                    assert!(!reading.says.is_empty() && !reading.unproven.is_empty());
                    assert!(!reading.passed || reading.see.is_empty(), "{level:?} {outcome}");
                }
            }
        }
    }

    #[rstest]
    #[case(Level::Ping, "ok")]
    #[case(Level::Tcp, "open")]
    #[case(Level::Http, "http-200")]
    #[case(Level::Http, "http-302")]
    fn a_rung_holds_by_its_own_outcome_alone(#[case] level: Level, #[case] good: &str) {
        let passed = |outcome: &Outcome| read(level, *outcome, Via::Direct).passed;
        let good: Outcome = good.parse().unwrap();
        assert!(passed(&good));
        let others = outcomes().into_iter().filter(|it| !matches!(it, Outcome::Http(200..=399)));
        assert!(!others.filter(|it| *it != good).any(|it| passed(&it)), "{level:?}");
    }

    #[rstest]
    #[case(Level::Tcp, "refused", Via::Direct, "service-not-running")]
    #[case(Level::Tcp, "no-route", Via::Direct, "firewalld-block")]
    #[case(Level::Http, "no-answer", Via::Direct, "stale-portproxy")]
    #[case(Level::Http, "dropped", Via::Direct, "portproxy-target-loopback")]
    #[case(Level::Http, "http-404", Via::Direct, "wrong-response")]
    #[case(Level::Http, "refused", Via::Direct, "service-not-running")]
    #[case(Level::Http, "proxy-refused", Via::Proxy, "proxy-env-wrong-namespace")]
    #[case(Level::Http, "proxy-error", Via::Proxy, "proxy-intercepts-localhost")]
    fn the_first_cause(
        #[case] level: Level,
        #[case] outcome: &str,
        #[case] via: Via,
        #[case] cause: &str,
    ) {
        assert_eq!(read(level, outcome.parse().unwrap(), via).see[0], cause);
    }

    #[test]
    fn an_open_port_is_no_proof_of_the_server() {
        let open = read(Level::Tcp, Outcome::Open, Via::Direct).unproven;
        assert!(open.contains("portproxy") && open.contains("relay"), "{open}");
    }
}
