//! The program that a test's lab runs as its supervisor and agents.
fn main() {}
