//! What a clue can ask of a report. The text of a test is a word and what it asks for:
//!
//! | test | holds when the report … |
//! |---|---|
//! | `said PATTERN` | has these words (`evidence/words/pattern.rs`) |
//! | `topic NAME`, `denied NAME` | speaks of it; says that it is not so |
//! | `helped NAME`, `useless NAME` | says that this change helped; that it did not |
//! | `mode none\|wsl\|nat\|mirrored` | is about such a setup (`wsl`: WSL2 in any mode) |
//! | `try FROM -> TO SEEN [by TOOL]` | tells of such an attempt; each part may be `any` or `a\|b` |
//! | `listens SIDE BIND [PROGRAM]` | shows such a socket |
//! | `bind-error KIND` | has a bind that failed so |
//! | `serves BIND`, `dials PLACE` | says where a program serves; what it is told to dial |
//! | `publishes any\|loopback` | has a port of a container published so |
//! | `setting FILE SECTION KEY VALUE` | has such a key; `*` is anything |
//! | `fact NAME` | shows what [`super::computed`] computes under this name |

use super::{case::Case, computed, rule::RuleError};
use crate::evidence::{
    fact::{Bind, BindError, Kind, Mode, Place, Seen, SettingFile},
    lexicon,
    side::Side,
    span::Span,
    words::Pattern,
};

/// A question to a report.
#[derive(Debug)]
pub enum Test {
    /// Words.
    Said(Pattern),
    /// A topic, or one that is denied.
    Topic(String, bool),
    /// A change and whether it helped.
    Change(String, bool),
    /// A setup.
    Mode(Vec<Mode>),
    /// An attempt.
    Try(Try),
    /// A listening socket.
    Listens(Vec<Side>, Vec<Bind>, Option<String>),
    /// A bind that failed.
    BindError(Vec<BindError>),
    /// Where a program serves.
    Serves(Vec<Bind>),
    /// What a program is told to dial.
    Dials(Vec<Place>),
    /// A published port; `true`: on loopback only.
    Publishes(bool),
    /// A key of a file.
    Setting { file: String, section: String, key: String, value: String },
    /// Something computed.
    Fact(computed::Computed),
}

/// Parts of an attempt; `None` is anything.
#[derive(Debug)]
pub struct Try {
    from: Option<Vec<Side>>,
    to: Option<Vec<Place>>,
    seen: Vec<Wanted>,
    by: Option<Vec<String>>,
}

#[derive(Debug)]
enum Wanted {
    Any,
    Good,
    Bad,
    Exactly(Seen),
}

impl Test {
    /// Reads a test.
    ///
    /// # Errors
    /// It is none.
    pub fn parse(text: &str) -> Result<Test, RuleError> {
        let wrong = |why: &str| RuleError::Test { test: text.to_owned(), why: why.to_owned() };
        let (word, rest) =
            text.trim().split_once(' ').ok_or_else(|| wrong("two words at least"))?;
        let rest = rest.trim();
        Ok(match word {
            "said" => Test::Said(Pattern::parse(rest)?),
            "topic" | "denied" => {
                Test::Topic(topic(rest).ok_or_else(|| wrong("no topic"))?, word == "denied")
            }
            "helped" | "useless" => {
                Test::Change(topic(rest).ok_or_else(|| wrong("no topic"))?, word == "helped")
            }
            "mode" => Test::Mode(modes(rest).ok_or_else(|| wrong("no mode"))?),
            "try" => Test::Try(attempt(rest).ok_or_else(|| wrong("FROM -> TO SEEN [by TOOL]"))?),
            "listens" => {
                let mut words = rest.split_whitespace();
                let side = words.next().and_then(sides);
                let bind = words.next().and_then(binds);
                let program = words.next().map(str::to_owned);
                match (side, bind) {
                    (Some(side), Some(bind)) => Test::Listens(side, bind, program),
                    _ => return Err(wrong("SIDE BIND [PROGRAM]")),
                }
            }
            "bind-error" => Test::BindError(bind_errors(rest).ok_or_else(|| wrong("no error"))?),
            "serves" => Test::Serves(binds(rest).ok_or_else(|| wrong("no bind"))?),
            "dials" => Test::Dials(places(rest).ok_or_else(|| wrong("no place"))?),
            "publishes" => Test::Publishes(rest == "loopback"),
            "setting" => {
                let words: Vec<&str> = rest.split_whitespace().collect();
                let [file, section, key, value] = words[..] else {
                    return Err(wrong("FILE SECTION KEY VALUE"));
                };
                let own = |word: &str| word.to_ascii_lowercase();
                let (file, section, key, value) = (own(file), own(section), own(key), own(value));
                Test::Setting { file, section, key, value }
            }
            "fact" => Test::Fact(computed::find(rest).ok_or_else(|| wrong("nothing computed"))?),
            _ => return Err(wrong("the first word is unknown")),
        })
    }

