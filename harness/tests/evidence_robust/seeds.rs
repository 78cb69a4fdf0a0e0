//! What is damaged: the reports and transcripts of the repository, whole and in pieces.

use std::{collections::BTreeSet, fs, path::PathBuf, sync::LazyLock};

use harness::evidence::{
    document::{Block, Document, Form},
    reader::Reader,
    readers,
};

/// Every report and transcript of the repository.
pub static SEEDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let fixtures = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures");
    let mut paths = Vec::new();
    for directory in ["reports", "reports-made-up", "transcripts/evidence"] {
        for entry in fs::read_dir(fixtures.join(directory)).expect("seeds") {
            paths.push(entry.expect("an entry").path());
        }
    }
    paths.sort();
    paths.into_iter().map(|path| fs::read_to_string(path).expect("text")).collect()
});

/// Every line of them, to be put together anew.
pub static LINES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let mut lines: Vec<&str> = SEEDS.iter().flat_map(|seed| seed.lines()).collect();
    lines.sort_unstable();
    lines.dedup();
    lines
});

/// Of each reader, in the order of `readers::ALL`, the pieces in which it finds something.
pub static OWN: LazyLock<Vec<Vec<String>>> = LazyLock::new(|| {
    let mut own = vec![BTreeSet::new(); readers::ALL.len()];
    for seed in SEEDS.iter() {
        let document = Document::new(seed.as_str());
        for block in document.blocks() {
            for (reader, own) in readers::ALL.iter().zip(&mut own) {
                if sees(reader, &block) && !reader.facts(&block).is_empty() {
                    own.insert(piece(&document, &block));
                }
            }
        }
    }
    own.into_iter().map(|pieces| pieces.into_iter().collect()).collect()
});

/// Whether a block is shown to a reader at all.
fn sees(reader: &Reader, block: &Block<'_>) -> bool {
    readers::of(block).iter().any(|it| it.name == reader.name)
}

/// The lines of a block, as a report by themselves.
fn piece(document: &Document, block: &Block<'_>) -> String {
    let texts = block.command.iter().chain(&block.key).chain(&block.lines);
    let numbers = texts.map(|text| document.line_number(text.span()));
    let (first, last) = numbers.fold((usize::MAX, 0), |(a, b), at| (a.min(at), b.max(at)));
    let lines = document.lines().skip(first - 1).take(last + 1 - first);
    let text: String = lines.map(|line| format!("{}\n", line.as_str())).collect();
    if block.form == Form::Output { format!("```\n{text}```\n") } else { text }
}
