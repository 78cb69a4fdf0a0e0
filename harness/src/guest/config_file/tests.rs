use rstest::rstest;

use super::*;

const KEYS: [Key; 3] = [
    Key::new(&["net.flag", "old.flag"], Kind::Bool),
    Key::new(&["net.name"], Kind::Text),
    Key::new(&["net.mode"], Kind::OneOf(&["Nat", "None"])),
];

fn skip(text: &str) -> Settings {
    read(text, "F", &KEYS, InvalidLine::Skip)
}

#[rstest]
#[case::plain("[net]\nname = a b  \n", "a b")]
#[case::case_of_names("[NET]\nNaMe=x\n", "x")]
#[case::quotes_and_comment("[net] # c\nname=\" a # b \" # c\n", " a # b ")]
#[case::escapes("[net]\nname=a\\\\b\\tc\\\nd", "a\\b\tcd")]
#[case::indented_crlf("\r\n# c\r\n\t[net]\r\n  name = x\r\n", "x")]
#[case::first_wins("[net]\nname=x\nname=y\n", "x")]
fn values(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(skip(text).text("net.name"), Some(expected));
}

#[rstest]
#[case::unknown_key("[net]\n\nfoo=1 # c\n", "wsl: Unknown key 'net.foo' in F:3")]
#[case::no_section("flag=1", "wsl: Unknown key 'flag' in F:1")]
#[case::boolean(
    "# c\n[net]\nflag=yes",
    "wsl: Invalid boolean value 'yes' for key 'net.flag' in F:3"
)]
#[case::word(
    "[net]\nmode=x",
    "wsl: Invalid value 'x' for config key 'net.mode' in F:2 (Valid values: Nat, None)"
)]
#[case::twice(
    "[net]\nflag=1\n[old]\nFlag=0",
    "wsl: Duplicated config key 'old.Flag' in F:4 (Conflicting key: 'net.flag' in F:2)"
)]
#[case::no_value("[net]\nflag\nname=x", "wsl: Expected '=' in F:2")]
#[case::bad_key("[net]\n;flag=1", "wsl: Invalid key name in F:2")]
#[case::bad_section("[1]", "wsl: Invalid section name in F:1")]
#[case::open_section("[net\nflag=1", "wsl: Expected ']' in F:1")]
#[case::open_quote("[net]\nname=\"x\n", "wsl: Expected \" in F:2")]
#[case::escape("[net]\nname=C:\\Users\n", "wsl: Invalid escaped character: 'U' in F:2")]
fn warnings(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(skip(text).warnings.first().map(String::as_str), Some(expected));
}

#[test]
fn a_broken_line_is_skipped_or_ends_the_file() {
    let text = "[net]\nname=x\n?\nflag=true\n";
    assert_eq!(skip(text).flag("net.flag"), Some(true));
    let stopped = read(text, "F", &KEYS, InvalidLine::Stop);
    assert_eq!(stopped.flag("net.flag"), None);
    assert_eq!(stopped.text("net.name"), Some("x"));
    assert_eq!(stopped.warnings, ["wsl: Invalid key name in F:3"]);
}

#[test]
fn a_line_with_a_key_and_cr_lf_counts_twice() {
    let settings = skip("[net]\r\nname=x\r\nfoo=1\r\n");
    assert_eq!(settings.warnings, ["wsl: Unknown key 'net.foo' in F:5"]);
}
