//! The whole story: every step, command and cell.

use super::steps::{Files, command, differences, lines, list, prompt};
use crate::{
    ledger,
    report::wrap::hanging,
    scenario::{Claim, CommandProbe, Machine, Plan, Remedy, Restores, Scenario, Signature, Step},
};

/// The story, with a final line end.
pub fn whole(scenario: &Scenario) -> String {
    let mut story = Story::default();
    story.prose("", &format!("{}: {}", scenario.name, scenario.title));
    story.prose("", &format!("cause {}", scenario.cause));
    story.head("Mechanism");
    for paragraph in scenario.summary.split("\n\n") {
        story.prose("  ", paragraph);
    }
    story.head("Set-up");
    if let Some(service) = &scenario.service {
        story.prose("  ", &format!("{} listens on {}", service.program, service.listen));
    }
    story.machine(scenario.machine);
    story.steps("  ", &scenario.setup);
    match &scenario.plan {
        Plan::Fault { fault, remedies, signature } => {
            story.head("Fault");
            story.steps("  ", fault);
            story.signature(signature);
            story.head("Remedies");
            remedies.iter().for_each(|remedy| story.remedy(remedy));
        }
        Plan::Survey { cases } => {
            story.head("Cases");
            for case in cases {
                story.prose("  ", &case.name);
                story.steps("    ", &case.steps);
            }
        }
    }
    story.probes(&scenario.probes);
    if !scenario.claims.is_empty() {
        story.head("Claims of the article");
        scenario.claims.iter().for_each(|claim| story.claim(claim));
    }
    story.head("Sources");
    story.list("  ", "", &scenario.sources);
    story.text
}

#[derive(Default)]
struct Story {
    text: String,
}

impl Story {
    fn head(&mut self, title: &str) {
        self.text.push_str(&format!("\n{title}\n"));
    }

    /// Wrapped text, every line after `indent`.
    fn prose(&mut self, indent: &str, text: &str) {
        self.hanging(indent, indent, text.split_whitespace());
    }

