//! Probes: the real client tools, their native twins, and the closed tables that turn what they say
//! into an outcome.
//!
//! [`Prober`] measures one cell. Each tool has a file of its own that knows how the program is called
//! and how its words are read; `native` does the same with sockets. Both halves speak through one
//! table of failures (`strerror`), so that they can only agree or be caught disagreeing.

mod bearings;
mod curl;
mod endpoint;
mod error;
mod finding;
mod go_client;
mod line;
mod native;
mod nc;
mod ping;
mod prober;
mod process;
mod programs;
mod proxy_env;
mod resolve;
mod strerror;
mod telnet;
#[cfg(test)]
mod tests;
mod watch;

pub(crate) use bearings::VARIABLES as PROXY_VARIABLES;
pub use error::ProbeError;
pub use prober::Prober;
