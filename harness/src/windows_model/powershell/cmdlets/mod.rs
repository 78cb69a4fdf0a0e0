//! The cmdlets, by name.

use super::{
    Programs, Windows,
    error::{ErrorRecord, Trouble},
    object::Object,
    parameters::{Bound, Signature},
    syntax::Command,
};

mod firewall;
mod network;
mod profiles;
mod query;
mod services;
mod shaping;
mod spelling;

/// What a cmdlet is.
#[derive(Clone, Copy, Debug)]
pub struct Cmdlet {
    /// Its name and parameters.
    pub signature: Signature,
    /// What it does.
    does: Does,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Does {
    NewRule,
    RemoveRule,
    SetRule,
    GetRule,
    GetProfile,
    SetProfile,
    GetAdapter,
    GetAddress,
    GetRoute,
    GetConnection,
    GetProcess,
    GetService,
    StartService,
    StopService,
    RestartService,
    SetService,
    GetCommand,
    Where,
    Select,
    FormatTable,
    FormatList,
    /// It is there to be called by its alias by mistake: only its parameters are modelled.
    Nothing,
}

/// What came out of a stage of a pipeline.
#[derive(Debug)]
pub enum Made {
    /// Objects.
    Objects(Vec<Object>),
    /// Text, of a `Format-` cmdlet.
    Text(String),
}

/// What a command's name means.
#[derive(Debug)]
pub enum Resolved {
    /// A cmdlet.
    Cmdlet(Cmdlet),
    /// A program of Windows.
    Program,
}

/// Aliases of 5.1 that are modelled. `curl`, `wget` and `sc` hide programs (ledger 1.13, 4.3.3).
pub const ALIASES: [(&str, &str); 12] = [
    ("?", "Where-Object"),
    ("where", "Where-Object"),
    ("select", "Select-Object"),
    ("ft", "Format-Table"),
    ("fl", "Format-List"),
    ("gsv", "Get-Service"),
    ("sasv", "Start-Service"),
    ("spsv", "Stop-Service"),
    ("gcm", "Get-Command"),
    ("sc", "Set-Content"),
    ("curl", "Invoke-WebRequest"),
    ("wget", "Invoke-WebRequest"),
];

/// Programs of Linux that Windows does not have under any name.
const NOT_ON_WINDOWS: [&str; 12] =
    ["awk", "cut", "grep", "head", "ip", "nc", "sed", "ss", "sudo", "systemctl", "tail", "xargs"];

fn all() -> impl Iterator<Item = Cmdlet> {
    let tables: [&[Cmdlet]; 6] = [
        &firewall::CMDLETS,
        &profiles::CMDLETS,
        &network::CMDLETS,
        &services::CMDLETS,
        &shaping::CMDLETS,
        &spelling::CMDLETS,
    ];
    tables.into_iter().flatten().copied()
}

/// The cmdlets, for errors about others.
pub fn modelled() -> String {
    let names = all().filter(|cmdlet| cmdlet.does != Does::Nothing);
    let names: Vec<_> = names.map(|cmdlet| cmdlet.signature.name).collect();
    format!("{}, pipelines of them, `(...).Property`, and programs by themselves", names.join(", "))
}

/// Finds what a command's name means. PowerShell does so for a whole pipeline before any of it
/// runs.
pub fn resolve(command: &Command, programs: &dyn Programs) -> Result<Resolved, Trouble> {
    let typed = command.name.as_str();
    let alias = ALIASES.iter().find(|(alias, _)| alias.eq_ignore_ascii_case(typed));
    let name = alias.map_or(typed, |(_, name)| name);
    let cmdlet = all().find(|cmdlet| cmdlet.signature.name.eq_ignore_ascii_case(name));
    if let Some(cmdlet) = cmdlet {
        return Ok(Resolved::Cmdlet(cmdlet));
    }
    if programs.has(typed) {
        return Ok(Resolved::Program);
    }
    let folded = typed.to_lowercase();
    if NOT_ON_WINDOWS.contains(&folded.as_str()) {
        return Err(Trouble::Said(ErrorRecord {
            command: Some(typed.to_owned()),
            message: format!(
                "The term '{typed}' is not recognized as the name of a cmdlet, function, script \
                 file, or operable program. Check the spelling of the name, or if a path was \
                 included, verify the path is correct and try again."
            ),
            category: format!("ObjectNotFound: ({typed}:String) [], CommandNotFoundException"),
            id: "CommandNotFoundException".to_owned(),
            span: command.name_span,
        }));
    }
    Err(Trouble::Lab(super::lacks(format!("the command `{typed}`"))))
}

/// Does what a cmdlet does.
///
/// # Errors
/// PowerShell's own, or the lab's.
pub async fn invoke(
    windows: &Windows,
    cmdlet: &Cmdlet,
    command: &Command,
    bound: &Bound,
    input: Option<Vec<Object>>,
) -> Result<Made, Trouble> {
    let call = Call { cmdlet, command, bound, input };
    if bound.is_set("Confirm") {
        return Err(call.lacks("a question to the user"));
    }
    let objects = match cmdlet.does {
        Does::NewRule => firewall::new(windows, &call),
        Does::RemoveRule => firewall::remove(windows, &call),
        Does::SetRule => firewall::set(windows, &call),
        Does::GetRule => firewall::get(windows, &call),
        Does::GetProfile => profiles::get(windows, &call),
        Does::SetProfile => profiles::set(windows, &call),
        Does::GetAdapter => network::adapters(windows, &call),
        Does::GetAddress => network::addresses(windows, &call),
        Does::GetRoute => network::routes(windows, &call),
        Does::GetConnection => network::connections(windows, &call),
        Does::GetProcess => services::process(windows, &call),
        Does::GetService => services::get(windows, &call).await,
        Does::StartService => services::start(windows, &call).await,
        Does::StopService => services::stop(windows, &call).await,
        Does::RestartService => services::restart(windows, &call).await,
        Does::SetService => services::set(windows, &call),
        Does::GetCommand => spelling::get(&call),
        Does::Nothing => Err(super::lacks(format!(
            "`{}`, which is {} and not the program of that name",
            command.name, cmdlet.signature.name
        ))
        .into()),
        Does::Where => shaping::filter(call),
        Does::Select => shaping::select(call),
        Does::FormatTable => return shaping::table(call).map(Made::Text),
        Does::FormatList => return shaping::list(call).map(Made::Text),
    };
    objects.map(Made::Objects)
}

/// A cmdlet, called.
struct Call<'a> {
    cmdlet: &'a Cmdlet,
    command: &'a Command,
    bound: &'a Bound,
    /// What came down the pipeline; `None` for its first command.
    input: Option<Vec<Object>>,
}

