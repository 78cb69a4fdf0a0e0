//! Windows' `ping` in a rehearsal: this machine's real one sends, and Windows' words tell of it.

use std::collections::BTreeMap;

use tokio::process::Command;

use crate::agent::{command, protocol::Output};

/// Runs `ping [-n 1] [-w MS] HOST`.
///
/// # Errors
/// Other arguments, and a ping that cannot be run.
pub async fn run(
    arguments: &[String],
    environment: &BTreeMap<String, String>,
) -> Result<Output, String> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let ["-n", "1", "-w", wait, host] = words[..] else {
        return Err(format!(
            "`ping {}` is not modelled; modelled: ping -n 1 -w MS HOST",
            words.join(" ")
        ));
    };
    let wait: u64 = wait.parse().map_err(|_| format!("`{wait}` is not a number"))?;
    let seconds = wait.div_ceil(1000).max(1).to_string();
    let mut command = Command::new("ping");
    command.args(["-c1", "-n", "-W", &seconds, host]).env_clear().envs(environment);
    command.env("LC_ALL", "C");
    let ended = command::run(command).await.map_err(|error| error.to_string())?;
    Ok(tell(host, &ended))
}

fn tell(host: &str, ended: &Output) -> Output {
    let unresolved = ["not known", "failure in name resolution"];
    if unresolved.iter().any(|text| ended.stderr.contains(text)) {
        let text = format!(
            "Ping request could not find host {host}. Please check the name and try again.\n"
        );
        return Output { exit: 1, stdout: text, stderr: String::new() };
    }
    let address = between(&ended.stdout, "(", ")").unwrap_or(host);
    let mut text = format!("\nPinging {host} with 32 bytes of data:\n");
    let replied = ended.exit == 0;
    let from = ended.stdout.lines().find_map(|line| line.strip_prefix("From "));
    let answered = from.and_then(|line| line.split(' ').next());
    let mut received = u8::from(replied);
    if replied {
        text += &match address.contains(':') {
            true => format!("Reply from {address}: time<1ms \n"),
            false => format!("Reply from {address}: bytes=32 time<1ms TTL=64\n"),
        };
    } else if let Some(router) = answered {
        let words = if ended.stdout.contains("Net Unreachable") { "net" } else { "host" };
        text += &format!("Reply from {router}: Destination {words} unreachable.\n");
        received = 1;
    } else if ended.stderr.contains("unreachable") || ended.stderr.contains("No route to host") {
        text += "PING: transmit failed. General failure. \n";
    } else {
        text += "Request timed out.\n";
    }
    let lost = 1 - received;
    text += &format!(
        "\nPing statistics for {address}:\n    Packets: Sent = 1, Received = {received}, \
         Lost = {lost} ({}% loss),\n",
        u32::from(lost) * 100
    );
    if replied {
        text += "Approximate round trip times in milli-seconds:\n    \
                 Minimum = 0ms, Maximum = 0ms, Average = 0ms\n";
    }
    Output { exit: i32::from(received == 0), stdout: text, stderr: String::new() }
}

fn between<'a>(text: &'a str, open: &str, close: &str) -> Option<&'a str> {
    text.split_once(open)?.1.split_once(close).map(|(inside, _)| inside)
}
