//! What the tests of the command line share: catalogues to run, and runs to look at.

#![allow(dead_code, unused_imports, reason = "each test program uses a part of it")]

pub mod catalogue;
pub mod machine;
pub mod processes;
pub mod run;

pub use catalogue::Catalogue;
pub use run::{Run, xtask};
