//! Which sets of remedies to try first. What each does alone says much of what they do together:
//! two that turn different cells good are likelier a cure than two that both leave the same one bad.

use std::collections::BTreeSet;

use super::{fix::Why, remedy::Candidate};
use crate::{cause::Cause, route::RoutePattern};

/// How many remedies are combined.
const MOST: usize = 9;

/// What is known of a remedy before it is combined.
struct Known<'a> {
    /// Its place in the list, which is the order in which remedies are applied.
    index: usize,
    cause: Cause,
    /// How far from first: its cause in the diagnosis, and itself among its cause's remedies.
    rank: usize,
    /// What it leaves bad. `None`: it breaks something, or cannot be done.
    stays_bad: Option<&'a [RoutePattern]>,
}

/// Sets of this size, with one remedy of a cause at most (those of one are alternatives), the most
/// promising first: what none of its remedies turns good, then how far from first they are.
/// `alone` is what came of each remedy by itself.
pub fn sets(remedies: &[Candidate], alone: &[Option<Why>], size: usize) -> Vec<Vec<usize>> {
    let mut known = known(remedies, alone);
    known.sort_by_key(|it| (it.rank, it.index));
    known.truncate(MOST);
    known.sort_by_key(|it| it.index);
    let mut sets: Vec<Vec<&Known<'_>>> = vec![Vec::new()];
    for _ in 0..size {
        let larger = sets.iter().flat_map(|set| {
            let after = set.last().map(|last| last.index);
            let next = known.iter().filter(move |next| after.is_none_or(|it| next.index > it));
            let other = next.filter(|next| set.iter().all(|taken| taken.cause != next.cause));
            other.map(|next| [set.as_slice(), &[next]].concat())
        });
        sets = larger.collect();
    }
    let indices = |set: &[&Known<'_>]| set.iter().map(|it| it.index).collect::<Vec<_>>();
    sets.sort_by_cached_key(|set| {
        (left_bad(set), set.iter().map(|it| it.rank).sum::<usize>(), indices(set))
    });
    sets.iter().map(|set| indices(set)).collect()
}

fn known<'a>(remedies: &[Candidate], alone: &'a [Option<Why>]) -> Vec<Known<'a>> {
    let mut causes: Vec<(Cause, usize)> = Vec::new();
    let mut known = Vec::new();
    for (index, remedy) in remedies.iter().enumerate() {
        let place = causes.iter().position(|(cause, _)| *cause == remedy.cause);
        let place = place.unwrap_or_else(|| {
            causes.push((remedy.cause, 0));
            causes.len() - 1
        });
        let stays_bad = match alone.get(index) {
            Some(Some(Why::StaysBad(cells))) => Some(cells.as_slice()),
            _ => None,
        };
        let rank = place + causes[place].1;
        causes[place].1 += 1;
        known.push(Known { index, cause: remedy.cause, rank, stays_bad });
    }
    known
}

/// How many cells every remedy of the set leaves bad. A set with one that breaks something comes
/// last: another remedy seldom mends that.
fn left_bad(set: &[&Known<'_>]) -> usize {
    let mut left: Option<BTreeSet<RoutePattern>> = None;
    for remedy in set {
        let Some(cells) = remedy.stays_bad else { return usize::MAX };
        let cells: BTreeSet<RoutePattern> = cells.iter().copied().collect();
        left = Some(match left {
            Some(left) => left.intersection(&cells).copied().collect(),
            None => cells,
        });
    }
    left.map_or(0, |left| left.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(slug: &str, from: &str) -> Candidate {
        let cause = Cause::from_slug(slug).expect("a cause");
        Candidate { from: from.to_owned(), cause, steps: Vec::new() }
    }

    fn bad(cells: &[&str]) -> Option<Why> {
        let cells = cells.iter().map(|cell| cell.parse().expect("a cell"));
        Some(Why::StaysBad(cells.collect()))
    }

    fn names(remedies: &[Candidate], alone: &[Option<Why>], size: usize) -> Vec<String> {
        let name = |set: Vec<usize>| set.iter().map(|it| remedies[*it].from.as_str()).collect();
        sets(remedies, alone, size).into_iter().map(name).collect()
    }

    #[test]
    fn sets_take_one_remedy_of_a_cause() {
        let remedies =
            [one("dns", "a"), one("dns", "b"), one("vpn-mtu", "c"), one("vpn-route", "d")];
        let alone = vec![bad(&["wsl -> localhost curl"]); 4];
        assert_eq!(names(&remedies, &alone, 2), ["ac", "ad", "bc", "bd", "cd"]);
        assert_eq!(names(&remedies, &alone, 3), ["acd", "bcd"]);
    }

    #[test]
    fn what_turns_different_cells_good_comes_first() {
        let remedies = [one("dns", "a"), one("dns", "b"), one("vpn-mtu", "c"), one("vpn-mtu", "d")];
        let (near, far) = ("wsl -> localhost curl", "windows -> localhost curl");
        let alone = [bad(&[near, far]), bad(&[near]), None, bad(&[far])];
        assert_eq!(names(&remedies, &alone, 2), ["bd", "ad", "ac", "bc"]);
    }
}
