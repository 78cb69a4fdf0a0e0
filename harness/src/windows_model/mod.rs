//! The modelled Windows of the Linux arms: what `netsh`, `wsl.exe`, `reg` and the services behind
//! them do, as far as scenarios need it. `docs/FIDELITY.md` lists each behaviour with its source.

pub mod command_line;
pub mod paths;
pub mod portproxy;
pub mod registry;
