//! The same machine in seven languages: what the tools of Windows print differs, the facts do not.

use super::testing::facts;
use crate::evidence::fact::{Distro, Fact, Kind, Profile, Version};

/// A transcript, generated, without its comment.
fn transcript(language: &str) -> String {
    let path = format!(
        "{}/../fixtures/transcripts/evidence/windows-{language}.md",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::read_to_string(path).expect("a transcript")
}

/// The facts of the tools; sentences and commands are not what this is about.
fn structured(text: &str) -> Vec<String> {
    let keep =
        |fact: &Fact| !matches!(fact.kind, Kind::Command(_) | Kind::Mention(_) | Kind::Change(_));
    let show = |fact: Fact| match fact.kind {
        // A name that is translated, such as that of a rule's header, is none of the facts.
        Kind::Firewall(crate::evidence::fact::Firewall::Profile(Profile {
            name,
            enabled,
            inbound,
            outbound,
            ..
        })) => format!("{} {name} {enabled:?} {inbound:?} {outbound:?}", fact.side),
        Kind::Version(Version { product, text }) => format!("{product:?} {text}"),
        Kind::Distro(Distro { name, .. }) => name,
        kind => format!("{} {kind:?}", fact.side),
    };
    facts(text).into_iter().filter(keep).map(show).collect()
}

#[test]
fn one_machine_in_seven_languages() {
    let english = structured(&transcript("en"));
    // 1 setup, 4 sockets, 1 rule of portproxy, 3 + 1 ranges, 3 addresses and a gateway, 2 routes,
    // a profile, a rule, 3 versions, a ping.
    assert_eq!(english.len(), 22, "{english:#?}");
    for language in ["de", "fr", "es", "zh", "ja", "ko"] {
        assert_eq!(structured(&transcript(language)), english, "{language}");
    }
}

#[test]
fn and_damaged_by_a_code_page() {
    let english = structured(&transcript("en"));
    for language in ["de", "fr", "es"] {
        let damaged: String = transcript(language)
            .chars()
            .map(|c| if c.is_ascii() { c } else { '\u{fffd}' })
            .collect();
        let found = structured(&damaged);
        // Words for on, in and block are lost in places; sockets, ports, addresses and routes are not.
        let numbers = |all: &[String]| -> Vec<String> {
            let keep = |it: &&String| !it.contains("Firewall") && !it.starts_with("windows Domain");
            all.iter().filter(keep).cloned().collect()
        };
        assert_eq!(numbers(&found), numbers(&english), "{language}");
    }
}
