//! Distros that were imported in a rehearsal: further names of the lab's one guest.

use crate::{
    agent::protocol::Output,
    windows_model::{
        registry::{KeyPath, NamedValue, Registry, Value},
        wsl_exe::{DISTRO, FAILED},
    },
};

/// Where Windows keeps the user's distros.
const LXSS: &str = r"Software\Microsoft\Windows\CurrentVersion\Lxss";

/// The options whose value names a distro.
const NAMING: [&str; 4] = ["-d", "--distribution", "-t", "--terminate"];

fn imported(registry: &Registry) -> Vec<KeyPath> {
    registry.keys_below(&KeyPath::user(LXSS))
}

fn name(registry: &Registry, key: &KeyPath) -> Option<String> {
    match registry.get(key, "DistributionName") {
        Some(Value::Sz(name)) => Some(name),
        _ => None,
    }
}

/// What `wsl.exe` does with these arguments, where they are about imported distros: they are
/// registered and unregistered here, and listed.
///
/// # Errors
/// When the registry cannot be written.
pub fn manage(registry: &Registry, arguments: &[String]) -> Result<Option<Output>, String> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let failed = |error: &dyn std::fmt::Display| error.to_string();
    let said = |exit, stdout: &str| {
        Ok(Some(Output { exit, stdout: stdout.to_owned(), stderr: String::new() }))
    };
    let key = |name: &str| KeyPath::user(LXSS).child(&format!("{{{name}}}"));
    match words[..] {
        ["--import", name, directory, _] | ["--import", name, directory, _, "--version", "2"] => {
            if known(registry, name) {
                return said(
                    FAILED,
                    "A distribution with the supplied name already exists. Use --name to choose a \
                     different name.\nError code: Wsl/Service/RegisterDistro/ERROR_ALREADY_EXISTS\n",
                );
            }
            let key = key(name);
            registry
                .set(&key, "DistributionName", Value::Sz(name.to_owned()))
                .map_err(|e| failed(&e))?;
            registry
                .set(&key, "BasePath", Value::Sz(directory.to_owned()))
                .map_err(|e| failed(&e))?;
            said(0, "The operation completed successfully.\n")
        }
        ["--unregister", name] if !name.eq_ignore_ascii_case(DISTRO) => {
            if !known(registry, name) {
                return said(
                    FAILED,
                    "There is no distribution with the supplied name.\n\
                     Error code: Wsl/Service/WSL_E_DISTRO_NOT_FOUND\n",
                );
            }
            registry.delete_key(&key(name)).map_err(|e| failed(&e))?;
            said(0, "Unregistering.\nThe operation completed successfully.\n")
        }
        ["-l" | "--list", "-q" | "--quiet"] => {
            let names =
                imported(registry).iter().filter_map(|key| name(registry, key)).collect::<Vec<_>>();
            let all = [DISTRO.to_owned()].into_iter().chain(names);
            let text: String = all.map(|name| format!("{name}\n")).collect();
            said(0, &text)
        }
        _ => Ok(None),
    }
}

fn known(registry: &Registry, wanted: &str) -> bool {
    wanted.eq_ignore_ascii_case(DISTRO)
        || imported(registry)
            .iter()
            .filter_map(|key| name(registry, key))
            .any(|name| name.eq_ignore_ascii_case(wanted))
}

/// The arguments with the names of imported distros replaced by that of the one guest.
pub fn resolve(registry: &Registry, arguments: &[String]) -> Vec<String> {
    let mut resolved: Vec<String> = arguments.to_vec();
    for index in 1..resolved.len() {
        // What stands behind these is a command.
        if ["--", "-e", "--exec"].contains(&resolved[index - 1].as_str()) {
            break;
        }
        if NAMING.contains(&resolved[index - 1].as_str()) && known(registry, &resolved[index]) {
            resolved[index] = DISTRO.to_owned();
        }
    }
    resolved
}

/// The values of the machine that a real Windows has and the model needs only here.
pub fn machine_values() -> Vec<(KeyPath, NamedValue)> {
    let value = |name: &str, value| NamedValue { name: name.to_owned(), value };
    let text = |name: &str, text: &str| value(name, Value::Sz(text.to_owned()));
    let version = || KeyPath::machine(r"SOFTWARE\Microsoft\Windows NT\CurrentVersion");
    vec![
        (version(), text("ProductName", "Windows 10 Pro")),
        (version(), text("CurrentBuildNumber", "22631")),
        (version(), text("DisplayVersion", "23H2")),
        // The model takes a service without a number for one that starts with Windows.
        (
            KeyPath::machine(r"SYSTEM\CurrentControlSet\Services\iphlpsvc"),
            value("Start", Value::Dword(2)),
        ),
    ]
}
