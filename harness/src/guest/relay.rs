//! The guest half of the localhost relay: takes connections from the Windows half and dials the
//! server over `lo`.
//!
//! A Unix socket stands for the hvsocket. A connection starts with one line of JSON, a [`Dial`].
//! Because the dial is to 127.0.0.1 or `[::1]`, no firewall zone of the guest ever sees it
//! (ledger 1.4). Source: microsoft/WSL src/linux/init/localhost.cpp@255-360.

use std::{
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpStream, UnixListener, UnixStream},
    task::JoinSet,
};

/// More than any [`Dial`] line needs, in bytes.
const MAX_HEADER: u64 = 256;

/// What a connection asks for in its first line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dial {
    /// 4 or 6: the family of the guest socket, and so the loopback address to dial.
    pub family: u8,
    /// The port of the guest socket.
    pub port: u16,
}

impl Dial {
    /// The address to dial over `lo`.
    ///
    /// # Errors
    /// For another family.
    pub fn address(self) -> io::Result<SocketAddr> {
        match self.family {
            4 => Ok((Ipv4Addr::LOCALHOST, self.port).into()),
            6 => Ok((Ipv6Addr::LOCALHOST, self.port).into()),
            other => Err(io::Error::other(format!("no address family {other}"))),
        }
    }
}

/// Why the guest half does not run.
#[derive(Debug, thiserror::Error)]
#[error("cannot {operation} the relay's socket {path}: {source}")]
pub struct GuestRelayError {
    operation: &'static str,
    path: PathBuf,
    source: io::Error,
}

/// The guest half, listening.
#[derive(Debug)]
pub struct GuestRelay {
    listener: UnixListener,
    path: PathBuf,
}

impl GuestRelay {
    /// Listens at `path`. What an earlier guest left there is removed.
    ///
    /// # Errors
    /// When the path cannot be bound.
    pub fn bind(path: &Path) -> Result<Self, GuestRelayError> {
        let failed =
            |operation| move |source| GuestRelayError { operation, path: path.to_owned(), source };
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(failed("replace")(error));
            }
            _ => {}
        }
        let listener = UnixListener::bind(path).map_err(failed("bind"))?;
        Ok(GuestRelay { listener, path: path.to_owned() })
    }

    /// Serves connections until dropped, which ends them too.
    ///
    /// # Errors
    /// When accepting fails.
    pub async fn serve(self) -> Result<(), GuestRelayError> {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        connections.spawn(connection(stream));
                    }
                    Err(source) => {
                        let path = self.path.clone();
                        return Err(GuestRelayError { operation: "accept on", path, source });
                    }
                },
                Some(_) = connections.join_next() => {}
            }
        }
    }
}

/// A failed dial closes the connection and nothing else, as the source does: the client on Windows
/// has been accepted already and sees a hang-up, never a refusal.
async fn connection(windows: UnixStream) {
    if let Err(error) = relay(windows).await {
        tracing::debug!(%error, "relay connection ended");
    }
}

async fn relay(windows: UnixStream) -> io::Result<()> {
    let (windows_read, windows_write) = windows.into_split();
    let mut windows_read = BufReader::new(windows_read);
    let mut header = String::new();
    (&mut windows_read).take(MAX_HEADER).read_line(&mut header).await?;
    let dial: Dial = serde_json::from_str(&header)?;
    let server = TcpStream::connect(dial.address()?).await?;
    server.set_nodelay(true)?;
    let (server_read, server_write) = server.into_split();
    // An error on either side drops all four halves, as the source's relay thread returns.
    tokio::try_join!(pump(windows_read, server_write), pump(server_read, windows_write))?;
    Ok(())
}

/// Copies until the reader ends, then ends the writer.
async fn pump(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin) -> io::Result<()> {
    tokio::io::copy(&mut from, &mut to).await?;
    to.shutdown().await
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use tokio::net::TcpListener;

    use super::*;

    struct Guest {
        path: PathBuf,
        task: tokio::task::JoinHandle<Result<(), GuestRelayError>>,
        _directory: tempfile::TempDir,
    }

    impl Drop for Guest {
        fn drop(&mut self) {
            self.task.abort();
        }
    }

    fn start() -> Guest {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("hv");
        let relay = GuestRelay::bind(&path).unwrap();
        Guest { path, task: tokio::spawn(relay.serve()), _directory: directory }
    }

    async fn ask(guest: &Guest, text: &str) -> UnixStream {
        let mut stream = UnixStream::connect(&guest.path).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }

    #[rstest]
    #[case::v4(4, "127.0.0.1:0")]
    #[case::v6(6, "[::1]:0")]
    #[tokio::test]
    async fn dials_loopback_by_family_and_half_closes(#[case] family: u8, #[case] bind: &str) {
        let guest = start();
        let server = TcpListener::bind(bind).await.unwrap();
        let port = server.local_addr().unwrap().port();
        // The request in the same write as the header must not be lost with it.
        let dial = format!("{{\"family\":{family},\"port\":{port}}}\nrequest");
        let mut client = ask(&guest, &dial).await;
        client.shutdown().await.unwrap();

        let (mut accepted, _) = server.accept().await.unwrap();
        let mut request = String::new();
        accepted.read_to_string(&mut request).await.unwrap();
        assert_eq!(request, "request");
        accepted.write_all(b"response").await.unwrap();
        drop(accepted);
        let mut response = String::new();
        client.read_to_string(&mut response).await.unwrap();
        assert_eq!(response, "response");
    }

    #[tokio::test]
    async fn a_failed_dial_closes() {
        let guest = start();
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        let mut client = ask(&guest, &format!("{{\"family\":4,\"port\":{free}}}\n")).await;
        assert_eq!(client.read(&mut [0; 1]).await.unwrap(), 0);
    }

    #[rstest]
    #[case::family("{\"family\":5,\"port\":1}\n")]
    #[case::not_json("hello\n")]
    #[tokio::test]
    async fn a_bad_header_closes_and_the_relay_goes_on(#[case] header: &str) {
        let guest = start();
        let mut client = ask(&guest, header).await;
        assert_eq!(client.read(&mut [0; 1]).await.unwrap(), 0);
        assert!(!guest.task.is_finished());
    }

    #[tokio::test]
    async fn what_an_earlier_guest_left_is_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("hv");
        drop(GuestRelay::bind(&path).unwrap());
        assert!(path.exists());
        GuestRelay::bind(&path).unwrap();
    }
}
