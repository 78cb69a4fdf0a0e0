//! Names that mean something else in Windows PowerShell 5.1 than a person thinks: `sc`, `curl`,
//! `wget` (ledger 1.13, 4.3.3), and `Get-Command`, which tells.

use super::{ALIASES, Call, Cmdlet, Does};
use crate::windows_model::powershell::{
    error::Trouble,
    object::{Class, Object, Value},
    parameters::{Parameter, Signature, positional, switch},
};

const CONTENT: [Parameter; 3] = [positional("Path", 0), positional("Value", 1), switch("Force")];

pub(super) const CMDLETS: [Cmdlet; 3] = [
    Cmdlet {
        does: Does::GetCommand,
        signature: Signature {
            name: "Get-Command",
            id: "Microsoft.PowerShell.Commands.GetCommandCommand",
            parameters: &[positional("Name", 0)],
            others: &[
                "All",
                "ArgumentList",
                "CommandType",
                "FullyQualifiedModule",
                "ListImported",
                "Module",
                "Noun",
                "ParameterName",
                "ParameterType",
                "ShowCommandInfo",
                "Syntax",
                "TotalCount",
                "Verb",
            ],
        },
    },
    Cmdlet {
        does: Does::Nothing,
        signature: Signature {
            name: "Set-Content",
            id: "Microsoft.PowerShell.Commands.SetContentCommand",
            parameters: &CONTENT,
            others: &[
                "Credential",
                "Encoding",
                "Exclude",
                "Filter",
                "Include",
                "LiteralPath",
                "NoNewline",
                "PassThru",
                "Stream",
            ],
        },
    },
    Cmdlet {
        does: Does::Nothing,
        signature: Signature {
            name: "Invoke-WebRequest",
            id: "Microsoft.PowerShell.Commands.InvokeWebRequestCommand",
            parameters: &[positional("Uri", 0), switch("UseBasicParsing")],
            others: &[
                "Body",
                "Certificate",
                "CertificateThumbprint",
                "ContentType",
                "Credential",
                "DisableKeepAlive",
                "Headers",
                "InFile",
                "MaximumRedirection",
                "Method",
                "OutFile",
                "PassThru",
                "Proxy",
                "ProxyCredential",
                "ProxyUseDefaultCredentials",
                "SessionVariable",
                "TimeoutSec",
                "TransferEncoding",
                "UseDefaultCredentials",
                "UserAgent",
                "WebSession",
            ],
        },
    },
];

/// What an alias stands for.
pub(super) fn get(call: &Call<'_>) -> Result<Vec<Object>, Trouble> {
    let [name] = call.bound.list("Name").unwrap_or_default() else {
        return Err(call.lacks("a call without one name"));
    };
    let alias = ALIASES.iter().find(|(alias, _)| alias.eq_ignore_ascii_case(name));
    let Some((alias, meant)) = alias else {
        return Err(call.lacks(&format!("the name {name}, no alias,")));
    };
    Ok(vec![Object::new(
        Class::Command,
        [
            ("CommandType", Value::from("Alias")),
            ("Name", format!("{alias} -> {meant}").into()),
            ("Version", "".into()),
            ("Source", "".into()),
            ("Definition", (*meant).into()),
        ],
    )])
}
