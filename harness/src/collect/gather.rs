//! Asks every question and keeps the answers.

use std::collections::BTreeSet;

use super::{
    ask::{Ask, CollectError},
    question::{GUEST, Question, WINDOWS},
};
use crate::{
    agent::protocol::Output,
    cell::Cell,
    evidence::{
        Evidence,
        fact::{Fact, Kind},
        side::Side,
    },
    route::RoutePattern,
};

/// What somebody wants a report about.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// The port that does not answer.
    pub port: u16,
    /// What does not work, as far as it was said.
    pub complaints: Vec<RoutePattern>,
}

/// A report, before it is masked.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What it is about.
    pub wish: Wish,
    /// Whether there is a Windows side.
    pub wsl: bool,
    /// One for each machine.
    pub sections: Vec<Section>,
    /// What was reached from where.
    pub cells: Vec<Cell>,
}

/// The answers of one machine.
#[derive(Clone, Debug)]
pub struct Section {
    /// Which.
    pub side: Side,
    /// Commands, as typed, and what they printed.
    pub answers: Vec<(String, String)>,
}

impl Section {
    fn text(&self) -> String {
        let prompt = super::page::prompt(self.side);
        let one = |(run, said): &(String, String)| format!("```\n{prompt}{run}\n{said}```\n");
        self.answers.iter().map(one).collect()
    }

    /// The facts in the answers so far: what later questions depend on.
    fn facts(&self) -> Vec<Fact> {
        Evidence::read(self.text()).facts
    }
}

/// Asks everything that makes sense.
///
/// # Errors
/// What a lab could not do. On a real machine a question without an answer is left out.
pub async fn gather<A: Ask>(ground: &A, wish: &Wish) -> Result<Report, CollectError> {
    let wsl = ground.has(Side::Windows);
    let mut report = Report { wish: wish.clone(), wsl, ..Report::default() };
    let mut ports = BTreeSet::from([wish.port]);
    ports.extend(wish.complaints.iter().filter_map(|said| said.route.to.port));
    for (side, questions) in [(Side::Windows, WINDOWS), (Side::Guest, GUEST)] {
        if !ground.has(side) {
            continue;
        }
        let mut section = Section { side, answers: Vec::new() };
        for question in questions {
            for fact in section.facts() {
                if let Kind::PortProxy(rule) = fact.kind {
                    ports.extend(rule.port());
                    ports.extend(rule.connect_port.parse::<u16>().ok());
                }
            }
            let ports: Vec<u16> = ports.iter().copied().collect();
            for line in lines(question, &section, &ports, ground.log().as_deref()) {
                if let Some(answer) = one(ground, question, &line, &ports).await? {
                    section.answers.push((line, answer));
                }
            }
        }
        report.sections.push(section);
    }
    Ok(report)
}

/// The command lines of a question: none, one, or one for each process.
fn lines(question: &Question, so_far: &Section, ports: &[u16], log: Option<&str>) -> Vec<String> {
    let run = question.run;
    if run.contains("{log}") {
        return log.map(|log| run.replace("{log}", log)).into_iter().collect();
    }
    if !run.contains("{pid") {
        return vec![run.to_owned()];
    }
    let facts = so_far.facts();
    let listens = facts.iter().filter_map(|fact| match &fact.kind {
        Kind::Listener(listener) => Some(listener),
        _ => None,
    });
    // Everything on a port of interest; in the guest, every program of the user's.
    let pids: BTreeSet<u32> = listens
        .filter(|it| ports.contains(&it.port) || so_far.side == Side::Guest)
        .filter_map(|listener| listener.pid)
        .collect();
    if pids.is_empty() {
        return Vec::new();
    }
    let texts: Vec<String> = pids.iter().map(u32::to_string).collect();
    if run.contains("{pids}") {
        return vec![run.replace("{pids}", &texts.join(","))];
    }
    texts.iter().map(|pid| run.replace("{pid}", pid)).collect()
}

async fn one<A: Ask>(
    ground: &A,
    question: &Question,
    line: &str,
    ports: &[u16],
) -> Result<Option<String>, CollectError> {
    if let Some(test) = question.only_if {
        let test = ground.log().map_or_else(|| test.to_owned(), |log| test.replace("{log}", &log));
        let passed = ground.ask(question.side, &test).await?;
        if passed.is_none_or(|output| output.exit != 0) {
            return Ok(None);
        }
    }
    let Some(output) = ground.ask(question.side, line).await? else { return Ok(None) };
    Ok(Some((question.keep)(&said(&output), ports)))
}

fn said(output: &Output) -> String {
    let both = format!("{}{}", output.stdout, output.stderr).replace("\r\n", "\n");
    both.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}
