//! The machine as a person at its prompt sees it.

use std::net::{SocketAddr, TcpListener, TcpStream};

use rstest::rstest;

use super::*;

struct Machine {
    windows: Windows,
    dir: tempfile::TempDir,
}

impl Machine {
    async fn booted() -> Machine {
        let dir = tempfile::tempdir().unwrap();
        let windows = Windows::open(dir.path(), test_ground::still()).unwrap();
        windows.boot().await.unwrap();
        Machine { windows, dir }
    }

    async fn run(&self, line: &str) -> Output {
        self.windows.run(line).await.unwrap()
    }

    async fn runs_well(&self, line: &str) {
        assert_eq!(self.run(line).await, succeeded("\n"), "{line}");
    }

    async fn rules(&self) -> Vec<String> {
        let output = self.run("netsh interface portproxy dump").await;
        let rules = output.stdout.lines().filter(|line| line.starts_with("add "));
        rules.map(str::to_owned).collect()
    }
}

/// A loopback port that was free a moment ago.
fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// What is stored is told by `dump`; the listeners of these rules are of no account.
#[rstest]
#[case::article(
    "add v4tov4 listenport=8080 listenaddress=0.0.0.0 connectport=3000 connectaddress=172.28.16.3",
    "add v4tov4 listenport=8080 connectaddress=172.28.16.3 connectport=3000 listenaddress=0.0.0.0"
)]
#[case::connect_port_is_listen_port(
    "add v4tov4 listenport=8080 connectaddress=172.28.16.3",
    "add v4tov4 listenport=8080 connectaddress=172.28.16.3 connectport=8080"
)]
#[case::positional(
    "add v4tov4 8080 172.28.16.3 3000 127.0.0.1 tcp",
    "add v4tov4 listenport=8080 connectaddress=172.28.16.3 connectport=3000 listenaddress=127.0.0.1"
)]
#[case::protocol(
    "add v4tov4 listenport=8080 connectaddress=172.28.16.3 protocol=TCP",
    "add v4tov4 listenport=8080 connectaddress=172.28.16.3 connectport=8080"
)]
#[case::set_makes_a_rule_too(
    "set v6tov6 listenport=8080 listenaddress=::1 connectaddress=fe80::1",
    "add v6tov6 listenport=8080 connectaddress=fe80::1 connectport=8080 listenaddress=::1"
)]
#[case::between_families_the_local_computer(
    "add v4tov6 listenport=8080",
    "add v4tov6 listenport=8080 connectaddress=localhost connectport=8080"
)]
#[case::trailing_blank(
    "add v4tov4 listenport=8080 \"connectaddress=172.28.16.3 \"",
    "add v4tov4 listenport=8080 connectaddress=172.28.16.3  connectport=8080"
)]
#[tokio::test]
async fn stores_rules(#[case] command: &str, #[case] stored: &str) {
    let machine = Machine::booted().await;
    machine.run("net stop iphlpsvc").await;
    machine.runs_well(&format!("netsh interface portproxy {command}")).await;
    assert_eq!(machine.rules().await, [stored]);
}

#[rstest]
#[case::no_listen_port(
    "add v4tov4 connectaddress=1.2.3.4",
    "One or more essential parameters were not entered."
)]
#[case::no_connect_address(
    "add v4tov4 listenport=80",
    "One or more essential parameters were not entered."
)]
#[case::delete_without_port("delete v4tov4", "One or more essential parameters were not entered.")]
#[case::unknown_tag(
    "add v4tov4 listenport=80 connectadress=1.2.3.4",
    "'connectadress' is not a valid argument for this command."
)]
#[case::port_zero("add v4tov4 0 1.2.3.4", "The parameter is incorrect.")]
#[case::port_too_large("add v4tov4 65536 1.2.3.4", "The parameter is incorrect.")]
#[case::port_range("add v4tov4 8000-8010 1.2.3.4", "The parameter is incorrect.")]
#[case::wrong_family("add v4tov4 80 ::1", "The parameter is incorrect.")]
#[case::wrong_listen_family("add v6tov4 80 1.2.3.4 80 127.0.0.1", "The parameter is incorrect.")]
#[case::empty_address("add v4tov4 80 connectaddress=", "The parameter is incorrect.")]
#[case::udp("add v4tov4 80 1.2.3.4 80 * udp", "udp is not an acceptable value for protocol.")]
#[case::missing_rule("delete v4tov4 80", "The system cannot find the file specified.")]
#[case::unknown_command("list", "The following command was not found: interface portproxy list.")]
#[case::unknown_table(
    "add v4tov5 80 1.2.3.4",
    "The following command was not found: interface portproxy add v4tov5 80 1.2.3.4."
)]
#[tokio::test]
async fn refuses_as_netsh_does(#[case] command: &str, #[case] first_line: &str) {
    let machine = Machine::booted().await;
    let output = machine.run(&format!("netsh interface portproxy {command}")).await;
    assert_eq!((output.exit, output.stdout.lines().next()), (1, Some(first_line)));
    assert_eq!(machine.rules().await, [""; 0]);
}

