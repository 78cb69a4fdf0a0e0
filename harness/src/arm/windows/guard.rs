//! Which command lines may be typed on this machine: those whose changes can be taken back. Every
//! other one is refused, whatever it would do.

use super::image::Image;

/// What a command line does to Windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It looks.
    Reads,
    /// It changes what the journal has, as any user may.
    Changes,
    /// It changes what only an administrator may.
    ChangesAsAdministrator,
    /// It is about WSL.
    Wsl,
    /// It ends WSL's relay, which comes back with the next virtual machine.
    EndsRelay,
}

const REGISTRY: [(&str, Effect); 2] = [
    (r"hkcu\software\microsoft\windows\currentversion\internet settings", Effect::Changes),
    (r"hklm\system\currentcontrolset\services\portproxy", Effect::ChangesAsAdministrator),
];

/// Cmdlets that change something and can be taken back.
const CMDLETS: [&str; 6] = [
    "new-netfirewallrule",
    "remove-netfirewallrule",
    "start-service iphlpsvc",
    "stop-service iphlpsvc",
    "restart-service iphlpsvc",
    "set-service iphlpsvc",
];

/// Verbs of cmdlets that look.
const LOOKING: [&str; 8] =
    ["get", "test", "where", "select", "format", "sort", "measure", "resolve"];

/// Programs that only look.
const READERS: [&str; 9] =
    ["curl", "ipconfig", "netstat", "ping", "route", "tasklist", "whoami", "hostname", "nslookup"];

/// What of `wsl.exe` is about distros or the installation, which are the user's.
const FOREIGN: [&str; 13] = [
    "--export",
    "--import",
    "--import-in-place",
    "--install",
    "--manage",
    "--mount",
    "--set-default",
    "--set-default-version",
    "--set-version",
    "--uninstall",
    "--unmount",
    "--unregister",
    "--update",
];

/// What a line does.
///
/// # Errors
/// Why it is not known how to take it back.
pub fn effect(line: &str) -> Result<Effect, String> {
    let lower = line.trim().to_lowercase();
    let mut words = lower.split_whitespace();
    let program = words.next().unwrap_or_default().trim_matches('"');
    let program = program.rsplit(['\\', '/']).next().unwrap_or_default();
    let program = program.strip_suffix(".exe").unwrap_or(program);
    let words: Vec<&str> = words.collect();
    let known = match program {
        "netsh" => netsh(&words),
        "sc" => sc(&words),
        "net" => match words[..] {
            ["start" | "stop", "iphlpsvc"] => Some(Effect::ChangesAsAdministrator),
            _ => None,
        },
        "reg" => reg(&lower, &words),
        "wsl" => (!words.iter().any(|word| FOREIGN.contains(word))).then_some(Effect::Wsl),
        "taskkill" => taskkill(&words),
        "powershell" | "pwsh" => powershell(&lower),
        reader if READERS.contains(&reader) => Some(Effect::Reads),
        _ => None,
    };
    known.ok_or_else(|| format!("it is not known how to take back what `{line}` does"))
}

fn netsh(words: &[&str]) -> Option<Effect> {
    let changes = Effect::ChangesAsAdministrator;
    match words {
        ["interface" | "int", "portproxy", verb, ..] => match *verb {
            "show" | "dump" => Some(Effect::Reads),
            "add" | "set" | "delete" | "reset" => Some(changes),
            _ => None,
        },
        ["interface" | "int", "ipv4" | "ipv6" | "ip" | "tcp", "show", ..] => Some(Effect::Reads),
        ["advfirewall", "firewall", "show", ..] => Some(Effect::Reads),
        ["advfirewall", "firewall", "add" | "delete", "rule", ..] => Some(changes),
        _ => None,
    }
}

fn sc(words: &[&str]) -> Option<Effect> {
    match words {
        ["query" | "qc" | "queryex", ..] => Some(Effect::Reads),
        ["config" | "start" | "stop", "iphlpsvc", ..] => Some(Effect::ChangesAsAdministrator),
        _ => None,
    }
}

fn reg(lower: &str, words: &[&str]) -> Option<Effect> {
    match words.first()? {
        &"query" => Some(Effect::Reads),
        &"add" | &"delete" => {
            REGISTRY.iter().find(|(key, _)| lower.contains(key)).map(|(_, effect)| *effect)
        }
        _ => None,
    }
}

