//! What Windows' programs refuse to who is no administrator, and their words for it, as seen in
//! published sessions. It is told here and not taken from the arm's own list (`guard.rs`): that it is
//! right is what a rehearsal shows.

use crate::{agent::protocol::Output, windows_model::command_line::CommandLine};

/// Whether a command line asks for what is refused.
pub fn refuses(line: &str) -> bool {
    CommandLine::parse(line).is_ok_and(|line| refused(&line.program, &line.arguments).is_some())
}

/// The refusal, where there is one.
pub fn refused(program: &str, arguments: &[String]) -> Option<Output> {
    let words: Vec<String> = arguments.iter().map(|word| word.to_lowercase()).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (exit, text) = match (program, &words[..]) {
        ("netsh", ["interface" | "int", "portproxy", verb, ..]) if *verb != "show" => NETSH,
        ("netsh", ["advfirewall", rest @ ..]) if !rest.contains(&"show") => NETSH,
        ("sc", [verb, ..]) if !verb.starts_with('q') => {
            (5, "[SC] OpenService FAILED 5:\n\nAccess is denied.\n\n")
        }
        ("net", ["start" | "stop", _, ..]) => {
            (2, "System error 5 has occurred.\n\nAccess is denied.\n\n")
        }
        ("reg", ["add" | "delete", key, ..]) if key.starts_with("hklm") => {
            (1, "ERROR: Access is denied.\n")
        }
        ("powershell", _) if words.iter().any(|word| changes(word)) => {
            (1, "Access is denied.\n    + FullyQualifiedErrorId : Windows System Error 5\n")
        }
        _ => return None,
    };
    Some(Output { exit, stdout: String::new(), stderr: text.to_owned() })
}

const NETSH: (i32, &str) =
    (1, "The requested operation requires elevation (Run as administrator).\n\n");

/// Whether a script has a cmdlet that changes the firewall or a service.
fn changes(script: &str) -> bool {
    let nouns = ["-netfirewall", "-service", "-netnat", "-netipinterface"];
    let verbs = ["new", "set", "remove", "enable", "disable", "start", "stop", "restart", "add"];
    let cut = |letter: char| !(letter.is_ascii_alphanumeric() || letter == '-');
    script.split(cut).any(|word| {
        verbs
            .iter()
            .filter_map(|verb| word.strip_prefix(verb))
            .any(|noun| nouns.iter().any(|known| noun.starts_with(known)))
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("netsh", "interface portproxy add v4tov4 listenport=1", 1)]
    #[case("netsh", "interface portproxy reset", 1)]
    #[case("netsh", "advfirewall firewall delete rule name=x", 1)]
    #[case("netsh", "interface portproxy show all", 0)]
    #[case("netsh", "advfirewall firewall show rule name=x", 0)]
    #[case("sc", "config iphlpsvc start= disabled", 5)]
    #[case("sc", "query iphlpsvc", 0)]
    #[case("net", "stop iphlpsvc", 2)]
    #[case("net", "start", 0)]
    #[case("reg", r"add HKLM\SYSTEM\x /v y", 1)]
    #[case("reg", r"add HKCU\Software\x /v y", 0)]
    #[case("powershell", "-Command Remove-NetFirewallRule -Name 'x'", 1)]
    #[case("powershell", "-Command Restart-Service iphlpsvc", 1)]
    #[case("powershell", "-Command Get-NetFirewallRule", 0)]
    #[case("wsl", "--shutdown", 0)]
    fn what_an_ordinary_user_hears(#[case] program: &str, #[case] line: &str, #[case] exit: i32) {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        assert_eq!(refused(program, &words).map_or(0, |output| output.exit), exit);
    }
}
