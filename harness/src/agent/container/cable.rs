//! Cables between containers, without the engine: wsl and lan hand their network namespace to
//! windows over a socket in the lab's volume, and windows makes the link right into it, as the
//! netns arm does. All it takes is NET_ADMIN on both sides.

use std::{
    fs::File,
    io,
    net::Ipv4Addr,
    os::{
        fd::{AsFd, OwnedFd},
        unix::net::{UnixListener, UnixStream},
    },
    thread,
};

use nix::errno::Errno;
use serde::{Deserialize, Serialize};

use crate::{
    fd_socket::{receive, send},
    node::Node,
    paths,
    wiring::{self, links},
};

/// What the two ends of a cable say to each other, in this order.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    /// The other end: who, with its network namespace attached.
    Lay(Node),
    /// windows: there is a link.
    Laid,
    /// The other end: mine is up.
    Up,
    /// windows: it carries packets.
    Carries,
    /// windows: why not.
    Failed(String),
}

fn path() -> String {
    format!("{}/cable.sock", paths::SHARED)
}

/// On windows: lays cables for whoever asks, as long as this process lives.
///
/// # Errors
/// In words.
pub fn listen() -> Result<(), String> {
    let listener = UnixListener::bind(path())
        .map_err(|error| format!("cannot listen on {}: {error}", path()))?;
    thread::spawn(move || {
        for end in listener.incoming().flatten() {
            thread::spawn(move || {
                let end = OwnedFd::from(end);
                if let Err(reason) = lay(&end) {
                    let _ = send(&end, &Word::Failed(reason), &[]);
                }
            });
        }
    });
    Ok(())
}

/// On windows: pulls the guest's cable. Fine when it went with the guest.
///
/// # Errors
/// In words.
pub fn unplug() -> Result<(), String> {
    let route = wiring::route().map_err(|error| error.to_string())?;
    match route.run(&links::unplug_guest()) {
        Err(error) if error.source.raw_os_error() != Some(Errno::ENODEV as i32) => {
            Err(error.to_string())
        }
        _ => Ok(()),
    }
}

/// On wsl and lan: has a cable laid to here, and gives this end its address.
///
/// # Errors
/// In words.
pub fn plug(node: Node, address: Ipv4Addr) -> Result<(), String> {
    let told = |error: io::Error| format!("cannot talk to windows: {error}");
    let windows = OwnedFd::from(UnixStream::connect(path()).map_err(told)?);
    let own = OwnedFd::from(File::open("/proc/self/ns/net").map_err(told)?);
    send(&windows, &Word::Lay(node), &[own]).map_err(told)?;
    expect(&windows, |word| matches!(word, Word::Laid))?;
    let batch = match node {
        Node::Lan => links::lan(),
        Node::Wsl | Node::Windows => links::wsl(address),
    };
    let route = wiring::route().map_err(|error| error.to_string())?;
    route.run(&batch).map_err(|error| error.to_string())?;
    send(&windows, &Word::Up, &[]).map_err(told)?;
    expect(&windows, |word| matches!(word, Word::Carries))?;
    wiring::await_running(&route, links::cabled(node)).map_err(|error| error.to_string())
}

/// On windows: makes one cable, into the namespace that comes with the request.
fn lay(end: &OwnedFd) -> Result<(), String> {
    let told = |error: io::Error| format!("cannot talk to the other end: {error}");
    let (word, namespaces) = receive::<Word>(end).map_err(told)?.ok_or("nobody asks")?;
    let (Word::Lay(node), [namespace]) = (&word, &namespaces[..]) else {
        return Err(format!("{word:?} with {} descriptors out of turn", namespaces.len()));
    };
    let batch = match node {
        Node::Lan => links::plug_lan(namespace.as_fd()),
        Node::Wsl | Node::Windows => links::plug_guest(namespace.as_fd()),
    };
    let route = wiring::route().map_err(|error| error.to_string())?;
    route.run(&batch).map_err(|error| error.to_string())?;
    send(end, &Word::Laid, &[]).map_err(told)?;
    expect(end, |word| matches!(word, Word::Up))?;
    wiring::await_running(&route, links::port(*node)).map_err(|error| error.to_string())?;
    send(end, &Word::Carries, &[]).map_err(told)
}

fn expect(from: &OwnedFd, wanted: impl Fn(&Word) -> bool) -> Result<(), String> {
    match receive::<Word>(from) {
        Ok(Some((word, _))) if wanted(&word) => Ok(()),
        Ok(Some((Word::Failed(reason), _))) => Err(reason),
        Ok(Some((word, _))) => Err(format!("{word:?} out of turn")),
        Ok(None) => Err("the other end of the cable is gone".to_owned()),
        Err(error) => Err(format!("the other end of the cable: {error}")),
    }
}
