use super::super::testing::facts;
use crate::evidence::fact::{Firewall, Kind};

fn shown(text: &str) -> Vec<String> {
    let show = |kind| match kind {
        Kind::Firewall(Firewall::Profile(it)) => Some(format!(
            "{}{} on {:?} in {:?} out {:?} lo {:?}",
            if it.hyper_v { "hyper-v " } else { "" },
            it.name,
            it.enabled,
            it.inbound,
            it.outbound,
            it.loopback
        )),
        Kind::Firewall(Firewall::Rule(it)) => {
            let ports: Vec<String> =
                it.ports.iter().map(|it| format!("{}-{}", it.0.start(), it.0.end())).collect();
            let direction = it.inbound.map_or("?", |inbound| if inbound { "in" } else { "out" });
            let mark = if it.hyper_v { "hyper-v " } else { "" };
            let on = if it.enabled { "" } else { " off" };
            let (name, verdict, proto) = (it.name, it.verdict, it.proto);
            let ports = ports.join(",");
            Some(format!("{mark}{name} {direction} {verdict:?} {proto:?} {ports}{on}"))
        }
        Kind::Firewall(Firewall::Logged { by, proto, port }) => {
            Some(format!("{} {proto:?} {port:?}", by.unwrap_or_default()))
        }
        _ => None,
    };
    facts(text).into_iter().filter_map(|fact| show(fact.kind)).collect()
}

#[test]
fn hyper_v() {
    let text = "```\nPS> Get-NetFirewallHyperVVMSetting -PolicyStore ActiveStore\n\
        Name                  : {40E0AC32-46A5-438A-A0B2-2B479E8F2E90}\nEnabled               : True\n\
        DefaultInboundAction  : Block\nDefaultOutboundAction : Allow\n\
        LoopbackEnabled       : False\nAllowHostPolicyMerge  : True\n```\n";
    let expected = ["hyper-v {40E0AC32-46A5-438A-A0B2-2B479E8F2E90} on Some(true) \
                     in Some(Block) out Some(Allow) lo Some(false)"];
    assert_eq!(shown(text), expected);
    let text = "```\nPS> Get-NetFirewallHyperVRule -DisplayName WSL\n\nName : a\nDisplayName : WSL\n\
        Direction : Inbound\nVMCreatorId : {40E0}\nProtocol : TCP\nLocalPorts : {8080}\n\
        Action : Allow\nEnabled : False\n```\n";
    assert_eq!(shown(text), ["hyper-v WSL in Allow Some(Tcp) 8080-8080 off"]);
}

#[test]
fn profiles() {
    let text = "```\nPS> Get-NetFirewallProfile | ft Name, Enabled\n\nName    Enabled\n\
                ----    -------\nDomain     True\nPublic    False\n```\n";
    let expected = [
        "Domain on Some(true) in None out None lo None",
        "Public on Some(false) in None out None lo None",
    ];
    assert_eq!(shown(text), expected);
    for (head, state, on) in [
        ("Domain Profile Settings:", "State", "ON"),
        ("Dom\u{fffd}nenprofil-Einstellungen:", "Status", "EIN"),
        ("域配置文件 设置:", "状态", "启用"),
    ] {
        let text = format!(
            "```\nC:\\> netsh advfirewall show allprofiles\n\n{head}\n-----------------\n\
             {state}                     {on}\n\
             Firewall Policy             BlockInbound,AllowOutbound\n```\n"
        );
        let expected = ["Domain on Some(true) in Some(Block) out Some(Allow) lo None"];
        assert_eq!(shown(&text), expected, "{head}");
    }
}

#[test]
fn rules_of_netsh() {
    for [name, yes, direction, any, action] in [
        ["Rule Name", "Yes", "In", "Any", "Block"],
        ["Regelname", "Ja", "Eingehend", "Beliebig", "Blocken"],
        ["规则名称", "是", "入", "任何", "阻止"],
    ] {
        let text = format!(
            "```\nC:\\> netsh advfirewall firewall show rule name=all\n\n{name}:    my rule\n\
             ----------------------------------\nA:   {yes}\nB:   {direction}\nC:   Domain\n\
             D:   \nE:   {any}\nF:   {any}\nG:   TCP\nH:   8080\nI:   {any}\nJ:   {action}\n```\n"
        );
        assert_eq!(shown(&text), ["my rule in Block Some(Tcp) 8080-8080"]);
    }
}

#[test]
fn typed() {
    assert_eq!(
        shown(
            "- firewall rule: netsh advfirewall firewall add rule name=\"Block 8080\" dir=out \
             action=block protocol=TCP remoteport=8080\n"
        ),
        ["Block 8080 out Block Some(Tcp) 8080-8080"]
    );
    assert_eq!(
        shown(
            "PS> New-NetFirewallRule -DisplayName 'WSL 80' -Direction Inbound -LocalPort 80,81 \
             -Protocol TCP -Action Allow\n"
        ),
        ["WSL 80 in Allow Some(Tcp) 80-80,81-81"]
    );
    assert_eq!(
        shown(
            "PS> New-NetFirewallHyperVRule -Name x -VMCreatorId '{4}' -Protocol TCP -LocalPorts 80\n"
        ),
        ["hyper-v x in Allow Some(Tcp) 80-80"]
    );
    assert_eq!(shown("You could use New-NetFirewallRule with -LocalPort 80 and so on.\n"), [""; 0]);
}

#[test]
fn logs() {
    let text = "- pfirewall.log: 2022-02-01 20:30:34 DROP UDP 172.30.230.159 172.30.224.1 29101 53 45 \
                - - - - - - - RECEIVE\n";
    assert_eq!(shown(text), ["pfirewall.log Some(Udp) Some(53)"]);
    let text = "```\n[ 12.3] [UFW BLOCK] IN=eth0 OUT= SRC=10.0.0.1 PROTO=TCP SPT=5 DPT=8080\n\
                kernel: filter_IN_public_REJECT: IN=eth0 OUT= PROTO=TCP SPT=5 DPT=81\n```\n";
    let expected = ["UFW BLOCK Some(Tcp) Some(8080)", "filter_IN_public_REJECT Some(Tcp) Some(81)"];
    assert_eq!(shown(text), expected);
}
