//! The lab behind `cargo xtask`: failures between Windows, WSL2 and a LAN, set up, seen and cured.
//!
//! A newcomer starts with [`scenario`], which says what a failure is, goes on to [`runner`], which
//! makes phases of it, and to [`lab`], where steps go in and cells come out. `ARCHITECTURE.md` has
//! the whole map, with the process tree and the invariants.
//!
//! The vocabulary, a word each:
//! - [`node`], [`target`], [`route`]: a host, what is connected to, from where to where
//! - [`tool`], [`outcome`], [`cell`]: what measures, what it can show, what it did show
//! - [`ledger`]: what the article says, and what is true
//! - [`cause`], [`topology`], [`paths`]: classes of failure, addresses and links, places in a node
//!
//! From a file to a verdict:
//! - [`scenario`], [`catalogue`]: `scenario.toml`, checked; all of them
//! - [`explain`]: one told as a story
//! - [`claims`]: every sentence of the article, what shows it, and whether that is measured
//! - [`evidence`]: a pasted bug report, read into facts
//! - [`ladder`]: name, ping, TCP, HTTP climbed from this machine or from the nodes of a lab
//! - [`doctor`], [`ready`], [`cache`]: what the machine must have; making it ready to run
//! - [`fixture`], [`stock`]: servers and clients, described and built
//! - [`runner`], [`phase`], [`lab`], [`vm`]: all phases, one of them, a booted lab, its guest
//! - [`matrix`], [`measure`]: which cells a phase has; all of them measured
//! - [`verdict`], [`failure`], [`snapshot`], [`run_result`], [`report`]: judged, compared, kept, told
//! - [`parity`], [`fidelity`]: two arms side by side; what a real Windows has recorded of the model
//! - [`machine_report`]: which Windows a run was on
//! - [`shard`], [`merge`]: a part of the catalogue; reports of parts, joined
//!
//! Inside a lab:
//! - [`arm`]: what boots the nodes; `netns` by Linux namespaces
//! - [`entry`]: one program under several names: command line, supervisor, agent, shim
//! - [`agent`]: what runs in a node, and the protocol to it
//! - [`probe`]: the real tools and their native twins
//! - [`guest`]: what WSL does inside the guest
//! - `netlink`: the kernel of a node asked and told: links, addresses, packet filter
//! - [`rehearsal`]: the Windows build under Wine, with the lab behind its programs
//! - [`windows_text`]: what programs of Windows print, decoded and read by the shape of its rows
//! - [`windows_model`]: what stands for Windows; `docs/FIDELITY.md` has the sources

pub mod agent;
pub mod arm;
pub mod cache;
pub mod catalogue;
pub mod cause;
pub mod cell;
pub mod claims;
pub mod collect;
pub mod day;
pub mod diagnosis;
pub mod doctor;
pub mod entry;
pub mod evidence;
pub mod explain;
pub mod failure;
pub mod fidelity;
pub mod fixture;
pub mod guest;
pub mod introductions;
pub mod lab;
pub mod ladder;
pub mod ledger;
pub mod machine_report;
pub mod matrix;
pub mod measure;
pub mod merge;
#[cfg(target_os = "linux")]
pub mod netlink;
pub mod node;
pub mod outcome;
pub mod parity;
pub mod paths;
pub mod phase;
pub mod picture;
pub mod probe;
pub mod ready;
pub mod rehearsal;
pub mod report;
pub mod repro;
pub mod route;
pub mod run_result;
pub mod runner;
pub mod scenario;
pub mod shard;
pub mod snapshot;
pub mod standstill;
pub mod stock;
pub mod target;
mod text;
pub mod tool;
pub mod topology;
pub mod verdict;
pub mod vm;
pub mod windows_model;
pub mod windows_text;
mod wine;
#[cfg(target_os = "linux")]
pub mod wiring;

#[cfg(target_os = "linux")]
mod fd_socket;
#[cfg(target_os = "linux")]
mod sys;
