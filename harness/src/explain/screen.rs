//! The story on one screen: mechanism, fault, signature, remedies with their commands, claims,
//! sources. What does not fit is left to the whole story.

use super::steps::{Files, differences, lines, list, prompt};
use crate::{
    ledger,
    report::wrap::{WIDTH, prose},
    scenario::{Case, Claim, CommandProbe, Plan, Remedy, Restores, Scenario, Step},
};

/// Lines of a screen.
pub const LINES: usize = 50;

/// How much is told; each leaves out more than the one before.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Detail {
    /// All that belongs on a screen.
    Full,
    /// Claims a line each, sources counted.
    Lines,
    /// Files by name, of a long list of steps its beginning, of commands none.
    Few,
    /// Cases by name, of claims as many as there is room for.
    Least,
}

/// The story, with a final line end, on at most [`LINES`] lines. Only a command line is wider than
/// the screen.
pub fn screen(scenario: &Scenario) -> String {
    let fits = |text: &String| text.lines().count() <= LINES;
    let texts = [Detail::Full, Detail::Lines, Detail::Few].into_iter();
    let mut texts = texts.map(|detail| tell(scenario, detail, usize::MAX));
    texts.find(fits).unwrap_or_else(|| {
        let without = tell(scenario, Detail::Least, 0).lines().count();
        // The line that counts the others is one of them.
        tell(scenario, Detail::Least, (LINES + 1).saturating_sub(without))
    })
}

fn tell(scenario: &Scenario, detail: Detail, claims: usize) -> String {
    let mut text = prose("", &format!("{}: {}", scenario.name, scenario.title));
    text.push_str(&format!("cause {}\n\nMechanism\n", scenario.cause));
    for paragraph in scenario.summary.split("\n\n") {
        text.push_str(&prose("  ", paragraph));
    }
    text.push_str(&set_up(scenario, detail));
    match &scenario.plan {
        Plan::Fault { fault, remedies, signature } => {
            text.push_str("\nFault\n");
            text.push_str(&steps("  ", fault, detail));
            text.push_str("\nSignature\n");
            text.push_str(&list("  breaks  ", &signature.breaks));
            if !signature.keeps.is_empty() {
                text.push_str(&list("  keeps   ", &signature.keeps));
            }
            text.push_str("\nRemedies\n");
            remedies.iter().for_each(|it| text.push_str(&remedy(it, detail)));
        }
        Plan::Survey { cases } => {
            text.push_str("\nCases\n");
            text.push_str(&all_cases(cases, detail));
            text.push_str(&commands(&scenario.probes, detail));
        }
    }
    text.push_str(&all_claims(&scenario.claims, detail, claims));
    text.push_str(&sources(scenario, detail));
    let name = &scenario.name;
    text.push_str(&format!("\nAll steps, commands and cells: cargo xtask explain {name} --all\n"));
    text
}

fn set_up(scenario: &Scenario, detail: Detail) -> String {
    let mut text = String::from("\nSet-up\n");
    if let Some(service) = &scenario.service {
        text.push_str(&prose("  ", &format!("{} listens on {}", service.program, service.listen)));
    }
    for difference in differences(scenario.machine) {
        text.push_str(&prose("  ", difference));
    }
    text.push_str(&steps("  ", &scenario.setup, detail));
    if text.lines().count() == 2 { String::new() } else { text }
}

/// How many steps of a long list are shown where room is scarce.
const SHOWN: usize = 3;

fn steps(indent: &str, steps: &[Step], detail: Detail) -> String {
    if detail < Detail::Few {
        return lines(indent, steps, Files::Whole);
    }
    // One more than a list may have would be a line as well.
    let shown = if steps.len() > SHOWN + 1 { SHOWN } else { steps.len() };
    let mut text = lines(indent, &steps[..shown], Files::Named);
    if shown < steps.len() {
        text.push_str(&format!("{indent}({} more steps)\n", steps.len() - shown));
    }
    text
}

fn remedy(remedy: &Remedy, detail: Detail) -> String {
    let name = &remedy.name;
    let mut text = match &remedy.restores {
        Restores::All => format!("  {name}: restores all\n"),
        Restores::Routes(routes) => list(&format!("  {name}: restores "), routes),
    };
    text.push_str(&steps("    ", &remedy.steps, detail));
    if !remedy.costs.is_empty() {
        text.push_str(&list("    costs ", &remedy.costs));
    }
    text
}

fn all_cases(cases: &[Case], detail: Detail) -> String {
    if detail == Detail::Least {
        let names: Vec<&str> = cases.iter().map(|case| case.name.as_str()).collect();
        return list("  ", &names);
    }
    let mut text = String::new();
    for case in cases {
        match &case.steps[..] {
            [] => text.push_str(&format!("  {}: the machine as it is\n", case.name)),
            all => {
                text.push_str(&format!("  {}\n", case.name));
                text.push_str(&steps("    ", all, detail));
            }
        }
    }
    text
}

/// The commands that a survey is about.
fn commands(probes: &[CommandProbe], detail: Detail) -> String {
    if probes.is_empty() {
        return String::new();
    }
    let mut text = String::from("\nCommands\n");
    if detail >= Detail::Few {
        return text + &format!("  {} of them, each with its stated end\n", probes.len());
    }
    for probe in probes {
        let mut run = probe.run.trim_end().lines();
        let more = if run.clone().count() > 1 { " ..." } else { "" };
        let first = run.next().unwrap_or_default();
        let end = format!("   (exit {})", probe.exit);
        text.push_str(&format!("  {}{first}{more}{end}\n", prompt(probe.on)));
    }
    text
}

