use std::path::Path;

use rstest::rstest;

use crate::scenario::{Action, Plan, ServiceChange, ServiceState, ServiceUser, file};

const HEAD: &str = "schema = 1\nkind = 'survey'\ntitle = 't'\ncause = 'dns'\nsources = ['s']\n\
                    summary = 's'\nservice = { listen = ':8080', args = ['-v'] }\n[[case]]\n\
                    name = 'a'\n";

fn read(step: &str) -> Result<(ServiceChange, i32), String> {
    read_on("wsl", step)
}

fn read_on(node: &str, step: &str) -> Result<(ServiceChange, i32), String> {
    let text = format!("{HEAD}steps = [{{ on = '{node}', {step} }}]\n");
    let scenario = file::parse(Path::new("scenarios/demo"), &text)
        .map_err(|errors| errors.iter().map(|it| it.plain()).collect::<Vec<_>>().join("\n"))?;
    assert_eq!(scenario.service.unwrap().args, ["-v"]);
    let Plan::Survey { cases } = scenario.plan else { panic!("a survey") };
    let step = cases.into_iter().next().unwrap().steps.remove(0);
    let Action::Service(change) = step.action else { panic!("a service step") };
    Ok((change, step.exit))
}

#[test]
fn a_second_service_with_arguments_that_ends() {
    let step = "exit = 1, service = { name = 'second', program = 'other-http', \
                listen = '127.0.0.1:80', args = ['--status', '404'], state = 'ends' }";
    let (change, exit) = read(step).unwrap();
    assert_eq!((change.name.as_deref(), change.state), (Some("second"), ServiceState::Ends));
    assert_eq!(change.args.unwrap(), ["--status", "404"]);
    assert_eq!(exit, 1);
}

#[test]
fn what_is_not_named_is_not_changed() {
    let (change, exit) = read("service = {}").unwrap();
    assert_eq!((change.name, change.args, change.state), (None, None, ServiceState::Restart));
    assert_eq!(change.user, None);
    assert_eq!(exit, 0);
}

#[test]
fn another_user() {
    let (change, _) = read("service = { user = 'dev' }").unwrap();
    assert_eq!(change.user, Some(ServiceUser::Second));
    let elsewhere = read_on("lan", "service = { user = 'dev' }").unwrap_err();
    assert!(elsewhere.contains("only the services of wsl have a `user`"), "{elsewhere}");
}

#[rstest]
#[case::name("service = { name = 'A b' }", "bad service name `A b`")]
#[case::state("service = { state = 'end' }", "unknown service state `end`")]
#[case::args(
    "service = { state = 'stop', args = [] }",
    "none of `listen`, `program`, `args`, `user`"
)]
#[case::stopped_user("service = { state = 'stop', user = 'dev' }", "none of `listen`")]
#[case::user("service = { user = 'anna' }", "unknown user `anna`")]
#[case::exit("exit = 1, service = { state = 'restart' }", "this step has no exit code")]
#[case::text("service = { args = '-v' }", "")]
fn a_bad_one(#[case] step: &str, #[case] says: &str) {
    let errors = read(step).unwrap_err();
    assert!(errors.contains(says), "{errors}");
}
