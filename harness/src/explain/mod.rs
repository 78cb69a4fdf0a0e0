//! One scenario told as a story, for somebody who never saw the article: what is broken, how it
//! shows, what to type, and what the article says of it.
//!
//! [`screen`](fn@screen) fits a screen; [`whole`](fn@whole) leaves nothing out.

mod screen;
mod steps;
mod whole;

pub use screen::{LINES, screen};
pub use whole::whole;