fn all_claims(claims: &[Claim], detail: Detail, room: usize) -> String {
    if claims.is_empty() {
        return String::new();
    }
    let mut text = String::from("\nClaims of the article\n");
    let shown = if claims.len() <= room { claims.len() } else { room.saturating_sub(1) };
    for claim in &claims[..shown] {
        let verdict = ledger::entry(&claim.ledger).map_or("", |it| it.verdict.word());
        let told = prose(&format!("  {:<7} {verdict:<12} ", claim.ledger), &claim.shows);
        match detail {
            Detail::Full => text.push_str(&told),
            _ => text.push_str(&one_line(&told)),
        }
    }
    if shown < claims.len() {
        text.push_str(&format!("  and {} more\n", claims.len() - shown));
    }
    text
}

/// The first line, with a mark where there are more.
fn one_line(told: &str) -> String {
    let mut lines = told.lines();
    let first = lines.next().unwrap_or_default();
    if lines.next().is_none() {
        return told.to_owned();
    }
    let room = first.chars().take(WIDTH - 4).collect::<String>();
    let whole = if first.chars().count() > WIDTH - 4 {
        room.rsplit_once(' ').map_or(room.as_str(), |(words, _)| words)
    } else {
        first
    };
    format!("{whole} ...\n")
}

fn sources(scenario: &Scenario, detail: Detail) -> String {
    match detail {
        Detail::Full => format!("\nSources\n{}", list("  ", &scenario.sources)),
        _ => format!("\nSources: {} of them\n", scenario.sources.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::sample;

    /// That a story fits, commands aside.
    #[track_caller]
    fn fits(story: &str) {
        assert!(story.lines().count() <= LINES, "{} lines\n{story}", story.lines().count());
        let prompts = ["windows> ", "wsl$ ", "lan$ "];
        let command = |line: &&str| prompts.iter().any(|it| line.trim_start().starts_with(it));
        let mut prose = story.lines().filter(|line| !command(line));
        assert!(prose.all(|line| line.chars().count() <= WIDTH), "{story}");
        assert!(story.lines().all(|line| line == line.trim_end()), "{story}");
    }

    #[test]
    fn a_fault_on_one_screen() {
        let story = screen(&sample::scenario(sample::TEXT));
        assert_eq!(
            story,
            "\
sample: the port is rejected
cause firewalld-block

Mechanism
  The public zone rejects what it does not know.

Set-up
  go-http listens on tcp4 0.0.0.0:8080

Fault
  wsl$ systemctl start firewalld

Signature
  breaks  windows -> wsl-ip curl, windows -> wsl-ip nc
  keeps   wsl -> localhost, windows -> localhost

Remedies
  whole: restores all
    wsl$ systemctl stop firewalld
  part: restores windows -> wsl-ip curl
    wsl$ (service restarts on :8080)
    costs windows -> localhost

Claims of the article
  1.4     false        the relay enters over lo

Sources
  article 4.2

All steps, commands and cells: cargo xtask explain sample --all
"
        );
    }

    #[test]
    fn a_story_that_is_too_long_says_less_until_it_fits() {
        let claim = sample::TEXT.find("[[claim]]").unwrap();
        let probe = sample::TEXT.find("[[probe]]").unwrap();
        let claims = |count: usize, shows: &str| {
            let one = sample::TEXT[claim..probe].replace("the relay enters over lo", shows);
            sample::TEXT.replace(&sample::TEXT[claim..probe], &one.repeat(count))
        };
        let long = "word ".repeat(30);
        let story = screen(&sample::scenario(&claims(12, long.trim())));
        fits(&story);
        assert_eq!(story.matches("word ...\n").count(), 12, "{story}");
        assert!(story.contains("\nSources: 1 of them\n"), "{story}");

        let story = screen(&sample::scenario(&claims(60, "short")));
        fits(&story);
        assert_eq!(story.lines().count(), LINES, "{story}");
        assert!(story.contains("  and 3"), "{story}");
    }

    #[test]
    fn a_long_list_of_steps_shows_its_beginning() {
        let many = "{ on = 'wsl', run = 'true' },".repeat(50);
        let text = sample::TEXT.replace(
            "[{ on = \"wsl\", run = \"systemctl stop firewalld\" }]",
            &format!("[{many}]"),
        );
        let story = screen(&sample::scenario(&text));
        fits(&story);
        assert!(story.contains("    wsl$ true\n    (47 more steps)\n"), "{story}");
    }

    #[test]
    fn a_survey_tells_its_cases_and_commands() {
        let case = |index: usize| {
            let write = "write = { path = '/etc/hosts', text = \"a\\nb\\n\" }";
            format!("[[case]]\nname = 'c{index}'\nsteps = [{{ on = 'wsl', {write} }}]\n")
        };
        let text = |cases: usize| {
            let head = "schema = 1\nkind = 'survey'\ntitle = 't'\ncause = 'dns'\nsources = ['s']\n\
                        summary = 's'\n[[probe]]\non = 'wsl'\nrun = 'go version'\n\
                        [[case]]\nname = 'bare'\n";
            let cases: String = (0..cases).map(case).collect();
            format!("{head}{cases}")
        };
        let story = screen(&sample::scenario(&text(1)));
        let expected = "\nCases\n  bare: the machine as it is\n  c0\n    wsl$ (write /etc/hosts)\n\
                        \x20          a\n           b\n\nCommands\n  wsl$ go version   (exit 0)\n";
        assert!(story.contains(expected), "{story}");
        let story = screen(&sample::scenario(&text(12)));
        assert!(story.contains("  c3\n    wsl$ (write /etc/hosts, 2 lines)\n"), "{story}");
        fits(&story);
        let story = screen(&sample::scenario(&text(40)));
        assert!(story.contains("  bare, c0, c1,"), "{story}");
        fits(&story);
    }
}
