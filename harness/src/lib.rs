//! The lab behind `cargo xtask`.

pub mod agent;
pub mod catalogue;
pub mod cause;
pub mod cell;
pub mod explain;
pub mod node;
pub mod outcome;
pub mod probe;
pub mod report;
pub mod route;
pub mod run_result;
pub mod scenario;
pub mod snapshot;
pub mod target;
pub mod tool;
pub mod verdict;
pub mod windows_model;
