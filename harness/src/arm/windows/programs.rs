//! Windows' own programs, asked by the arm itself.

use std::{process::Stdio, time::Duration};

use tokio::{io::AsyncWriteExt, process::Command, time::timeout};

use super::super::ArmError;
use crate::{
    agent::{command::exit_code, protocol::Output},
    windows_text::decode,
    wine,
};

/// Importing a distro and the first boot of the virtual machine may take minutes.
const LIMIT: Duration = Duration::from_secs(300);

/// Windows' flag for a process that Ctrl-C is not told of, nor its children.
#[cfg(windows)]
const CREATE_NEW_PROCESS_GROUP: u32 = 0x200;

/// A program that outlives Ctrl-C: the console tells every process of it, and what undoes the run is
/// made of such programs.
pub fn command(program: &str) -> Command {
    #[cfg_attr(not(windows), expect(unused_mut))]
    let mut command = Command::new(program);
    #[cfg(windows)]
    command.creation_flags(CREATE_NEW_PROCESS_GROUP);
    command
}

/// Runs a program to its end and decodes what it says.
///
/// # Errors
/// When it cannot be started, or does not end.
pub async fn run(program: &str, arguments: &[&str]) -> Result<Output, ArmError> {
    feed(program, arguments, &[]).await
}

/// The same, with this on its standard input.
///
/// # Errors
/// As [`run`].
pub async fn feed(program: &str, arguments: &[&str], input: &[u8]) -> Result<Output, ArmError> {
    let failed = |reason: String| ArmError::Refused {
        operation: format!("run `{program} {}`", arguments.join(" ")),
        reason,
        hint: None,
    };
    let work = async {
        let mut command = command(program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = wine::spawn(command.stderr(Stdio::piped()).kill_on_drop(true))?;
        let mut stdin = child.stdin.take();
        let writing = async {
            if let Some(stdin) = &mut stdin {
                // A program that does not read its input is not wrong.
                let _ = stdin.write_all(input).await;
                let _ = stdin.shutdown().await;
            }
            stdin = None;
        };
        let ((), output) = tokio::join!(writing, child.wait_with_output());
        output
    };
    let ended = timeout(LIMIT, work).await;
    let ended = ended.map_err(|_| failed(format!("still running after {} s", LIMIT.as_secs())))?;
    let ended = ended.map_err(|error| failed(error.to_string()))?;
    Ok(Output {
        exit: exit_code(ended.status),
        stdout: decode(&ended.stdout),
        stderr: decode(&ended.stderr),
    })
}

/// The same; an exit code other than 0 is an error.
///
/// # Errors
/// As [`run`], and what the program says.
pub async fn must(program: &str, arguments: &[&str]) -> Result<Output, ArmError> {
    let output = run(program, arguments).await?;
    if output.exit == 0 {
        return Ok(output);
    }
    Err(ArmError::Refused {
        operation: format!("run `{program} {}`", arguments.join(" ")),
        reason: format!("it ended with exit code {}:\n{}", output.exit, said(&output)),
        hint: None,
    })
}

/// Both streams.
pub fn said(output: &Output) -> String {
    format!("{}{}", output.stdout, output.stderr).trim().to_owned()
}
