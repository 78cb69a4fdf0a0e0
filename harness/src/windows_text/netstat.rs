//! `netstat -ano`: who listens. The state of a socket is translated, so it is not looked at.

use std::net::SocketAddr;

/// The addresses that somebody listens on by TCP.
pub fn listening(text: &str) -> Vec<SocketAddr> {
    text.lines().filter_map(listener).collect()
}

/// `TCP LOCAL FOREIGN STATE PID`: a listener's foreign port is 0.
fn listener(line: &str) -> Option<SocketAddr> {
    let mut words = line.split_whitespace();
    words.next().filter(|word| *word == "TCP")?;
    let local = words.next()?;
    let (_, port) = words.next()?.rsplit_once(':')?;
    words.next_back()?.parse::<u32>().ok()?;
    (port == "0").then(|| local.parse().ok())?
}
