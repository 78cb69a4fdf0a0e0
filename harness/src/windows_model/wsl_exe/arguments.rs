//! The arguments of `wsl.exe`.

use super::{DISTRO, rejoin};
use crate::agent::protocol::WslCommand;

/// What `wsl.exe` is told to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Invocation {
    /// `--shutdown`, with or without `--force`.
    Shutdown,
    /// `--terminate` of the distro.
    Terminate,
    /// `--list`.
    List(List),
    /// `--status`.
    Status,
    /// `--version`.
    Version,
    /// A command in the distro.
    Run(WslCommand),
}

/// What `--list` shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// `--verbose`: the table; `--running` does not narrow it.
    Verbose,
    /// Names.
    Names {
        /// `--running`: nothing when the distro is stopped.
        running: bool,
        /// `--quiet`: names alone.
        quiet: bool,
    },
}

/// Why there is nothing to do. As text it is what the real program prints, line end included.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// An argument with a dash that the program does not know.
    #[error("{}", invalid(.0))]
    InvalidArgument(String),
    /// The same behind `--shutdown` or `--list`, whose own parser adds a code.
    #[error("{}Error code: Wsl/E_INVALIDARG\n", invalid(.0))]
    InvalidOption(String),
    /// An argument without its value.
    #[error("Argument {0} is missing a required parameter.\n")]
    MissingParameter(&'static str),
    /// `-d` twice.
    #[error("The distribution name has already been set.\n")]
    DistroAlreadySet,
    /// There is only [`DISTRO`].
    #[error(
        "There is no distribution with the supplied name.\n\
         Error code: Wsl/Service/WSL_E_DISTRO_NOT_FOUND\n"
    )]
    DistroNotFound,
    /// The real program would do it; never printed as its word.
    #[error("`{0}` is not modelled\n")]
    NotModelled(String),
}

fn invalid(argument: &str) -> String {
    format!(
        "Invalid command line argument: {argument}\n\
         Please use 'wsl.exe --help' to get a list of supported arguments.\n"
    )
}

/// What the program knows and the lab does not.
const NOT_MODELLED: [&str; 24] = [
    "~",
    "--cd",
    "--debug-shell",
    "--distribution-id",
    "--export",
    "--help",
    "--import",
    "--import-in-place",
    "--install",
    "--manage",
    "--mount",
    "--parent-console",
    "-s",
    "--set-default",
    "--setdefault",
    "--set-default-version",
    "--set-version",
    "--shell-type",
    "--system",
    "--uninstall",
    "--unmount",
    "--unregister",
    "--update",
    "",
];

/// Reads the arguments, from the left as the program does: an error on the way wins over what
/// stands behind it.
///
/// # Errors
/// What the real program refuses, and what is not modelled.
pub fn parse(args: &[String]) -> Result<Invocation, Refusal> {
    let mut rest = args;
    let mut distro_set = false;
    while let [first, behind @ ..] = rest {
        rest = behind;
        match first.as_str() {
            "-d" | "--distribution" => {
                if std::mem::replace(&mut distro_set, true) {
                    return Err(Refusal::DistroAlreadySet);
                }
                known_distro(value(&mut rest, "--distribution")?)?;
            }
            "-u" | "--user" => {
                let user = value(&mut rest, "--user")?;
                if user != "root" {
                    return Err(Refusal::NotModelled(format!("{first} {user}")));
                }
            }
            "--" => return line(rest),
            "-e" | "--exec" if rest.is_empty() => {
                return Err(Refusal::NotModelled(format!("{first} without a command")));
            }
            "-e" | "--exec" => return Ok(Invocation::Run(WslCommand::Argv(rest.to_vec()))),
            "-t" | "--terminate" => {
                known_distro(value(&mut rest, "--terminate")?)?;
                return Ok(Invocation::Terminate);
            }
            "--shutdown" => {
                return match rest.iter().find(|option| *option != "--force") {
                    Some(option) => Err(Refusal::InvalidOption(option.clone())),
                    None => Ok(Invocation::Shutdown),
                };
            }
            "-l" | "--list" => return list(rest),
            "--status" => return Ok(Invocation::Status),
            "-v" | "--version" => return Ok(Invocation::Version),
            other if NOT_MODELLED.contains(&other) => {
                return Err(Refusal::NotModelled(other.to_owned()));
            }
            other if other.starts_with('-') => {
                return Err(Refusal::InvalidArgument(other.to_owned()));
            }
            _ => return line(&args[args.len() - rest.len() - 1..]),
        }
    }
    line(rest)
}

/// The value of an argument, as the program names that argument when it is missing.
fn value<'a>(rest: &mut &'a [String], argument: &'static str) -> Result<&'a str, Refusal> {
    let (value, behind) = rest.split_first().ok_or(Refusal::MissingParameter(argument))?;
    *rest = behind;
    Ok(value)
}

