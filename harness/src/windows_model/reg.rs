//! `reg add`, `reg query` and `reg delete`, with the wording and exit codes of Windows' `reg.exe`.

use super::{
    WindowsError, failed, not_modelled,
    registry::{KeyPath, KeyPathError, NamedValue, Registry, Value},
    succeeded,
};
use crate::agent::protocol::Output;

/// What the model knows, for errors about the rest.
const MODELLED: &str = "`reg add KEY [/v NAME] [/t REG_SZ|REG_DWORD] [/d DATA] /f`, \
                        `reg query KEY [/v NAME | /s]`, `reg delete KEY /v NAME /f`";

const DONE: &str = "The operation completed successfully.\n";
const MISSING: &str = "ERROR: The system was unable to find the specified registry key or value.\n";

/// Runs `reg` with these arguments.
///
/// # Errors
/// A form that is not modelled, or a registry file that cannot be written.
pub fn run(registry: &Registry, arguments: &[String]) -> Result<Output, WindowsError> {
    let refused = || not_modelled(format!("`reg {}`", arguments.join(" ")), MODELLED);
    let (Some(verb), Some(key)) = (arguments.first(), arguments.get(1)) else {
        return Err(refused());
    };
    let verb = verb.to_lowercase();
    let switches = Switches::parse(&arguments[2..]).ok_or_else(refused)?;
    let key = match KeyPath::parse(key) {
        Ok(key) => key,
        Err(KeyPathError::Invalid(_)) => {
            let usage = verb.to_uppercase();
            return Ok(error(&format!(
                "ERROR: Invalid key name.\nType \"REG {usage} /?\" for usage.\n"
            )));
        }
        Err(KeyPathError::HiveNotModelled(hive)) => {
            return Err(not_modelled(format!("the registry hive `{hive}`"), "HKLM, HKCU"));
        }
    };
    match (verb.as_str(), switches) {
        ("add", Switches { name, kind, data, force, recurse: false }) => {
            add(registry, &key, name, kind, data, force).ok_or_else(refused)?
        }
        ("query", Switches { name, kind: None, data: None, force: false, recurse }) => {
            query(registry, &key, name.as_deref(), recurse).ok_or_else(refused)
        }
        (
            "delete",
            Switches { name: Some(name), kind: None, data: None, force: true, recurse: false },
        ) => Ok(if registry.delete_value(&key, &name)? { succeeded(DONE) } else { error(MISSING) }),
        _ => Err(refused()),
    }
}

/// The switches after the key.
#[derive(Default)]
struct Switches {
    name: Option<String>,
    kind: Option<String>,
    data: Option<String>,
    force: bool,
    recurse: bool,
}

impl Switches {
    /// `None` for a switch that is not modelled, lacks its value, or comes twice.
    fn parse(arguments: &[String]) -> Option<Switches> {
        let mut switches = Switches::default();
        let mut arguments = arguments.iter();
        while let Some(switch) = arguments.next() {
            let slot = match switch.to_lowercase().as_str() {
                "/v" => &mut switches.name,
                "/t" => &mut switches.kind,
                "/d" => &mut switches.data,
                "/f" => {
                    switches.force = true;
                    continue;
                }
                "/s" => {
                    switches.recurse = true;
                    continue;
                }
                _ => return None,
            };
            if slot.replace(arguments.next()?.clone()).is_some() {
                return None;
            }
        }
        Some(switches)
    }
}

/// `None` for a type that is not modelled, and for what would ask a question.
fn add(
    registry: &Registry,
    key: &KeyPath,
    name: Option<String>,
    kind: Option<String>,
    data: Option<String>,
    force: bool,
) -> Option<Result<Output, WindowsError>> {
    let done = |changed: Result<(), _>| {
        Some(changed.map(|()| succeeded(DONE)).map_err(WindowsError::from))
    };
    let Some(name) = name else {
        return if kind.is_none() && data.is_none() {
            done(registry.create_key(key))
        } else {
            None
        };
    };
    // Without /f, reg.exe asks before it overwrites, and nobody is there to answer.
    if !force && registry.get(key, &name).is_some() {
        return None;
    }
    let value = match kind.as_deref().unwrap_or("REG_SZ").to_uppercase().as_str() {
        "REG_SZ" => Value::Sz(data.unwrap_or_default()),
        "REG_DWORD" => match dword(data.as_deref().unwrap_or("0")) {
            Some(number) => Value::Dword(number),
            None => {
                return Some(Ok(error(
                    "ERROR: Invalid syntax. Specify valid numeric value for '/d'.\n\
                     Type \"REG ADD /?\" for usage.\n",
                )));
            }
        },
        _ => return None,
    };
    done(registry.set(key, &name, value))
}

/// `None` for a combination that is not modelled.
fn query(registry: &Registry, key: &KeyPath, name: Option<&str>, recurse: bool) -> Option<Output> {
    let Some(values) = registry.values(key) else { return Some(error(MISSING)) };
    let mut text = String::from("\n");
    match (name, recurse) {
        (Some(_), true) => return None,
        (Some(name), false) => {
            let Some(found) =
                values.iter().find(|value| value.name.to_lowercase() == name.to_lowercase())
            else {
                return Some(error(MISSING));
            };
            text += &block(key, std::slice::from_ref(found));
        }
        (None, false) => {
            if !values.is_empty() {
                text += &block(key, &values);
            }
            for below in registry.keys_below(key) {
                if below.parent().as_ref() == Some(key) {
                    text += &format!("{}\n", below.long_name());
                }
            }
        }
        (None, true) => {
            text += &block(key, &values);
            for below in registry.keys_below(key) {
                text += &block(&below, &registry.values(&below).unwrap_or_default());
            }
        }
    }
    Some(succeeded(text))
}

