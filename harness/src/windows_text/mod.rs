//! What programs of Windows print. Its language is the user's and its encoding the program's, so
//! nothing here leans on a word: tables are read by the shape of their rows.

pub mod decode;
pub mod excluded_ports;
pub mod interfaces;
pub mod ipconfig;
pub mod netstat;
pub mod ping;
pub mod portproxy;
pub mod registry;
pub mod tcp_connections;
pub mod wsl_list;
pub mod wsl_version;

#[cfg(test)]
mod tests;

pub use decode::decode;
