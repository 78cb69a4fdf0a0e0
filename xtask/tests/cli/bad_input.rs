//! Bad input is exit 2: the file and line, what may stand there, and nothing started.

use std::path::Path;

use crate::support::{Catalogue, Run, machine};

/// Runs scenarios, sees that the input is refused, and that no process or thread was started.
#[track_caller]
fn refused(catalogue: Option<&Path>, arguments: &[&str]) -> Run {
    let mut command = machine::xtask_counted();
    command.arg("run-scenarios").args(arguments);
    if let Some(catalogue) = catalogue {
        command.arg("--scenarios").arg(catalogue);
    }
    Run::of(&mut command).exits(2).tells("next process 3\n")
}

/// An edit of a good scenario; the message must name the line that begins with `line`.
#[track_caller]
fn refused_edit((old, new): (&str, &str), line: &str, says: &str, instead: &str) {
    let catalogue = Catalogue::good().with(old, new);
    let place = format!("{}:{}:", catalogue.scenario().display(), catalogue.line_of(line));
    refused(Some(catalogue.path()), &[])
        .tells(&place)
        .tells(says)
        .tells(instead)
        .tells("nothing was started");
}

#[test]
fn an_unknown_field() {
    refused_edit(("title ", "titel "), "titel", "unknown field `titel`", "did you mean `title`?");
}

#[test]
fn an_unknown_tool_in_a_route() {
    let edit = ("windows -> wsl-ip curl", "windows -> wsl-ip crul");
    refused_edit(edit, "breaks", "unknown tool `crul`", "did you mean `curl`? one of ping, telnet");
}

#[test]
fn a_bad_listen_address() {
    let edit = ("listen  = \"tcp4 0.0.0.0:8080\"", "listen  = \"tcp4 0.0.0.0:80800\"");
    refused_edit(edit, "listen", "`80800` is not a port (1-65535)", "write `[NETWORK ]HOST:PORT`");
}

#[test]
fn a_fault_without_a_remedy() {
    let base = include_str!("../support/base.toml");
    let remedies = &base[base.find("[[remedy]]").unwrap()..base.find("[signature]").unwrap()];
    let says = "the fault scenario has no `[[remedy]]`";
    refused_edit((remedies, ""), "kind", says, "add a `[[remedy]]` with `name` and `steps`");
}

#[test]
fn two_remedies_of_one_name() {
    let edit = ("name  = \"article\"", "name  = \"tcp4\"");
    refused_edit(edit, "name", "two remedies are named `tcp4`", "the first on line 17");
}

#[test]
fn a_file_that_is_not_utf8() {
    let catalogue = Catalogue::good().with_bytes(b"schema = 1\ntitle = \"caf\xe9\"\n");
    let says = format!("{} is not UTF-8: see line 2", catalogue.scenario().display());
    refused(Some(catalogue.path()), &[]).tells(&says).tells("save it as UTF-8");
}

#[test]
fn a_file_of_ten_megabytes() {
    let catalogue = Catalogue::good().with_bytes(&vec![b'#'; 10_000_000]);
    let says = format!(
        "{} has 10000000 bytes; a scenario file has at most 1000000",
        catalogue.scenario().display()
    );
    refused(Some(catalogue.path()), &[]).tells(&says);
}

#[test]
fn a_scenario_that_there_is_not() {
    refused(None, &["lopback-bind"])
        .tells("there is no scenario `lopback-bind`")
        .tells("did you mean `loopback-bind`?");
}

#[test]
fn an_option_that_there_is_not() {
    refused(None, &["--job", "2"]).tells("unexpected argument '--job'").tells("'--jobs'");
}

#[test]
fn a_report_of_no_known_format() {
    refused(None, &["--report", "yaml=x"]).tells("there is no report `yaml`; write json=PATH");
}

#[test]
fn a_good_run_is_seen_to_start_processes() {
    if !machine::has(&["go"]) {
        return;
    }
    let catalogue = Catalogue::good();
    let mut command = machine::xtask_counted();
    command.args(["run-scenarios", "--no-install", "--scenarios"]).arg(catalogue.path());
    let run = Run::of(&mut command).exits(0).tells("next process ");
    assert!(!run.stderr.contains("next process 3\n"), "{run}");
}
