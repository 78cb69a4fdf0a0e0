//! `powershell.exe`: Windows PowerShell 5.1 as far as the article and `collect` type it: a closed
//! list of cmdlets, pipelines of them, `(...).Property`, and Windows' own programs by themselves.
//!
//! What PowerShell refuses is printed as it prints it, to stderr, and ends with exit code 1. What it
//! has and the model lacks is an error of the lab.

use std::{future::Future, pin::Pin};

use super::{Windows, WindowsError, not_modelled};
use crate::agent::protocol::Output;

mod cmdlets;
mod error;
mod object;
mod parameters;
mod print;
mod syntax;
#[cfg(test)]
mod tests;
mod token;

use cmdlets::{Cmdlet, Made, Resolved};
use error::{ErrorRecord, Trouble};
use object::Object;
use syntax::{ArgumentKind, Command, Pipeline, Refusal, Value};

/// Who runs Windows' programs for PowerShell.
pub trait Programs: Sync {
    /// Whether there is such a program.
    fn has(&self, program: &str) -> bool;

    /// Runs it.
    fn run<'a>(
        &'a self,
        program: &'a str,
        arguments: &'a [String],
    ) -> Pin<Box<dyn Future<Output = Result<Output, WindowsError>> + Send + 'a>>;
}

/// What of the command line is modelled.
const MODELLED: &str = "`powershell [-NoProfile] [-NoLogo] [-NonInteractive] \
                        [-ExecutionPolicy NAME] [-Command] SCRIPT`";

/// Runs `powershell` with these arguments.
///
/// # Errors
/// Something that PowerShell has and the model lacks.
pub async fn run(
    windows: &Windows,
    programs: &dyn Programs,
    arguments: &[String],
) -> Result<Output, WindowsError> {
    let script = script(arguments)?;
    let pipelines = match syntax::parse(&script) {
        Ok(pipelines) => pipelines,
        Err(Refusal::NotModelled(what)) => return Err(lacks(what)),
        Err(Refusal::Parse { message, id, span }) => {
            let category = "ParserError: (:) [], ParentContainsErrorRecordException".to_owned();
            let record = ErrorRecord { command: None, message, category, id: id.into(), span };
            return Ok(Output { exit: 1, stdout: String::new(), stderr: record.print(&script) });
        }
    };
    let mut session = Session { windows, programs, output: Output::default(), script: &script };
    for pipeline in &pipelines {
        session.statement(pipeline).await?;
    }
    Ok(session.output)
}

/// The script of a command line: everything behind `-Command`, blanks between.
fn script(arguments: &[String]) -> Result<String, WindowsError> {
    let line = || format!("`powershell {}`", arguments.join(" "));
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let Some(option) = argument.strip_prefix(['-', '/']) else {
            let words = [argument].into_iter().chain(rest).map(String::as_str);
            return Ok(words.collect::<Vec<_>>().join(" "));
        };
        match option.to_lowercase().as_str() {
            "noprofile" | "nop" | "nologo" | "noninteractive" | "noni" => {}
            "executionpolicy" | "ep" | "ex" | "exec" => {
                rest.next().ok_or_else(|| not_modelled(line(), MODELLED))?;
            }
            "command" | "c" => {
                let words: Vec<_> = rest.map(String::as_str).collect();
                return if words.is_empty() || words == ["-"] {
                    Err(not_modelled(line(), MODELLED))
                } else {
                    Ok(words.join(" "))
                };
            }
            _ => return Err(not_modelled(line(), MODELLED)),
        }
    }
    Err(not_modelled(line(), MODELLED))
}

fn lacks(what: String) -> WindowsError {
    not_modelled(format!("in PowerShell {what}"), cmdlets::modelled())
}

/// One run of a script.
struct Session<'a> {
    windows: &'a Windows,
    programs: &'a dyn Programs,
    /// What was printed, and whether the last statement succeeded.
    output: Output,
    script: &'a str,
}

