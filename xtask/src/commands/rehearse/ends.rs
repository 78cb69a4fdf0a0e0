//! Runs that come to their end in the middle: killed, or by Ctrl-C. Afterwards the machine has to be
//! as it was, byte for byte.

use std::{
    collections::VecDeque,
    num::NonZeroUsize,
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError},
};

use harness::{
    rehearsal::{
        order::{By, End, Told},
        stage::{Stage, StageError},
    },
    scenario::Scenario,
};
use tokio::task::JoinSet;

use super::{Rehearsal, is_same};
use crate::exit::{FAILED, Failure, INTERRUPTED, OK};

/// Where a run is ended next: the command, and how.
type Places = Arc<Mutex<VecDeque<(Told, End)>>>;

/// Ends the run at every `step`-th command that changes something, before and after it is carried
/// out. A command that only looks leaves the machine as the one before it has.
pub async fn rehearse(
    rehearsal: &Arc<Rehearsal>,
    selected: &[&Scenario],
    by: By,
    step: NonZeroUsize,
) -> Result<ExitCode, Failure> {
    let names: Vec<String> = selected.iter().map(|scenario| scenario.name.clone()).collect();
    let room = Room::open(rehearsal).await?;
    let Some(told) = room.survived(&names).await? else {
        return Ok(ExitCode::from(FAILED));
    };
    let changes: Vec<&Told> = told.iter().filter(|it| it.changes).step_by(step.get()).collect();
    let places = changes.iter().flat_map(|told| {
        [false, true].map(|carried_out| ((*told).clone(), End { by, at: told.number, carried_out }))
    });
    let places: VecDeque<(Told, End)> = places.collect();
    let count = places.len();
    println!(
        "{} commands, {} of them change something; ending the run {count} times",
        told.len(),
        told.iter().filter(|it| it.changes).count()
    );
    let places = Arc::new(Mutex::new(places));
    let mut working = JoinSet::new();
    for _ in 1..rehearsal.jobs.min(count) {
        let (rehearsal, places) = (Arc::clone(rehearsal), Arc::clone(&places));
        let names = names.clone();
        working.spawn(async move { Room::open(&rehearsal).await?.work(&places, &names).await });
    }
    working.spawn(async move { room.work(&places, &names).await });
    let mut ended = 0;
    while let Some(worked) = working.join_next().await {
        match worked {
            Ok(worked) => match worked? {
                Some(times) => ended += times,
                None => return Ok(ExitCode::from(FAILED)),
            },
            Err(broken) if broken.is_panic() => std::panic::resume_unwind(broken.into_panic()),
            Err(_) => {}
        }
    }
    println!("ended {ended} times; nothing was left");
    Ok(ExitCode::from(if ended == count && count > 0 { OK } else { FAILED }))
}

/// A Windows that somebody lives in, and what it is like.
struct Room {
    stage: Stage,
    before: String,
}

impl Room {
    async fn open(rehearsal: &Rehearsal) -> Result<Room, Failure> {
        let opened = async {
            let stage = rehearsal.stage(Stage::ending(None)).await?;
            stage.live_in().await.map_err(Failure::lab)?;
            let before = stage.state().await.map_err(Failure::lab)?;
            Ok(Room { stage, before })
        };
        opened.await
    }

    /// What a run asks for that comes to its own end; `None` where it does not, or leaves something.
    async fn survived(&self, names: &[String]) -> Result<Option<Vec<Told>>, Failure> {
        let run = async {
            self.stage.door(Stage::telling()).await?;
            let ended = self.stage.run(&self.stage.scenarios(names, "native")).await?;
            let (told, after) = (self.stage.told().await?, self.stage.state().await?);
            Ok::<_, StageError>((ended, told, after))
        };
        let (ended, told, after) = run.await.map_err(Failure::lab)?;
        // There is no snapshot of such a scenario to agree with.
        if [OK, FAILED].map(i32::from).contains(&ended.exit) && is_same(&self.before, &after) {
            return Ok(Some(told));
        }
        println!("{}{}", ended.stdout, ended.stderr);
        Ok(None)
    }

    /// Ends runs while there are places to do so. How many; `None` when something was left.
    async fn work(&self, places: &Places, names: &[String]) -> Result<Option<usize>, Failure> {
        let mut times = 0;
        loop {
            let next = places.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            let Some((told, end)) = next else { return Ok(Some(times)) };
            if !self.end(&told, end, names).await.map_err(Failure::lab)? {
                places.lock().unwrap_or_else(PoisonError::into_inner).clear();
                return Ok(None);
            }
            times += 1;
        }
    }

    /// Ends a run; says whether everything is as it was.
    async fn end(&self, told: &Told, end: End, names: &[String]) -> Result<bool, StageError> {
        let stage = &self.stage;
        stage.door(Stage::ending(Some(end))).await?;
        let ended = stage.run(&stage.scenarios(names, "native")).await?;
        if end.by == By::Kill {
            stage.cut_power().await?;
        }
        let undone = stage.state().await?;
        stage.door(Stage::ending(None)).await?;
        let cleaned = stage.run(&["clean".to_owned()]).await?;
        let after = stage.state().await?;
        let mut holds = cleaned.exit == 0 && is_same(&self.before, &after);
        if end.by == By::Interrupt {
            // It tidies up itself, and there is nothing for `clean`.
            holds &= ended.exit == i32::from(INTERRUPTED);
            holds &= is_same(&self.before, &undone) && cleaned.stdout.trim() == "nothing to clean";
        } else {
            // It came to its end alive, where it should not.
            holds &= ![OK, FAILED, INTERRUPTED].map(i32::from).contains(&ended.exit);
        }
        let when = if end.carried_out { "after" } else { "before" };
        let typed: String = told.line.replace('\n', " ").chars().take(60).collect();
        println!("{when} {}. `{typed}`: {}", told.number, clean(&cleaned.stdout));
        if !holds {
            println!("exit code {}:\n{}{}", ended.exit, ended.stdout, ended.stderr);
            println!("clean: {}\n{}{}", cleaned.exit, cleaned.stdout, cleaned.stderr);
        }
        Ok(holds)
    }
}

/// What `clean` put back, on one line.
fn clean(told: &str) -> String {
    let lines: Vec<&str> = told.lines().map(|line| line.trim_start_matches("put back ")).collect();
    lines.join("; ")
}
