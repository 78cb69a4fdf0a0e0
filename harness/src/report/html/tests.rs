use quick_xml::{Reader, events::Event};

use super::*;
use crate::{outcome::Outcome, report::sample};

fn page(runs: &[RunResult]) -> String {
    render(Told { runs, repeat: None })
}

/// Every start tag, after every one was closed.
fn tags(page: &str) -> Vec<String> {
    let mut reader = Reader::from_str(page);
    let mut tags = Vec::new();
    let mut open = 0_i32;
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => {
                open += 1;
                tags.push(String::from_utf8_lossy(&tag).into_owned());
            }
            Event::Empty(tag) => tags.push(String::from_utf8_lossy(&tag).into_owned()),
            Event::End(_) => open -= 1,
            Event::Eof => {
                assert_eq!(open, 0, "a tag is left open");
                return tags;
            }
            _ => {}
        }
    }
}

#[test]
fn every_machine_of_an_arm_is_named() {
    let page = page(&[sample::run("netns"), sample::sharded()]);
    tags(&page);
    let list = "<ul class=\"machines\"><li>build 26100.1, WSL 2.6.1.0, 2026-11-28: 2 scenarios, bad, \
                broken</li><li>build 26100.2, WSL 2.6.1.0, 2026-11-28: good</li></ul>";
    assert_eq!(page.matches("class=\"machines\"").count(), 1, "of the arm that has some");
    assert!(page.contains(list), "{page}");
}

#[test]
fn it_is_well_formed_and_loads_nothing() {
    let page = page(&[sample::run("netns"), sample::run("docker")]);
    let tags = tags(&page);
    for tag in &tags {
        let name = tag.split_whitespace().next().unwrap();
        assert!(!["script", "link", "img", "iframe", "object", "base"].contains(&name), "{tag}");
        assert!(!tag.contains("src=") && !tag.contains("http://") && !tag.contains("https://"));
        let target = tag.split("href=\"").nth(1);
        assert!(target.is_none_or(|target| target.starts_with('#')), "{tag}");
    }
    assert!(!STYLE.contains("url(") && !STYLE.contains("@import"));
    assert!(tags.iter().any(|tag| tag.contains("default-src 'none'; style-src 'unsafe-inline'")));
}

#[test]
fn every_link_leads_somewhere() {
    let page = page(&[sample::run("netns"), sample::run("docker")]);
    let tags = tags(&page);
    let targets = tags.iter().filter_map(|tag| tag.split("href=\"#").nth(1));
    let targets: Vec<&str> = targets.filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(targets.len(), 2 + 8, "each arm and each scenario");
    for target in targets {
        let id = format!("id=\"{target}\"");
        assert_eq!(tags.iter().filter(|tag| tag.contains(&id)).count(), 1, "{target}");
    }
}

#[test]
fn a_failure_is_told_before_the_table_and_its_matrix_is_open() {
    let page = page(&[sample::run("netns")]);
    let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("no {text} in\n{page}"));
    let failure = at("restores all, but not <code>windows -&gt; wsl-ip curl</code>");
    assert!(failure < at("<table class=\"overview\">"));
    assert!(at("<dt>expected</dt><dd>good (ok, open or http-2xx) in remedy/whole</dd>") > failure);
    at("<pre>wsl: cannot &lt;boot&gt;\nmore</pre>");
    at("<code>cargo xtask run-scenarios bad</code>");
    at("<details open=\"open\">\n<summary><span class=\"verdict fail\">fail</span> bad</summary>");
    at("<details>\n<summary><span class=\"verdict pass\">pass</span> good</summary>");
    at("<dd>exit 0: <samp>running</samp></dd>");
}

#[test]
fn a_cell_has_its_words_its_look_and_a_frame_where_it_moved() {
    let page = page(&[sample::run("netns")]);
    let good = page.split(" id=\"netns-good\">").nth(1).unwrap();
    let row = good.split("<tr><th>windows -&gt; wsl-ip</th>").nth(1).unwrap();
    let cells: Vec<&str> = row.split("</td>").collect();
    assert_eq!(
        cells[0],
        "<td><span class=\"good\">ok</span><span class=\"good\">open</span>\
         <span class=\"good\">http-200</span>"
    );
    assert_eq!(
        cells[1],
        "<td><span class=\"good\">ok</span><span class=\"good\">open</span>\
         <span class=\"unreachable moved\">nc, curl no-route</span>"
    );
}

#[test]
fn every_bad_outcome_has_a_look_and_a_rule_for_it() {
    let look = |outcome: &str| {
        let seen = outcome.parse::<Outcome>().unwrap().to_string();
        class_of(&Group { tools: vec![], seen, state: State::Bad, moved: false })
    };
    for (outcome, class) in [
        ("refused", "refused"),
        ("dropped", "refused"),
        ("no-answer", "silent"),
        ("net-unreachable", "unreachable"),
        ("wrong-server", "odd"),
        ("http-500", "odd"),
        ("proxy-error", "odd"),
    ] {
        assert_eq!(look(outcome), class, "{outcome}");
        assert!(STYLE.contains(&format!(".{class} {{")), "{class}");
    }
}

#[test]
fn a_changed_snapshot_shows_what_came_and_went() {
    let mut run = sample::run("netns");
    run.scenarios[1].failures = vec![
        Failure::new(FailureKind::Snapshot, "the matrices differ")
            .difference([" route", "-a ok", "+a <refused>"].map(str::to_owned).to_vec()),
    ];
    let page = page(&[run]);
    assert!(page.contains("<pre> route\n<del>-a ok</del>\n<ins>+a &lt;refused&gt;</ins></pre>"));
    tags(&page);
}
