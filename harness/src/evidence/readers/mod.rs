//! One reader a file. To add one: a file with a `READER`, and a line here.

mod container;
mod dns;
mod environment;
mod firewalld;
mod hosts;
mod inet;
mod ipconfig;
mod iproute;
mod lsof;
mod netip;
mod netstat;
mod nettcp;
mod nft;
mod packet_filter;
mod portproxy;
mod program;
mod reserved;
mod route_print;
mod sentence;
mod services;
mod settings;
mod setup;
mod shape;
mod ss;
mod transcript;
mod typed;
mod ufw;
mod version;
mod whose;
mod windows_firewall;
mod wsl;

use super::reader::Reader;

/// Every reader, in the order in which they see a block.
pub const ALL: &[Reader] = &[
    setup::READER,
    environment::READER,
    ss::READER,
    netstat::READER,
    nettcp::READER,
    lsof::READER,
    portproxy::READER,
    reserved::READER,
    inet::READER,
    iproute::READER,
    ipconfig::READER,
    route_print::READER,
    netip::READER,
    hosts::READER,
    dns::READER,
    settings::READER,
    firewalld::READER,
    ufw::READER,
    packet_filter::READER,
    nft::READER,
    container::READER,
    whose::READER,
    wsl::READER,
    services::READER,
    transcript::READER,
    windows_firewall::READER,
    sentence::READER,
    program::READER,
    typed::READER,
    version::READER,
];

#[cfg(test)]
mod languages;

#[cfg(test)]
mod testing {
    use super::super::{Evidence, fact::Fact};

    /// The facts of a text, one a line: `side: kind`.
    pub fn facts(text: &str) -> Vec<Fact> {
        Evidence::read(text).facts
    }
}
