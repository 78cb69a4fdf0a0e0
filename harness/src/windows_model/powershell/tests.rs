//! PowerShell as a person at its prompt sees it.

use rstest::rstest;

use crate::{
    agent::protocol::Output,
    windows_model::{Windows, WindowsError, test_ground},
};

struct Machine {
    windows: Windows,
    filter: test_ground::Recorder,
    _dir: tempfile::TempDir,
}

impl Machine {
    async fn booted() -> Machine {
        let dir = tempfile::tempdir().unwrap();
        let filter = test_ground::Recorder::default();
        let windows = Windows::open(dir.path(), test_ground::recorded(&filter)).unwrap();
        windows.boot().await.unwrap();
        windows.relay_listens(vec!["[::1]:8080".parse().unwrap()]);
        Machine { windows, filter, _dir: dir }
    }

    async fn try_run(&self, script: &str) -> Result<Output, WindowsError> {
        let quoted = script.replace('"', "\\\"");
        self.windows.run(&format!("powershell -NoProfile -Command \"{quoted}\"")).await
    }

    async fn run(&self, script: &str) -> Output {
        self.try_run(script).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// What it prints, when it succeeds.
    async fn prints(&self, script: &str) -> String {
        let output = self.run(script).await;
        assert_eq!((output.exit, output.stderr.as_str()), (0, ""), "{script}");
        output.stdout
    }

    /// The first line of its error.
    async fn complains(&self, script: &str) -> String {
        let output = self.run(script).await;
        assert_eq!(output.exit, 1, "{script}: {output:?}");
        output.stderr.lines().next().unwrap_or_default().to_owned()
    }
}

#[tokio::test]
async fn the_articles_adapters() {
    let machine = Machine::booted().await;
    let script = r#"Get-NetAdapter | Where-Object {$_.Name -like "*WSL*"} | Select-Object Name, InterfaceDescription, Status"#;
    assert_eq!(
        machine.prints(script).await,
        "\nName            InterfaceDescription             Status\n\
         ----            --------------------             ------\n\
         vEthernet (WSL) Hyper-V Virtual Ethernet Adapter Up\n\n\n"
    );
}

#[tokio::test]
async fn the_articles_addresses() {
    let machine = Machine::booted().await;
    let pipeline = r#"Get-NetIPAddress -AddressFamily IPv4 -AddressState Preferred | Where-Object {$_.InterfaceAlias -like "vEthernet*"}"#;
    let printed = machine.prints(pipeline).await;
    assert!(printed.starts_with("\n\nIPAddress         : 172.28.16.1\n"), "{printed}");
    assert!(printed.contains("\nPrefixLength      : 20\n"), "{printed}");
    assert!(!printed.contains("192.168.50.10"), "{printed}");
    let address = machine.prints(&format!("({pipeline}).IPAddress")).await;
    assert_eq!(address, "172.28.16.1\n");
}

#[tokio::test]
async fn adapters_and_routes_in_the_tables_of_windows() {
    let machine = Machine::booted().await;
    assert_eq!(
        machine.prints("Get-NetAdapter -Name Ethernet").await,
        "\nName                      InterfaceDescription                    ifIndex Status       \
         MacAddress             LinkSpeed\n\
         ----                      --------------------                    ------- ------       \
         ----------             ---------\n\
         Ethernet                  Intel(R) Ethernet Connection                 11 Up           \
         00-15-5D-32-10-02         1 Gbps\n\n\n"
    );
    let routes = machine.prints("Get-NetRoute -DestinationPrefix 0.0.0.0/0").await;
    let rows: Vec<_> = routes.lines().nth(3).unwrap().split_whitespace().collect();
    assert_eq!(rows, ["11", "0.0.0.0/0", "192.168.50.1", "0", "25", "ActiveStore"]);
}

#[tokio::test]
async fn tells_who_listens() {
    let machine = Machine::booted().await;
    let owner = |port: u16| {
        let script =
            format!("(Get-NetTCPConnection -State Listen -LocalPort {port}).OwningProcess");
        let machine = &machine;
        async move { machine.prints(&script).await.trim().to_owned() }
    };
    let (proxy, relay) = (owner(8081).await, owner(8080).await);
    assert_ne!(proxy, relay);
    for (id, name) in [(&proxy, "svchost"), (&relay, "wslrelay")] {
        let printed = machine.prints(&format!("(Get-Process -Id {id}).ProcessName")).await;
        assert_eq!(printed.trim(), name);
    }
    let nested =
        "Get-Process -Id (Get-NetTCPConnection -State Listen -LocalPort 8081).OwningProcess";
    assert!(machine.prints(nested).await.contains("svchost"));
    let services =
        machine.windows.run(&format!("tasklist /svc /fi \"PID eq {proxy}\"")).await.unwrap();
    assert!(services.stdout.contains("svchost.exe") && services.stdout.contains("iphlpsvc"));
    let netstat = machine.windows.run("netstat -ano").await.unwrap().stdout;
    let line =
        format!("  TCP    {:<22} {:<22} LISTENING       {proxy}\n", "0.0.0.0:8081", "0.0.0.0:0");
    assert!(netstat.contains(&line), "{netstat}");
}

#[rstest]
#[case::nothing_on_the_port(
    "Get-NetTCPConnection -LocalPort 9",
    "Get-NetTCPConnection : No MSFT_NetTCPConnection objects found with property 'LocalPort' equal to '9'.  Verify the value of the property and retry."
)]
#[case::no_adapter(
    "Get-NetAdapter -Name Foo",
    "Get-NetAdapter : No MSFT_NetAdapter objects found with property 'Name' equal to 'Foo'.  Verify the value of the property and retry."
)]
#[case::no_rule(
    "Remove-NetFirewallRule -DisplayName Foo",
    "Remove-NetFirewallRule : No MSFT_NetFirewallRule objects found with property 'DisplayName' equal to 'Foo'.  Verify the value of the property and retry."
)]
#[case::unknown_parameter(
    "Get-NetAdapter -Foo bar",
    "Get-NetAdapter : A parameter cannot be found that matches parameter name 'Foo'."
)]
#[case::ambiguous_parameter(
    "New-NetFirewallRule -D x",
    "New-NetFirewallRule : Parameter cannot be processed because the parameter name 'D' is ambiguous. Possible matches include: -DisplayName -Description -Direction -DynamicTarget -DynamicTransport -Debug."
)]
#[case::missing_value(
    "New-NetFirewallRule -DisplayName",
    "New-NetFirewallRule : Missing an argument for parameter 'DisplayName'. Specify a parameter of type 'System.String' and try again."
)]
#[case::too_many(
    "Get-NetAdapter a b",
    "Get-NetAdapter : A positional parameter cannot be found that accepts argument 'b'."
)]
#[case::sc_is_set_content(
    "sc config iphlpsvc start= auto",
    "sc : A positional parameter cannot be found that accepts argument 'start='."
)]
#[case::grep(
    "wsl -- ip -4 addr show eth0 | grep inet",
    "grep : The term 'grep' is not recognized as the name of a cmdlet, function, script file, or operable program. Check the spelling of the name, or if a path was included, verify the path is correct and try again."
)]
#[case::not_a_word(
    "New-NetFirewallRule -DisplayName x -Action Permit",
    "New-NetFirewallRule : Cannot process argument transformation on parameter 'Action'. Cannot convert value \"Permit\" to type \"Microsoft.PowerShell.Cmdletization.GeneratedTypes.NetSecurity.Action\". Error: \"Unable to match the identifier name Permit to a valid enumerator name. Specify one of the following enumerator names and try again:"
)]
#[tokio::test]
async fn refuses_as_powershell_does(#[case] script: &str, #[case] first_line: &str) {
    // `wsl` is not among the programs of the model alone, and PowerShell looks names up in order.
    let script = script.replace("wsl -- ip -4 addr show eth0", "ipconfig");
    assert_eq!(Machine::booted().await.complains(&script).await, first_line);
}

