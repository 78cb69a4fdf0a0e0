//! The agent in a container: what the netns arm's supervisor does for its nodes from outside, it
//! does for its own from inside.
//!
//! A container is started with no network at all, so that nothing of the engine's (addresses,
//! routes, filters, a bridge on its host) is part of the lab, and labs side by side may have the
//! same addresses. The nodes of a lab share a volume; through it they pass their network namespaces
//! (`cable.rs`), and wsl its disk (`disk.rs`).

mod cable;
mod disk;
mod hold;

use std::{fs, io, os::unix::fs::symlink, path::Path};

use super::{connection::Connection, protocol::Request, serve, shims};
use crate::{guest, node::Node, paths, wiring};

/// The name that the program is started under to be a container's first process.
pub const HOLD: &str = "reachlab-hold";

/// The name that the program is started under to be a container's agent; its argument is the node.
pub const AGENT: &str = "reachlab-agent";

/// Runs the part of that name. Returns the exit code.
pub fn main(name: &str, arguments: &[String]) -> i32 {
    if name == HOLD {
        return hold::main();
    }
    let Some(Ok(node)) = arguments.first().map(|word| word.parse::<Node>()) else {
        eprintln!("usage: {AGENT} windows|wsl|lan");
        return 2;
    };
    let Ok(connection) = Connection::take() else { return 1 };
    match become_node(node) {
        // The end of the descriptor is the end of the container.
        Ok(_life) => serve::main_on(node, &connection),
        Err(reason) => serve::refuse_on(&connection, &reason),
    }
}

/// Does what only an agent in a container has to do.
///
/// # Errors
/// In words.
pub async fn handle(node: Node, request: &Request) -> Result<(), String> {
    let request = request.clone();
    let work = move || match request {
        Request::Plug { address } => cable::plug(node, address),
        Request::Unplug => cable::unplug(),
        Request::KeepDisk => disk::keep().map_err(|error| error.to_string()),
        _ => Err("not a request for containers".to_owned()),
    };
    tokio::task::spawn_blocking(work).await.map_err(|error| error.to_string())?
}

/// Makes the container a node, and returns what holds it.
fn become_node(node: Node) -> Result<fs::File, String> {
    let cannot = |what: &'static str| move |error: io::Error| format!("cannot {what}: {error}");
    let life = hold::live().map_err(cannot("hold the container"))?;
    furnish(node).map_err(cannot("furnish /run"))?;
    if node == Node::Wsl {
        disk::restore().map_err(cannot("restore the disk"))?;
    }
    write_etc(node).map_err(cannot("write /etc"))?;
    let network = wiring::settings(node).and_then(|()| wiring::configure_own(node));
    network.map_err(|error| format!("cannot {error} (does the engine grant NET_ADMIN?)"))?;
    if node == Node::Windows {
        cable::listen()?;
    }
    Ok(life)
}

/// Puts what the lab brings where a node finds it on every arm.
fn furnish(node: Node) -> io::Result<()> {
    for dir in [paths::BIN, paths::SHARED, "/run/lock"] {
        fs::create_dir_all(dir)?;
    }
    let image = Path::new(paths::IMAGE);
    symlink(image.join("program"), paths::PROGRAM)?;
    symlink(image.join("fixtures"), paths::FIXTURES)?;
    if node != Node::Windows {
        for shim in shims::NAMES {
            symlink(paths::PROGRAM, Path::new(paths::BIN).join(shim))?;
        }
    }
    Ok(())
}

fn write_etc(node: Node) -> io::Result<()> {
    let etc = Path::new("/etc");
    let conf = fs::read_to_string(guest::wsl_conf::PATH).unwrap_or_default();
    // The engine has put files of its own there, which a container that starts anew must not keep.
    let is_there = |name: &str| disk::was_restored() && etc.join(name).exists();
    for (name, text) in guest::etc::to_write(node, &conf, is_there) {
        let path = etc.join(name);
        // An empty one of the engine's, with a mode of its own; or a mount, which stays.
        let _ = fs::remove_file(&path);
        fs::write(path, text)?;
    }
    Ok(())
}
