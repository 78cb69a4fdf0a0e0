//! Putting an [`Image`] back: what is there now is read, and what differs is changed, by the same
//! programs that a person would use.

use std::fs;

use super::{
    super::ArmError,
    image::{self, INTERNET, Image, LXSS},
    programs::{must, run},
};
use crate::windows_text::registry::Value;

/// What putting back came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restored {
    /// What was put back, a line each.
    pub changed: Vec<String>,
    /// Whether WSL reads something of it only when its virtual machine starts.
    pub restart_wsl: bool,
}

/// Makes the machine as `before` has it.
///
/// # Errors
/// What could not be put back; the rest is.
pub async fn restore(before: &Image) -> Result<Restored, ArmError> {
    let now = Image::read().await?;
    let changed = before.differences(&now);
    if changed.is_empty() {
        return Ok(Restored::default());
    }
    let restart_wsl =
        before.files != now.files || before.proxy != now.proxy || before.address != now.address;
    files(before)?;
    // The service last: netsh talks to it.
    portproxy(&before.portproxy, &now.portproxy).await?;
    firewall(&before.firewall, &now.firewall).await?;
    values(INTERNET, &before.proxy, &now.proxy).await?;
    let one = |value: &Option<Value>| value.iter().cloned().collect::<Vec<_>>();
    values(LXSS, &one(&before.address), &one(&now.address)).await?;
    service(before, &now).await?;
    let left = before.differences(&Image::read().await?);
    if left.is_empty() {
        return Ok(Restored { changed, restart_wsl });
    }
    Err(ArmError::Refused {
        operation: "put this machine back as it was".to_owned(),
        reason: format!("these still differ:\n  {}", left.join("\n  ")),
        hint: Some("try `cargo xtask clean` again, from an elevated terminal".to_owned()),
    })
}

fn files(before: &Image) -> Result<(), ArmError> {
    let failed = |source| ArmError::Io { operation: "put a file back", source };
    for (path, content) in &before.files {
        let wanted = content.as_deref().and_then(image::bytes);
        if fs::read(path).ok() == wanted {
            continue;
        }
        match wanted {
            Some(bytes) => fs::write(path, bytes).map_err(failed)?,
            None => fs::remove_file(path).map_err(failed)?,
        }
    }
    Ok(())
}

async fn portproxy(before: &[Value], now: &[Value]) -> Result<(), ArmError> {
    for rule in now.iter().filter(|rule| !before.iter().any(|it| same(it, rule))) {
        if let Some((form, listens)) = listens(rule) {
            let [address, port] = &listens;
            let arguments = ["interface", "portproxy", "delete", &form, port, address];
            must("netsh", &arguments).await?;
        }
    }
    for rule in before.iter().filter(|rule| !now.contains(rule)) {
        let target = rule.data.rsplit_once('/');
        if let (Some((form, listens)), Some((address, port))) = (listens(rule), target) {
            let [listen_address, listen_port] = &listens;
            let (address, port) =
                (format!("connectaddress={address}"), format!("connectport={port}"));
            let arguments = [
                "interface",
                "portproxy",
                "set",
                &form,
                listen_port,
                listen_address,
                &address,
                &port,
            ];
            must("netsh", &arguments).await?;
        }
    }
    Ok(())
}

/// `...\PortProxy\v4tov4\tcp`, `ADDRESS/PORT`.
fn listens(rule: &Value) -> Option<(String, [String; 2])> {
    let form = rule.key.rsplit('\\').nth(1)?.to_owned();
    let (address, port) = rule.name.rsplit_once('/')?;
    Some((form, [format!("listenaddress={address}"), format!("listenport={port}")]))
}

/// A new rule goes. One that is gone or changed cannot be typed again: commands that could do that
/// are refused before they run.
async fn firewall(before: &[Value], now: &[Value]) -> Result<(), ArmError> {
    for rule in now.iter().filter(|rule| !before.iter().any(|it| same(it, rule))) {
        let script = format!("Remove-NetFirewallRule -Name '{}'", rule.name.replace('\'', "''"));
        must("powershell", &["-NoProfile", "-Command", &script]).await?;
    }
    Ok(())
}

async fn values(key: &str, before: &[Value], now: &[Value]) -> Result<(), ArmError> {
    for value in now.iter().filter(|value| !before.iter().any(|it| same(it, value))) {
        must("reg", &["delete", key, "/v", &value.name, "/f"]).await?;
    }
    for value in before.iter().filter(|value| !now.contains(value)) {
        let arguments = ["add", key, "/v", &value.name, "/t", &value.kind, "/d", &value.data, "/f"];
        must("reg", &arguments).await?;
    }
    Ok(())
}

async fn service(before: &Image, now: &Image) -> Result<(), ArmError> {
    let word =
        |start: u32| ["boot", "system", "auto", "demand", "disabled"].get(start as usize).copied();
    if before.runs && !now.runs && now.start == Some(4) {
        // A disabled service does not start.
        must("sc", &["config", "iphlpsvc", "start=", "demand"]).await?;
    }
    if before.runs != now.runs {
        let verb = if before.runs { "start" } else { "stop" };
        // One that is on its way there already says so and fails.
        run("net", &[verb, "iphlpsvc"]).await?;
    }
    if before.start != now.start
        && let Some(word) = before.start.or(Some(2)).and_then(word)
    {
        must("sc", &["config", "iphlpsvc", "start=", word]).await?;
    }
    Ok(())
}

fn same(one: &Value, other: &Value) -> bool {
    one.key == other.key && one.name.eq_ignore_ascii_case(&other.name)
}