#[tokio::test]
async fn an_error_points_at_its_place() {
    let output = Machine::booted().await.run("Get-NetAdapter -Foo bar").await;
    assert_eq!(
        output.stderr,
        "Get-NetAdapter : A parameter cannot be found that matches parameter name 'Foo'.\n\
         At line:1 char:16\n\
         + Get-NetAdapter -Foo bar\n\
         +                ~~~~\n    \
             + CategoryInfo          : InvalidArgument: (:) [Get-NetAdapter], ParameterBindingException\n    \
             + FullyQualifiedErrorId : NamedParameterNotFound,Get-NetAdapter\n \n"
    );
}

#[tokio::test]
async fn two_ampersands_are_no_operator_in_5_1() {
    let machine = Machine::booted().await;
    let output = machine.run("Stop-Service iphlpsvc && Get-Service iphlpsvc").await;
    assert_eq!((output.exit, output.stdout.as_str()), (1, ""));
    assert!(
        output.stderr.contains(
            "\nThe token '&&' is not a valid statement separator in this version.\n    \
             + CategoryInfo          : ParserError: (:) [], ParentContainsErrorRecordException\n"
        ),
        "{}",
        output.stderr
    );
    let state = machine.prints("(Get-Service iphlpsvc).Status").await;
    assert_eq!(state, "Running\n", "nothing of the script ran");
}