fn taskkill(words: &[&str]) -> Option<Effect> {
    match words {
        ["/f", "/im", "wslrelay.exe"] | ["/im", "wslrelay.exe", "/f"] => Some(Effect::EndsRelay),
        _ => None,
    }
}

/// Every cmdlet of the script must be known; programs in it are judged by themselves.
fn powershell(lower: &str) -> Option<Effect> {
    let mut found = Effect::Reads;
    let part = |c: char| !(c.is_ascii_alphanumeric() || c == '-');
    for word in lower.split(part).filter(|word| word.contains('-') && !word.starts_with('-')) {
        let (verb, noun) = word.split_once('-')?;
        if verb.is_empty() || noun.is_empty() || !verb.bytes().all(|b| b.is_ascii_alphabetic()) {
            continue;
        }
        if LOOKING.contains(&verb) {
            continue;
        }
        let changes = CMDLETS.iter().any(|known| known.starts_with(word) && lower.contains(known));
        if changes {
            found = Effect::ChangesAsAdministrator;
        } else if noun.starts_with(|c: char| c.is_ascii_alphabetic()) && is_verb(verb) {
            return None;
        }
    }
    let foreign = FOREIGN.iter().any(|word| lower.contains(word));
    (!foreign).then_some(found)
}

/// Approved verbs that change something.
fn is_verb(verb: &str) -> bool {
    const VERBS: [&str; 26] = [
        "add",
        "clear",
        "copy",
        "disable",
        "enable",
        "install",
        "invoke",
        "move",
        "new",
        "out",
        "push",
        "register",
        "remove",
        "rename",
        "reset",
        "restart",
        "set",
        "start",
        "stop",
        "suspend",
        "resume",
        "uninstall",
        "unregister",
        "update",
        "write",
        "export",
    ];
    VERBS.contains(&verb)
}

/// The name that scenarios call the distro by.
const SCENARIO_DISTRO: &str = "Ubuntu";

/// The line with the lab's distro in place of [`SCENARIO_DISTRO`], and with it named where `wsl.exe`
/// would take the user's default.
pub fn for_distro(line: &str, distro: &str) -> String {
    if distro == SCENARIO_DISTRO {
        return line.to_owned();
    }
    let named = ["-d", "--distribution", "-t", "--terminate"].iter().fold(
        line.to_owned(),
        |line, option| {
            line.replace(&format!("{option} {SCENARIO_DISTRO}"), &format!("{option} {distro}"))
        },
    );
    for program in ["wsl.exe", "wsl"] {
        let Some(rest) = named.strip_prefix(program).filter(|rest| rest.starts_with(' ')) else {
            continue;
        };
        let first = rest.split_whitespace().next().unwrap_or_default();
        let runs =
            ["--", "-e", "--exec", "-u", "--user"].contains(&first) || !first.starts_with('-');
        if runs {
            return format!("{program} -d {distro}{rest}");
        }
    }
    named
}

/// Whether a line has `wsl.exe` run something in a distro, and so boots it.
pub fn runs_in_guest(line: &str) -> bool {
    let line = line.trim();
    let program = line.split_whitespace().next().unwrap_or_default().to_lowercase();
    if !["wsl", "wsl.exe"].contains(&program.as_str()) {
        return false;
    }
    let first = line.split_whitespace().nth(1).unwrap_or_default();
    const RUNS: [&str; 7] = ["-d", "--distribution", "-u", "--user", "--", "-e", "--exec"];
    RUNS.contains(&first) || (!first.is_empty() && !first.starts_with('-'))
}

