//! Prompts: which machine a command was typed on.

use super::{side::Side, span::Text};

/// Commands that people paste behind root's bare `#`.
const COMMANDS: [&str; 30] = [
    "firewall-cmd",
    "ss",
    "netstat",
    "ip",
    "cat",
    "curl",
    "docker",
    "podman",
    "systemctl",
    "iptables",
    "nft",
    "ping",
    "nc",
    "telnet",
    "wget",
    "lsof",
    "kubectl",
    "getent",
    "dig",
    "nslookup",
    "hostname",
    "env",
    "ifconfig",
    "route",
    "sudo",
    "ufw",
    "journalctl",
    "ps",
    "ls",
    "tcpdump",
];

/// A line with a prompt: the machine and the command behind it.
pub(super) fn command(line: Text<'_>) -> Option<(Side, Text<'_>)> {
    let line = line.trim();
    let (shell, command) = windows(line).or_else(|| unix(line))?;
    (!command.as_str().is_empty()).then(|| (runs_on(shell, command), command))
}

/// `C:\>`, `C:\Users\me>`, `PS C:\>`, `PS>`.
fn windows(line: Text<'_>) -> Option<(Side, Text<'_>)> {
    let (prompt, command) = line.split_once(">")?;
    let prompt = prompt.as_str();
    let path = prompt.strip_prefix("PS").map_or(prompt, str::trim_start);
    let drive = path.as_bytes();
    let is_path = drive.len() >= 2 && drive[0].is_ascii_alphabetic() && drive[1] == b':';
    let is_prompt = is_path && !path.contains(" -") || prompt == "PS";
    is_prompt.then_some((Side::Windows, command))
}

/// `$`, `user@host:~$`, `root@host:/#`, `[user@host ~]$`, `host ~ %`, `❯`, `➜`. A `#` alone begins
/// a comment.
fn unix(line: Text<'_>) -> Option<(Side, Text<'_>)> {
    for sign in ["$ ", "❯ ", "➜ ", "λ "] {
        if let Some(command) = line.after(sign) {
            return Some((Side::Guest, command));
        }
    }
    // Root's prompt, where what follows is a command and no comment.
    if let Some(command) = line.after("# ")
        && command.words().next().is_some_and(|word| COMMANDS.contains(&word.as_str()))
    {
        return Some((Side::Guest, command));
    }
    let text = line.as_str();
    let end = text.find(['$', '#', '%']).filter(|end| text[..*end].contains('@'))?;
    let prompt = text[..end].trim_end();
    let is_prompt = prompt.split_whitespace().count() <= 2
        && prompt.len() < 80
        && (prompt.contains(':') || prompt.starts_with('[') || prompt.contains('~'));
    let command = text[end..].get(1..)?;
    let side = if prompt.contains("MINGW") { Side::Windows } else { Side::Guest };
    is_prompt.then(|| (side, line.part(command).trim()))
}

/// A command may look at another machine than the one it was typed on.
fn runs_on(shell: Side, command: Text<'_>) -> Side {
    let mut words = command.as_str().split_whitespace().filter(|word| *word != "sudo");
    let first = words.next().unwrap_or_default().to_ascii_lowercase();
    let second = words.next().unwrap_or_default();
    match first.as_str() {
        "docker" | "podman" | "nerdctl" | "kubectl" | "crictl"
            if matches!(second, "exec" | "run")
                || (second == "compose" && matches!(words.next(), Some("exec" | "run"))) =>
        {
            Side::Container
        }
        "wsl" | "wsl.exe" if shell == Side::Windows && !second.starts_with('-') => Side::Guest,
        "wsl" | "wsl.exe" if second == "--" || second == "-e" || second == "-d" => Side::Guest,
        name if name.ends_with(".exe") && shell == Side::Guest => Side::Windows,
        "netsh" | "tasklist" | "ipconfig" => Side::Windows,
        _ => shell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<(Side, String)> {
        command(Text::new(line, 0)).map(|(side, command)| (side, command.as_str().to_owned()))
    }

    #[test]
    fn prompts_of_every_shell() {
        let is = |line: &str, side: Side, command: &str| {
            assert_eq!(read(line), Some((side, command.to_owned())), "{line}");
        };
        is(r"C:\> netstat -ano", Side::Windows, "netstat -ano");
        is(r"C:\Users\me>ipconfig", Side::Windows, "ipconfig");
        is(r"PS C:\WINDOWS\system32> Get-Service iphlpsvc", Side::Windows, "Get-Service iphlpsvc");
        is(
            "PS> Get-NetTCPConnection -State Listen",
            Side::Windows,
            "Get-NetTCPConnection -State Listen",
        );
        is("$ ss -tlnp", Side::Guest, "ss -tlnp");
        is("me@DESKTOP-1:~/src$ curl localhost", Side::Guest, "curl localhost");
        is("root@DESKTOP-1:/# ss", Side::Guest, "ss");
        is("[me@fedora ~]$ sudo ss", Side::Guest, "sudo ss");
        is("$ docker exec app env", Side::Container, "docker exec app env");
        is("$ powershell.exe -c ls", Side::Windows, "powershell.exe -c ls");
        is(r"C:\> wsl hostname -I", Side::Guest, "wsl hostname -I");
        is(r"C:\> wsl -l -v", Side::Windows, "wsl -l -v");
    }

    #[test]
    fn other_lines_have_none() {
        assert_eq!(read("# server log"), None);
        assert_eq!(read("# firewall-cmd --state").map(|it| it.0), Some(Side::Guest));
        assert_eq!(read("tcp 0 0 0.0.0.0:80 LISTEN"), None);
        assert_eq!(read("> quoted"), None);
        assert_eq!(read("a -> b"), None);
        assert_eq!(read("$"), None);
        assert_eq!(read("ticket user@example.org costs 100%"), None);
    }
}
