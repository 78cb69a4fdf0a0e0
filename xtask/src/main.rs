//! The command line of reachlab.
fn main() {}
