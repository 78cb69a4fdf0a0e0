//! The lab behind `cargo xtask`.

pub mod agent;
pub mod cache;
pub mod cause;
pub mod cell;
pub mod doctor;
pub mod fixture;
pub mod node;
pub mod outcome;
pub mod probe;
pub mod route;
pub mod scenario;
pub mod target;
pub mod tool;
pub mod windows_model;
