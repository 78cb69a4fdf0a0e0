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
mod matrix;
mod netip;
mod netstat;
mod nettcp;
mod nft;
mod packet_filter;
mod portproxy;
mod program;
mod proxy_settings;
mod reserved;
mod route_print;
mod run_by;
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

pub use matrix::is_one as is_matrix;
pub use proxy_settings::FILE as PROXY_SETTINGS;
pub(super) use setup::implied_mode;

use super::{document::Block, reader::Reader};

/// The readers that look at a block: a matrix of `collect` has its own, and nothing to guess.
pub fn of(block: &Block<'_>) -> &'static [Reader] {
    if matrix::is_one(block) { &[matrix::READER] } else { ALL }
}

/// Every reader, in the order in which they see a block.
pub const ALL: &[Reader] = &[
    setup::READER,
    matrix::READER,
    proxy_settings::READER,
    run_by::READER,
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
    use super::super::{
        Evidence,
        fact::{Fact, Kind},
    };

    /// The facts of a text, one a line: `side: kind`.
    pub fn facts(text: &str) -> Vec<Fact> {
        Evidence::read(text).facts
    }

    /// Its routes.
    pub fn routes(text: &str) -> Vec<String> {
        let show = |kind| match kind {
            Kind::Route(it) => {
                let to =
                    it.network.map_or("default".to_owned(), |(net, len)| format!("{net}/{len}"));
                let via = it.gateway.map_or("-".to_owned(), |gateway| gateway.to_string());
                Some(format!("{to} {via} {} {:?}", it.interface?, it.metric))
            }
            _ => None,
        };
        facts(text).into_iter().filter_map(|fact| show(fact.kind)).collect()
    }
}
