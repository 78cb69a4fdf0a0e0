//! Nothing here installs anything: the guard runs harmless commands under a `policy-rc.d` of the
//! test's own.

use std::{fs, path::PathBuf};

use rstest::rstest;

use super::*;
use crate::doctor::{
    check::{Finding, State},
    platform::{OsRelease, Platform},
};

/// A directory for a policy-rc.d, and what a guard made of a command.
struct Bench {
    temp: tempfile::TempDir,
    policy: PathBuf,
}

impl Bench {
    fn new() -> Bench {
        let temp = tempfile::tempdir().unwrap();
        let policy = temp.path().join("policy-rc.d");
        Bench { temp, policy }
    }

    fn run(&self, unit: &str, script: &str) -> (Result<(), InstallError>, Vec<String>) {
        let policy = self.policy.display().to_string();
        let command = ["sh", "-c", script, "sh", &policy].map(str::to_owned);
        let mut said = Vec::new();
        let guard = Guard { policy: &policy, unit };
        let result = run(&command, &guard, &mut |line| said.push(line.to_owned()));
        (result, said)
    }
}

/// Whether this process was started with the signal ignored, as by nohup(1): a shell cannot trap it
/// then, and its sender has no way to end the guard.
fn is_ignored(signal: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap();
    u64::from_str_radix(mask.trim(), 16).unwrap() >> (signal - 1) & 1 == 1
}

#[rstest]
#[case::success("", 0)]
#[case::failure("exit 100", 100)]
#[case::ctrl_c("kill -INT $PPID", 130)]
#[case::terminated("kill -TERM $PPID", 143)]
#[case::terminal_closed("kill -HUP $PPID", 129)]
fn services_are_forbidden_meanwhile_and_only_then(#[case] end: &str, #[case] code: i32) {
    if code > 128 && is_ignored(code - 128) {
        return;
    }
    let bench = Bench::new();
    let (result, said) = bench.run("", &format!("\"$1\" firewalld start; echo asked: $?; {end}"));
    assert!(said.contains(&"asked: 101".to_owned()), "{said:?}");
    assert!(!bench.policy.exists(), "the policy is gone");
    match result {
        Ok(()) => assert_eq!(code, 0),
        Err(InstallError::Failed { status, last, .. }) => {
            assert_eq!(status.code(), Some(code));
            assert_eq!(last, "asked: 101");
        }
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn a_policy_that_is_there_stays_as_it_is() {
    let bench = Bench::new();
    fs::write(&bench.policy, "#!/bin/sh\nexit 104\n").unwrap();
    let (result, said) = bench.run("", "cat \"$1\"");
    result.unwrap();
    assert!(said.contains(&"exit 104".to_owned()), "{said:?}");
    assert_eq!(fs::read_to_string(&bench.policy).unwrap(), "#!/bin/sh\nexit 104\n");
}

#[test]
fn what_a_killed_guard_left_is_removed_by_the_next() {
    let bench = Bench::new();
    bench.run("", "cp -p \"$1\" \"$1.kept\"").0.unwrap();
    fs::rename(bench.temp.path().join("policy-rc.d.kept"), &bench.policy).unwrap();
    bench.run("", "\"$1\"; test $? = 101").0.unwrap();
    assert!(!bench.policy.exists());
}

#[rstest]
#[case::success("exit 0")]
#[case::failure("exit 1")]
fn a_new_service_is_disabled_also_when_the_install_fails(#[case] end: &str) {
    let bench = Bench::new();
    // A systemctl of the test's own, put in front of PATH on the way to the guard.
    let log = bench.temp.path().join("log");
    let systemctl = bench.temp.path().join("systemctl");
    fs::write(&systemctl, format!("#!/bin/sh\necho \"$*\" >>'{}'\n", log.display())).unwrap();
    let path = format!("PATH={}:/usr/bin:/bin", bench.temp.path().display());
    let guard = Guard { policy: "", unit: "firewalld" };
    let command = ["sh", "-c", end].map(str::to_owned);
    let argv = [&["chmod", "755"].map(str::to_owned)[..], &[systemctl.display().to_string()]];
    stream(&argv.concat(), &mut |_| {}).unwrap();

    let argv = [&["env".to_owned(), path][..], &guard.wrap(&command)].concat();
    stream(&argv, &mut |_| {}).unwrap();

    let logged = fs::read_to_string(&log).unwrap();
    assert!(logged.starts_with("disable ") && logged.ends_with("firewalld\n"), "{logged}");
}

#[test]
fn the_guard_is_behind_sudo_and_before_the_command() {
    let guard = Guard { policy: POLICY, unit: "firewalld" };
    let command = ["sudo", "-n", "apt-get", "update"].map(str::to_owned);
    let wrapped = guard.wrap(&command);
    let words: Vec<&str> = wrapped.iter().map(String::as_str).collect();
    let expected =
        ["sudo", "-n", "sh", "-c", GUARD, "guard", POLICY, "firewalld", "apt-get", "update"];
    assert_eq!(words, expected);
}

#[rstest]
#[case::firewalld_on_debian(Family::Debian, Id::Firewalld, POLICY, "firewalld")]
#[case::curl_on_ubuntu(Family::Ubuntu, Id::Curl, POLICY, "")]
#[case::firewalld_on_fedora(Family::Fedora, Id::Firewalld, "", "firewalld")]
fn what_is_guarded(
    #[case] family: Family,
    #[case] id: Id,
    #[case] policy: &str,
    #[case] unit: &str,
) {
    assert_eq!(Guard::of(family, &[id.requirement()]), Guard { policy, unit });
}

fn report(os_release: &str, privilege: Privilege, missing: &[Id]) -> DoctorReport {
    let state = State::Missing { reason: String::new(), remedy: String::new() };
    let findings = missing
        .iter()
        .map(|id| Finding { requirement: id.requirement(), state: state.clone() })
        .collect();
    DoctorReport {
        platform: Platform { release: OsRelease::parse(os_release), privilege },
        findings,
    }
}

#[rstest]
#[case::ordinary_user("ID=debian", Privilege::None, "type `sudo apt-get update && ")]
#[case::other_distribution("ID=arch", Privilege::Root, "for arch; install curl yourself")]
fn refuses_before_it_runs_anything(
    #[case] os_release: &str,
    #[case] privilege: Privilege,
    #[case] says: &str,
) {
    let report = report(os_release, privilege, &[Id::Curl]);
    let mut said = Vec::new();
    let error = install(&report, [Id::Curl], &mut |line| said.push(line.to_owned())).unwrap_err();
    assert!(error.to_string().contains(says), "{error}");
    assert_eq!(said, Vec::<String>::new());
}

#[test]
fn what_is_not_a_package_is_left_alone() {
    let report = report("ID=debian", Privilege::Root, &[Id::UserNamespaces]);
    install(&report, [Id::UserNamespaces], &mut |line| panic!("{line}")).unwrap();
}
