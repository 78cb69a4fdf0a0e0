//! One lab as the supervisor sees it: three namespaces, three agents, two cables.

use std::{
    fs,
    net::Ipv4Addr,
    os::fd::AsFd,
    path::{Path, PathBuf},
};

use nix::{
    errno::Errno,
    sys::{
        signal::{Signal, kill},
        wait::waitpid,
    },
    unistd::{Pid, sethostname},
};

use super::{
    failure::Failure,
    mounts,
    mounts::NodeFiles,
    namespace::Netns,
    spawn::{Home, Spawned, spawn},
    supervisor::Done,
};
use crate::{
    node::Node,
    topology::{Extras, LabPlan, Supplies, hostname},
    wiring::{await_running, configure_own, links},
};

/// A booted lab.
pub struct NetnsLab {
    dir: PathBuf,
    plan: LabPlan,
    supplies: Supplies,
    windows: Netns,
    agents: Vec<(Node, Pid)>,
}

impl NetnsLab {
    /// Boots the three nodes.
    ///
    /// # Errors
    /// The first thing that failed; nothing is left running.
    pub fn boot(
        home: &Home,
        number: u64,
        plan: LabPlan,
        supplies: Supplies,
    ) -> Result<(NetnsLab, Done), Failure> {
        let dir = home.labs.join(number.to_string());
        fs::create_dir_all(dir.join("hv")).map_err(|e| Failure::io("create the lab", e))?;
        let mut agents = Vec::new();
        let booted = boot_nodes(home, &dir, &plan, &supplies, &mut agents);
        let returned = home.return_to();
        match booted.and_then(|done| returned.map(|()| done)) {
            Ok((windows, done)) => Ok((NetnsLab { dir, plan, supplies, windows, agents }, done)),
            Err(failure) => {
                for (_, pid) in agents {
                    let _ = kill(pid, Signal::SIGKILL);
                }
                Err(failure)
            }
        }
    }

    /// Kills the guest, waits for its end and pulls its cable. Fine when there is none.
    ///
    /// # Errors
    /// What the kernel refuses.
    pub fn stop_wsl(&mut self) -> Result<(), Failure> {
        let Some(at) = self.agents.iter().position(|(node, _)| *node == Node::Wsl) else {
            return Ok(());
        };
        let (_, pid) = self.agents.remove(at);
        kill(pid, Signal::SIGKILL).map_err(|errno| Failure::new("kill the guest", errno))?;
        let _ = waitpid(pid, None);
        match self.windows.route.run(&links::unplug_guest()) {
            // The guest's namespace may already have taken it along.
            Err(error) if error.source.raw_os_error() == Some(Errno::ENODEV as i32) => Ok(()),
            unplugged => Ok(unplugged?),
        }
    }

    /// Boots the guest anew.
    ///
    /// # Errors
    /// What the kernel refuses.
    pub fn start_wsl(&mut self, home: &Home, address: Ipv4Addr) -> Result<Done, Failure> {
        let forked = fork(home, &self.dir, Node::Wsl, &self.plan, &self.supplies);
        home.return_to()?;
        let (netns, guest) = forked?;
        self.agents.push((Node::Wsl, guest.pid));
        self.windows.route.run(&links::plug_guest(netns.fd.as_fd()))?;
        netns.route.run(&links::wsl(address))?;
        await_running(&self.windows.route, links::cabled(Node::Windows))?;
        await_running(&netns.route, links::cabled(Node::Wsl))?;
        Ok(Done { agents: vec![guest.socket], ..Done::default() })
    }

    /// The agents still to kill, and the directory to remove afterwards.
    pub fn into_remains(self) -> (Vec<Pid>, PathBuf) {
        (self.agents.into_iter().map(|(_, pid)| pid).collect(), self.dir)
    }
}

/// Forks the agents, which configure what is their own side by side, and lays the cables between
/// them meanwhile.
fn boot_nodes(
    home: &Home,
    dir: &Path,
    plan: &LabPlan,
    supplies: &Supplies,
    agents: &mut Vec<(Node, Pid)>,
) -> Result<(Netns, Done), Failure> {
    let mut boot = |node| {
        let (netns, agent) = fork(home, dir, node, plan, supplies)?;
        agents.push((node, agent.pid));
        Ok::<_, Failure>((netns, agent))
    };
    let (windows, mut windows_agent) = boot(Node::Windows)?;
    let (wsl, wsl_agent) = boot(Node::Wsl)?;
    let (lan, lan_agent) = boot(Node::Lan)?;
    windows.route.run(&links::plug_lan(lan.fd.as_fd()))?;
    lan.route.run(&links::lan())?;
    // The guest is plugged into the switch that Windows makes.
    windows_agent.wait_early()?;
    windows.route.run(&links::plug_guest(wsl.fd.as_fd()))?;
    wsl.route.run(&links::wsl(plan.wsl_address))?;
    for (node, netns) in [(Node::Windows, &windows), (Node::Wsl, &wsl), (Node::Lan, &lan)] {
        await_running(&netns.route, links::cabled(node))?;
    }
    let agents = [windows_agent, wsl_agent, lan_agent].map(|agent| agent.socket).into();
    Ok((windows, Done { agents, ..Done::default() }))
}

/// Makes a node's network namespace, in which the caller then is, and forks its agent into it.
fn fork(
    home: &Home,
    dir: &Path,
    node: Node,
    plan: &LabPlan,
    supplies: &Supplies,
) -> Result<(Netns, Spawned), Failure> {
    let netns = Netns::create(node)?;
    let disk = dir.join(node.name());
    let hv = dir.join("hv");
    let extras = if node == Node::Wsl { plan.extras } else { Extras::default() };
    let program = &home.program;
    let files = NodeFiles { node, disk: &disk, hv: &hv, extras, supplies, program };
    let agent = spawn(home, node, &|| Ok(configure_own(node)?), &|| {
        let _ = sethostname(hostname(node));
        mounts::node(&files)
    })?;
    Ok((netns, agent))
}
