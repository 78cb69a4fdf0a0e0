//! Claims on a terminal, at 100 columns.

use super::{
    checked::{Checked, State},
    register::{Counts, Line, heading},
};
use crate::report::wrap::prose;

/// Where what belongs to a claim begins.
const INDENT: usize = 33;

/// The listing. `checked` is the run that the cells were looked up in; `truth` adds what is true.
pub fn text(lines: &[Line<'_>], checked: Option<Checked<'_>>, truth: bool) -> String {
    let mut told =
        String::from("What the article says, whether it is so, and what shows it here.\n");
    let mut section = "";
    let mut tally = Tally::default();
    for line in lines {
        if line.entry.section != section {
            section = &line.entry.section;
            told.push_str(&format!("\n{}\n", heading(section)));
        }
        told.push_str(&one(line, checked, truth, &mut tally));
    }
    told.push_str(&format!("\n{}\n", Counts::of(lines).sentence().replace("; ", ";\n")));
    told.push_str(&match checked {
        Some(_) => tally.sentence(),
        None => "nothing was run: these are the cells that the scenarios state\n".to_owned(),
    });
    told
}

fn one(line: &Line<'_>, checked: Option<Checked<'_>>, truth: bool, tally: &mut Tally) -> String {
    let entry = line.entry;
    let head = format!("  {:<7} {:<7} {:<14} ", entry.id, entry.verdict.name(), line.basis());
    let mut told = prose(&head, &format!("\"{}\"", entry.claim));
    let indent = " ".repeat(INDENT);
    if truth {
        told.push_str(&prose(&format!("{indent}truth: "), &entry.truth));
    }
    for show in &line.shows {
        told.push_str(&prose(&format!("{indent}{}: ", show.scenario.name), &show.claim.shows));
        for cell in &show.claim.cells {
            let state = checked.map(|checked| checked.state(show, cell));
            let word = state.as_ref().map_or("", State::word);
            told.push_str(&prose(
                &format!("{word:>width$}   ", width = INDENT - 1),
                &cell.to_string(),
            ));
            let Some(state) = state else { continue };
            tally.add(&state);
            if let Some(why) = state.why() {
                told.push_str(&prose(&format!("{indent}    "), why));
            }
        }
    }
    told
}

/// How many cells ended how.
#[derive(Default)]
struct Tally {
    hold: usize,
    fail: usize,
    not_run: usize,
}

impl Tally {
    fn add(&mut self, state: &State) {
        *match state {
            State::Holds => &mut self.hold,
            State::Fails(_) => &mut self.fail,
            State::NotRun(_) => &mut self.not_run,
        } += 1;
    }

    fn sentence(&self) -> String {
        let Tally { hold, fail, not_run } = self;
        let mut parts = vec![format!("{hold} hold")];
        if *fail > 0 {
            parts.push(format!("{fail} FAIL"));
        }
        if *not_run > 0 {
            parts.push(format!("{not_run} not run"));
        }
        let all = hold + fail + not_run;
        let cells = if all == 1 { "cell" } else { "cells" };
        format!("{all} {cells} looked up in this run: {}\n", parts.join(", "))
    }
}
