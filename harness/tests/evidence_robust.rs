//! Whatever is pasted, reading it never panics, and every fact stands in the text.
//!
//! The seeds are the reports and transcripts of the repository. What once failed is kept by proptest
//! in `evidence_robust.proptest-regressions`.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{fs, path::PathBuf, sync::LazyLock};

use harness::evidence::{Evidence, input};
use proptest::prelude::*;

/// Every report and transcript of the repository.
static SEEDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let fixtures = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures");
    let mut paths = Vec::new();
    for directory in ["reports", "reports-made-up", "transcripts/evidence"] {
        for entry in fs::read_dir(fixtures.join(directory)).expect("seeds") {
            paths.push(entry.expect("an entry").path());
        }
    }
    paths.sort();
    paths.into_iter().map(|path| fs::read_to_string(path).expect("text")).collect()
});

/// Every line of them, to be put together anew.
static LINES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let mut lines: Vec<&str> = SEEDS.iter().flat_map(|seed| seed.lines()).collect();
    lines.sort_unstable();
    lines.dedup();
    lines
});

/// What a report has been through before it was pasted.
#[derive(Clone, Debug)]
enum Damage {
    Delete { at: usize, length: usize },
    Repeat { at: usize, length: usize },
    Insert { at: usize, text: &'static str },
    Truncate { at: usize },
    CarriageReturns,
    Mojibake { every: usize },
    Join,
}

/// Characters of two, three and four bytes, marks that readers look for, and numbers too large.
const INSERTS: [&str; 26] = [
    "é",
    "端口",
    "\u{fffd}",
    "𝟘",
    "\u{301}",
    "\u{a0}",
    "\t",
    "\n",
    "\r\n",
    ":",
    "=",
    "|",
    "(",
    "[",
    "]",
    "\"",
    "'",
    "`",
    "->",
    "/",
    "%",
    "```\n",
    "- ",
    "$ ",
    "65536",
    "99999999999999999999",
];

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<usize>;
    prop_oneof![
        3 => (at(), 1..40usize).prop_map(|(at, length)| Damage::Delete { at, length }),
        2 => (at(), 1..80usize).prop_map(|(at, length)| Damage::Repeat { at, length }),
        4 => (at(), prop::sample::select(INSERTS.to_vec()))
            .prop_map(|(at, text)| Damage::Insert { at, text }),
        1 => at().prop_map(|at| Damage::Truncate { at }),
        1 => Just(Damage::CarriageReturns),
        1 => (2..9usize).prop_map(|every| Damage::Mojibake { every }),
        1 => Just(Damage::Join),
    ]
}

impl Damage {
    /// On characters, so that what comes out is text.
    fn apply(&self, text: &str) -> String {
        let mut chars: Vec<char> = text.chars().collect();
        let place = |at: usize| if chars.is_empty() { 0 } else { at % (chars.len() + 1) };
        match self {
            Damage::Delete { at, length } => {
                let at = place(*at);
                let end = (at + length).min(chars.len());
                chars.drain(at..end);
            }
            Damage::Repeat { at, length } => {
                let at = place(*at);
                let end = (at + length).min(chars.len());
                let piece: Vec<char> = chars[at..end].to_vec();
                chars.splice(at..at, piece);
            }
            Damage::Insert { at, text } => {
                let at = place(*at);
                chars.splice(at..at, text.chars());
            }
            Damage::Truncate { at } => chars.truncate(place(*at)),
            Damage::CarriageReturns => return text.replace('\n', "\r\n"),
            Damage::Mojibake { every } => {
                for c in chars.iter_mut().filter(|c| c.is_alphabetic()).step_by(*every) {
                    *c = '\u{fffd}';
                }
            }
            Damage::Join => return text.replace('\n', " "),
        }
        chars.into_iter().collect()
    }
}

/// Reads it, and looks at every place that a fact names.
fn check(text: &str) {
    let evidence = Evidence::read(text);
    for fact in &evidence.facts {
        let range = fact.span.range();
        assert!(range.start <= range.end, "{fact:?}");
        assert!(text.get(range).is_some(), "{fact:?} is not in the text");
        assert!(!evidence.document.quote(fact.span).contains('\n'));
        assert!(evidence.document.column(fact.span) >= 1);
    }
    let sorted = evidence.facts.is_sorted_by_key(|fact| fact.span.start);
    assert!(sorted, "facts are in the order of the report");
}

#[test]
fn the_seeds_themselves() {
    assert!(SEEDS.len() > 34);
    SEEDS.iter().for_each(|seed| check(seed));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_text(text in "\\PC{0,200}") {
        check(&text);
    }

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(text) = input::decode(&bytes) {
            check(&text);
        }
    }

    #[test]
    fn damaged_seeds(
        seed in any::<prop::sample::Index>(),
        damages in prop::collection::vec(damage(), 1..12),
    ) {
        let seed = seed.get(&SEEDS).clone();
        check(&damages.iter().fold(seed, |text, damage| damage.apply(&text)));
    }

    #[test]
    fn lines_in_a_new_order(
        lines in prop::collection::vec(any::<prop::sample::Index>(), 1..40),
        fenced in any::<bool>(),
    ) {
        let lines: Vec<&str> = lines.iter().map(|at| *at.get(&LINES)).collect();
        let text = lines.join("\n");
        check(&if fenced { format!("```\n{text}\n```\n") } else { text });
    }

    /// Commands with the wrong output below them, which is what readers are surest of.
    #[test]
    fn foreign_output(
        command in prop::sample::select(COMMANDS.to_vec()),
        lines in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
        noise in "[ -~\u{e9}\u{7aef}:.|()\\[\\]%/=-]{0,60}",
    ) {
        let lines: Vec<&str> = lines.iter().map(|at| *at.get(&LINES)).collect();
        check(&format!("```\n{command}\n{}\n{noise}\n```\n", lines.join("\n")));
        check(&format!("{command} {noise}\n{noise}\n"));
    }
}

/// A command for each reader that asks for one.
const COMMANDS: [&str; 37] = [
    "$ ss -tlnp",
    "$ netstat -tlnp",
    "C:\\> netstat -abno",
    "$ lsof -i",
    "PS> Get-NetTCPConnection -LocalPort 80 -State Listen",
    "C:\\> netsh interface portproxy show all",
    "C:\\> netsh interface ipv4 show excludedportrange protocol=tcp",
    "C:\\> netsh int ipv4 show dynamicport tcp",
    "$ ip -br a",
    "$ ip addr",
    "$ ip route",
    "$ ifconfig",
    "C:\\> ipconfig /all",
    "C:\\> route print",
    "PS> Get-NetRoute",
    "PS> Get-NetIPAddress",
    "$ cat /etc/hosts",
    "$ getent ahosts localhost",
    "$ cat /etc/resolv.conf",
    "$ nslookup example.com",
    "C:\\> type %UserProfile%\\.wslconfig",
    "$ cat /etc/wsl.conf",
    "$ env",
    "$ firewall-cmd --list-all",
    "$ firewall-cmd --get-active-zones",
    "$ ufw status verbose",
    "$ iptables -L -n -v",
    "$ nft list ruleset",
    "$ docker ps",
    "C:\\> wsl -l -v",
    "C:\\> tasklist /svc",
    "$ systemctl status firewalld",
    "C:\\> netsh advfirewall firewall show rule name=all",
    "$ curl -v http://localhost:8080",
    "$ wget http://localhost",
    "$ ping localhost",
    "PS> tnc localhost -Port 80",
];
