//! The lab behind `cargo xtask`.

pub mod agent;
pub mod arm;
pub mod cause;
pub mod cell;
pub mod entry;
pub mod guest;
pub mod lab;
pub mod matrix;
pub mod catalogue;
pub mod cause;
pub mod cell;
pub mod explain;
pub mod node;
pub mod outcome;
pub mod paths;
pub mod probe;
pub mod report;
pub mod route;
pub mod runner;
pub mod scenario;
pub mod stock;
#[cfg(target_os = "linux")]
mod sys;
pub mod target;
pub mod tool;
pub mod topology;
pub mod vm;
pub mod run_result;
pub mod scenario;
pub mod snapshot;
pub mod target;
pub mod tool;
pub mod verdict;
pub mod windows_model;