fn block(key: &KeyPath, values: &[NamedValue]) -> String {
    let mut text = format!("{}\n", key.long_name());
    for value in values {
        let (kind, data) = match &value.value {
            Value::Sz(data) => ("REG_SZ", data.clone()),
            Value::Dword(number) => ("REG_DWORD", format!("{number:#x}")),
        };
        text += &format!("    {}    {kind}    {data}\n", value.name);
    }
    text.push('\n');
    text
}

/// A number as `/d` takes it: decimal, or hexadecimal with `0x`.
fn dword(text: &str) -> Option<u32> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

/// `reg.exe` ends every failure with 1 and its message on stderr.
fn error(message: &str) -> Output {
    Output { stderr: message.to_owned(), ..failed(1, "") }
}

#[cfg(test)]
mod tests {
    use rstest::{fixture, rstest};

    use super::*;
    use crate::windows_model::command_line::CommandLine;

    struct Machine {
        registry: Registry,
        _dir: tempfile::TempDir,
    }

    impl Machine {
        fn run(&self, line: &str) -> Result<Output, WindowsError> {
            run(&self.registry, &CommandLine::parse(line).unwrap().arguments)
        }
    }

    #[fixture]
    fn machine() -> Machine {
        let dir = tempfile::tempdir().unwrap();
        Machine { registry: Registry::open(dir.path()).unwrap(), _dir: dir }
    }

    const INTERNET: &str = r#""HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings""#;

    #[rstest]
    fn adds_and_queries(machine: Machine) {
        for value in [
            "/v ProxyServer /t REG_SZ /d 192.168.50.20:3128 /f",
            "/v ProxyEnable /t REG_DWORD /d 1 /f",
        ] {
            let output = machine.run(&format!("reg add {INTERNET} {value}")).unwrap();
            assert_eq!(output, succeeded("The operation completed successfully.\n"));
        }
        let output = machine.run(&format!("reg query {INTERNET}")).unwrap();
        assert_eq!(
            output,
            succeeded(concat!(
                "\n",
                r"HKEY_CURRENT_USER\Software\Microsoft\Windows\CurrentVersion\Internet Settings",
                "\n    ProxyServer    REG_SZ    192.168.50.20:3128\n",
                "    ProxyEnable    REG_DWORD    0x1\n\n"
            ))
        );
    }

    #[rstest]
    fn lists_direct_subkeys_and_with_s_all(machine: Machine) {
        machine.run(r"reg add HKLM\A\B\C /v x /d 1").unwrap();
        let direct = machine.run(r"reg query HKLM\A").unwrap();
        assert_eq!(direct.stdout, "\nHKEY_LOCAL_MACHINE\\A\\B\n");
        let all = machine.run(r"reg query HKLM\A\B /s").unwrap();
        assert_eq!(
            all.stdout,
            "\nHKEY_LOCAL_MACHINE\\A\\B\n\nHKEY_LOCAL_MACHINE\\A\\B\\C\n    x    REG_SZ    1\n\n"
        );
    }

    #[rstest]
    fn deletes(machine: Machine) {
        machine.run(r"reg add HKCU\A /v x /d 1 /f").unwrap();
        assert_eq!(machine.run(r"reg delete HKCU\a /v X /f").unwrap(), succeeded(DONE));
        assert_eq!(machine.run(r"reg delete HKCU\a /v X /f").unwrap(), error(MISSING));
    }

    #[rstest]
    #[case::key(r"reg query HKCU\Nothing", MISSING)]
    #[case::value(r"reg query HKCU /v x", MISSING)]
    #[case::powershell_key(
        r"reg query HKLM:\SYSTEM",
        "ERROR: Invalid key name.\nType \"REG QUERY /?\" for usage.\n"
    )]
    #[case::no_number(
        r"reg add HKCU\A /v x /t REG_DWORD /d yes /f",
        "ERROR: Invalid syntax. Specify valid numeric value for '/d'.\n\
         Type \"REG ADD /?\" for usage.\n"
    )]
    fn fails_as_reg_does(machine: Machine, #[case] line: &str, #[case] stderr: &str) {
        let output = machine.run(line).unwrap();
        assert_eq!((output.exit, output.stderr.as_str()), (1, stderr));
    }

    #[rstest]
    #[case::other_verb(r"reg export HKCU\A file.reg")]
    #[case::other_type(r"reg add HKCU\A /v x /t REG_BINARY /d 00 /f")]
    #[case::whole_key(r"reg delete HKCU\A /f")]
    #[case::asks(r"reg delete HKCU\A /v x")]
    #[case::other_hive(r"reg query HKCR\.txt")]
    #[case::view(r"reg query HKCU /reg:64")]
    #[case::no_key("reg query")]
    fn says_what_is_not_modelled(machine: Machine, #[case] line: &str) {
        let error = machine.run(line).unwrap_err();
        assert!(matches!(error, WindowsError::NotModelled { .. }), "{error}");
    }

    #[rstest]
    fn never_overwrites_without_being_told(machine: Machine) {
        machine.run(r"reg add HKCU\A /v x /d 1").unwrap();
        assert!(machine.run(r"reg add HKCU\A /v x /d 2").is_err());
        assert_eq!(machine.registry.get(&KeyPath::user("A"), "x"), Some(Value::Sz("1".into())));
    }

    #[rstest]
    #[case::decimal("15", Some(15))]
    #[case::hex("0xF", Some(15))]
    #[case::largest("4294967295", Some(u32::MAX))]
    #[case::too_large("4294967296", None)]
    fn reads_numbers(#[case] text: &str, #[case] number: Option<u32>) {
        assert_eq!(dword(text), number);
    }
}