#[tokio::test]
async fn shows_rules_in_the_layout_of_netsh() {
    let machine = Machine::booted().await;
    machine.run("sc stop iphlpsvc").await;
    assert_eq!(machine.run("netsh interface portproxy show all").await, succeeded("\n"));
    for rule in [
        "v4tov4 listenport=8080 connectaddress=172.28.16.3",
        "v4tov4 listenport=81 listenaddress=0.0.0.0 connectaddress=192.168.198.200 connectport=80",
        "v6tov4 listenport=9090 listenaddress=::1 connectaddress=172.28.16.3",
    ] {
        machine.runs_well(&format!("netsh int port add {rule}")).await;
    }
    let table = |title: &str, rows: &str| {
        format!(
            "{title}\n\nAddress         Port        Address         Port\n\
             --------------- ----------  --------------- ----------\n{rows}\n"
        )
    };
    let v4 = table(
        "Listen on ipv4:             Connect to ipv4:",
        "*               8080        172.28.16.3     8080\n\
         0.0.0.0         81          192.168.198.200 80\n",
    );
    let v6 = table(
        "Listen on ipv6:             Connect to ipv4:",
        "::1             9090        172.28.16.3     9090\n",
    );
    let shown = machine.run("netsh interface portproxy show all").await.stdout;
    assert_eq!(shown, format!("\n{v4}{v6}"));
    let shown = machine.run("netsh interface portproxy show v4tov4").await.stdout;
    assert_eq!(shown, format!("\n{v4}"));
}

#[tokio::test]
async fn deletes_and_resets() {
    let machine = Machine::booted().await;
    machine.run("sc stop iphlpsvc").await;
    for rule in ["80 1.2.3.4", "81 1.2.3.4", "81 1.2.3.4 81 127.0.0.1"] {
        machine.runs_well(&format!("netsh interface portproxy add v4tov4 {rule}")).await;
    }
    machine.runs_well("netsh interface portproxy delete v4tov4 listenport=81").await;
    let left = machine.rules().await;
    assert_eq!(left.len(), 2, "the rule of another address stays: {left:?}");
    machine.runs_well("netsh interface portproxy reset").await;
    assert_eq!(machine.rules().await, [""; 0]);
}

#[tokio::test]
async fn a_rule_is_in_force_when_netsh_returns_and_outlives_the_machine() {
    let machine = Machine::booted().await;
    let listen = free();
    let rule = format!("listenport={} listenaddress=127.0.0.1", listen.port());
    machine
        .runs_well(&format!("netsh interface portproxy add v4tov4 {rule} connectaddress=127.0.0.1"))
        .await;
    TcpStream::connect(listen).unwrap();
    let Machine { windows, dir } = machine;
    windows.run("net stop iphlpsvc").await.unwrap();
    drop(windows);
    assert!(TcpStream::connect(listen).is_err());

    let again = Windows::open(dir.path(), test_ground::still()).unwrap();
    again.boot().await.unwrap();
    TcpStream::connect(listen).unwrap();
    again.run(&format!("netsh interface portproxy delete v4tov4 {rule}")).await.unwrap();
    assert!(TcpStream::connect(listen).is_err());
}

#[tokio::test]
async fn the_registry_alone_moves_no_listener() {
    let machine = Machine::booted().await;
    let listen = free();
    let key = r"HKLM\SYSTEM\CurrentControlSet\Services\PortProxy\v4tov4\tcp";
    machine
        .run(&format!("reg add {key} /v {}/{} /d 127.0.0.1/9 /f", listen.ip(), listen.port()))
        .await;
    assert_eq!(machine.rules().await.len(), 1, "netsh lists it");
    assert!(TcpStream::connect(listen).is_err());
    machine.run("net stop iphlpsvc").await;
    machine.run("net start iphlpsvc").await;
    TcpStream::connect(listen).unwrap();
}

#[tokio::test]
async fn sc_and_net_control_ip_helper() {
    let machine = Machine::booted().await;
    let said = |output: Output| (output.exit, output.stdout + &output.stderr);
    let steps = [
        ("sc.exe query iphlpsvc", 0, "STATE              : 4  RUNNING"),
        ("sc start iphlpsvc", 1056, "[SC] StartService FAILED 1056:"),
        ("net start iphlpsvc", 2, "The requested service has already been started."),
        ("net stop \"IP Helper\"", 0, "The IP Helper service was stopped successfully."),
        ("net stop iphlpsvc", 2, "The IP Helper service is not started."),
        ("sc stop iphlpsvc", 1062, "[SC] ControlService FAILED 1062:"),
        ("sc query iphlpsvc", 0, "STATE              : 1  STOPPED"),
        ("sc config iphlpsvc start= disabled", 0, "[SC] ChangeServiceConfig SUCCESS"),
        ("sc start iphlpsvc", 1058, "[SC] StartService FAILED 1058:"),
        ("net start iphlpsvc", 2, "System error 1058 has occurred."),
        ("sc config iphlpsvc start=auto", 0, "[SC] ChangeServiceConfig SUCCESS"),
        ("sc start IpHlpSvc", 0, "STATE              : 2  START_PENDING"),
        ("sc stop iphlpsvc", 0, "STATE              : 3  STOP_PENDING"),
        ("net start iphlpsvc", 0, "The IP Helper service was started successfully."),
    ];
    for (line, exit, says) in steps {
        let (code, text) = said(machine.run(line).await);
        assert_eq!(code, exit, "{line}: {text}");
        assert!(text.contains(says), "{line}: {text}");
    }
}

