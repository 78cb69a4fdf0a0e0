//! `Get-Service` and its like, of the one service there is, and `Get-Process` of what has sockets.

use super::{Call, Cmdlet, Does};
use crate::windows_model::{
    Windows, WindowsError,
    powershell::{
        error::Trouble,
        object::{Class, Object, Value, like},
        parameters::{Parameter, Signature, positional, switch, values},
    },
    services::{DISPLAY_NAME, NAME, Services, StartType, Started},
};

/// Parameters of Windows that are not modelled.
const OTHERS: [&str; 6] =
    ["ComputerName", "DependentServices", "DisplayName", "Exclude", "Include", "InputObject"];

const fn service(
    does: Does,
    name: &'static str,
    id: &'static str,
    parameters: &'static [Parameter],
) -> Cmdlet {
    Cmdlet { does, signature: Signature { name, id, parameters, others: &OTHERS } }
}

pub(super) const CMDLETS: [Cmdlet; 6] = [
    service(
        Does::GetService,
        "Get-Service",
        "Microsoft.PowerShell.Commands.GetServiceCommand",
        &[positional("Name", 0)],
    ),
    service(
        Does::StartService,
        "Start-Service",
        "Microsoft.PowerShell.Commands.StartServiceCommand",
        &[positional("Name", 0)],
    ),
    service(
        Does::StopService,
        "Stop-Service",
        "Microsoft.PowerShell.Commands.StopServiceCommand",
        &[positional("Name", 0), switch("Force")],
    ),
    service(
        Does::RestartService,
        "Restart-Service",
        "Microsoft.PowerShell.Commands.RestartServiceCommand",
        &[positional("Name", 0), switch("Force")],
    ),
    service(
        Does::SetService,
        "Set-Service",
        "Microsoft.PowerShell.Commands.SetServiceCommand",
        &[positional("Name", 0), values("StartupType")],
    ),
    Cmdlet {
        does: Does::GetProcess,
        signature: Signature {
            name: "Get-Process",
            id: "Microsoft.PowerShell.Commands.GetProcessCommand",
            parameters: &[values("Id")],
            others: &[
                "ComputerName",
                "FileVersionInfo",
                "IncludeUserName",
                "InputObject",
                "Module",
                "Name",
            ],
        },
    },
];

pub(super) async fn get(windows: &Windows, call: &Call<'_>) -> Result<Vec<Object>, Trouble> {
    let services = meant(windows, call)?;
    let running = services.is_running().await;
    Ok(vec![Object::new(
        Class::Service,
        [
            ("Status", Value::from(if running { "Running" } else { "Stopped" })),
            ("Name", NAME.into()),
            ("DisplayName", DISPLAY_NAME.into()),
            ("StartType", start_type(services.start_type()).into()),
        ],
    )])
}

/// Starting what runs is no error, unlike with `net start`.
pub(super) async fn start(windows: &Windows, call: &Call<'_>) -> Result<Vec<Object>, Trouble> {
    match meant(windows, call)?.start().await {
        Started::Now | Started::Already => Ok(Vec::new()),
        Started::Disabled => Err(call.says(
            format!(
                "Service '{DISPLAY_NAME} ({NAME})' cannot be started due to the following error: \
                 Cannot start service {NAME} on computer '.'."
            ),
            "OpenError: (System.ServiceProcess.ServiceController:ServiceController) [{}], \
             ServiceCommandException",
            "CouldNotStartService".to_owned(),
        )),
    }
}

pub(super) async fn stop(windows: &Windows, call: &Call<'_>) -> Result<Vec<Object>, Trouble> {
    meant(windows, call)?.stop().await;
    Ok(Vec::new())
}

pub(super) async fn restart(windows: &Windows, call: &Call<'_>) -> Result<Vec<Object>, Trouble> {
    stop(windows, call).await?;
    start(windows, call).await
}

pub(super) fn set(windows: &Windows, call: &Call<'_>) -> Result<Vec<Object>, Trouble> {
    let services = meant(windows, call)?;
    let Some(typed) = call.bound.joined("StartupType") else {
        return Err(call.lacks("a call without -StartupType"));
    };
    let all = [StartType::Auto, StartType::Demand, StartType::Disabled];
    let wanted = all.into_iter().find(|start| start_type(*start).eq_ignore_ascii_case(&typed));
    let wanted = wanted.ok_or_else(|| call.lacks("such a startup type"))?;
    services.configure(wanted)?;
    Ok(Vec::new())
}

/// The service controller, if the call is about IP Helper.
fn meant<'a>(windows: &'a Windows, call: &Call<'_>) -> Result<Services<'a>, Trouble> {
    let named = match (&call.input, call.bound.list("Name")) {
        (Some(objects), None) => {
            !objects.is_empty() && objects.iter().all(|object| object.class == Class::Service)
        }
        (None, Some(names)) => names.iter().all(|name| like(NAME, name)),
        _ => false,
    };
    if named { Ok(windows.services()) } else { Err(call.lacks("a service other than iphlpsvc")) }
}

const fn start_type(start: StartType) -> &'static str {
    match start {
        StartType::Auto => "Automatic",
        StartType::Demand => "Manual",
        StartType::Disabled => "Disabled",
    }
}

/// Processes that have sockets; the columns of Windows that only it could fill are left out.
pub(super) fn process(windows: &Windows, call: &Call<'_>) -> Result<Vec<Object>, Trouble> {
    let (Some(ids), None) = (call.bound.list("Id"), &call.input) else {
        return Err(call.lacks("a call without -Id"));
    };
    let mut found = Vec::new();
    for id in ids {
        let number = id.parse().map_err(|_| call.lacks("an -Id that is no number"))?;
        let Some(process) = windows.process(number).map_err(WindowsError::from)? else {
            return Err(call.says(
                format!("Cannot find a process with the process identifier {id}."),
                &format!("ObjectNotFound: ({id}:Int32) [{{}}], ProcessCommandException"),
                "NoProcessFoundForGivenId".to_owned(),
            ));
        };
        let name = process.image.strip_suffix(".exe").unwrap_or(&process.image);
        found.push(Object::new(
            Class::Process,
            [("Id", Value::from(process.id)), ("ProcessName", name.into())],
        ));
    }
    Ok(found)
}
