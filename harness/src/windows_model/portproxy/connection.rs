//! One proxied connection: accepted first, connected after.

use std::{io, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::TcpStream,
    time::{Instant, sleep_until, timeout_at},
};

use super::{
    Config, address,
    rule::{Destination, Family},
};

/// How the attempt to reach the target ended.
enum Attempt {
    Connected(TcpStream),
    /// The target said no, or its name has no address: nothing to wait for.
    Refused,
    /// Silence, or a failure that Windows takes for silence.
    Unanswered,
}

/// Serves an accepted client until one of the two ends hangs up.
///
/// The endings are the model's, never Linux's: a target that refuses ends the client at once and in
/// an orderly way (after 2 s on Windows, which tries a refused connect again; WSL#6725), every other
/// failure ends it [`Config::hold`] after the accept, which is how long Windows tries to connect
/// (ledger, settled point 2).
pub(super) async fn serve(
    mut client: TcpStream,
    destination: Destination,
    family: Family,
    config: Config,
) {
    let give_up = Instant::now() + config.hold;
    match attempt(&destination, family, give_up).await {
        Attempt::Connected(mut target) => {
            if let Err(error) = copy_bidirectional(&mut client, &mut target).await {
                tracing::debug!(%error, "portproxy: a connection broke");
            }
        }
        Attempt::Refused => {}
        Attempt::Unanswered => sleep_until(give_up).await,
    }
    hang_up(client, config.drain).await;
}

async fn attempt(destination: &Destination, family: Family, give_up: Instant) -> Attempt {
    let Ok(addresses) = address::resolve(&destination.address, destination.port, family).await
    else {
        return Attempt::Refused;
    };
    let mut refused = false;
    for address in addresses {
        match timeout_at(give_up, TcpStream::connect(address)).await {
            Ok(Ok(target)) => return Attempt::Connected(target),
            Ok(Err(error)) => refused = error.kind() == io::ErrorKind::ConnectionRefused,
            Err(_) => return Attempt::Unanswered,
        }
    }
    if refused { Attempt::Refused } else { Attempt::Unanswered }
}

/// Ends a connection with FIN. Closing with unread data in the socket would send RST instead, so
/// what the client has sent is read first, and what it sends meanwhile.
async fn hang_up(mut client: TcpStream, drain: Duration) {
    let deadline = Instant::now() + drain;
    if client.shutdown().await.is_err() {
        return;
    }
    let mut sink = [0; 4096];
    while let Ok(Ok(1..)) = timeout_at(deadline, client.read(&mut sink)).await {}
}
