//! The yardstick of the benchmark: a lab's network as a script would build it, by `ip netns add`,
//! `ip -batch` in each namespace and `nft -f`.

use std::{
    fs::File,
    io::{self, Write},
    path::Path,
    process,
    time::{Duration, Instant},
};

use nix::sched::{CloneFlags, setns};

use super::{failure::Failure, spawn::Home};
use crate::{
    topology::{
        ETHERNET, LAN_IP, LAN_PREFIX, SWITCH_PREFIX, VETHERNET, WINDOWS_GATEWAY, WINDOWS_LAN_IP,
        wsl_address,
    },
    windows_model::firewall::filter,
};

/// How long the programs took.
#[derive(Clone, Copy, Debug, Default)]
pub struct Baseline {
    /// Three times `ip netns add`.
    pub namespaces: Duration,
    /// Three times `ip -batch`, once `nft -f`.
    pub network: Duration,
}

/// Builds the `turn`-th network. It stays until the supervisor ends: taking it down in the
/// background would slow what is measured next.
///
/// # Errors
/// When a program fails.
pub fn run(home: &Home, turn: usize, ip: &str, nft: &str) -> Result<Baseline, Failure> {
    let measured = build(turn, ip, nft);
    home.return_to()?;
    measured
}

fn build(turn: usize, ip: &str, nft: &str) -> Result<Baseline, Failure> {
    let [windows, wsl, lan] = ["windows", "wsl", "lan"].map(|name| format!("{name}-{turn}"));
    let clock = Instant::now();
    for name in [&windows, &wsl, &lan] {
        run_program(ip, &["netns", "add", name], "")?;
    }
    let namespaces = clock.elapsed();

    let clock = Instant::now();
    let script = format!(
        "link set lo up\n\
         link add {VETHERNET} type bridge\n\
         link add {ETHERNET} type veth peer name eth0 netns {lan}\n\
         link add wsl-port type veth peer name eth0 netns {wsl}\n\
         link set wsl-port master {VETHERNET}\n\
         link set {VETHERNET} up\nlink set {ETHERNET} up\nlink set wsl-port up\n\
         addr add {WINDOWS_GATEWAY}/{SWITCH_PREFIX} brd + dev {VETHERNET}\n\
         addr add {WINDOWS_LAN_IP}/{LAN_PREFIX} brd + dev {ETHERNET}\n"
    );
    run_program(ip, &["-netns", &windows, "-batch", "-"], &script)?;
    let script = format!(
        "link set lo up\nlink set eth0 up\n\
         addr add {}/{SWITCH_PREFIX} brd + dev eth0\n\
         route add default via {WINDOWS_GATEWAY} dev eth0\n",
        wsl_address(0)
    );
    run_program(ip, &["-netns", &wsl, "-batch", "-"], &script)?;
    let script = format!(
        "link set lo up\nlink set eth0 up\naddr add {LAN_IP}/{LAN_PREFIX} brd + dev eth0\n"
    );
    run_program(ip, &["-netns", &lan, "-batch", "-"], &script)?;
    // `nft` has no option for a namespace, and `ip netns exec` would add its own time.
    enter(&Path::new("/run/netns").join(windows))?;
    run_program(nft, &["-f", "-"], &filter::as_script())?;
    Ok(Baseline { namespaces, network: clock.elapsed() })
}

fn enter(namespace: &Path) -> Result<(), Failure> {
    let entered = File::open(namespace)
        .and_then(|file| setns(&file, CloneFlags::CLONE_NEWNET).map_err(io::Error::from));
    entered.map_err(|e| Failure::io("enter a network namespace", e))
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
