//! A part of a catalogue, for machines that share the work.

use std::{cmp::Reverse, str::FromStr};

use miette::Diagnostic;

use crate::scenario::Scenario;

/// The Nth of M parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    number: usize,
    of: usize,
}

/// There is nothing in a part.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("the part {}/{} is empty: there are {scenarios} scenarios", shard.number, shard.of)]
#[diagnostic(help("make no more parts than there are scenarios"))]
pub struct EmptyShard {
    shard: Shard,
    scenarios: usize,
}

impl Shard {
    /// The scenarios of this part, in their order. Each scenario is in exactly one part, and the
    /// parts have about as many phases each: whoever has the same scenarios makes the same parts.
    ///
    /// # Errors
    /// When there are fewer scenarios than parts, and none for this one: a run of nothing would pass.
    pub fn part<'a>(self, scenarios: &[&'a Scenario]) -> Result<Vec<&'a Scenario>, EmptyShard> {
        let mut by_size: Vec<usize> = (0..scenarios.len()).collect();
        by_size.sort_by_key(|it| (Reverse(scenarios[*it].phases().len()), *it));
        let mut sizes = vec![0; self.of];
        let mut mine = Vec::new();
        for index in by_size {
            let Some(part) = (0..self.of).min_by_key(|part| sizes[*part]) else { break };
            sizes[part] += scenarios[index].phases().len();
            if part + 1 == self.number {
                mine.push(index);
            }
        }
        mine.sort_unstable();
        if mine.is_empty() {
            return Err(EmptyShard { shard: self, scenarios: scenarios.len() });
        }
        Ok(mine.into_iter().map(|index| scenarios[index]).collect())
    }
}

impl FromStr for Shard {
    type Err = String;

    /// # Errors
    /// Says what a part looks like.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let numbers = text.split_once('/').and_then(|(number, of)| {
            Some(Shard { number: number.parse().ok()?, of: of.parse().ok()? })
        });
        // As many as GitHub starts jobs of a matrix; more would be a mistake.
        numbers
            .filter(|shard| (1..=shard.of).contains(&shard.number) && shard.of <= 256)
            .ok_or_else(|| {
                format!("`{text}` is not a part; write N/M, from 1/M to M/M, M up to 256")
            })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::verdict::sample;

    /// Scenarios with one to four remedies.
    fn scenarios(number: usize) -> Vec<Scenario> {
        (0..number)
            .map(|index| {
                let more: String = (0..index % 4)
                    .map(|it| format!("[[remedy]]\nname = \"r{it}\"\nsteps = [{{ on = \"wsl\", run = \"true\" }}]\n"))
                    .collect();
                let mut scenario = sample::scenario(&format!("{}{more}", sample::TEXT));
                scenario.name = format!("s{index:02}");
                scenario
            })
            .collect()
    }

    fn shard(text: &str) -> Shard {
        text.parse().unwrap()
    }

    #[test]
    fn every_scenario_is_in_one_part_and_parts_are_alike() {
        let all = scenarios(23);
        let all: Vec<&Scenario> = all.iter().collect();
        for of in 1..=7 {
            let parts: Vec<_> =
                (1..=of).map(|it| shard(&format!("{it}/{of}")).part(&all).unwrap()).collect();
            let names: Vec<&str> = parts.iter().flatten().map(|it| it.name.as_str()).collect();
            assert_eq!(names.len(), all.len());
            assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), all.len());
            let size = |part: &Vec<&Scenario>| part.iter().map(|it| it.phases().len()).sum();
            let sizes: Vec<usize> = parts.iter().map(size).collect();
            assert!(sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= 7, "{sizes:?}");
            assert!(parts.iter().all(|part| part.is_sorted_by_key(|it| &it.name)));
        }
    }

    #[test]
    fn a_part_without_scenarios_is_an_error() {
        let all = scenarios(2);
        let all: Vec<&Scenario> = all.iter().collect();
        let error = shard("3/3").part(&all).unwrap_err().to_string();
        assert_eq!(error, "the part 3/3 is empty: there are 2 scenarios");
    }

    #[test]
    fn what_is_typed_is_a_part_or_told() {
        assert_eq!(shard("2/6"), Shard { number: 2, of: 6 });
        for text in ["", "2", "0/3", "4/3", "1/0", "a/b", "1/2/3", "1/257"] {
            let error = text.parse::<Shard>().unwrap_err();
            assert!(error.starts_with(&format!("`{text}` is not a part; write N/M")), "{error}");
        }
    }
}
