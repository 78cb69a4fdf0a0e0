//! `ps -o user,pid,comm`, `ps aux`: who runs what.

use crate::evidence::{
    document::Block,
    fact::{Kind, RunBy},
    reader::{Reader, Sink},
    side::Side,
    span::Text,
};

pub(super) const READER: Reader = Reader { name: "run-by", read };

fn read(block: &Block<'_>, out: &mut Sink) {
    let mut columns = None;
    for line in &block.lines {
        let words: Vec<&str> = line.words().map(Text::as_str).collect();
        let at = |name: &str| words.iter().position(|word| word.eq_ignore_ascii_case(name));
        if let (Some(user), Some(pid)) = (at("USER"), at("PID")) {
            columns = Some((user, pid));
        } else if let Some((user, pid)) = columns
            && let Some(pid) = words.get(pid).and_then(|pid| pid.parse().ok())
            && let Some(user) = words.get(user)
        {
            let run_by = RunBy { pid, user: (*user).to_owned() };
            out.put(block.side.or(Side::Guest), line.span(), Kind::RunBy(run_by));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::facts;
    use crate::evidence::fact::{Kind, RunBy};

    #[test]
    fn two_forms_of_ps() {
        let run_by = |text: &str| {
            let pick = |kind| if let Kind::RunBy(it) = kind { Some(it) } else { None };
            facts(text).into_iter().find_map(|fact| pick(fact.kind))
        };
        let max = Some(RunBy { pid: 9, user: "max".to_owned() });
        assert_eq!(run_by("```\n$ ps -o user,pid,comm\nUSER  PID COMMAND\nmax 9 dlv\n```\n"), max);
        assert_eq!(run_by("```\n$ ps aux\nUSER  PID %CPU\nmax 9 0.0 dlv\n```\n"), max);
        assert_eq!(run_by("the USER has a PID\nmax 9 dlv\n"), None);
    }
}
