//! Whatever is pasted, reading it never panics, and every fact stands in the text.
//!
//! Here whole reports go through all readers, in `each_reader.rs` each reader is by itself. What once
//! failed is kept by proptest in a file of regressions.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by panicking")]

mod damage;
mod each_reader;
mod seeds;

use harness::evidence::{Evidence, document::Document, fact::Fact, input};
use proptest::prelude::*;

use damage::{apply, damage};
use seeds::{LINES, SEEDS};

/// Reads it, and looks at every place that a fact names.
fn check(text: &str) {
    let evidence = Evidence::read(text);
    evidence.facts.iter().for_each(|fact| in_the_text(&evidence.document, fact));
    let sorted = evidence.facts.is_sorted_by_key(|fact| fact.span.start);
    assert!(sorted, "facts are in the order of the report");
}

/// A fact stands in the text, on whole characters, and can be quoted.
fn in_the_text(document: &Document, fact: &Fact) {
    let range = fact.span.range();
    assert!(range.start <= range.end, "{fact:?}");
    assert!(document.text().get(range).is_some(), "{fact:?} is not in the text");
    assert!(!document.quote(fact.span).contains('\n'));
    assert!(document.column(fact.span) >= 1);
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
        let seed: &String = seed.get(&SEEDS);
        check(&apply(&damages, seed));
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
