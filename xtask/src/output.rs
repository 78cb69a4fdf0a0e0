//! What a command prints.

use std::io::{self, ErrorKind, Write};

use crate::exit::Failure;

/// Prints to stdout. That nobody reads on, as behind `| head`, is no error.
///
/// # Errors
/// What the system says of any other failure, a full disk for instance.
pub fn show(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::lab(error)),
        _ => Ok(()),
    }
}