#[tokio::test]
async fn the_relay_is_ended_once_for_its_virtual_machine() {
    let machine = Machine::booted().await;
    let tasks = "tasklist /svc /fi \"IMAGENAME eq wslrelay.exe\"";
    let kill = "taskkill.exe /F /IM wslrelay.exe";
    let gone = "INFO: No tasks are running which match the specified criteria.\n";
    assert_eq!(machine.run(tasks).await.stdout, gone);
    for kill in [kill, "taskkill /PID 8124 /F"] {
        machine.windows.relay_starts();
        assert!(machine.run(tasks).await.stdout.contains("\nwslrelay.exe"));
        let ended = machine.run(kill).await;
        assert_eq!(ended.exit, 0);
        assert!(ended.stdout.starts_with("SUCCESS: The process "), "{}", ended.stdout);
        assert_eq!(machine.run(tasks).await.stdout, gone);
    }
    let again = machine.run(kill).await;
    assert_eq!((again.exit, again.stdout.as_str()), (128, ""));
    assert_eq!(again.stderr, "ERROR: The process \"wslrelay.exe\" not found.\n");
}

#[rstest]
#[case::program("nslookup wsl", "the program `nslookup`")]
#[case::ipconfig("ipconfig /flushdns", "`ipconfig /flushdns`")]
#[case::netstat("netstat -r", "`netstat -r`")]
#[case::tasklist("tasklist", "`tasklist `")]
#[case::other_image(
    "tasklist /svc /fi \"IMAGENAME eq a.exe\"",
    "`tasklist /svc /fi IMAGENAME eq a.exe`"
)]
#[case::other_process("taskkill /f /im explorer.exe", "`taskkill /f /im explorer.exe`")]
#[case::by_request("taskkill /im wslrelay.exe", "`taskkill /im wslrelay.exe`")]
#[case::netsh_context("netsh interface ipv4 show neighbors", "`netsh interface ipv4 ")]
#[case::netsh_alias("netsh int ip reset", "`netsh int ip reset`")]
#[case::netsh_help("netsh interface portproxy show", "`netsh interface portproxy show`")]
#[case::netsh_option("netsh -f script.txt", "`netsh -f script.txt`")]
#[case::service_name("netsh int portproxy add v4tov4 http 1.2.3.4", "`netsh int portproxy add")]
#[case::other_service("sc query winnat", "`sc query winnat`")]
#[case::other_service_of_net("net stop winnat", "`net stop winnat`")]
#[case::other_start_type("sc config iphlpsvc start= boot", "`sc config iphlpsvc start= boot`")]
#[case::net_use("net use X: \\\\host\\share", "`net use ")]
#[tokio::test]
async fn says_what_is_not_modelled(#[case] line: &str, #[case] names: &str) {
    let machine = Machine::booted().await;
    let error = machine.windows.run(line).await.unwrap_err();
    assert!(matches!(error, WindowsError::NotModelled { .. }), "{error}");
    assert!(error.to_string().starts_with(names), "{error}");
}

#[rstest]
#[case::context("netsh foo bar", "The following command was not found: foo bar.")]
#[case::sub("netsh interface foo", "The following command was not found: interface foo.")]
#[tokio::test]
async fn netsh_knows_what_it_has(#[case] line: &str, #[case] first_line: &str) {
    let output = Machine::booted().await.run(line).await;
    assert_eq!((output.exit, output.stdout.lines().next()), (1, Some(first_line)));
}

#[tokio::test]
async fn several_commands_run_at_once() {
    let machine = Machine::booted().await;
    machine.run("net stop iphlpsvc").await;
    let windows = Arc::new(machine.windows);
    let mut commands = tokio::task::JoinSet::new();
    for port in 1..=50 {
        let windows = Arc::clone(&windows);
        commands.spawn(async move {
            windows.run(&format!("netsh interface portproxy add v4tov4 {port} 1.2.3.4")).await
        });
    }
    while let Some(done) = commands.join_next().await {
        assert_eq!(done.unwrap().unwrap().exit, 0);
    }
    let again = Registry::open(machine.dir.path()).unwrap();
    assert_eq!(portproxy::Rule::all(&again).len(), 50);
}
