//! The twin of ping: one ICMP echo, its answer, or the ICMP error that came instead.

use std::{
    io::{self, IoSliceMut},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    os::fd::AsRawFd,
};

use nix::{
    errno::Errno,
    sys::socket::{
        ControlMessageOwned, MsgFlags, SockaddrStorage, recv, recvmsg, setsockopt, sockopt,
    },
};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::{io::Interest, net::UdpSocket, time::timeout};

use super::{
    icmp::{Echo, Version, behind_ip_header},
    socket_error,
};
use crate::{
    outcome::Outcome,
    probe::{
        error::ProbeError,
        finding::Finding,
        line::Line,
        prober::Job,
        resolve::getaddrinfo,
        strerror::{EHOSTUNREACH, ENETUNREACH, EPERM, Failure},
    },
};

/// The port to which iputils connects a UDP socket to learn whether there is a route at all.
const ROUTE_PORT: u16 = 1025;

/// Larger than any echo, and than what an ICMP error quotes of one.
const BUFFER: usize = 1024;

/// Do as `ping -c1` does.
///
/// # Errors
/// See [`ProbeError`]; not being allowed to open an ICMP socket is one.
pub(crate) async fn ping(job: &Job<'_>, line: &Line) -> Result<Finding, ProbeError> {
    let work = async {
        let addresses = getaddrinfo(job.endpoint).await;
        let ip = match routed(&addresses) {
            Ok(Some(ip)) => ip,
            Ok(None) => return Ok(Failure::NO_NAME.into()),
            Err(source) => return known(line, "connect", source),
        };
        match echo(ip, line).await? {
            Heard::Reply => Ok(Outcome::Ok.into()),
            Heard::Error(source) => known(line, "echo", source),
        }
    };
    timeout(job.timeout, work).await.unwrap_or(Ok(Failure::TIMEOUT.into()))
}

fn known(line: &Line, operation: &'static str, source: io::Error) -> Result<Finding, ProbeError> {
    match Failure::of_io(&source) {
        Some(failure) => Ok(failure.into()),
        None => Err(socket_error(line, operation, source)),
    }
}

/// The address to ping: as iputils does, the first, unless it has no route and another follows.
fn routed(addresses: &[SocketAddr]) -> io::Result<Option<IpAddr>> {
    for (index, address) in addresses.iter().enumerate() {
        let ip = address.ip();
        let any = match ip {
            IpAddr::V4(_) => IpAddr::from(Ipv4Addr::UNSPECIFIED),
            IpAddr::V6(_) => IpAddr::from(Ipv6Addr::UNSPECIFIED),
        };
        match std::net::UdpSocket::bind((any, 0))
            .and_then(|socket| socket.connect((ip, ROUTE_PORT)))
        {
            Ok(()) => return Ok(Some(ip)),
            Err(error) => {
                let no_route = matches!(error.raw_os_error(), Some(EHOSTUNREACH | ENETUNREACH));
                if !no_route || index + 1 == addresses.len() {
                    return Err(error);
                }
            }
        }
    }
    Ok(None)
}

/// What came back, or kept the request from leaving.
enum Heard {
    Reply,
    Error(io::Error),
}

/// Send one echo and wait for what it causes.
async fn echo(ip: IpAddr, line: &Line) -> Result<Heard, ProbeError> {
    let failed = |operation| move |source| socket_error(line, operation, source);
    let icmp = Icmp::open(ip).map_err(failed("open an ICMP socket"))?;
    if let Err(error) = icmp.socket.send_to(&icmp.echo.request(), SocketAddr::new(ip, 0)).await {
        // A firewall of this node's own refused it. One that rejects says why by ICMP; one that drops
        // is silent, and TCP, which overlooks the errno, waits in vain: so does this.
        if error.raw_os_error() != Some(EPERM) {
            return Ok(Heard::Error(error));
        }
    }
    let interest = Interest::READABLE | Interest::ERROR;
    icmp.socket.async_io(interest, || icmp.hear()).await.map_err(failed("wait for an echo"))
}

/// An ICMP socket with the one echo that it is for.
struct Icmp {
    /// Not UDP: the runtime's type for any socket of packets.
    socket: UdpSocket,
    echo: Echo,
    /// Whether what it receives begins with an IP header.
    ip_header: bool,
}

impl Icmp {
    /// A raw socket; where that is not allowed, a datagram one, which `net.ipv4.ping_group_range`
    /// may allow to this user.
    fn open(ip: IpAddr) -> io::Result<Icmp> {
        let (domain, protocol, version) = match ip {
            IpAddr::V4(_) => (Domain::IPV4, Protocol::ICMPV4, Version::V4),
            IpAddr::V6(_) => (Domain::IPV6, Protocol::ICMPV6, Version::V6),
        };
        let (socket, raw) = match Socket::new(domain, Type::RAW, Some(protocol)) {
            Ok(socket) => (socket, true),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                (Socket::new(domain, Type::DGRAM, Some(protocol))?, false)
            }
            Err(error) => return Err(error),
        };
        socket.set_nonblocking(true)?;
        match version {
            Version::V4 => setsockopt(&socket, sockopt::Ipv4RecvErr, &true)?,
            Version::V6 => setsockopt(&socket, sockopt::Ipv6RecvErr, &true)?,
        }
        let socket = UdpSocket::from_std(socket.into())?;
        Ok(Icmp { socket, echo: Echo::new(version), ip_header: raw && ip.is_ipv4() })
    }

    /// The echo's error or reply, if either has come; `WouldBlock` otherwise.
    fn hear(&self) -> io::Result<Heard> {
        match self.error()? {
            Some(error) => Ok(Heard::Error(error)),
            None => self.reply().map(|()| Heard::Reply),
        }
    }

    /// Empties the error queue up to the error that this echo caused.
    ///
    /// Its errno is the one that the kernel gives to TCP for the same ICMP message.
    fn error(&self) -> io::Result<Option<io::Error>> {
        loop {
            let mut quoted = [0; BUFFER];
            let mut control = vec![0; BUFFER];
            let mut parts = [IoSliceMut::new(&mut quoted)];
            let (fd, flags) = (self.socket.as_raw_fd(), MsgFlags::MSG_ERRQUEUE);
            let received = recvmsg::<SockaddrStorage>(fd, &mut parts, Some(&mut control), flags);
            let (length, errno) = match received {
                Ok(message) => {
                    let errno = message.cmsgs()?.find_map(|control| match control {
                        ControlMessageOwned::Ipv4RecvErr(error, _)
                        | ControlMessageOwned::Ipv6RecvErr(error, _) => Some(error.ee_errno),
                        _ => None,
                    });
                    (message.bytes, errno)
                }
                Err(Errno::EAGAIN) => return Ok(None),
                Err(error) => return Err(error.into()),
            };
            if let Some(errno) = errno.and_then(|errno| i32::try_from(errno).ok())
                && self.echo.is_quoted_by(&quoted[..length])
            {
                return Ok(Some(io::Error::from_raw_os_error(errno)));
            }
        }
    }

    /// Reads what came, up to this echo's reply.
    fn reply(&self) -> io::Result<()> {
        loop {
            let mut packet = [0; BUFFER];
            match recv(self.socket.as_raw_fd(), &mut packet, MsgFlags::empty()) {
                Ok(length) => {
                    let packet = &packet[..length];
                    let message = if self.ip_header { behind_ip_header(packet) } else { packet };
                    if self.echo.is_answered_by(message) {
                        return Ok(());
                    }
                }
                // An errno of the error queue, told once more, and only once: it is judged there.
                Err(error) if Failure::of_errno(error as i32).is_some() => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}
