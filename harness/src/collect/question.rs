//! The commands of a report. All of them only read.

use super::trim;
use crate::evidence::side::Side;

/// A command and what becomes of its answer.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// On which machine: [`Side::Windows`] or [`Side::Guest`].
    pub side: Side,
    /// The command as a person would type it. `{pids}` is the processes behind the ports that the
    /// report is about, `{pid}` each of them, `{log}` the service's log.
    pub run: &'static str,
    /// A cheap command that must end well, or the question makes no sense here.
    pub only_if: Option<&'static str>,
    /// What of the answer is of interest; the ports are those that the report is about.
    pub keep: fn(&str, &[u16]) -> String,
}

const fn windows(run: &'static str, keep: fn(&str, &[u16]) -> String) -> Question {
    Question { side: Side::Windows, run, only_if: None, keep }
}

const fn guest(run: &'static str, keep: fn(&str, &[u16]) -> String) -> Question {
    Question { side: Side::Guest, run, only_if: None, keep }
}

const fn guest_if(test: &'static str, run: &'static str) -> Question {
    Question { side: Side::Guest, run, only_if: Some(test), keep: trim::whole }
}

/// Asked on Windows, in this order.
pub const WINDOWS: &[Question] = &[
    windows("wsl --version", trim::whole),
    windows("wsl -l -v", trim::whole),
    windows(r"type %UserProfile%\.wslconfig", trim::uncommented),
    windows("netsh interface portproxy show all", trim::whole),
    windows("netstat -ano", trim::listeners),
    windows("tasklist /svc /fi \"PID eq {pid}\"", trim::whole),
    windows("tasklist /svc /fi \"IMAGENAME eq wslrelay.exe\"", trim::whole),
    windows("sc query iphlpsvc", trim::whole),
    windows("netsh interface ipv4 show excludedportrange protocol=tcp", trim::whole),
    windows("netsh interface ipv4 show dynamicport tcp", trim::whole),
    windows("ipconfig", trim::whole),
    windows("route print -4", trim::whole),
    windows(r"type %SystemRoot%\System32\drivers\etc\hosts", trim::uncommented),
    windows(
        r#"reg query "HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings""#,
        trim::proxies,
    ),
    windows("powershell -Command \"Get-NetFirewallProfile\"", trim::whole),
    windows("netsh advfirewall firewall show rule name=all dir=in", trim::firewall_rules),
];

/// Asked in the guest, or on a Linux machine without Windows.
pub const GUEST: &[Question] = &[
    guest_if("grep -qi microsoft /proc/sys/kernel/osrelease", "uname -r"),
    guest("ss -tulnp", trim::whole),
    guest("ps -o user,pid,comm -p {pids}", trim::whole),
    guest("ip addr", trim::whole),
    guest("ip route", trim::whole),
    guest("cat /etc/hosts", trim::uncommented),
    guest("cat /etc/resolv.conf", trim::uncommented),
    guest_if("test -e /etc/wsl.conf", "cat /etc/wsl.conf"),
    guest("env | grep -i proxy", trim::variables),
    guest_if("pgrep -x firewalld", "firewall-cmd --list-all"),
    guest_if("command -v ufw", "ufw status"),
    guest_if("test -S /var/run/docker.sock", "docker ps"),
    guest_if("test -s {log}", "tail -n 20 {log}"),
];
