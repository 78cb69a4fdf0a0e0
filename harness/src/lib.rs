//! The lab behind `cargo xtask`.

pub mod agent;
pub mod arm;
pub mod cache;
pub mod catalogue;
pub mod cause;
pub mod cell;
pub mod doctor;
pub mod entry;
pub mod explain;
pub mod fixture;
pub mod guest;
pub mod lab;
pub mod matrix;
pub mod measure;
pub mod node;
pub mod outcome;
pub mod paths;
pub mod probe;
pub mod ready;
pub mod report;
pub mod route;
pub mod run_result;
pub mod runner;
pub mod scenario;
pub mod snapshot;
pub mod stock;
pub mod target;
pub mod tool;
pub mod topology;
pub mod verdict;
pub mod vm;
pub mod windows_model;

#[cfg(target_os = "linux")]
mod sys;
