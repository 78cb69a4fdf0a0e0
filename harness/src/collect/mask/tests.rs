use super::*;

fn masked(text: &str) -> String {
    let mut masks = Masks::default();
    masks.user("jane");
    masks.host("JANES-PC");
    masks.apply(text)
}

#[test]
fn the_same_thing_has_the_same_mask() {
    let text = "8.8.8.8 and 9.9.9.9:53, then 8.8.8.8:443. On Janes-PC, janes-pc.\n";
    let expected = "x.x.x.1 and x.x.x.2:53, then x.x.x.1:443. On host1, host1.\n";
    assert_eq!(masked(text), expected);
}

#[test]
fn private_addresses_and_loopback_stay() {
    let text = "172.28.16.1/20 127.0.0.1:80 [::1]:80 fe80::1%eth0 192.168.0.7 0.0.0.0:* *:80\n";
    assert_eq!(masked(text), text);
}

#[test]
fn names_in_the_text_are_learned() {
    let text = "10.0.0.9 build.corp.example build\nsearch corp.example\n\
        http_proxy=http://jane:pa55@proxy.corp.example:3128\n127.0.0.1 localhost\n";
    let masked = masked(text);
    for gone in ["corp", "jane", "pa55", "build"] {
        assert!(!masked.contains(gone), "{gone} in {masked}");
    }
    assert!(masked.contains(":3128") && masked.contains("127.0.0.1 localhost"), "{masked}");
}

#[test]
fn homes_secrets_and_links() {
    let text = "/home/max/src C:\\Users\\Max\\x\nAPI_TOKEN=abc def\nlink/ether 00:15:5d:32:1c:5d\n";
    let masked = masked(text);
    assert!(!masked.contains("max") && !masked.contains("Max") && !masked.contains("abc"));
    assert!(masked.contains("xx:xx:xx:xx:xx:01"), "{masked}");
}

#[test]
fn versions_and_netmasks_stay() {
    let text = "WSL version: 2.6.1.0\nSubnet Mask . . . : 255.255.240.0\n127.0.0.0 255.0.0.0\n";
    assert_eq!(masked(text), text);
}

#[test]
fn ipv6_of_the_world() {
    let text = "inet6 2a02:8070:1:2::5/64 scope global\n";
    assert_eq!(masked(text), "inet6 2001:db8::1/64 scope global\n");
}

#[test]
fn proxies_and_what_is_not_sent_to_them() {
    let text = "no_proxy=localhost,127.0.0.1,intern.corp.example,.lab.example,172.16.0.0/12\n\
        https_proxy=max:pa55/wd@gate.corp.example:3128\n\
        \u{20}   ProxyServer    REG_SZ    http=cache.example:80;https=x:y@cache.example:81\n\
        \u{20}   ProxyOverride    REG_SZ    *.dom.example;<local>\n\
        see http://a:b@one.example/ and http://c:d@two.example/\n";
    let masked = masked(text);
    for gone in ["corp", "lab.", "max", "pa55", "wd@", "gate", "cache", "x:y", "dom", "c:d"] {
        assert!(!masked.contains(gone), "{gone} in {masked}");
    }
    for kept in ["localhost,127.0.0.1,", "172.16.0.0/12", ":3128", "<local>", "http=host"] {
        assert!(masked.contains(kept), "{kept} not in {masked}");
    }
}

#[test]
fn owners_of_processes_escaped_homes_and_mail() {
    let text = "USER  PID COMMAND\nmoritz 77 python3\nlongish+ 78 node\n```\n\
        kernel=C:\\\\Users\\\\Erika\\\\vmlinux\nC:\\Users\\Anna Lena\\x\nask jo@mail.example\n";
    let masked = masked(text);
    for gone in ["moritz", "longish", "Erika", "Anna", "Lena", "jo@", "mail.example"] {
        assert!(!masked.contains(gone), "{gone} in {masked}");
    }
    assert!(masked.contains("77 python3"), "{masked}");
}

#[test]
fn a_mac_address_hides_in_others() {
    let text = " 12...00 15 5d 32 1c 5d ......Hyper-V Adapter\nlink/ether 00:15:5d:32:1c:5d\n\
        inet6 fe80::215:5dff:fe32:1c5d/64 scope link\n3: eth0@if2: <UP>\napp@1.0.0 @angular/cli\n\
        \u{20}  Connection-specific DNS Suffix  . : corp.example\n";
    let expected = " 12...xx:xx:xx:xx:xx:01 ......Hyper-V Adapter\n\
        link/ether xx:xx:xx:xx:xx:01\ninet6 fe80::1/64 scope link\n3: eth0@if2: <UP>\napp@1.0.0 @angular/cli\n\
        \u{20}  Connection-specific DNS Suffix  . : host2\n";
    assert_eq!(masked(text), expected);
}

