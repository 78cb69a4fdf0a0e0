//! How long a process stood still: the machine was suspended, its processors were others', or one
//! call held the thread that everything else of the process waits for.
//!
//! Silence is told by a clock. One that goes on while the lab stands still tells nothing, so whoever
//! measures silence asks here before believing it.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{task::AbortHandle, time::Instant};

/// How often a process shows that it goes on.
const BEAT: Duration = Duration::from_millis(100);

/// A watch over the thread it was started on, or on the runtime's threads.
#[derive(Debug)]
pub struct Standstill {
    seen: Arc<Mutex<Seen>>,
    beats: AbortHandle,
}

#[derive(Debug)]
struct Seen {
    /// The last sign of life.
    alive: Instant,
    longest: Duration,
}

impl Seen {
    /// It goes on now: what lies between, beyond a beat, it stood still.
    fn alive(&mut self, now: Instant) {
        self.longest = self.longest.max((now - self.alive).saturating_sub(BEAT));
        self.alive = now;
    }
}

impl Standstill {
    /// Watches from now on. Needs a tokio runtime.
    pub fn watch() -> Standstill {
        let seen = Seen { alive: Instant::now(), longest: Duration::ZERO };
        let seen = Arc::new(Mutex::new(seen));
        let beating = Arc::clone(&seen);
        let beats = tokio::spawn(async move {
            loop {
                tokio::time::sleep(BEAT).await;
                lock(&beating).alive(Instant::now());
            }
        });
        Standstill { seen, beats: beats.abort_handle() }
    }

    /// The longest standstill since this was asked last, or since the watch began.
    pub fn longest(&self) -> Duration {
        let mut seen = lock(&self.seen);
        seen.alive(Instant::now());
        std::mem::take(&mut seen.longest)
    }
}

impl Drop for Standstill {
    fn drop(&mut self) {
        self.beats.abort();
    }
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_thread_that_is_held_stood_still_and_is_told_once() {
        let standstill = Standstill::watch();
        tokio::time::sleep(BEAT).await;
        std::thread::sleep(Duration::from_millis(700));
        tokio::time::sleep(BEAT * 2).await;
        let longest = standstill.longest();
        assert!(longest >= Duration::from_millis(500), "{longest:?}");
        assert!(standstill.longest() < longest);
    }

    #[tokio::test]
    async fn one_that_has_not_ended_counts_too() {
        let standstill = Standstill::watch();
        std::thread::sleep(Duration::from_millis(400));
        assert!(standstill.longest() >= Duration::from_millis(300));
    }

    #[test]
    fn who_shows_at_every_beat_never_stood_still() {
        let start = Instant::now();
        let mut seen = Seen { alive: start, longest: Duration::ZERO };
        seen.alive(start + BEAT);
        seen.alive(start + BEAT * 2);
        assert_eq!(seen.longest, Duration::ZERO);
        seen.alive(start + BEAT * 5);
        assert_eq!(seen.longest, BEAT * 2);
    }
}