/// Why a line would touch a rule of the firewall that was there before.
pub fn touches_foreign_rule(line: &str, before: &Image) -> Option<String> {
    if !line.to_lowercase().contains("firewall") {
        return None;
    }
    let name = |data: &str| {
        data.split('|').find_map(|field| field.strip_prefix("Name=")).map(str::to_owned)
    };
    before.firewall.iter().filter_map(|rule| name(&rule.data)).find(|name| {
        name.len() > 2
            && (line.contains(&format!("\"{name}\"")) || line.contains(&format!("'{name}'")))
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("netsh interface portproxy show all", Effect::Reads)]
    #[case("netsh interface portproxy add v4tov4 listenport=1", Effect::ChangesAsAdministrator)]
    #[case(r#"netsh advfirewall firewall add rule name="x""#, Effect::ChangesAsAdministrator)]
    #[case("NETSH.EXE int ipv4 show excludedportrange protocol=tcp", Effect::Reads)]
    #[case("net stop iphlpsvc", Effect::ChangesAsAdministrator)]
    #[case("sc query iphlpsvc", Effect::Reads)]
    #[case("wsl --shutdown", Effect::Wsl)]
    #[case("taskkill /F /IM wslrelay.exe", Effect::EndsRelay)]
    #[case(
        r#"reg add "HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings" /v ProxyEnable"#,
        Effect::Changes
    )]
    #[case(
        r#"powershell -Command "New-NetFirewallRule -DisplayName 'WSL 8080' -Direction Inbound""#,
        Effect::ChangesAsAdministrator
    )]
    #[case(
        r#"powershell -Command "Get-NetAdapter | Where-Object {$_.Name -like \"*WSL*\"}""#,
        Effect::Reads
    )]
    #[case("curl -s http://127.0.0.1:8080/peer", Effect::Reads)]
    fn may_be_typed(#[case] line: &str, #[case] expected: Effect) {
        assert_eq!(effect(line), Ok(expected));
    }

    #[rstest]
    #[case("netsh winsock reset")]
    #[case("netsh advfirewall reset")]
    #[case("netsh advfirewall set allprofiles state off")]
    #[case("wsl --unregister Ubuntu")]
    #[case("wsl --install Debian")]
    #[case("net stop winnat")]
    #[case("taskkill /F /IM wslservice.exe")]
    #[case("taskkill /F /IM wslrelay.exe /IM explorer.exe")]
    #[case("sc delete iphlpsvc")]
    #[case(r"reg delete HKLM\SYSTEM\CurrentControlSet /f")]
    #[case(r#"powershell -Command "Remove-Item C:\x""#)]
    #[case(r#"powershell -Command "Set-NetFirewallProfile -Enabled False""#)]
    #[case(r#"powershell -Command "Stop-Service WSLService""#)]
    #[case(r#"powershell -Command "wsl --unregister Ubuntu""#)]
    #[case("del x")]
    #[case("")]
    fn may_not(#[case] line: &str) {
        assert!(effect(line).is_err(), "{line}");
    }

    #[rstest]
    #[case("wsl --shutdown", "wsl --shutdown")]
    #[case("wsl.exe --terminate Ubuntu", "wsl.exe --terminate lab")]
    #[case("wsl.exe --exec true", "wsl.exe -d lab --exec true")]
    #[case("wsl ls -l", "wsl -d lab ls -l")]
    #[case("wsl -d Ubuntu -u root -- id", "wsl -d lab -u root -- id")]
    #[case("wsl -if \"eth0\" -- ip a", "wsl -if \"eth0\" -- ip a")]
    #[case("netsh interface portproxy show all", "netsh interface portproxy show all")]
    fn lines_are_about_the_labs_distro(#[case] line: &str, #[case] expected: &str) {
        assert_eq!(for_distro(line, "lab"), expected);
        assert_eq!(for_distro(line, "Ubuntu"), line);
    }

    #[rstest]
    #[case("wsl.exe --exec true", true)]
    #[case("wsl -d lab -- id", true)]
    #[case("wsl ls", true)]
    #[case("wsl --list --running", false)]
    #[case("wsl --shutdown", false)]
    #[case("wsl -if eth0", false)]
    #[case("netsh interface portproxy show all", false)]
    fn what_boots_the_guest(#[case] line: &str, #[case] boots: bool) {
        assert_eq!(runs_in_guest(line), boots);
    }

    #[test]
    fn rules_of_the_users_are_not_touched() {
        let rule = crate::windows_text::registry::Value {
            key: String::new(),
            name: "{1}".to_owned(),
            kind: "REG_SZ".to_owned(),
            data: "v2.31|Action=Allow|Name=WSL 8080|".to_owned(),
        };
        let before = Image { firewall: vec![rule], ..Image::default() };
        let line = r#"netsh advfirewall firewall delete rule name="WSL 8080""#;
        assert_eq!(touches_foreign_rule(line, &before).as_deref(), Some("WSL 8080"));
        assert_eq!(touches_foreign_rule("netsh advfirewall show", &before), None);
        let other = r#"netsh advfirewall firewall delete rule name="mine""#;
        assert_eq!(touches_foreign_rule(other, &before), None);
    }
}
