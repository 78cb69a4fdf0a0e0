//! `net start` and `net stop`, with the wording and exit codes of Windows' `net.exe`.

use super::{DISPLAY_NAME, NAME, Services, Started, refused};
use crate::{
    agent::protocol::Output,
    windows_model::{WindowsError, failed, succeeded},
};

const MODELLED: &str = "`net start iphlpsvc` and `net stop iphlpsvc`";

/// Runs `net` with these arguments.
///
/// # Errors
/// Another service or another subcommand.
pub async fn run(services: Services<'_>, arguments: &[String]) -> Result<Output, WindowsError> {
    let refused = || refused("net", arguments, MODELLED);
    let [verb, name] = arguments else { return Err(refused()) };
    if !name.eq_ignore_ascii_case(NAME) && !name.eq_ignore_ascii_case(DISPLAY_NAME) {
        return Err(refused());
    }
    match verb.to_lowercase().as_str() {
        "start" => Ok(match services.start().await {
            Started::Now => succeeded(format!(
                "The {DISPLAY_NAME} service is starting.\n\
                 The {DISPLAY_NAME} service was started successfully.\n\n"
            )),
            Started::Already => error("The requested service has already been started.", 2182),
            Started::Disabled => complaint(
                "System error 1058 has occurred.\n\n\
                 The service cannot be started, either because it is disabled or because it has \
                 no enabled devices associated with it.\n\n",
            ),
        }),
        "stop" => Ok(if services.iphlpsvc.stop().await {
            succeeded(format!(
                "The {DISPLAY_NAME} service is stopping.\n\
                 The {DISPLAY_NAME} service was stopped successfully.\n\n"
            ))
        } else {
            error(&format!("The {DISPLAY_NAME} service is not started."), 3521)
        }),
        _ => Err(refused()),
    }
}

fn error(message: &str, number: u32) -> Output {
    complaint(&format!("{message}\n\nMore help is available by typing NET HELPMSG {number}.\n\n"))
}

/// `net.exe` ends every failure with 2 and its message on stderr.
fn complaint(text: &str) -> Output {
    Output { stderr: text.to_owned(), ..failed(2, "") }
}