fn known_distro(name: &str) -> Result<(), Refusal> {
    if name.eq_ignore_ascii_case(DISTRO) { Ok(()) } else { Err(Refusal::DistroNotFound) }
}

fn list(options: &[String]) -> Result<Invocation, Refusal> {
    let (mut all, mut running, mut quiet, mut verbose) = (false, false, false, false);
    for option in options {
        match option.as_str() {
            "--all" => all = true,
            "--running" => running = true,
            "-q" | "--quiet" => quiet = true,
            "-v" | "--verbose" => verbose = true,
            "-o" | "--online" => return Err(Refusal::NotModelled("--list --online".to_owned())),
            other => return Err(Refusal::InvalidOption(other.to_owned())),
        }
    }
    if (quiet && verbose) || (all && running) {
        // The program prints its whole usage then.
        return Err(Refusal::NotModelled(format!("--list {}", options.join(" "))));
    }
    Ok(Invocation::List(if verbose { List::Verbose } else { List::Names { running, quiet } }))
}

/// A command for the default shell, `$SHELL -c LINE`; none would be an interactive shell.
fn line(words: &[String]) -> Result<Invocation, Refusal> {
    if words.is_empty() {
        return Err(Refusal::NotModelled("wsl.exe without a command, a shell".to_owned()));
    }
    Ok(Invocation::Run(WslCommand::Line(rejoin::line(words))))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn parsed(args: &[&str]) -> Result<Invocation, Refusal> {
        parse(&args.iter().map(|arg| (*arg).to_owned()).collect::<Vec<_>>())
    }

    const NAMES: List = List::Names { running: false, quiet: false };

    #[rstest]
    #[case::shutdown(&["--shutdown"], Invocation::Shutdown)]
    #[case::force(&["--shutdown", "--force"], Invocation::Shutdown)]
    #[case::terminate(&["-t", "ubuntu"], Invocation::Terminate)]
    #[case::list(&["--list"], Invocation::List(NAMES))]
    #[case::verbose(&["-l", "-v"], Invocation::List(List::Verbose))]
    #[case::running(&["-l", "--running", "-q"], Invocation::List(List::Names { running: true, quiet: true }))]
    #[case::status(&["--status"], Invocation::Status)]
    #[case::version(&["--version"], Invocation::Version)]
    fn management(#[case] args: &[&str], #[case] expected: Invocation) {
        assert_eq!(parsed(args), Ok(expected));
    }

    #[rstest]
    #[case::bare(&["ls", "-l", "*.go"], "ls -l *.go")]
    #[case::dashes(&["--", "hostname", "-I"], "hostname -I")]
    #[case::options(&["-d", "Ubuntu", "-u", "root", "--", "id"], "id")]
    #[case::pipeline(&["--", "sh", "-c", "ip addr | grep inet"], "sh -c \"ip addr | grep inet\"")]
    fn a_line_for_the_shell(#[case] args: &[&str], #[case] line: &str) {
        assert_eq!(parsed(args), Ok(Invocation::Run(WslCommand::Line(line.to_owned()))));
    }

    #[test]
    fn exec_is_exactly_its_arguments() {
        let argv = ["sh", "-c", "echo '$x' | cat"];
        let expected = WslCommand::Argv(argv.map(str::to_owned).to_vec());
        let args: Vec<_> = ["-d", "Ubuntu", "-e"].into_iter().chain(argv).collect();
        assert_eq!(parsed(&args), Ok(Invocation::Run(expected)));
    }

    #[rstest]
    #[case::unknown(&["-if", "eth0", "--", "ip"], Refusal::InvalidArgument("-if".into()))]
    #[case::unknown_option(&["--shutdown", "--now"], Refusal::InvalidOption("--now".into()))]
    #[case::no_distro(&["-d"], Refusal::MissingParameter("--distribution"))]
    #[case::other_distro(&["-d", "Debian", "-if"], Refusal::DistroNotFound)]
    #[case::two_distros(&["-d", "Ubuntu", "-d", "Ubuntu"], Refusal::DistroAlreadySet)]
    #[case::terminate_other(&["--terminate", "Debian"], Refusal::DistroNotFound)]
    #[case::other_user(&["-u", "dev", "id"], Refusal::NotModelled("-u dev".into()))]
    #[case::home(&["~"], Refusal::NotModelled("~".into()))]
    #[case::cd(&["--cd", "/", "ls"], Refusal::NotModelled("--cd".into()))]
    fn refusals(#[case] args: &[&str], #[case] expected: Refusal) {
        assert_eq!(parsed(args), Err(expected));
    }

    #[rstest]
    #[case::nothing(&[])]
    #[case::only_options(&["-d", "Ubuntu"])]
    #[case::only_dashes(&["--"])]
    fn an_interactive_shell_is_not_modelled(#[case] args: &[&str]) {
        assert!(matches!(parsed(args), Err(Refusal::NotModelled(_))));
    }
}