#[tokio::test]
async fn aliases_hide_programs() {
    let machine = Machine::booted().await;
    let printed = machine.prints("Get-Command curl").await;
    assert!(printed.contains("\nAlias           curl -> Invoke-WebRequest\n"), "{printed}");
    let error = machine.try_run("curl http://localhost:8080").await.unwrap_err().to_string();
    assert!(error.contains("Invoke-WebRequest"), "{error}");
    assert!(machine.prints("sc.exe query iphlpsvc").await.contains("RUNNING"));
}

#[tokio::test]
async fn services() {
    let machine = Machine::booted().await;
    assert_eq!(
        machine.prints("Get-Service iphlpsvc").await,
        "\nStatus   Name               DisplayName\n\
         ------   ----               -----------\n\
         Running  iphlpsvc           IP Helper\n\n\n"
    );
    machine
        .prints("Stop-Service -Name iphlpsvc -Force; Set-Service iphlpsvc -StartupType Disabled")
        .await;
    assert!(!machine.windows.portproxy().is_running().await);
    assert_eq!(
        machine.complains("Start-Service iphlpsvc").await,
        "Start-Service : Service 'IP Helper (iphlpsvc)' cannot be started due to the following \
         error: Cannot start service iphlpsvc on computer '.'."
    );
    machine.prints("Set-Service iphlpsvc -StartupType Automatic; Start-Service iphlpsvc").await;
    assert!(machine.windows.portproxy().is_running().await);
}

#[tokio::test]
async fn the_last_statement_decides_the_exit_code() {
    let machine = Machine::booted().await;
    let last_fails = machine.run("Get-Service iphlpsvc; Get-NetAdapter -Name Foo").await;
    assert_eq!(last_fails.exit, 1);
    let quiet = "Get-NetAdapter -Name Foo -ErrorAction SilentlyContinue";
    let output = machine.run(quiet).await;
    assert_eq!((output.exit, output.stderr.as_str()), (1, ""));
    let first_fails = machine.run(&format!("{quiet}; Get-Service iphlpsvc")).await;
    assert_eq!(first_fails.exit, 0);
    let program = machine.run("net start iphlpsvc").await;
    assert_eq!(program.exit, 1);
}

/// The article's own command of chapter 4.1 (ledger 4.1.3).
const ARTICLE: &str = r#"New-NetFirewallRule -DisplayName "Allow WSL2 HTTP (AppContainer)" -Direction Inbound -Protocol TCP -LocalPort 8080 -Action Allow -Profile Domain,Private -Program "%SystemRoot%\system32\wslhost.exe" -AppContainerNetworkAccess Enabled -AppContainerSid "S-1-15-3-1024-1065365936""#;

#[tokio::test]
async fn the_articles_rule_fails_at_its_invented_parameter() {
    let machine = Machine::booted().await;
    assert_eq!(
        machine.complains(ARTICLE).await,
        "New-NetFirewallRule : A parameter cannot be found that matches parameter name \
         'AppContainerNetworkAccess'."
    );
    assert_eq!(machine.windows.firewall().rules(), []);
    assert_eq!(machine.filter.lines(), [""; 0], "nothing was changed");
}

