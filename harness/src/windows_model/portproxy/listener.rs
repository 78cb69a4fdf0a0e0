//! The listener of one rule and the connections that came through it.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::{net::TcpListener, sync::Semaphore, task::JoinSet};

use super::{Config, address, connection, rule::Rule};

/// How long to leave a socket alone that cannot accept for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Opens the listener of a rule. It is exclusive, as that of the IP Helper service is: nobody else
/// listens on its address and port, and it does not start where somebody does.
///
/// # Errors
/// The address is taken or not one of this machine, or the name has no address.
pub(super) async fn bind(rule: &Rule) -> io::Result<TcpListener> {
    let family = rule.key.direction.listens();
    let address = address::resolve_listen(&rule.key.address, rule.key.port, family).await?;
    open(address)
}

fn open(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // Two listeners conflict on Linux all the same; this only lets a port be reused whose old
    // connections are in TIME_WAIT, as Windows does.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(128)?;
    TcpListener::from_std(socket.into())
}

/// Accepts until the task is aborted; its connections end with it.
pub(super) async fn serve(
    listener: TcpListener,
    rule: Rule,
    config: Config,
    permits: Arc<Semaphore>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((client, _)) => {
                    // Over the cap the client is accepted, as the kernel already did, and closed.
                    let Ok(permit) = Arc::clone(&permits).try_acquire_owned() else {
                        tracing::debug!(rule = %rule.key, "portproxy: too many connections");
                        continue;
                    };
                    let destination = rule.destination.clone();
                    let family = rule.key.direction.connects();
                    connections.spawn(async move {
                        connection::serve(client, destination, family, config).await;
                        drop(permit);
                    });
                }
                Err(error) => {
                    tracing::debug!(rule = %rule.key, %error, "portproxy: cannot accept");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
}
