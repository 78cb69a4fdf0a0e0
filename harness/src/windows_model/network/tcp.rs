//! TCP sockets and who has them, from `/proc`.

use std::{
    collections::BTreeMap,
    fs, io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use super::TcpSocket;

/// Windows' names of the kernel's states, from 1 on.
const STATES: [&str; 11] = [
    "Established",
    "SynSent",
    "SynReceived",
    "FinWait1",
    "FinWait2",
    "TimeWait",
    "Closed",
    "CloseWait",
    "LastAck",
    "Listen",
    "Closing",
];

pub(super) fn sockets() -> io::Result<Vec<TcpSocket>> {
    let mut sockets = Vec::new();
    for file in ["/proc/self/net/tcp", "/proc/self/net/tcp6"] {
        let text = match fs::read_to_string(file) {
            Ok(text) => text,
            // A kernel without IPv6.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        for line in text.lines().skip(1) {
            let malformed = || io::Error::other(format!("{file} has a line `{line}`"));
            sockets.push(parse(line).ok_or_else(malformed)?);
        }
    }
    let owners = owners();
    let owned = sockets.into_iter().map(|(mut socket, inode)| {
        socket.process = owners.get(&inode).copied();
        socket
    });
    Ok(owned.collect())
}

/// A line and the number of the socket's inode, 0 when no process has it any more.
fn parse(line: &str) -> Option<(TcpSocket, u64)> {
    let fields: Vec<_> = line.split_ascii_whitespace().collect();
    let state = usize::from_str_radix(fields.get(3)?, 16).ok()?;
    // 12 is a connection that the kernel has not yet handed to its listener.
    let state = if state == 12 { 3 } else { state };
    let socket = TcpSocket {
        local: address(fields.get(1)?)?,
        remote: address(fields.get(2)?)?,
        state: STATES.get(state.checked_sub(1)?)?,
        process: None,
    };
    Some((socket, fields.get(9)?.parse().ok()?))
}

/// `0100007F:1F90`: words of this machine's order, in hexadecimal.
fn address(text: &str) -> Option<SocketAddr> {
    let (address, port) = text.split_once(':')?;
    let words: Option<Vec<_>> = address
        .as_bytes()
        .chunks(8)
        .map(|word| u32::from_str_radix(std::str::from_utf8(word).ok()?, 16).ok())
        .collect();
    let bytes: Vec<u8> = words?.into_iter().flat_map(u32::to_ne_bytes).collect();
    let ip: IpAddr = match bytes.len() {
        4 => Ipv4Addr::from(<[u8; 4]>::try_from(bytes).ok()?).into(),
        _ => Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?).into(),
    };
    Some(SocketAddr::new(ip, u16::from_str_radix(port, 16).ok()?))
}

/// Which process has the socket of an inode, as far as this one may look.
fn owners() -> BTreeMap<u64, u32> {
    let mut owners = BTreeMap::new();
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    for process in numbers.filter(|process| *process != std::process::id()) {
        let descriptors = fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten();
        for target in descriptors.flatten().filter_map(|entry| fs::read_link(entry.path()).ok()) {
            let inode = target
                .to_str()
                .and_then(|text| text.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok());
            owners.extend(inode.map(|inode: u64| (inode, process)));
        }
    }
    owners
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn reads_a_line_of_the_kernel() {
        let line = "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 \
                    1000        0 4242 1 0000000000000000 100 0 0 10 0";
        let (socket, inode) = parse(line).unwrap();
        let expected = TcpSocket {
            local: "127.0.0.1:8080".parse().unwrap(),
            remote: "0.0.0.0:0".parse().unwrap(),
            state: "Listen",
            process: None,
        };
        assert_eq!((socket, inode), (expected, 4242));
    }

    #[test]
    fn finds_the_sockets_of_this_process_in_both_families() {
        let v4 = TcpListener::bind("127.0.0.1:0").unwrap();
        let v6 = TcpListener::bind("[::1]:0").unwrap();
        let sockets = sockets().unwrap();
        for local in [v4.local_addr().unwrap(), v6.local_addr().unwrap()] {
            let found = sockets.iter().find(|socket| socket.local == local).unwrap();
            assert_eq!((found.state, found.process), ("Listen", None), "its own are the model's");
        }
    }
}
