//! Arguments of a netsh command: `tag=value` in any order, or values alone in the order of the
//! tags.

use super::Problem;

/// netsh's words for most mistakes.
pub(super) const BAD_SYNTAX: &str =
    "The syntax supplied for this command is not valid. Check help for the correct syntax.\n";

/// The values of a command's tags, in the order of the tags.
pub(super) struct Tags<const N: usize>([Option<String>; N]);

impl<const N: usize> Tags<N> {
    /// Matches arguments with tags. A tag may be shortened while it fits only one.
    ///
    /// # Errors
    /// netsh's words for an unknown tag, a tag given twice, and a value too many.
    pub(super) fn parse(
        arguments: &[String],
        tags: [&'static str; N],
        usage: &str,
    ) -> Result<Tags<N>, Problem> {
        let mut values: [Option<String>; N] = std::array::from_fn(|_| None);
        let wrong = || Problem::Said(format!("{BAD_SYNTAX}\n{usage}\n"));
        let mut tagged = false;
        for (at, argument) in arguments.iter().enumerate() {
            let (at, value) = match argument.split_once('=') {
                Some((tag, value)) => {
                    tagged = true;
                    let meant = super::spelled_out(tag, &tags)
                        .and_then(|meant| tags.iter().position(|known| *known == meant));
                    let Some(at) = meant else {
                        return Err(Problem::Said(format!(
                            "'{tag}' is not a valid argument for this command.\n\
                             {BAD_SYNTAX}\n{usage}\n"
                        )));
                    };
                    (at, value)
                }
                None if tagged => return Err(wrong()),
                None => (at, argument.as_str()),
            };
            let slot = values.get_mut(at).ok_or_else(wrong)?;
            if slot.replace(value.to_owned()).is_some() {
                return Err(wrong());
            }
        }
        Ok(Tags(values))
    }

    /// The values, `None` where a tag was not given.
    pub(super) fn into_values(self) -> [Option<String>; N] {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const TAGS: [&str; 3] = ["listenport", "connectaddress", "connectport"];

    fn parse(line: &str) -> Result<[Option<String>; 3], Problem> {
        let arguments: Vec<_> = line.split(' ').map(str::to_owned).collect();
        Tags::parse(&arguments, TAGS, "Usage: x").map(Tags::into_values)
    }

    #[rstest]
    #[case::tagged("connectport=2 listenport=1", [Some("1"), None, Some("2")])]
    #[case::positional("1 a 2", [Some("1"), Some("a"), Some("2")])]
    #[case::positional_then_tagged("1 connectport=2", [Some("1"), None, Some("2")])]
    #[case::shortened("l=1 connectp=2", [Some("1"), None, Some("2")])]
    #[case::any_case("ListenPort=1", [Some("1"), None, None])]
    #[case::no_value("connectaddress=", [None, Some(""), None])]
    fn matches(#[case] line: &str, #[case] values: [Option<&str>; 3]) {
        assert_eq!(parse(line).unwrap(), values.map(|value| value.map(str::to_owned)));
    }

    #[rstest]
    #[case::unknown("foo=1", "'foo' is not a valid argument for this command.\nThe syntax")]
    #[case::ambiguous("connect=1", "'connect' is not a valid argument")]
    #[case::twice("listenport=1 listenport=2", "The syntax supplied")]
    #[case::positional_after_tagged("listenport=1 2", "The syntax supplied")]
    #[case::too_many("1 2 3 4", "The syntax supplied")]
    fn refuses(#[case] line: &str, #[case] says: &str) {
        let Err(Problem::Said(text)) = parse(line) else { panic!("accepted") };
        assert!(text.starts_with(says) && text.ends_with("\n\nUsage: x\n"), "{text}");
    }
}
