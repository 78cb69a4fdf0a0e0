//! Peers that behave in one way each.

use std::{
    any::Any,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream as BlockingStream},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy},
    net::{TcpListener, TcpSocket, TcpStream},
    task::JoinSet,
};

use super::TOKEN;

/// What a peer does with every connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Peer {
    /// Answers as the lab's service.
    Service,
    /// Likewise, in chunks, without closing the connection.
    Chunked,
    /// Answers 404 as the lab's service.
    NotFound,
    /// Answers without a token.
    Stranger,
    /// Answers with another lab's token.
    OtherLab,
    /// Says something that is no HTTP.
    Smtp,
    /// Hangs up at once.
    Close,
    /// Reads the request, then hangs up.
    Drain,
    /// Announces more than it sends, then hangs up.
    Half,
    /// Accepts and keeps silent.
    Silent,
    /// Announces more than it sends, then keeps silent.
    Stall,
    /// Has the port and does not listen.
    Deaf,
    /// Listens, and its queue is full: further SYNs are dropped.
    Full,
    /// A forward proxy for `http://` URLs.
    Proxy,
}

/// A peer that lives as long as this.
pub(super) struct Server {
    /// Where it is.
    pub address: SocketAddr,
    /// Accepts connections until the set is dropped.
    _tasks: JoinSet<()>,
    /// Sockets that only have to be there.
    _kept: Vec<Box<dyn Any>>,
}

pub(super) fn start(peer: Peer) -> Server {
    start_on(peer, (Ipv4Addr::LOCALHOST, 0).into())
}

pub(super) fn start_v6(peer: Peer) -> Server {
    start_on(peer, (Ipv6Addr::LOCALHOST, 0).into())
}

fn start_on(peer: Peer, address: SocketAddr) -> Server {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }.unwrap();
    socket.bind(address).unwrap();
    let address = socket.local_addr().unwrap();
    let (mut tasks, mut kept) = (JoinSet::new(), Vec::<Box<dyn Any>>::new());
    match peer {
        Peer::Deaf => kept.push(Box::new(socket)),
        Peer::Full => {
            kept.push(Box::new(socket.listen(0).unwrap()));
            // A queue of length 0 takes one connection.
            kept.push(Box::new(BlockingStream::connect(address).unwrap()));
        }
        _ => drop(tasks.spawn(serve(socket.listen(64).unwrap(), peer))),
    }
    Server { address, _tasks: tasks, _kept: kept }
}

async fn serve(listener: TcpListener, peer: Peer) {
    let mut kept = Vec::new();
    loop {
        let (mut stream, _) = listener.accept().await.unwrap();
        match peer {
            Peer::Close => drop(stream),
            Peer::Silent => kept.push(stream),
            _ => {
                tokio::spawn(async move {
                    // A client that is gone is the end of its connection.
                    let _ = answer(&mut stream, peer).await;
                });
            }
        }
    }
}

async fn answer(stream: &mut TcpStream, peer: Peer) -> std::io::Result<()> {
    if peer == Peer::Smtp {
        stream.write_all(b"220 mail.example ESMTP\r\n").await?;
        return linger(stream).await;
    }
    let request = head(stream).await?;
    let token = |token: &str| format!("X-Reachlab-Instance: {token}\r\n");
    let (status, header, body) = match peer {
        Peer::Service => ("200 OK", token(TOKEN), "Content-Length: 2\r\n\r\nOK"),
        Peer::Chunked => {
            ("200 OK", token(TOKEN), "Transfer-Encoding: chunked\r\n\r\n2\r\nOK\r\n0\r\n\r\n")
        }
        Peer::NotFound => ("404 Not Found", token(TOKEN), "Content-Length: 0\r\n\r\n"),
        Peer::Stranger => ("200 OK", String::new(), "Content-Length: 2\r\n\r\nOK"),
        Peer::OtherLab => ("200 OK", token("other"), "Content-Length: 2\r\n\r\nOK"),
        Peer::Half | Peer::Stall => ("200 OK", token(TOKEN), "Content-Length: 9\r\n\r\nOK"),
        Peer::Proxy => return forward(stream, &request).await,
        _ => return Ok(()),
    };
    stream.write_all(format!("HTTP/1.1 {status}\r\n{header}{body}").as_bytes()).await?;
    match peer {
        Peer::Chunked | Peer::Stall => linger(stream).await,
        _ => stream.shutdown().await,
    }
}

/// Until the client hangs up.
async fn linger(stream: &mut TcpStream) -> std::io::Result<()> {
    copy(stream, &mut tokio::io::sink()).await.map(|_| ())
}

async fn head(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// `GET http://AUTHORITY/ HTTP/1.1` becomes a request of the proxy's own, or its 502.
async fn forward(client: &mut TcpStream, request: &str) -> std::io::Result<()> {
    let url = request.split(' ').nth(1).unwrap_or_default();
    let authority = url.trim_start_matches("http://").trim_end_matches('/');
    match TcpStream::connect(authority).await {
        Ok(mut server) => {
            let request = format!("GET / HTTP/1.1\r\nHost: {authority}\r\n\r\n");
            server.write_all(request.as_bytes()).await?;
            copy(&mut server, client).await?;
        }
        Err(_) => {
            let answer = b"HTTP/1.1 502 Bad Gateway\r\nServer: proxy\r\nContent-Length: 0\r\n\r\n";
            client.write_all(answer).await?;
        }
    }
    client.shutdown().await
}