impl Session<'_> {
    async fn statement(&mut self, pipeline: &Pipeline) -> Result<(), WindowsError> {
        self.output.exit = 0;
        if let ([command], None) = (pipeline.commands.as_slice(), &pipeline.member)
            && let Ok(Resolved::Program) = cmdlets::resolve(command, self.programs)
        {
            return self.program(command).await;
        }
        match self.pipeline(pipeline).await {
            Ok(made) => self.print(made, pipeline.member.as_deref()),
            Err((trouble, says)) => self.trouble(trouble, says)?,
        }
        Ok(())
    }

    /// What comes out of a pipeline of cmdlets, or why nothing does and whether that is said.
    async fn pipeline(&self, pipeline: &Pipeline) -> Result<Made, (Trouble, bool)> {
        let lacks = |what: String| (Trouble::Lab(lacks(what)), true);
        let (mut cmdlets, mut program) = (Vec::new(), None);
        for command in &pipeline.commands {
            match cmdlets::resolve(command, self.programs).map_err(|trouble| (trouble, true))? {
                Resolved::Cmdlet(cmdlet) => cmdlets.push((command, cmdlet)),
                Resolved::Program => program = Some(&command.name),
            }
        }
        // A program's output is text, which no modelled cmdlet takes.
        if let Some(program) = program {
            return Err(lacks(format!("the program `{program}` in a pipeline")));
        }
        let mut made = Made::Objects(Vec::new());
        for (at, (command, cmdlet)) in cmdlets.iter().enumerate() {
            let input = match made {
                Made::Objects(objects) => (at > 0).then_some(objects),
                Made::Text(_) => return Err(lacks("something behind Format-".to_owned())),
            };
            let command = self.expanded(command).await?;
            made = self.invoke(cmdlet, &command, input).await?;
        }
        Ok(made)
    }

    /// The command with the values of `(...).Property` in place of it.
    async fn expanded(&self, command: &Command) -> Result<Command, (Trouble, bool)> {
        let mut command = command.clone();
        for argument in &mut command.arguments {
            let ArgumentKind::Value(Value::Nested(pipeline)) = &argument.kind else { continue };
            let made = Box::pin(self.pipeline(pipeline)).await?;
            let (Made::Objects(objects), Some(member)) = (made, &pipeline.member) else {
                let what = "brackets without a property behind them".to_owned();
                return Err((Trouble::Lab(lacks(what)), true));
            };
            let values = objects.iter().filter_map(|object| object.property(member));
            let texts = values.map(|(_, value)| value.text()).collect();
            argument.kind = ArgumentKind::Value(Value::List(texts));
        }
        Ok(command)
    }

    async fn invoke(
        &self,
        cmdlet: &Cmdlet,
        command: &Command,
        input: Option<Vec<Object>>,
    ) -> Result<Made, (Trouble, bool)> {
        let bound = parameters::bind(&cmdlet.signature, command).map_err(|error| (error, true))?;
        let made = cmdlets::invoke(self.windows, cmdlet, command, &bound, input).await;
        made.map_err(|trouble| (trouble, bound.says_errors()))
    }

    async fn program(&mut self, command: &Command) -> Result<(), WindowsError> {
        let mut arguments = Vec::new();
        for argument in &command.arguments {
            match &argument.kind {
                ArgumentKind::Name { name, colon: false } => arguments.push(format!("-{name}")),
                ArgumentKind::Value(Value::Text(text)) => arguments.push(text.clone()),
                _ => {
                    let typed = self.script.get(argument.span.start..argument.span.end);
                    let what = format!("the argument `{}` of a program", typed.unwrap_or_default());
                    return Err(lacks(what));
                }
            }
        }
        let ran = self.programs.run(&command.name, &arguments).await?;
        self.output.stdout += &ran.stdout;
        self.output.stderr += &ran.stderr;
        // powershell.exe ends with 1 when its last statement failed, whatever the program's code.
        self.output.exit = i32::from(ran.exit != 0);
        Ok(())
    }

    fn trouble(&mut self, trouble: Trouble, says: bool) -> Result<(), WindowsError> {
        match trouble {
            Trouble::Lab(error) => Err(error),
            Trouble::Said(record) => {
                if says {
                    self.output.stderr += &record.print(self.script);
                }
                self.output.exit = 1;
                Ok(())
            }
        }
    }

    fn print(&mut self, made: Made, member: Option<&str>) {
        self.output.stdout += &match (made, member) {
            (Made::Objects(objects), Some(member)) => objects
                .iter()
                .filter_map(|object| object.property(member))
                .map(|(_, value)| format!("{}\n", value.text()))
                .collect(),
            (Made::Objects(objects), None) => print::by_itself(&objects),
            (Made::Text(text), _) => text,
        };
    }
}
