//! Where a node finds what the lab brings.

/// The directory of everything below.
pub const LAB: &str = "/run/reachlab";
/// Programs that a node's PATH finds before this machine's.
pub const BIN: &str = "/run/reachlab/bin";
/// Services and clients that the lab built.
pub const FIXTURES: &str = "/run/reachlab/fixtures";
/// The lab's own program.
pub const PROGRAM: &str = "/run/reachlab/program";
/// Where the guest half of the localhost relay listens, in a directory that windows and wsl share.
pub const GUEST_SOCKET: &str = "/run/reachlab/hv/guest.sock";
/// What the modelled Windows keeps: its registry and drive C.
pub const WINDOWS: &str = "/run/reachlab/windows";
/// Where a workshop builds: nothing there outlives it.
pub const WORKSHOP_TMP: &str = "/run";
/// Where an image for containers has what [`PROGRAM`] and [`FIXTURES`] are in a node.
pub const IMAGE: &str = "/usr/lib/reachlab";
/// Shared by the nodes of a lab in containers: [`GUEST_SOCKET`]'s directory, there a volume.
pub const SHARED: &str = "/run/reachlab/hv";
/// Where the guest takes the commands of a rehearsal's `wsl.exe`, in [`SHARED`].
pub const INTEROP_SOCKET: &str = "/run/reachlab/hv/interop.sock";
