//! Scenarios dealt out to labs that rehearse side by side: there is one Windows in each, in which
//! phases take turns and mostly wait.

use crate::scenario::Scenario;

/// At most this many parts, none of them empty, which take about the same time.
pub fn deal<'a>(scenarios: &[&'a Scenario], parts: usize) -> Vec<Vec<&'a Scenario>> {
    let mut longest_first = scenarios.to_vec();
    longest_first.sort_by_key(|scenario| std::cmp::Reverse(scenario.phases().len()));
    let mut dealt = vec![(0, Vec::new()); parts.clamp(1, scenarios.len().max(1))];
    for scenario in longest_first {
        if let Some((phases, part)) = dealt.iter_mut().min_by_key(|(phases, _)| *phases) {
            *phases += scenario.phases().len();
            part.push(scenario);
        }
    }
    dealt.into_iter().map(|(_, part)| part).filter(|part| !part.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::catalogue::Catalogue;

    #[test]
    fn every_scenario_is_in_one_part_and_no_part_is_much_longer() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
        let catalogue = Catalogue::load(&root).unwrap();
        let all: Vec<&Scenario> = catalogue.all().iter().collect();
        let phases = |part: &[&Scenario]| part.iter().map(|it| it.phases().len()).sum::<usize>();
        let parts = deal(&all, 4);
        assert_eq!(parts.len(), 4);
        let mut names: Vec<&str> = parts.iter().flatten().map(|it| it.name.as_str()).collect();
        names.sort_unstable();
        let mut expected: Vec<&str> = all.iter().map(|it| it.name.as_str()).collect();
        expected.sort_unstable();
        assert_eq!(names, expected);
        let longest = all.iter().map(|it| it.phases().len()).max().unwrap();
        let lengths: Vec<usize> = parts.iter().map(|part| phases(part)).collect();
        let spread = lengths.iter().max().unwrap() - lengths.iter().min().unwrap();
        assert!(spread <= longest, "{lengths:?}");
        assert_eq!(deal(&all[..2], 6).len(), 2);
        assert!(deal(&[], 6).is_empty());
    }
}
