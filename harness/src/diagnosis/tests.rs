use super::causes;
use crate::cause::Cause;

#[test]
fn every_cause_has_a_sound_file() {
    let errors = causes::errors();
    assert!(errors.is_empty(), "{errors:#?}");
    let rules = causes::rules();
    for cause in Cause::all() {
        let rule = rules.iter().find(|rule| rule.cause == cause);
        let rule = rule.unwrap_or_else(|| panic!("{cause} has no file"));
        assert!(!rule.ask.is_empty(), "{cause} asks for nothing");
        let most: f32 = rule.clues.iter().map(|clue| clue.weight.max(0.0)).sum();
        assert!(most >= super::engine::LIKELY, "{cause} can never be likely");
    }
}
