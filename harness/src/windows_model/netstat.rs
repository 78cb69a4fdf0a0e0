//! `netstat -ano`: the TCP sockets, with the numbers of the processes that have them.

use super::{Windows, WindowsError, not_modelled, succeeded};
use crate::agent::protocol::Output;

/// Runs `netstat` with these arguments.
///
/// # Errors
/// Other arguments than `-ano`, in any order, and `-p tcp`.
pub fn run(windows: &Windows, arguments: &[String]) -> Result<Output, WindowsError> {
    let line = arguments.join(" ").to_lowercase().replace('/', "-");
    let (options, protocol) = line.split_once(" -p ").unwrap_or((&line, "tcp"));
    let mut letters: Vec<_> = options.chars().filter(|letter| !" -".contains(*letter)).collect();
    letters.sort_unstable();
    if letters != ['a', 'n', 'o'] || !["tcp", "tcpv6"].contains(&protocol) {
        let modelled = "`netstat -ano`, `netstat -ano -p tcp|tcpv6`";
        return Err(not_modelled(format!("`netstat {}`", arguments.join(" ")), modelled));
    }
    let all = !line.contains(" -p ");
    let mut sockets = windows.tcp()?;
    sockets.retain(|socket| all || socket.local.is_ipv6() == (protocol == "tcpv6"));
    sockets.sort_by_key(|socket| (socket.local.is_ipv6(), socket.local));
    let mut text = format!(
        "\nActive Connections\n\n  {:<6} {:<22} {:<22} {:<15} {}\n",
        "Proto", "Local Address", "Foreign Address", "State", "PID"
    );
    for socket in &sockets {
        text += &format!(
            "  {:<6} {:<22} {:<22} {:<15} {}\n",
            "TCP",
            socket.local.to_string(),
            socket.remote.to_string(),
            state(socket.state),
            windows.owner(socket)
        );
    }
    Ok(succeeded(text))
}

/// netstat's words for the states of `Get-NetTCPConnection`.
fn state(state: &str) -> &'static str {
    match state {
        "Listen" => "LISTENING",
        "Established" => "ESTABLISHED",
        "SynSent" => "SYN_SENT",
        "SynReceived" => "SYN_RECEIVED",
        "FinWait1" => "FIN_WAIT_1",
        "FinWait2" => "FIN_WAIT_2",
        "TimeWait" => "TIME_WAIT",
        "CloseWait" => "CLOSE_WAIT",
        "LastAck" => "LAST_ACK",
        "Closing" => "CLOSING",
        _ => "CLOSED",
    }
}
