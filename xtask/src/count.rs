//! How far something long has come: a bar on a terminal, a line now and then otherwise.

use std::{
    io::{IsTerminal, stderr},
    sync::Mutex,
    time::{Duration, Instant},
};

use indicatif::ProgressBar;

use crate::progress::bar;

/// How long nothing is said where there is no terminal.
const SILENCE: Duration = Duration::from_secs(10);

/// A count up to a known number.
pub struct Count {
    bar: ProgressBar,
    what: &'static str,
    /// When a line was last written; `None` on a terminal, which has the bar.
    said: Option<Mutex<Instant>>,
}

impl Count {
    /// Of that many.
    pub fn new(all: usize, what: &'static str) -> Count {
        let all = u64::try_from(all).unwrap_or(u64::MAX);
        let bar = bar(all, &format!("{{bar:24}} {{pos}}/{{len}} {what}  {{msg}}"));
        let terminal = stderr().is_terminal();
        Count { bar, what, said: (!terminal).then(|| Mutex::new(Instant::now())) }
    }

    /// One more is done.
    pub fn next(&self, name: &str) {
        self.bar.set_message(name.to_owned());
        self.bar.inc(1);
        let Some(mut said) = self.said.as_ref().and_then(|said| said.lock().ok()) else { return };
        if said.elapsed() >= SILENCE {
            *said = Instant::now();
            let all = self.bar.length().unwrap_or_default();
            eprintln!("{}/{all} {}", self.bar.position(), self.what);
        }
    }
}

impl Drop for Count {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