    /// Whether the answer rests on how somebody put it, and not on what was shown.
    pub fn rests_on_words(&self) -> bool {
        matches!(self, Test::Said(_) | Test::Topic(..) | Test::Change(..))
    }

    /// Where the report answers yes. `None`: it does not.
    pub fn ask(&self, case: &Case<'_>) -> Option<Vec<Span>> {
        let spans = match self {
            Test::Said(pattern) => case.said(pattern),
            Test::Topic(name, denied) => found(case, |kind| {
                matches!(kind, Kind::Mention(it) if it.what == *name && it.denied == *denied)
                    || !denied && matches!(kind, Kind::Change(it) if it.what == *name)
            }),
            Test::Change(name, helped) => found(
                case,
                |kind| matches!(kind, Kind::Change(it) if it.what == *name && it.helped == *helped),
            ),
            Test::Mode(modes) => {
                let is = case.mode.is_some_and(|mode| modes.contains(&mode));
                return is.then(|| first(found(case, |kind| matches!(kind, Kind::Setup(_)))));
            }
            Test::Try(wanted) => wanted.find(case),
            Test::Listens(side, binds, program) => case
                .listeners()
                .into_iter()
                .filter(|(fact, it)| {
                    let name = it.program.as_deref().unwrap_or_default();
                    side.contains(&fact.side)
                        && binds.contains(&it.bind())
                        && program.as_ref().is_none_or(|program| name.starts_with(program.as_str()))
                })
                .map(|(fact, _)| fact.span)
                .collect(),
            Test::BindError(errors) => found(
                case,
                |kind| matches!(kind, Kind::BindFailure(it) if errors.contains(&it.error)),
            ),
            Test::Serves(binds) => found(case, |kind| match kind {
                Kind::Serving(it) => binds.contains(&Bind::of(&it.at.host)),
                Kind::Command(it) => {
                    it.at.as_ref().is_some_and(|at| binds.contains(&Bind::of(&at.host)))
                }
                _ => false,
            }),
            Test::Dials(places) => found(
                case,
                |kind| matches!(kind, Kind::Dialed(it) if places.contains(&Place::of(&it.at.host))),
            ),
            Test::Publishes(loopback) => found(case, |kind| match kind {
                Kind::Publication(it) => {
                    it.host_port.is_some()
                        && it.host.as_ref().is_some_and(|it| it.is_loopback()) == *loopback
                }
                _ => false,
            }),
            Test::Setting { file, section, key, value } => found(case, |kind| match kind {
                Kind::Setting(it) => {
                    let name = match it.file {
                        SettingFile::WslConfig => "wslconfig",
                        SettingFile::WslConf => "wsl.conf",
                        SettingFile::Other(_) => "other",
                    };
                    let is = |wanted: &str, word: &str| {
                        wanted == "*" || word.eq_ignore_ascii_case(wanted)
                    };
                    is(file, name)
                        && is(section, it.section.as_deref().unwrap_or_default())
                        && is(key, &it.key)
                        && is(value, &it.value)
                }
                _ => false,
            }),
            Test::Fact(computed) => computed(case),
        };
        (!spans.is_empty()).then_some(spans)
    }
}

impl Try {
    fn find(&self, case: &Case<'_>) -> Vec<Span> {
        let fits = |fact: &crate::evidence::fact::Fact| {
            let Kind::Attempt(it) = &fact.kind else { return false };
            let tool = it.tool.as_deref().unwrap_or_default();
            self.from.as_ref().is_none_or(|from| from.contains(&fact.side))
                && self.to.as_ref().is_none_or(|to| to.contains(&it.to))
                && self.seen.iter().any(|wanted| match wanted {
                    Wanted::Any => true,
                    Wanted::Good => it.seen.is_good(),
                    Wanted::Bad => it.seen.is_bad(),
                    Wanted::Exactly(seen) => it.seen == *seen,
                })
                && self.by.as_ref().is_none_or(|by| by.iter().any(|name| name == tool))
        };
        case.evidence.facts.iter().filter(|fact| fits(fact)).map(|fact| fact.span).collect()
    }
}

fn found(case: &Case<'_>, is: impl Fn(&Kind) -> bool) -> Vec<Span> {
    case.evidence.facts.iter().filter(|fact| is(&fact.kind)).map(|fact| fact.span).collect()
}

fn first(mut spans: Vec<Span>) -> Vec<Span> {
    spans.truncate(1);
    spans
}

