//! The article's ping, telnet, curl ladder (chapter 2.5), done right: what a rung that holds does
//! not prove is said, and it is climbed from every vantage that there is.
//!
//! [`walk`](walk::walk) is the one climber. It stands on a [`Vantage`]: this machine, or a node of
//! a lab. Both ask the probes that measure matrices ([`crate::probe`]).

mod conclude;
mod lab;
mod place;
mod reading;
mod render;
#[cfg(test)]
mod tests;
mod vantage;
mod walk;

pub use conclude::{Conclusion, conclude};
pub use lab::climb_in_lab;
pub use place::{Place, PlaceError};
pub use reading::{Level, Reading, read};
pub use render::{Scenarios, render};
pub use vantage::{From, Vantage};
pub use walk::{How, Row, Rung, Walk, walk};
