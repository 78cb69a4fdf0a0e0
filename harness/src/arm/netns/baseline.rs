//! The yardstick of the benchmark: the links, addresses, routes and rules of a lab as a script
//! would build them, by `ip -batch` in each namespace and `nft -f`.

use std::{
    io::{self, Write},
    os::fd::AsRawFd,
    process,
    time::Instant,
};

use nix::sched::{CloneFlags, setns};

use super::{failure::Failure, namespace::Netns, nft, spawn::Home};
use crate::{
    node::Node,
    topology::{
        ETHERNET, LAN_IP, LAN_PREFIX, SWITCH_PREFIX, VETHERNET, WINDOWS_GATEWAY, WINDOWS_LAN_IP,
        wsl_address,
    },
};

/// Builds the network once. Returns how long the programs took in microseconds, and the
/// namespaces: taking them down at once would slow what is measured next. They are made before the
/// clock starts.
///
/// # Errors
/// When a program fails.
pub fn run(home: &Home, ip: &str, nft: &str) -> Result<(u64, [Netns; 3]), Failure> {
    let measured = build(ip, nft);
    home.return_to()?;
    measured
}

fn build(ip: &str, nft: &str) -> Result<(u64, [Netns; 3]), Failure> {
    let windows = Netns::create(Node::Windows)?;
    let wsl = Netns::create(Node::Wsl)?;
    let lan = Netns::create(Node::Lan)?;
    let own = process::id();
    let peer = |netns: &Netns| format!("/proc/{own}/fd/{}", netns.fd.as_raw_fd());
    let (to_wsl, to_lan) = (peer(&wsl), peer(&lan));

    let clock = Instant::now();
    enter(&windows)?;
    let script = format!(
        "link set lo up\n\
         link add {VETHERNET} type bridge\n\
         link add {ETHERNET} type veth peer name eth0 netns {to_lan}\n\
         link add wsl-port type veth peer name eth0 netns {to_wsl}\n\
         link set wsl-port master {VETHERNET}\n\
         link set {VETHERNET} up\nlink set {ETHERNET} up\nlink set wsl-port up\n\
         addr add {WINDOWS_GATEWAY}/{SWITCH_PREFIX} brd + dev {VETHERNET}\n\
         addr add {WINDOWS_LAN_IP}/{LAN_PREFIX} brd + dev {ETHERNET}\n"
    );
    run_program(ip, &["-batch", "-"], &script)?;
    enter(&wsl)?;
    let script = format!(
        "link set lo up\nlink set eth0 up\n\
         addr add {}/{SWITCH_PREFIX} brd + dev eth0\n\
         route add default via {WINDOWS_GATEWAY} dev eth0\n",
        wsl_address(0)
    );
    run_program(ip, &["-batch", "-"], &script)?;
    enter(&lan)?;
    let script = format!(
        "link set lo up\nlink set eth0 up\naddr add {LAN_IP}/{LAN_PREFIX} brd + dev eth0\n"
    );
    run_program(ip, &["-batch", "-"], &script)?;
    enter(&windows)?;
    run_program(nft, &["-f", "-"], &nft::as_script())?;
    let took = u64::try_from(clock.elapsed().as_micros()).unwrap_or(u64::MAX);
    Ok((took, [windows, wsl, lan]))
}

fn enter(netns: &Netns) -> Result<(), Failure> {
    setns(&netns.fd, CloneFlags::CLONE_NEWNET)
        .map_err(|errno| Failure::new("enter a network namespace", errno))
}

fn run_program(program: &str, arguments: &[&str], input: &str) -> Result<(), Failure> {
    let failed = |e| Failure::io(format!("run {program}"), e);
    let mut child = process::Command::new(program)
        .args(arguments)
        .stdin(process::Stdio::piped())
        .stdout(process::Stdio::null())
        .spawn()
        .map_err(failed)?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes()).map_err(failed)?;
    }
    let status = child.wait().map_err(failed)?;
    if status.success() { Ok(()) } else { Err(failed(io::Error::other(status.to_string()))) }
}