impl Call<'_> {
    /// An error of this cmdlet, about all of the command.
    fn says(&self, message: String, category: &str, id: String) -> Trouble {
        let name = self.cmdlet.signature.name;
        Trouble::Said(ErrorRecord {
            command: Some(self.command.name.clone()),
            message,
            category: category.replace("{}", name),
            id: format!("{id},{}", self.cmdlet.signature.id),
            span: self.command.span,
        })
    }

    /// The value of a parameter that is an enumeration, spelled as its list has it.
    ///
    /// # Errors
    /// PowerShell's error for another word.
    fn word(
        &self,
        parameter: &str,
        type_name: &str,
        words: &[&'static str],
    ) -> Result<Option<&'static str>, Trouble> {
        let Some(typed) = self.bound.joined(parameter) else { return Ok(None) };
        let found = words.iter().find(|word| word.eq_ignore_ascii_case(&typed));
        found
            .copied()
            .map(Some)
            .ok_or_else(|| self.no_such_word(parameter, type_name, &typed, words))
    }

    fn no_such_word(
        &self,
        parameter: &str,
        type_name: &str,
        typed: &str,
        words: &[&str],
    ) -> Trouble {
        let message = format!(
            "Cannot process argument transformation on parameter '{parameter}'. Cannot convert \
             value \"{typed}\" to type \"Microsoft.PowerShell.Cmdletization.GeneratedTypes.\
             {type_name}\". Error: \"Unable to match the identifier name {typed} to a valid \
             enumerator name. Specify one of the following enumerator names and try again:\n{}\"",
            words.join(", ")
        );
        let category = "InvalidData: (:) [{}], ParameterBindingArgumentTransformationException";
        self.says(message, category, "ParameterArgumentTransformationError".to_owned())
    }

    /// The error for what the model lacks of this cmdlet.
    fn lacks(&self, what: &str) -> Trouble {
        super::lacks(format!("{what} of {}", self.cmdlet.signature.name)).into()
    }
}
