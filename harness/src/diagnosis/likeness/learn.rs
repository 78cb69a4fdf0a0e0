//! Learning from reports whose cause is known: softmax regression on their words and signs, each cause with
//! the same say however many reports it has.

use std::{
    collections::{BTreeMap, HashMap},
    path::PathBuf,
};

use super::{Counts, features, model::Model, values};
use crate::{
    diagnosis::{
        case::Case,
        score::{ScoreError, known},
    },
    evidence::Evidence,
};

/// A term that fewer reports have is one report's own.
const LEAST: usize = 3;
/// How much a report counts beside the wish for small weights.
const STRENGTH: f32 = 10.0;
/// Steps down the slope, and how far each goes.
const STEPS: usize = 400;
const RATE: f32 = 2.0;
/// How much of the last step goes on.
const MOMENTUM: f32 = 0.9;
/// Weights below say nothing.
const SILENT: f32 = 0.3;

/// A report: its terms by their number with their values, and its cause by its place.
struct Example {
    terms: Vec<(usize, f32)>,
    cause: usize,
}

/// Learns from directories with an `index.json` each, and returns the text of `words.tsv`. Reports
/// of the tier `held` are left out.
///
/// # Errors
/// A directory cannot be read, or its index is none.
pub fn learn(directories: &[PathBuf]) -> Result<String, ScoreError> {
    let mut counted = Vec::new();
    for directory in directories {
        for (_, text, known) in known(directory)? {
            // Held back, to measure with.
            if known.tier == "held" {
                continue;
            }
            let cause = if known.cause.is_empty() { "none".to_owned() } else { known.cause };
            counted.push((features(&Case::new(&Evidence::read(text))), cause));
        }
    }
    let mut having: BTreeMap<&str, usize> = BTreeMap::new();
    for term in counted.iter().flat_map(|(groups, _)| groups).flat_map(Counts::keys) {
        *having.entry(term).or_default() += 1;
    }
    having.retain(|_, reports| *reports >= LEAST);
    let telling =
        |reports: usize| ((1.0 + counted.len() as f32) / (1.0 + reports as f32)).ln() + 1.0;
    let names: Vec<(&str, f32)> = having.iter().map(|(term, it)| (*term, telling(*it))).collect();
    let numbers: HashMap<&str, usize> =
        names.iter().enumerate().map(|(number, (term, _))| (*term, number)).collect();
    let mut causes: Vec<String> = counted.iter().map(|(_, cause)| cause.clone()).collect();
    causes.sort_unstable();
    causes.dedup();
    let examples: Vec<Example> = counted
        .iter()
        .map(|(groups, cause)| {
            let known = |term: &str| numbers.get(term).map(|number| (names[*number].1, *number));
            let values = groups.iter().flat_map(|group| values(group, known));
            let terms = values.map(|(value, _, number)| (number, value)).collect();
            let cause = causes.iter().position(|it| it == cause).unwrap_or_default();
            Example { terms, cause }
        })
        .collect();
    let (base, weights) = descend(&examples, names.len(), causes.len());
    let terms =
        names.iter().zip(weights.chunks(causes.len())).filter_map(|((term, telling), row)| {
            let loud = row.iter().copied().enumerate().filter(|(_, weight)| weight.abs() >= SILENT);
            let loud: Vec<(usize, f32)> = loud.collect();
            (!loud.is_empty()).then(|| ((*term).to_owned(), (*telling, loud)))
        });
    Ok(Model { terms: terms.collect(), causes, base }.write())
}

/// Down the slope: what each cause has by itself, and the weights, a row a term.
fn descend(examples: &[Example], terms: usize, causes: usize) -> (Vec<f32>, Vec<f32>) {
    let mut reports = vec![0.0_f32; causes];
    examples.iter().for_each(|example| reports[example.cause] += 1.0);
    let says: Vec<f32> =
        reports.iter().map(|it| examples.len() as f32 / (causes as f32 * it)).collect();
    // The base stands in one more row.
    let size = (terms + 1) * causes;
    let (mut weights, mut moved) = (vec![0.0_f32; size], vec![0.0_f32; size]);
    let all = examples.len() as f32;
    for _ in 0..STEPS {
        let decay = 1.0 / (STRENGTH * all);
        let mut slope: Vec<f32> = weights.iter().map(|weight| weight * decay).collect();
        slope[terms * causes..].fill(0.0);
        for example in examples {
            let mut sums = weights[terms * causes..].to_vec();
            for (number, value) in &example.terms {
                let row = &weights[number * causes..(number + 1) * causes];
                sums.iter_mut().zip(row).for_each(|(sum, weight)| *sum += value * weight);
            }
            let most = sums.iter().copied().fold(f32::MIN, f32::max);
            sums.iter_mut().for_each(|sum| *sum = (*sum - most).exp());
            let total: f32 = sums.iter().sum();
            let say = says[example.cause] / all;
            sums.iter_mut().for_each(|sum| *sum *= say / total);
            sums[example.cause] -= say;
            for (number, value) in example.terms.iter().copied().chain([(terms, 1.0)]) {
                let row = &mut slope[number * causes..(number + 1) * causes];
                row.iter_mut().zip(&sums).for_each(|(slope, miss)| *slope += value * miss);
            }
        }
        for ((weight, moved), slope) in weights.iter_mut().zip(&mut moved).zip(&slope) {
            *moved = MOMENTUM * *moved - RATE * slope;
            *weight += *moved;
        }
    }
    let base = weights.split_off(terms * causes);
    (base, weights)
}
