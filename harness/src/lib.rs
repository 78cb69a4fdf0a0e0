//! The lab behind `cargo xtask`.

pub mod agent;
pub mod cause;
pub mod cell;
pub mod guest;
pub mod node;
pub mod outcome;
pub mod probe;
pub mod route;
pub mod scenario;
pub mod target;
pub mod tool;
pub mod windows_model;
