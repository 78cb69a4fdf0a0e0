//! One client of the relay: from its socket on Windows to the guest half.

use std::{io, net::SocketAddr, path::PathBuf, time::Duration};

use tokio::{
    io::{AsyncWriteExt, copy, sink},
    net::{TcpStream, UnixStream},
    time::timeout,
};

use crate::guest::relay::Dial;

/// How long a client may go on sending after it was hung up on.
const DRAIN: Duration = Duration::from_secs(1);

/// Relays until the guest or the client ends its stream, or the guest cannot be reached.
pub(super) async fn relay(mut client: TcpStream, address: SocketAddr, hvsocket: PathBuf) {
    if let Err(error) = exchange(&mut client, address, hvsocket).await {
        tracing::debug!(%address, %error, "relay connection ended");
    }
    hang_up(client).await;
}

/// The first end of stream, from either side, ends the exchange: the source leaves its loop as soon
/// as one of its two handles is done (microsoft/WSL src/windows/common/relay.cpp,
/// `BidirectionalRelay`). A client that half-closes after its request gets no answer.
async fn exchange(
    client: &mut TcpStream,
    address: SocketAddr,
    hvsocket: PathBuf,
) -> io::Result<()> {
    client.set_nodelay(true)?;
    let mut guest = UnixStream::connect(hvsocket).await?;
    let dial = Dial { family: if address.is_ipv4() { 4 } else { 6 }, port: address.port() };
    let mut header = serde_json::to_string(&dial)?;
    header.push('\n');
    guest.write_all(header.as_bytes()).await?;
    let (mut guest_read, mut guest_write) = guest.split();
    let (mut client_read, mut client_write) = client.split();
    let answers = copy(&mut guest_read, &mut client_write);
    let requests = copy(&mut client_read, &mut guest_write);
    tokio::pin!(answers);
    tokio::select! {
        // What the guest sent before it closed goes out before the close is noticed.
        biased;
        ended = &mut answers => ended.map(drop),
        ended = requests => match ended {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => answers.await.map(drop),
            other => other.map(drop),
        },
    }
}

/// Ends the client's stream in order: FIN, then its unread data is taken so that closing the socket
/// does not turn into a reset (ledger settled point 1: a dead guest port shows as connect, then FIN).
async fn hang_up(mut client: TcpStream) {
    // Both fail only when the client is gone already.
    let _ = client.shutdown().await;
    let _ = timeout(DRAIN, copy(&mut client, &mut sink())).await;
}
