//! `sudo [-u USER] COMMAND`: root in a node needs nobody's password.

use std::{
    io,
    os::unix::process::CommandExt,
    process::{Command, ExitCode},
};

use nix::unistd::{User, setgid, setgroups, setuid};

use super::not_modelled;

/// What a command line asks for.
#[derive(Debug, PartialEq, Eq)]
enum Asked<'a> {
    /// To run a command as a user, root where none is named.
    Run { user: Option<&'a str>, command: &'a [String] },
    /// Nothing that makes sense.
    Usage,
    /// An option that is not modelled.
    Option(&'a str),
}

/// Replaces this process by the command.
pub fn main(arguments: &[String]) -> ExitCode {
    let (user, command) = match read(arguments) {
        Asked::Run { user, command } => (user.unwrap_or("root"), command),
        Asked::Option(option) => return not_modelled(&format!("sudo {option}")),
        Asked::Usage => {
            eprintln!("usage: sudo [-n] [-E] [-u user] command [arg ...]");
            return ExitCode::from(1);
        }
    };
    let [program, arguments @ ..] = command else { return ExitCode::from(1) };
    let mut command = Command::new(program);
    command.args(arguments);
    if user != "root" {
        match switch_to(user) {
            Ok(Some(user)) => {
                command.env("HOME", user.dir).env("USER", &user.name).env("LOGNAME", user.name);
            }
            Ok(None) => {
                eprintln!("sudo: unknown user {user}");
                return ExitCode::from(1);
            }
            Err(error) => {
                eprintln!("sudo: cannot become {user}: {error}");
                return ExitCode::from(1);
            }
        }
    }
    let error = command.exec();
    eprintln!("sudo: {program}: {error}");
    ExitCode::from(1)
}

fn read(arguments: &[String]) -> Asked<'_> {
    let (mut rest, mut user) = (arguments, None);
    while let [first, tail @ ..] = rest {
        match (first.as_str(), tail) {
            ("-n" | "--non-interactive" | "-E" | "--preserve-env", _) => rest = tail,
            ("-u" | "--user", [name, tail @ ..]) => (user, rest) = (Some(name.as_str()), tail),
            ("--", _) => {
                rest = tail;
                break;
            }
            (option, _) => match option.strip_prefix("--user=") {
                Some(name) => (user, rest) = (Some(name), tail),
                None if option == "-u" || option == "--user" => return Asked::Usage,
                None if option.starts_with('-') => return Asked::Option(option),
                None => break,
            },
        }
    }
    if rest.is_empty() { Asked::Usage } else { Asked::Run { user, command: rest } }
}

/// Gives this process to a user; `None` when there is no such user.
fn switch_to(name: &str) -> io::Result<Option<User>> {
    let Some(user) = User::from_name(name)? else { return Ok(None) };
    setgroups(&[user.gid])?;
    setgid(user.gid)?;
    setuid(user.uid)?;
    Ok(Some(user))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[rstest]
    #[case::plain("ls -u x", None, "ls -u x")]
    #[case::no_password("-n -E ls", None, "ls")]
    #[case::user("-u dev ls", Some("dev"), "ls")]
    #[case::long("--user dev -n ls", Some("dev"), "ls")]
    #[case::joined("--user=dev -- -ls", Some("dev"), "-ls")]
    fn a_command(#[case] line: &str, #[case] user: Option<&str>, #[case] command: &str) {
        let expected = Asked::Run { user, command: &words(command) };
        assert_eq!(read(&words(line)), expected);
    }

    #[rstest]
    #[case::nothing("", Asked::Usage)]
    #[case::no_command("-u dev", Asked::Usage)]
    #[case::no_user("-u", Asked::Usage)]
    #[case::shell("-i", Asked::Option("-i"))]
    #[case::login("-u dev -i ls", Asked::Option("-i"))]
    fn no_command(#[case] line: &str, #[case] expected: Asked<'_>) {
        assert_eq!(read(&words(line)), expected);
    }
}
