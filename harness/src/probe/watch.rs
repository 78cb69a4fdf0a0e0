//! Watching whether a peer hangs up: what telnet does after it is connected.

use std::{future::Future, time::Duration};

use tokio::time::{Instant, sleep};

/// How long the peer is watched, at least.
const WATCH: Duration = Duration::from_millis(300);

/// The watch is made of these. One that comes late is one all the same: an agent that is late is on
/// a machine where the server that hangs up and the relay before it are late as well.
const TICK: Duration = Duration::from_millis(20);

/// The watch is this many times as long as it took to connect, where that is more: a machine on
/// which that is slow is as slow in everything. Otherwise it takes a few milliseconds.
const PATIENCE: u32 = 4;

/// What comes of `hangup`; `None` when the peer did not hang up while it was watched. The probe
/// began at `begun`, is connected now, and ends by `deadline` if it has been watched long enough by
/// then.
pub(super) async fn until_hung_up<T>(
    begun: Instant,
    deadline: Instant,
    hangup: impl Future<Output = T>,
) -> Option<T> {
    let connected = Instant::now();
    let end = deadline.max(connected + WATCH);
    let mut left = WATCH.max((connected - begun) * PATIENCE);
    tokio::pin!(hangup);
    while !left.is_zero() && Instant::now() < end {
        tokio::select! {
            biased;
            ended = &mut hangup => return Some(ended),
            () = sleep(TICK.min(left)) => left = left.saturating_sub(TICK),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::{future::pending, thread};

    use rstest::rstest;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(2);

    /// How long a peer that never hangs up is watched, in milliseconds, when it took this long to
    /// connect.
    #[rstest]
    #[case::at_once(0, 300)]
    #[case::slowly(150, 600)]
    #[case::hardly_in_time(1900, 300)]
    #[tokio::test]
    async fn slow_connections_are_watched_longer(#[case] connected: u64, #[case] least: u64) {
        let now = Instant::now();
        let begun = now - Duration::from_millis(connected);
        assert_eq!(until_hung_up(begun, begun + LIMIT, pending::<()>()).await, None);
        assert!(now.elapsed() >= Duration::from_millis(least), "{:?}", now.elapsed());
        // Four times as long as it took to connect would be more than seven seconds.
        assert!(now.elapsed() < Duration::from_secs(4), "{:?}", now.elapsed());
    }

    #[tokio::test]
    async fn late_ticks_count_once() {
        let begun = Instant::now();
        // Whatever else this thread does keeps the watch from its ticks.
        let busy = tokio::spawn(async {
            for _ in 0..10 {
                thread::sleep(Duration::from_millis(50));
                tokio::task::yield_now().await;
            }
        });
        assert_eq!(until_hung_up(begun, begun + LIMIT, pending::<()>()).await, None);
        assert!(begun.elapsed() > Duration::from_millis(500), "{:?}", begun.elapsed());
        busy.await.unwrap();
    }

    #[tokio::test]
    async fn a_peer_that_hangs_up_is_seen() {
        let begun = Instant::now();
        let hangup = async {
            sleep(Duration::from_millis(50)).await;
            7
        };
        assert_eq!(until_hung_up(begun, begun + LIMIT, hangup).await, Some(7));
    }
}
