//! `netsh advfirewall` as a person at its prompt sees it.

use rstest::rstest;

use crate::{
    agent::protocol::Output,
    windows_model::{Windows, WindowsError, failed, succeeded, test_ground},
};

struct Machine {
    windows: Windows,
    filter: test_ground::Recorder,
    _dir: tempfile::TempDir,
}

impl Machine {
    fn new() -> Machine {
        let dir = tempfile::tempdir().unwrap();
        let filter = test_ground::Recorder::default();
        let windows = Windows::open(dir.path(), test_ground::recorded(&filter)).unwrap();
        Machine { windows, filter, _dir: dir }
    }

    async fn run(&self, command: &str) -> Output {
        self.windows.run(&format!("netsh advfirewall {command}")).await.unwrap()
    }

    fn opens(&self, line: &str) -> bool {
        self.filter.lines().iter().any(|known| known == line)
    }
}

const ADD: &str =
    "firewall add rule name=\"WSL 8080\" dir=in action=allow protocol=TCP localport=8080";
const OPEN: &str = "iifname Ethernet meta l4proto 6 th dport 8080 accept";

#[tokio::test]
async fn a_rule_comes_is_shown_is_switched_and_goes() {
    let machine = Machine::new();
    assert_eq!(machine.run(ADD).await, succeeded("Ok.\n\n"));
    assert!(machine.opens(OPEN));
    assert_eq!(
        machine.run("firewall show rule name=\"WSL 8080\"").await,
        succeeded(
            "\nRule Name:                            WSL 8080\n\
             ----------------------------------------------------------------------\n\
             Enabled:                              Yes\n\
             Direction:                            In\n\
             Profiles:                             Domain,Private,Public\n\
             Grouping:                             \n\
             LocalIP:                              Any\n\
             RemoteIP:                             Any\n\
             Protocol:                             TCP\n\
             LocalPort:                            8080\n\
             RemotePort:                           Any\n\
             Edge traversal:                       No\n\
             Action:                               Allow\n\
             Ok.\n\n"
        )
    );
    let off = "firewall set rule name=\"WSL 8080\" new enable=no";
    assert_eq!(machine.run(off).await, succeeded("\nUpdated 1 rule(s).\nOk.\n\n"));
    assert!(!machine.opens(OPEN));
    machine.run(ADD).await;
    assert_eq!(machine.windows.firewall().rules().len(), 2, "the same name twice is two rules");
    let delete = "firewall delete rule name=\"WSL 8080\"";
    assert_eq!(machine.run(delete).await, succeeded("\nDeleted 2 rule(s).\nOk.\n\n"));
    assert!(!machine.opens(OPEN));
    let nothing = failed(1, "\nNo rules match the specified criteria.\n\n");
    assert_eq!(machine.run(delete).await, nothing);
    assert_eq!(machine.run("firewall show rule name=all").await, nothing);
}

#[tokio::test]
async fn ping_is_a_rule_of_its_own() {
    let machine = Machine::new();
    machine.run("firewall add rule name=ping dir=in action=allow protocol=icmpv4:8,any").await;
    assert!(machine.opens("iifname vEthernet meta l4proto 1 icmp type 8 accept"));
    let shown = machine.run("firewall show rule name=ping").await.stdout;
    assert!(shown.contains("Type    Code\n                                      8       Any\n"));
}

#[tokio::test]
async fn profiles_are_switched() {
    let machine = Machine::new();
    assert_eq!(machine.run("set allprofiles state off").await, succeeded("Ok.\n\n"));
    assert!(machine.opens("iifname Ethernet accept"));
    assert_eq!(
        machine.run("show publicprofile state").await,
        succeeded(
            "\nPublic Profile Settings: \n\
             ----------------------------------------------------------------------\n\
             State                                 OFF\nOk.\n\n"
        )
    );
    machine.run("set publicprofile state on").await;
    assert!(!machine.opens("iifname Ethernet accept"));
    machine.run("set publicprofile firewallpolicy allowinbound,allowoutbound").await;
    assert!(machine.opens("iifname Ethernet accept"));
}

#[rstest]
#[case::no_direction("firewall add rule name=x action=allow", "One or more essential parameters")]
#[case::unknown_tag(
    "firewall add rule name=x dir=in action=allow port=80",
    "'port' is not a valid"
)]
#[case::bad_direction("firewall add rule name=x dir=up action=allow", "The syntax supplied")]
#[case::no_tag("firewall add rule x in allow", "The syntax supplied")]
#[case::all("firewall add rule name=all dir=in action=allow", "")]
#[case::bad_state("set allprofiles state maybe", "The syntax supplied")]
#[case::unknown_command("open 8080", "The following command was not found: advfirewall open 8080.")]
#[tokio::test]
async fn refuses_as_netsh_does(#[case] command: &str, #[case] says: &str) {
    let machine = Machine::new();
    let output = machine.run(command).await;
    assert_eq!(output.exit, 1);
    assert!(output.stdout.lines().next().unwrap().starts_with(says), "{}", output.stdout);
    assert_eq!(machine.windows.firewall().rules(), []);
    assert!(machine.filter.lines().is_empty());
}

#[rstest]
#[case::outbound("firewall add rule name=x dir=out action=block")]
#[case::service("firewall add rule name=x dir=in action=allow service=iphlpsvc")]
#[case::program("firewall add rule name=x dir=in action=allow program=C:\\app.exe")]
#[case::ports_of_nothing("firewall add rule name=x dir=in action=allow localport=80")]
#[case::bypass("firewall add rule name=x dir=in action=bypass")]
#[case::old_policy("set allprofiles firewallpolicy blockinboundalways,allowoutbound")]
#[case::reset("reset")]
#[tokio::test]
async fn says_what_is_not_modelled(#[case] command: &str) {
    let machine = Machine::new();
    let error = machine.windows.run(&format!("netsh advfirewall {command}")).await.unwrap_err();
    assert!(matches!(error, WindowsError::NotModelled { .. }), "{error}");
    assert_eq!(machine.windows.firewall().rules(), []);
}
