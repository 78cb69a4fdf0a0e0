//! The agents of the lab's own nodes: where the host's connection is, and the first words.

use std::{fmt::Display, io};

use super::{
    command,
    connection::Connection,
    protocol::{FromAgent, PROTOCOL},
    requests, resolver,
    role::LabRole,
};
use crate::{node::Node, topology};

/// Runs an agent whose connection to the host is the socket on stdin. Returns the exit code.
pub fn main(node: Node) -> i32 {
    match Connection::take() {
        Ok(connection) => main_on(node, &connection),
        // Nobody could hear it.
        Err(_) => 1,
    }
}

/// Runs an agent on a connection. Returns the exit code.
pub fn main_on(node: Node, connection: &Connection) -> i32 {
    let hello =
        FromAgent::Hello { protocol: PROTOCOL, node, warnings: LabRole::boot_warnings(node) };
    // Before anything else: whoever waits for this agent can go on, and what it sends meanwhile
    // waits in the socket.
    let served = connection.say(&hello).and_then(|()| {
        // The rest when somebody wants something: until then other nodes need the processor more.
        connection.await_request()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(serve(node, connection))
    });
    match served {
        Ok(()) => 0,
        Err(error) => refuse_on(connection, &error),
    }
}

/// Tells the host on stdin that this node cannot be had. Returns the exit code.
pub fn refuse(reason: &dyn Display) -> i32 {
    Connection::take().map_or(1, |connection| refuse_on(&connection, reason))
}

/// Tells the host that this node cannot be had. Returns the exit code.
pub fn refuse_on(connection: &Connection, reason: &dyn Display) -> i32 {
    let _ = connection.say(&FromAgent::Broken { reason: reason.to_string() });
    1
}

async fn serve(node: Node, connection: &Connection) -> io::Result<()> {
    let resolver = tokio::spawn(async move {
        if let Err(error) = resolver::serve(topology::nameserver(node)).await {
            tracing::warn!(%error, "no resolver");
        }
    });
    let environment = command::base_environment(crate::paths::BIN);
    let take = async |host| LabRole::take(node, host).await;
    requests::serve(node, environment, connection.split()?, take).await?;
    resolver.abort();
    Ok(())
}
