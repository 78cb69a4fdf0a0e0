use std::sync::Mutex;

use rstest::rstest;

use super::*;
use crate::agent::protocol::WslCommand;

/// A machine that remembers what it was asked and gives one answer.
struct Machine {
    answer: Result<Answer, String>,
    asked: Mutex<Vec<Ask>>,
}

impl Machine {
    fn answering(answer: Answer) -> Self {
        Machine { answer: Ok(answer), asked: Mutex::default() }
    }
}

impl Hypervisor for Machine {
    async fn ask(&self, ask: Ask) -> Result<Answer, String> {
        self.asked.lock().unwrap().push(ask);
        self.answer.clone()
    }
}

async fn wsl(machine: &Machine, line: &str) -> Result<Output, WslExeError> {
    let args: Vec<_> = line.split_whitespace().map(str::to_owned).collect();
    run(&args, machine).await
}

#[rstest]
#[case::running(
    "-l -v",
    true,
    0,
    "  NAME      STATE           VERSION\n* Ubuntu    Running         2\n"
)]
#[case::stopped(
    "-l -v",
    false,
    0,
    "  NAME      STATE           VERSION\n* Ubuntu    Stopped         2\n"
)]
#[case::names("-l", false, 0, "Windows Subsystem for Linux Distributions:\nUbuntu (Default)\n")]
#[case::quiet("-l -q", false, 0, "Ubuntu\n")]
#[case::none_runs("-l --running", false, -1, "There are no running distributions.\n")]
#[case::none_runs_quiet("-l -q --running", false, 0, "")]
#[case::one_runs("-l -q --running", true, 0, "Ubuntu\n")]
#[tokio::test]
async fn lists(#[case] line: &str, #[case] running: bool, #[case] exit: i32, #[case] stdout: &str) {
    let machine = Machine::answering(Answer::Running(running));
    let output = wsl(&machine, line).await.unwrap();
    assert_eq!((output.exit, output.stdout.as_str(), output.stderr.as_str()), (exit, stdout, ""));
}

#[rstest]
#[case::shutdown("--shutdown", Ask::WslShutdown, "")]
#[case::terminate("-t Ubuntu", Ask::WslTerminate, "The operation completed successfully.\n")]
#[tokio::test]
async fn stops(#[case] line: &str, #[case] ask: Ask, #[case] stdout: &str) {
    let machine = Machine::answering(Answer::Done);
    let output = wsl(&machine, line).await.unwrap();
    assert_eq!(output, Output { exit: 0, stdout: stdout.to_owned(), stderr: String::new() });
    assert_eq!(*machine.asked.lock().unwrap(), [ask]);
}

#[tokio::test]
async fn warnings_of_the_boot_come_before_the_commands_own() {
    let output = Output { exit: 3, stdout: "out".into(), stderr: "err".into() };
    let boot_warnings = vec!["wsl: one".to_owned(), "wsl: two".to_owned()];
    let machine = Machine::answering(Answer::Ran { boot_warnings, output });
    let output = wsl(&machine, "-- false").await.unwrap();
    assert_eq!((output.exit, output.stdout.as_str()), (3, "out"));
    assert_eq!(output.stderr, "wsl: one\nwsl: two\nerr");
    let asked = Ask::WslRun(WslCommand::Line("false".to_owned()));
    assert_eq!(*machine.asked.lock().unwrap(), [asked]);
}

#[rstest]
#[case::unknown(
    "-if eth0 -- ip addr",
    "Invalid command line argument: -if\n\
     Please use 'wsl.exe --help' to get a list of supported arguments.\n"
)]
#[case::distro(
    "-d Debian -- true",
    "There is no distribution with the supplied name.\n\
     Error code: Wsl/Service/WSL_E_DISTRO_NOT_FOUND\n"
)]
#[tokio::test]
async fn what_it_refuses_never_reaches_the_machine(#[case] line: &str, #[case] stdout: &str) {
    let machine = Machine::answering(Answer::Done);
    let output = wsl(&machine, line).await.unwrap();
    assert_eq!(output, Output { exit: FAILED, stdout: stdout.to_owned(), stderr: String::new() });
    assert_eq!(*machine.asked.lock().unwrap(), []);
}

#[tokio::test]
async fn what_the_lab_cannot_do_is_an_error() {
    let machine = Machine { answer: Err("no namespace".to_owned()), asked: Mutex::default() };
    let error = wsl(&machine, "--shutdown").await.unwrap_err();
    assert_eq!(error, WslExeError::Hypervisor("no namespace".to_owned()));
    let error = wsl(&machine, "--export Debian x.tar").await.unwrap_err();
    assert_eq!(error.to_string(), "wsl.exe: `--export` is not modelled");
    let machine = Machine::answering(Answer::Running(true));
    let error = wsl(&machine, "--shutdown").await.unwrap_err();
    assert!(matches!(error, WslExeError::UnexpectedAnswer { ask: Ask::WslShutdown, .. }));
}