#[tokio::test]
async fn a_rule_comes_is_switched_and_goes() {
    let machine = Machine::booted().await;
    let accept = |lines: Vec<String>| {
        lines.into_iter().filter(|line| line.contains("dport 8080")).collect::<Vec<_>>()
    };
    let printed = machine
        .prints("New-NetFirewallRule -DisplayName 'WSL 8080' -Direction Inbound -Protocol TCP -LocalPort 8080 -Action Allow")
        .await;
    assert!(printed.contains("\nDisplayName                   : WSL 8080\n"), "{printed}");
    assert!(printed.contains("\nProfile                       : Any\n"), "{printed}");
    assert_eq!(
        accept(machine.filter.lines()),
        [
            "iifname vEthernet meta l4proto 6 th dport 8080 accept",
            "iifname Ethernet meta l4proto 6 th dport 8080 accept"
        ]
    );
    machine.prints("Set-NetFirewallRule -DisplayName 'WSL 8080' -Enabled False").await;
    assert_eq!(accept(machine.filter.lines()), [""; 0]);
    machine.prints("Set-NetFirewallRule -DisplayName 'WSL*' -Enabled True").await;
    assert_eq!(accept(machine.filter.lines()).len(), 2);
    machine.prints("Get-NetFirewallRule -DisplayName 'WSL 8080' | Remove-NetFirewallRule").await;
    assert_eq!(accept(machine.filter.lines()), [""; 0]);
    assert_eq!(machine.windows.firewall().rules(), []);
}

#[tokio::test]
async fn a_profile_is_switched_off() {
    let machine = Machine::booted().await;
    machine.prints("Set-NetFirewallProfile -Profile Public -Enabled False").await;
    assert!(machine.filter.lines().contains(&"iifname Ethernet accept".to_owned()));
    let printed = machine.prints("Get-NetFirewallProfile | ft Name,Enabled").await;
    let rows: Vec<_> = printed.lines().skip(3).take(3).map(str::trim_end).collect();
    assert_eq!(rows, ["Domain  True", "Private True", "Public  False"]);
}

#[rstest]
#[case::outbound(
    "New-NetFirewallRule -DisplayName x -Direction Outbound -Action Block",
    "outbound rule"
)]
#[case::parameter("New-NetFirewallRule -DisplayName x -Package y", "the parameter -Package")]
#[case::program("New-NetFirewallRule -DisplayName x -Program C:\\app.exe", "C:\\app.exe")]
#[case::protocol("New-NetFirewallRule -DisplayName x -Protocol ICMPv6", "protocol")]
#[case::cmdlet("Get-NetNeighbor", "`Get-NetNeighbor`")]
#[case::assignment("$ip = wsl hostname -I", "the variable `$ip`")]
#[case::interpolation("Get-NetAdapter -Name \"$name\"", "between quotes")]
#[case::operator("Get-NetAdapter | ? {$_.ifIndex -gt 3}", "a condition other than")]
#[case::program_in_a_pipeline("ipconfig | Select-Object Name", "`ipconfig` in a pipeline")]
#[case::all_rules_gone("Remove-NetFirewallRule", "names no rule")]
#[case::question("Remove-NetFirewallRule -DisplayName x -Confirm", "a question")]
#[case::service("Get-Service winnat", "a service other than iphlpsvc")]
#[tokio::test]
async fn says_what_is_not_modelled(#[case] script: &str, #[case] names: &str) {
    let error = Machine::booted().await.try_run(script).await.unwrap_err();
    assert!(matches!(error, WindowsError::NotModelled { .. }), "{error}");
    assert!(error.to_string().contains(names), "{error}");
}

#[rstest]
#[case::whole_words("powershell.exe -NoLogo -ExecutionPolicy Bypass -Command Get-Service iphlpsvc")]
#[case::short("powershell -nop -c \"Get-Service iphlpsvc\"")]
#[case::no_option("powershell Get-Service iphlpsvc")]
#[case::path(r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe -c gsv iphlpsvc")]
#[tokio::test]
async fn command_lines_of_powershell(#[case] line: &str) {
    let output = Machine::booted().await.windows.run(line).await.unwrap();
    assert!(output.stdout.contains("Running  iphlpsvc"), "{output:?}");
}

#[rstest]
#[case::nothing("powershell")]
#[case::file("powershell -File x.ps1")]
#[case::stdin("powershell -Command -")]
#[tokio::test]
async fn other_command_lines_are_not_modelled(#[case] line: &str) {
    let error = Machine::booted().await.windows.run(line).await.unwrap_err();
    assert!(matches!(error, WindowsError::NotModelled { .. }), "{error}");
}
