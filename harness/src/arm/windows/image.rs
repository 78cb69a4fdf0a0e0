//! What the arm may change on this machine, as it is at one moment: read before anything is changed,
//! and put back afterwards.

use std::{collections::BTreeMap, fs, io, path::PathBuf};

use serde::{Deserialize, Serialize};

use super::{super::ArmError, programs};
use crate::windows_text::registry::{self, Value};

/// Where the rules of netsh's portproxy are.
const PORTPROXY: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\PortProxy";
/// Where those of Defender Firewall are.
const FIREWALL: &str =
    r"HKLM\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\FirewallRules";
/// Where the user's proxy is.
pub const INTERNET: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings";
/// Where WSL keeps what is the user's.
pub const LXSS: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Lxss";
/// When the IP Helper service starts.
const SERVICE: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\iphlpsvc";

/// The values of [`INTERNET`] that scenarios set.
const PROXY: [&str; 4] = ["ProxyEnable", "ProxyServer", "ProxyOverride", "AutoConfigURL"];

/// The state of what may be changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// The rules of portproxy.
    pub portproxy: Vec<Value>,
    /// The rules of the firewall.
    pub firewall: Vec<Value>,
    /// The user's proxy.
    pub proxy: Vec<Value>,
    /// The address that WSL asks for, where it remembers one.
    pub address: Option<Value>,
    /// When IP Helper starts.
    pub start: Option<u32>,
    /// Whether IP Helper runs.
    pub runs: bool,
    /// Files by their path; `None` where there is none. In hexadecimal, so that no byte is lost.
    pub files: BTreeMap<PathBuf, Option<String>>,
}

impl Image {
    /// Reads it.
    ///
    /// # Errors
    /// A program that cannot be run, or a file that cannot be read.
    pub async fn read() -> Result<Image, ArmError> {
        let (portproxy, firewall, internet, lxss, service, state) = tokio::try_join!(
            query(PORTPROXY, true),
            query(FIREWALL, false),
            query(INTERNET, false),
            query(LXSS, false),
            query(SERVICE, false),
            programs::run("sc", &["query", "iphlpsvc"]),
        )?;
        let named = |values: Vec<Value>, names: &[&str]| {
            let wanted =
                |value: &Value| names.iter().any(|name| name.eq_ignore_ascii_case(&value.name));
            values.into_iter().filter(wanted).collect::<Vec<_>>()
        };
        let start = named(service, &["Start"]);
        let mut image = Image {
            portproxy,
            firewall,
            proxy: named(internet, &PROXY),
            address: named(lxss, &["NatIpAddress"]).pop(),
            start: start.first().and_then(Value::number),
            runs: runs(&state.stdout),
            files: BTreeMap::new(),
        };
        for values in [&mut image.portproxy, &mut image.firewall, &mut image.proxy] {
            values.sort();
        }
        for path in files() {
            let content = match fs::read(&path) {
                Ok(bytes) => Some(hexadecimal(&bytes)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => None,
                Err(source) => return Err(ArmError::Io { operation: "read a file", source }),
            };
            image.files.insert(path, content);
        }
        Ok(image)
    }

    /// What differs, for a reader.
    pub fn differences(&self, other: &Image) -> Vec<String> {
        let mut told = Vec::new();
        let pairs = [
            ("portproxy", &self.portproxy, &other.portproxy),
            ("firewall", &self.firewall, &other.firewall),
            ("proxy", &self.proxy, &other.proxy),
        ];
        for (what, before, now) in pairs {
            let row =
                |sign: char, value: &Value| format!("{what} {sign}{} {}", value.name, value.data);
            told.extend(before.iter().filter(|it| !now.contains(it)).map(|it| row('-', it)));
            told.extend(now.iter().filter(|it| !before.contains(it)).map(|it| row('+', it)));
        }
        if self.address != other.address {
            told.push("the address that WSL remembers".to_owned());
        }
        if (self.start, self.runs) != (other.start, other.runs) {
            told.push(format!(
                "iphlpsvc: start {:?}, running {} instead of start {:?}, running {}",
                other.start, other.runs, self.start, self.runs
            ));
        }
        let changed =
            self.files.iter().filter(|(path, before)| other.files.get(*path) != Some(before));
        told.extend(changed.map(|(path, _)| path.display().to_string()));
        told
    }
}

/// The files that may be changed.
fn files() -> Vec<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let profile = variable("USERPROFILE").map(|home| home.join(".wslconfig"));
    let system = variable("SystemRoot").map(|root| root.join(r"System32\drivers\etc\hosts"));
    [profile, system].into_iter().flatten().collect()
}

/// `STATE : 4 RUNNING`: the number is no word.
fn runs(text: &str) -> bool {
    let number = |line: &str| line.split_once(':')?.1.split_whitespace().next()?.parse().ok();
    let numbers: Vec<u32> = text.lines().filter_map(number).collect();
    // The type of the service comes first, in hexadecimal or decimal, then its state.
    numbers.get(1) == Some(&4) || (numbers.len() == 1 && numbers[0] == 4)
}

async fn query(key: &str, recurse: bool) -> Result<Vec<Value>, ArmError> {
    let mut arguments = vec!["query", key];
    arguments.extend(recurse.then_some("/s"));
    // A key that is not there has no values.
    let output = programs::run("reg", &arguments).await?;
    Ok(registry::read(&output.stdout))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes from [`hexadecimal`].
pub fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| digit.to_digit(16).and_then(|it| u8::try_from(it).ok())).collect();
    let (pairs, rest) = digits.as_deref()?.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}
