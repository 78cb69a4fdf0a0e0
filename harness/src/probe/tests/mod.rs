//! Tools and twins against real listeners on loopback, with one table of expectations for both.

mod matrix;
mod proxied;
mod server;

use std::{collections::BTreeMap, net::SocketAddr};

use super::Prober;
use crate::{
    agent::protocol::{ProbeOrder, Probed},
    tool::{Impl, Tool},
};

/// The token of the lab that the tests pretend to be.
const TOKEN: &str = "this-lab";

/// Long enough for a busy machine, where the outcome does not wait for it.
const PATIENT: u64 = 20_000;

/// For outcomes that are made of waiting.
const SHORT: u64 = 400;

/// A name that no resolver asks the network about: a label may have 63 characters.
fn unresolvable() -> String {
    format!("{}.invalid", "x".repeat(64))
}

fn env(vars: &[(&str, &str)]) -> BTreeMap<String, String> {
    vars.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn order(tool: Tool, implementation: Impl, host: &str, port: u16, timeout_ms: u64) -> ProbeOrder {
    ProbeOrder {
        tool,
        implementation,
        host: host.to_owned(),
        port,
        timeout_ms,
        token: Some(TOKEN.to_owned()),
    }
}

/// Probe an address, and check that whoever was asked has answered.
async fn probe(
    tool: Tool,
    implementation: Impl,
    address: SocketAddr,
    timeout_ms: u64,
    vars: &[(&str, &str)],
) -> Probed {
    let host = address.ip().to_string();
    let order = order(tool, implementation, &host, address.port(), timeout_ms);
    measure(&order, vars).await
}

async fn measure(order: &ProbeOrder, vars: &[(&str, &str)]) -> Probed {
    let probed = Prober::new().probe(order, &env(vars)).await.unwrap();
    if order.implementation == Impl::Native || which::which(order.tool.name()).is_ok() {
        assert_eq!(probed.implementation, order.implementation);
    }
    assert!(probed.command.starts_with(order.tool.name()), "{}", probed.command);
    probed
}