    /// Words wrapped after `first` on the first line and `rest` on the others.
    fn hanging<'a>(&mut self, first: &str, rest: &str, words: impl Iterator<Item = &'a str>) {
        self.text.push_str(&hanging(first, rest, words));
    }

    /// A label and things that are wrapped between, never inside.
    fn list(&mut self, indent: &str, label: &str, things: &[impl ToString]) {
        self.text.push_str(&list(&format!("{indent}{label}"), things));
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    fn machine(&mut self, machine: Machine) {
        for line in differences(machine) {
            self.prose("  ", line);
        }
    }

    fn steps(&mut self, indent: &str, steps: &[Step]) {
        self.text.push_str(&lines(indent, steps, Files::Whole));
    }

    /// A command line, whole; one of several lines is indented like its first.
    fn command(&mut self, prompt: &str, run: &str) {
        self.text.push_str(&command(prompt, run));
    }

    fn signature(&mut self, signature: &Signature) {
        self.head("Signature");
        self.list("  ", "breaks  ", &signature.breaks);
        if !signature.keeps.is_empty() {
            self.list("  ", "keeps   ", &signature.keeps);
        }
    }

    fn remedy(&mut self, remedy: &Remedy) {
        match &remedy.restores {
            Restores::All => self.prose("  ", &format!("{}: restores all", remedy.name)),
            Restores::Routes(routes) => {
                self.list("  ", &format!("{}: restores ", remedy.name), routes);
            }
        }
        self.steps("    ", &remedy.steps);
        if !remedy.costs.is_empty() {
            self.list("    ", "costs ", &remedy.costs);
        }
    }

    fn probes(&mut self, probes: &[CommandProbe]) {
        if probes.is_empty() {
            return;
        }
        self.head("Also checked");
        for probe in probes {
            self.command(&format!("  {}", prompt(probe.on)), probe.run.trim_end());
            let line = probe.first_line.as_ref().map(|line| format!(", first line `{line}`"));
            let phases: Vec<String> = probe.phases.iter().map(ToString::to_string).collect();
            let phases =
                if phases.is_empty() { "every phase".to_owned() } else { phases.join(", ") };
            let line = line.unwrap_or_default();
            self.prose("    ", &format!("exit {}{line} in {phases}", probe.exit));
        }
    }

    fn claim(&mut self, claim: &Claim) {
        let first = format!("  {:<6} ", claim.ledger);
        let rest = " ".repeat(first.chars().count());
        let entry = ledger::entry(&claim.ledger);
        let says = entry.map(|it| format!("{}: \"{}\"", it.verdict.word(), it.claim));
        self.hanging(&first, &rest, says.unwrap_or_default().split_whitespace());
        self.hanging(&rest, &rest, claim.shows.split_whitespace());
        if let Some(phase) = &claim.phase {
            let base = if phase.faulted { "the fault" } else { "the healthy lab" };
            self.prose(&rest, &format!("claim/{}: after {base}", phase.name));
            self.steps(&format!("{rest}  "), &phase.steps);
        }
        claim.cells.iter().for_each(|cell| self.line(&format!("{rest}{cell}")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{report::wrap::WIDTH, verdict::sample};

    #[test]
    fn a_fault_is_told_as_a_story() {
        let text = sample::TEXT
            .replace("[[fault]]\n", "[machine]\nwsl_address_on_restart = \"change\"\n[[setup]]\non = \"windows\"\nwrite = { path = 'C:\\x', text = \"a\\nb\\n\" }\n[[fault]]\nexit = 3\n");
        assert_eq!(
            whole(&sample::scenario(&text)),
            "\
sample: the port is rejected
cause firewalld-block

Mechanism
  The public zone rejects what it does not know.

Set-up
  go-http listens on tcp4 0.0.0.0:8080
  the guest has another address after wsl --shutdown
  windows> (write C:\\x)
             a
             b

Fault
  wsl$ systemctl start firewalld   (exit 3)

Signature
  breaks  windows -> wsl-ip curl, windows -> wsl-ip nc
  keeps   wsl -> localhost, windows -> localhost

Remedies
  whole: restores all
    wsl$ systemctl stop firewalld
  part: restores windows -> wsl-ip curl
    wsl$ (service restarts on :8080)
    costs windows -> localhost

Also checked
  wsl$ firewall-cmd --state
    exit 0, first line `running` in fault

Claims of the article
  1.4    false: \"firewalld blocking 8080 is a cause of Windows http://localhost:8080 failing.\"
         the relay enters over lo
         fault: windows -> localhost curl = http-200

Sources
  article 4.2
"
        );
    }

    #[test]
    fn prose_is_wrapped_and_commands_are_not() {
        let long = "word ".repeat(60);
        let command = format!("echo {}", "x".repeat(120));
        let text = sample::TEXT
            .replace("The public zone rejects what it does not know.", long.trim())
            .replace("the relay enters over lo", long.trim())
            .replace("systemctl stop firewalld", &command);
        let story = whole(&sample::scenario(&text));
        let too_long: Vec<_> = story.lines().filter(|line| line.chars().count() > WIDTH).collect();
        assert_eq!(too_long, [format!("    wsl$ {command}")]);
        assert!(story.lines().filter(|line| line.contains("word word")).count() >= 8);
        assert!(story.lines().all(|line| line == line.trim_end()));
    }

    #[test]
    fn a_survey_tells_its_cases() {
        let text = "schema = 1\nkind = 'survey'\ntitle = 't'\ncause = 'dns'\nsources = ['s']\n\
            summary = 's'\n[service]\nlisten = ':1'\n[[case]]\nname = 'off'\n\
            steps = [{ on = 'wsl', service = { state = 'stop' } }, { on = 'lan', env = { A = 'b' } }]\n";
        let story = whole(&sample::scenario(text));
        let expected = "\nCases\n  off\n    wsl$ (service stops)\n    lan$ (environment A=b)\n";
        assert!(story.contains(expected), "{story}");
    }
}
