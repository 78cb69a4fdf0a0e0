//! `wsl.exe`: what a person on Windows types to stop, list or use the distro.
//!
//! One distro, `Ubuntu`, of version 2. Text is UTF-8 with LF, as with `WSL_UTF8=1` set; the real
//! program writes UTF-16 with CR LF otherwise. Source: microsoft/WSL
//! src/windows/common/WslClient.cpp (ledger 1.14).

use std::future::Future;

use crate::agent::protocol::{Answer, Ask, Output};

mod arguments;
mod listing;
mod rejoin;

pub use arguments::{Invocation, List, Refusal, parse};

/// The name of the one distro.
pub const DISTRO: &str = "Ubuntu";

/// The exit code of a failure of `wsl.exe` itself, 4294967295 to those who read it unsigned.
pub const FAILED: i32 = -1;

/// Who runs the virtual machine: on Linux arms, the host of the lab.
pub trait Hypervisor: Send + Sync {
    /// Does what is asked and waits for it.
    ///
    /// # Errors
    /// Why it could not be done.
    fn ask(&self, ask: Ask) -> impl Future<Output = Result<Answer, String>> + Send;
}

/// Why the lab cannot do what a real `wsl.exe` could.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WslExeError {
    /// The real program knows this; the model does not.
    #[error("wsl.exe: `{0}` is not modelled")]
    NotModelled(String),
    /// The hypervisor could not do what was asked of it.
    #[error("wsl.exe: {0}")]
    Hypervisor(String),
    /// The hypervisor answered another question.
    #[error("wsl.exe: the answer to {ask:?} was {answer}")]
    UnexpectedAnswer {
        /// What was asked.
        ask: Ask,
        /// What came.
        answer: String,
    },
}

/// Runs `wsl.exe` with these arguments, the program's name not among them.
///
/// # Errors
/// When the lab cannot do it; what the real program refuses is an [`Output`] with exit code -1.
pub async fn run<H: Hypervisor>(args: &[String], hypervisor: &H) -> Result<Output, WslExeError> {
    let invocation = match parse(args) {
        Ok(invocation) => invocation,
        Err(Refusal::NotModelled(what)) => return Err(WslExeError::NotModelled(what)),
        Err(refusal) => return Ok(printed(FAILED, refusal.to_string())),
    };
    match invocation {
        Invocation::Shutdown => done(hypervisor, Ask::WslShutdown, String::new()).await,
        Invocation::Terminate => {
            let said = "The operation completed successfully.\n".to_owned();
            done(hypervisor, Ask::WslTerminate, said).await
        }
        Invocation::Status => Ok(printed(0, listing::status())),
        Invocation::Version => Ok(printed(0, listing::version())),
        Invocation::List(list) => match ask(hypervisor, Ask::WslState).await? {
            Answer::Running(running) => Ok(listing::list(list, running)),
            answer => Err(unexpected(Ask::WslState, &answer)),
        },
        Invocation::Run(command) => {
            let question = Ask::WslRun(command);
            match ask(hypervisor, question.clone()).await? {
                Answer::Ran { boot_warnings, mut output } => {
                    let warnings = boot_warnings.iter().map(|warning| format!("{warning}\n"));
                    output.stderr = warnings.collect::<String>() + &output.stderr;
                    Ok(output)
                }
                answer => Err(unexpected(question, &answer)),
            }
        }
    }
}

async fn ask<H: Hypervisor>(hypervisor: &H, ask: Ask) -> Result<Answer, WslExeError> {
    hypervisor.ask(ask).await.map_err(WslExeError::Hypervisor)
}

async fn done<H: Hypervisor>(
    hypervisor: &H,
    question: Ask,
    stdout: String,
) -> Result<Output, WslExeError> {
    match ask(hypervisor, question.clone()).await? {
        Answer::Done => Ok(printed(0, stdout)),
        answer => Err(unexpected(question, &answer)),
    }
}

fn unexpected(ask: Ask, answer: &Answer) -> WslExeError {
    WslExeError::UnexpectedAnswer { ask, answer: format!("{answer:?}") }
}

/// `wsl.exe` prints its own errors to stdout too.
fn printed(exit: i32, stdout: String) -> Output {
    Output { exit, stdout, stderr: String::new() }
}

#[cfg(test)]
mod tests;
