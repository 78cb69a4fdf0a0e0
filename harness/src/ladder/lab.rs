//! The same climb from the three nodes of a lab.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::{
    place::Place,
    vantage::Vantage,
    walk::{How, Walk, walk},
};
use crate::{
    agent::client::CallError,
    lab::{Lab, LabError},
    measure::TIMEOUT,
    node::Node,
    target::{Host, Target},
    tool::Impl,
};

/// Climbs to these targets from every node of a lab; what is a node's own loopback is left out for
/// `lan`, which has no part in it. Walks are in the order of the nodes.
///
/// # Errors
/// What the lab could not do.
pub async fn climb_in_lab(
    lab: &Lab,
    targets: &[Target],
    implementation: Impl,
) -> Result<Vec<Walk>, LabError> {
    let mut agents = Vec::new();
    for node in Node::ALL {
        agents.push(lab.agent(node).await?);
    }
    // Booting the guest may have started its service.
    lab.settle().await?;
    let token = Some(lab.token().to_owned());
    let how = Arc::new(How { implementation, limit: TIMEOUT, token });
    let mut running: JoinSet<Result<Walk, CallError>> = JoinSet::new();
    for agent in agents {
        let places = places(lab, agent.node(), targets).await?;
        let how = Arc::clone(&how);
        running.spawn(async move { walk(&Arc::new(Vantage::Node(agent)), places, &how).await });
    }
    let mut walks = Vec::new();
    while let Some(done) = running.join_next().await {
        match done {
            Ok(walk) => walks.push(walk?),
            Err(broken) if broken.is_panic() => std::panic::resume_unwind(broken.into_panic()),
            // Cancelled: the whole climb is.
            Err(_) => {}
        }
    }
    walks.sort_by_key(|walk| walk.from);
    Ok(walks)
}

async fn places(lab: &Lab, from: Node, targets: &[Target]) -> Result<Vec<Place>, LabError> {
    let port = lab.port().await;
    let mut places = Vec::new();
    for target in targets {
        let own = matches!(target.host, Host::Localhost | Host::Loopback4 | Host::Loopback6);
        if from == Node::Lan && own {
            continue;
        }
        let place = Place {
            label: target.to_string(),
            host: lab.address(target.host).await?,
            port: target.port.unwrap_or(port),
        };
        places.extend(place.each());
    }
    Ok(places)
}
