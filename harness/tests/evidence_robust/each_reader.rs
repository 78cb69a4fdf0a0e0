//! Each reader by itself: what others find in a report hides nothing that it does wrong.

use harness::evidence::{document::Document, reader::Reader, readers};
use proptest::{
    prelude::*,
    sample::Index,
    test_runner::{Config, TestRunner},
};

use super::{
    damage::{apply, damage},
    in_the_text,
    seeds::{OWN, SEEDS},
};

/// How many damaged pieces of its own kind each reader is shown.
const CASES: u32 = 400;

/// Shows a text to one reader, and counts what it finds.
fn check(reader: &Reader, text: &str) -> usize {
    let document = Document::new(text);
    let mut found = 0;
    for block in document.blocks() {
        for fact in reader.facts(&block) {
            in_the_text(&document, &fact);
            found += 1;
        }
    }
    found
}

/// A reader that finds nothing anywhere is not tested by the rest of this file.
#[test]
fn every_reader_has_a_seed() {
    let own = readers::ALL.iter().zip(OWN.iter());
    let without: Vec<&str> =
        own.filter(|(_, pieces)| pieces.is_empty()).map(|(reader, _)| reader.name).collect();
    assert_eq!(without, [""; 0], "put what these read into fixtures/transcripts/evidence");
}

/// A piece that lost what its reader goes by would not be of its kind any more.
#[test]
fn a_piece_is_a_seed_by_itself() {
    for (reader, pieces) in readers::ALL.iter().zip(OWN.iter()) {
        let found = pieces.iter().filter(|piece| check(reader, piece) > 0).count();
        assert_eq!(found, pieces.len(), "{}: of so many pieces", reader.name);
    }
}

#[test]
fn every_seed_to_every_reader() {
    for reader in readers::ALL {
        SEEDS.iter().for_each(|seed| {
            check(reader, seed);
        });
    }
}

#[test]
fn damaged_pieces_of_its_own() {
    for (reader, pieces) in readers::ALL.iter().zip(OWN.iter()) {
        let some = (any::<Index>(), prop::collection::vec(damage(), 1..8));
        let mut runner =
            TestRunner::new(Config { cases: CASES, ..Config::with_source_file(file!()) });
        let ran = runner.run(&some, |(piece, damages)| {
            let piece: &String = piece.get(pieces);
            check(reader, &apply(&damages, piece));
            Ok(())
        });
        if let Err(failed) = ran {
            panic!("{}: {failed}", reader.name);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn damaged_pieces_of_another(
        reader in any::<Index>(),
        other in any::<Index>(),
        piece in any::<Index>(),
        damages in prop::collection::vec(damage(), 0..8),
    ) {
        let pieces: &Vec<String> = other.get(&OWN);
        let piece: &String = piece.get(pieces);
        check(reader.get(readers::ALL), &apply(&damages, piece));
    }
}