fn topic(name: &str) -> Option<String> {
    lexicon::lexicon().topics.rows().iter().find(|it| it.name == name).map(|it| it.name.clone())
}

fn modes(text: &str) -> Option<Vec<Mode>> {
    let mut modes = Vec::new();
    for word in text.split('|') {
        modes.extend(match word {
            "none" => vec![Mode::None],
            "wsl" => vec![Mode::Wsl2, Mode::Nat, Mode::Mirrored, Mode::Virtio],
            "nat" => vec![Mode::Wsl2, Mode::Nat],
            "mirrored" => vec![Mode::Mirrored],
            "virtio" => vec![Mode::Virtio],
            "wsl1" => vec![Mode::Wsl1],
            _ => return None,
        });
    }
    Some(modes)
}

fn binds(text: &str) -> Option<Vec<Bind>> {
    let mut binds = Vec::new();
    for word in text.split('|') {
        binds.extend(match word {
            "any" => vec![Bind::Any4, Bind::Any6],
            "any4" => vec![Bind::Any4],
            "any6" => vec![Bind::Any6],
            "loopback" => vec![Bind::Loopback4, Bind::Loopback6],
            "loopback4" => vec![Bind::Loopback4],
            "loopback6" => vec![Bind::Loopback6],
            "one" => vec![Bind::One],
            "all" => {
                vec![Bind::Any4, Bind::Any6, Bind::Loopback4, Bind::Loopback6, Bind::One]
            }
            _ => return None,
        });
    }
    Some(binds)
}

fn sides(text: &str) -> Option<Vec<Side>> {
    text.split('|').map(|word| lexicon::side(word).ok()).collect()
}

fn bind_errors(text: &str) -> Option<Vec<BindError>> {
    let error = |word| {
        Some(match word {
            "in-use" => BindError::InUse,
            "forbidden" => BindError::Forbidden,
            "not-available" => BindError::NotAvailable,
            "unsaid" => BindError::Unsaid,
            _ => return None,
        })
    };
    text.split('|').map(error).collect()
}

fn places(text: &str) -> Option<Vec<Place>> {
    let mut places = Vec::new();
    for word in text.split('|') {
        if word == "loopback" {
            places.extend([Place::Localhost, Place::Loopback4, Place::Loopback6]);
        } else {
            places.push(lexicon::place(word).ok()?);
        }
    }
    Some(places)
}

fn attempt(text: &str) -> Option<Try> {
    let (from, rest) = text.split_once("->")?;
    let mut words = rest.split_whitespace();
    let (to, seen) = (words.next()?, words.next()?);
    let by = match (words.next(), words.next()) {
        (Some("by"), Some(tools)) => Some(tools.split('|').map(str::to_owned).collect()),
        (None, None) => None,
        _ => return None,
    };
    let from = match from.trim() {
        "any" => None,
        names => Some(sides(names)?),
    };
    let wanted = |word| {
        Some(match word {
            "any" => Wanted::Any,
            "good" => Wanted::Good,
            "bad" => Wanted::Bad,
            word => Wanted::Exactly(lexicon::seen(word).ok()?),
        })
    };
    Some(Try {
        from,
        to: if to == "any" { None } else { Some(places(to)?) },
        seen: seen.split('|').map(wanted).collect::<Option<_>>()?,
        by,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Evidence;

    fn holds(test: &str, report: &str) -> bool {
        let evidence = Evidence::read(report);
        Test::parse(test).expect("a test").ask(&Case::new(&evidence)).is_some()
    }

    #[test]
    fn tests_of_every_kind() {
        let report = "Setup: WSL2\n\n- windows 127.0.0.1: refused\n- firewall off: works\n\
                      - error: bind: address already in use\n- cmd: docker run -p 127.0.0.1:80:80 x\n\
                      ```\n$ ss -ltn\nLISTEN 0 1 *:80 *:*\n```\n";
        assert!(holds("said bind ... use", report));
        assert!(holds("mode nat", report));
        assert!(!holds("mode none", report));
        assert!(holds("try windows -> loopback bad", report));
        assert!(holds("try any -> loopback4 refused|timeout", report));
        assert!(!holds("try windows -> loopback good", report));
        assert!(!holds("try windows -> loopback bad by curl", report));
        assert!(holds("helped firewall-off", report));
        assert!(!holds("useless firewall-off", report));
        assert!(holds("bind-error in-use", report));
        assert!(holds("listens guest any6", report));
        assert!(holds("publishes loopback", report));
        assert!(!holds("topic vpn", report));
    }

    #[test]
    fn what_is_no_test() {
        for text in ["said", "topic nonsense", "try a -> b c", "listens mars any", "fact nonsense"]
        {
            assert!(Test::parse(text).is_err(), "{text}");
        }
    }
}
