//! Services: what listens, where, and how a step changes it.

use std::fmt;

use crate::topology::SECOND_USER;

/// A server under test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// A directory of `fixtures/services`.
    pub program: String,
    /// Where it listens.
    pub listen: Listen,
    /// What its command line has beyond what its manifest says.
    pub args: Vec<String>,
    /// Who runs it.
    pub user: ServiceUser,
}

/// Who runs a service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ServiceUser {
    /// As everything in a node is run.
    #[default]
    Root,
    /// The second user of the guest.
    Second,
}

impl ServiceUser {
    /// Both.
    pub const ALL: [ServiceUser; 2] = [ServiceUser::Root, ServiceUser::Second];

    /// What the node's `/etc/passwd` calls it.
    pub const fn name(self) -> &'static str {
        match self {
            ServiceUser::Root => "root",
            ServiceUser::Second => SECOND_USER,
        }
    }
}

/// A listen string as Go's `net.Listen` takes it: a network and an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    /// `tcp`, `tcp4` or `tcp6`; `tcp` where the file names none.
    pub network: String,
    /// What stands before the port: empty, a name or an address (IPv6 in brackets).
    pub host: String,
    /// The port.
    pub port: u16,
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.network != "tcp" {
            write!(f, "{} ", self.network)?;
        }
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// A change of one of a node's services. What it does not name stays as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceChange {
    /// Which of the node's services; `None` is its own, which the scenario is about on wsl.
    pub name: Option<String>,
    /// Another program.
    pub program: Option<String>,
    /// Another listen string.
    pub listen: Option<Listen>,
    /// Other arguments beyond what its manifest says.
    pub args: Option<Vec<String>>,
    /// Another user.
    pub user: Option<ServiceUser>,
    /// What becomes of it.
    pub state: ServiceState,
}

/// What becomes of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceState {
    /// It is started anew and listens.
    Restart,
    /// It is stopped.
    Stop,
    /// It is started and ends by itself without having listened.
    Ends,
}
