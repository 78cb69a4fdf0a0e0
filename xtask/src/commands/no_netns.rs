//! Only Linux has namespaces.

use harness::{ready::Ready, scenario::Scenario};

use crate::exit::Failure;

const NONE: &str = "there are no Linux namespaces on this system; use --arm windows, or Linux";

/// Nothing to prepare.
pub fn prepare(_scenarios: &[&Scenario], _install: bool) -> Result<Ready, Failure> {
    Err(Failure::lab(NONE))
}

/// Nothing to boot.
pub fn try_boot() -> Result<Result<(), String>, Failure> {
    Ok(Err(NONE.to_owned()))
}
