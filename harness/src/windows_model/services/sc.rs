//! `sc query`, `start`, `stop` and `config`, with the wording of Windows' `sc.exe`. Its exit code is
//! the number of the Windows error.

use super::{NAME, Services, Started, refused};
use crate::{
    agent::protocol::Output,
    windows_model::{WindowsError, failed, succeeded},
};

const MODELLED: &str = "`sc query|start|stop iphlpsvc`, \
                        `sc config iphlpsvc start= auto|demand|disabled`";

/// Runs `sc` with these arguments.
///
/// # Errors
/// Another service or another subcommand, or a registry that cannot be written.
pub async fn run(services: Services<'_>, arguments: &[String]) -> Result<Output, WindowsError> {
    let refused = || refused("sc", arguments, MODELLED);
    let [verb, name, rest @ ..] = arguments else { return Err(refused()) };
    if !name.eq_ignore_ascii_case(NAME) {
        return Err(refused());
    }
    match (verb.to_lowercase().as_str(), rest) {
        ("query", []) => {
            let running = services.iphlpsvc.is_running().await;
            Ok(succeeded(state(if running { RUNNING } else { "1  STOPPED \n" })))
        }
        ("start", []) => Ok(match services.start().await {
            Started::Now => succeeded(state(START_PENDING)),
            Started::Already => {
                error("StartService", 1056, "An instance of the service is already running.")
            }
            Started::Disabled => error(
                "StartService",
                1058,
                "The service cannot be started, either because it is disabled or because it has \
                 no enabled devices associated with it.",
            ),
        }),
        ("stop", []) => Ok(if services.iphlpsvc.stop().await {
            succeeded(state(STOP_PENDING))
        } else {
            error("ControlService", 1062, "The service has not been started.")
        }),
        ("config", rest) => {
            let word = start_word(rest).ok_or_else(refused)?;
            services.set_start_type(word).ok_or_else(refused)??;
            Ok(succeeded("[SC] ChangeServiceConfig SUCCESS\n"))
        }
        _ => Err(refused()),
    }
}

/// `start= auto` is two arguments; `start=auto`, which newer versions take, is one.
fn start_word(arguments: &[String]) -> Option<&str> {
    match arguments {
        [option, word] if option.eq_ignore_ascii_case("start=") => Some(word),
        [both] => {
            let (option, word) = both.split_once('=')?;
            option.eq_ignore_ascii_case("start").then_some(word)
        }
        _ => None,
    }
}

const RUNNING: &str = "4  RUNNING \n                                \
                       (STOPPABLE, NOT_PAUSABLE, IGNORES_SHUTDOWN)\n";
const START_PENDING: &str = "2  START_PENDING \n                                \
                             (NOT_STOPPABLE, NOT_PAUSABLE, IGNORES_SHUTDOWN)\n";
const STOP_PENDING: &str = "3  STOP_PENDING \n                                \
                            (STOPPABLE, NOT_PAUSABLE, IGNORES_SHUTDOWN)\n";

fn state(state: &str) -> String {
    format!(
        "\nSERVICE_NAME: {NAME} \n        TYPE               : 30  WIN32  \n        \
         STATE              : {state}        \
         WIN32_EXIT_CODE    : 0  (0x0)\n        \
         SERVICE_EXIT_CODE  : 0  (0x0)\n        \
         CHECKPOINT         : 0x0\n        \
         WAIT_HINT          : 0x0\n"
    )
}

fn error(call: &str, number: i32, message: &str) -> Output {
    failed(number, format!("[SC] {call} FAILED {number}:\n\n{message}\n\n"))
}