/// The lines that are not as they were, masked.
fn changed(text: &str) -> Vec<String> {
    let masked = masked(text);
    let pairs = text.lines().zip(masked.lines()).filter(|(before, after)| before != after);
    pairs.map(|(_, after)| after.to_owned()).collect()
}

#[test]
fn a_name_in_a_log_has_the_mask_that_it_has_in_a_url() {
    let text = "GET http://db01.corp.example.com:5432/x failed\ndb01.corp.example.com refused\n\
        dial tcp: lookup DB01.CORP.EXAMPLE.COM on 10.255.255.254:53: no such host\n\
        db01.corp.example.com:5432: timeout, db01 is down, gate.corp:3128 too.\n\
        git@git.corp.lan:team/x.git, x@y.shop.io\n";
    let expected = [
        "GET http://host2.example.com:5432/x failed",
        "host2.example.com refused",
        "dial tcp: lookup host2.example.com on 10.255.255.254:53: no such host",
        "host2.example.com:5432: timeout, host2 is down, host3:3128 too.",
        "***@host5:team/x.git, ***@host4.example.com",
    ];
    assert_eq!(changed(text), expected);
}

#[test]
fn this_machine_is_hidden_wherever_it_is_named() {
    let text = "JANES-PC refused; janes-pc.fritz.box:80, //janes-pc/x, <Janes-PC> [JANES-PC]\n\
        janes-pc.mshome.net janes-pc.local backup-JANES-PC_2.tar JANES-PC\\jane janes-pc$\n\
        JANES-PCX stays\n";
    let expected = [
        "host1 refused; host1:80, //host1/x, <host1> [host1]",
        "host1.mshome.net host1.local backup-host1_2.tar host1\\user1 host1$",
    ];
    assert_eq!(changed(text), expected);
}

#[test]
fn shares_and_prompts() {
    let text = "net use Z: \\\\FILER\\jane$\nopen \"\\\\\\\\filer\\\\x\"\nfiler is slow\n\
        max@thinkbox:~$ curl localhost\n[max@thinkbox src]$ ls\nscp max@thinkbox:x .\n\
        root@thinkbox:/# ls\n";
    let expected = [
        "net use Z: \\\\host2\\user1$",
        "open \"\\\\\\\\host2\\\\x\"",
        "host2 is slow",
        "***@host3:~$ curl localhost",
        "[***@host3 src]$ ls",
        "scp ***@host3:x .",
        "root@host3:/# ls",
    ];
    assert_eq!(changed(text), expected);
}

#[test]
fn what_a_diagnosis_goes_by_stays() {
    let text = "http://localhost:3000 http://host.docker.internal:8080/ ping google.com\n\
        \\\\wsl.localhost\\Ubuntu\\home \\\\wsl$\\Ubuntu \\\\.\\pipe\\docker_engine \\\\?\\C:\\x\n\
        C:\\\\Windows\\\\System32 \"a\\\\n\\\\t\"\n\
        vite.config.js main.go:42 app.py:7 index.d.ts .env.local resolv.conf docker-compose.yml\n\
        docker.service systemd-resolved.service org.freedesktop.resolve1 com.docker.backend.exe\n\
        System.Net.Sockets.SocketException socket.io next@14.2.3 app@1.0.0-rc.1 @vitejs/plugin-react\n\
        node v18.17.0, Ubuntu-22.04, wsl 2.6.1.0 is not one, libc.so.6, python3.11\n\
        root@3f2a9c1b8d7e:/# curl app:8080\nroot@ubuntu:~# ls\n* Ubuntu Running 2\n\
        3: eth0@if2: <UP>\nnet.ipv4.conf.all.route_localnet = 1\n\
        github.com/gin-gonic/gin registry-1.docker.io kubernetes.docker.internal mshome.net\n\
        fe80::1%eth0 172.28.16.1 192.168.1.20:8080 *.local process.env.HOST 0.0.0.0:*\n";
    let stays = text.replace("2.6.1.0 is", "x.x.x.1 is");
    assert_eq!(masked(text), stays);
}
