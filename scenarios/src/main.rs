//! The program that a test's lab runs as its supervisor and agents.

use std::process::ExitCode;

fn main() -> ExitCode {
    harness::entry::dispatch().unwrap_or_else(|| {
        eprintln!("this program is a part of the tests; run `cargo test -p scenarios`");
        ExitCode::from(2)
    })
}
