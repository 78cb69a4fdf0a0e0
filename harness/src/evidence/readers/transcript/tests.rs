use super::super::testing::facts;
use crate::evidence::fact::Kind;

fn shown(text: &str) -> Vec<String> {
    let show = |side, kind| match kind {
        Kind::Attempt(it) => {
            let host = it.host.map_or("?".to_owned(), |host| host.to_string());
            let port = it.port.map_or(String::new(), |port| format!(" {port}"));
            Some(format!("{side} {} {host}{port} {}", it.tool.unwrap_or_default(), it.seen))
        }
        Kind::Variable(it) => Some(format!("{}={}", it.name, it.value.unwrap_or_default())),
        _ => None,
    };
    facts(text).into_iter().filter_map(|fact| show(fact.side, fact.kind)).collect()
}

fn sorted(text: &str) -> Vec<String> {
    let mut shown = shown(text);
    shown.sort();
    shown
}

#[test]
fn curl_tells_of_every_address() {
    let text = "```\n$ curl -v http://localhost:8080\n* Host localhost:8080 was resolved.\n\
        * IPv6: ::1\n* IPv4: 127.0.0.1\n*   Trying [::1]:8080...\n\
        * connect to ::1 port 8080 from ::1 port 41000 failed: Connection refused\n\
        *   Trying 127.0.0.1:8080...\n* Connected to localhost (127.0.0.1) port 8080\n\
        > GET / HTTP/1.1\n> Host: localhost:8080\n>\n< HTTP/1.1 200 OK\n< Content-Length: 2\n<\nok\n```\n";
    let expected = [
        "guest curl 127.0.0.1 8080 http-200",
        "guest curl ::1 8080 refused",
        "guest curl localhost 8080 http-200",
    ];
    assert_eq!(sorted(text), expected);
}

#[test]
fn curl_without_a_fence() {
    let text = "me@pc:~$ curl -v localhost:3000\n*   Trying 127.0.0.1:3000...\n\
        * Connected to localhost (127.0.0.1) port 3000 (#0)\n> GET / HTTP/1.1\n\
        * Empty reply from server\ncurl: (52) Empty reply from server\n";
    let expected = ["guest curl 127.0.0.1 3000 dropped", "guest curl localhost 3000 dropped"];
    assert_eq!(sorted(text), expected);
}

#[test]
fn curl_fails() {
    for (line, expected) in [
        (
            "curl: (7) Failed to connect to localhost port 80 after 2035 ms: Couldn't connect to server",
            "refused",
        ),
        (
            "curl: (7) Failed to connect to localhost port 80 after 21043 ms: Could not connect to server",
            "timeout",
        ),
        ("curl: (7) Failed to connect to localhost port 80: Connection refused", "refused"),
        (
            "curl: (7) Failed to connect to localhost port 80 after 3 ms: Couldn't connect to server",
            "fails",
        ),
        ("curl: (7) couldn't connect to host: No route to host", "no-route"),
        (
            "curl: (28) Failed to connect to localhost port 80 after 5000 ms: Connection timed out",
            "timeout",
        ),
        (
            "curl: (28) Operation timed out after 5001 milliseconds with 0 bytes received",
            "no-answer",
        ),
        ("curl: (56) Recv failure: Connection was reset", "dropped"),
        ("curl: (6) Could not resolve host: localhost", "no-name"),
        ("curl: (56) Received HTTP code 403 from proxy after CONNECT", "proxy-error"),
    ] {
        let text = format!("```\nC:\\> curl.exe http://localhost/\n{line}\n```\n");
        assert_eq!(shown(&text), [format!("windows curl localhost 80 {expected}")], "{line}");
    }
}

#[test]
fn a_body_is_an_answer() {
    assert_eq!(shown("```\n$ curl localhost:1\nhello\n```\n"), ["guest curl localhost 1 works"]);
    assert_eq!(shown("```\n$ curl localhost:1\n```\n"), [""; 0]);
}

#[test]
fn proxies() {
    let text = "```\n$ curl -v http://localhost:8080\n\
        * Uses proxy env variable http_proxy == 'http://10.0.0.9:3128'\n\
        *   Trying 10.0.0.9:3128...\n* Connected to 10.0.0.9 (10.0.0.9) port 3128\n\
        < HTTP/1.1 503 Service Unavailable\n```\n";
    let expected = ["guest curl localhost 8080 proxy-error", "http_proxy=http://10.0.0.9:3128"];
    assert_eq!(sorted(text), expected);
}

#[test]
fn powershell() {
    assert_eq!(
        shown("PS> curl http://localhost:80\ncurl : Unable to connect to the remote server\n"),
        ["windows curl localhost 80 fails"]
    );
    assert_eq!(
        shown("PS> iwr http://127.0.0.1:81\n\nStatusCode        : 200\nStatusDescription : OK\n"),
        ["windows curl 127.0.0.1 81 http-200"]
    );
    let text = "PS> Test-NetConnection localhost -Port 8080\n\
        WARNING: TCP connect to (::1 : 8080) failed\n\nComputerName     : localhost\n\
        RemoteAddress    : 127.0.0.1\nRemotePort       : 8080\nTcpTestSucceeded : True\n";
    let expected = [
        "windows tnc 127.0.0.1 8080 open",
        "windows tnc ::1 8080 fails",
        "windows tnc localhost 8080 open",
    ];
    assert_eq!(sorted(text), expected);
}

#[test]
fn nc_and_telnet() {
    let text = "$ nc -zv localhost 8080\n\
        nc: connect to localhost (::1) port 8080 (tcp) failed: Connection refused\n\
        Connection to localhost (127.0.0.1) 8080 port [tcp/http-alt] succeeded!\n";
    let expected = [
        "guest nc 127.0.0.1 8080 open",
        "guest nc ::1 8080 refused",
        "guest nc localhost 8080 open",
    ];
    assert_eq!(sorted(text), expected);
    assert_eq!(
        shown(
            "$ telnet 10.0.0.1 80\nTrying 10.0.0.1...\ntelnet: Unable to connect to remote host: No route to host\n"
        ),
        ["guest telnet 10.0.0.1 80 no-route"]
    );
    assert_eq!(
        shown(
            "$ telnet 10.0.0.1 80\nTrying 10.0.0.1...\nConnected to 10.0.0.1.\nEscape character is '^]'.\nConnection closed by foreign host.\n"
        ),
        ["guest telnet 10.0.0.1 80 dropped"]
    );
}

#[test]
fn ping_in_several_languages() {
    for (line, expected) in [
        ("64 bytes from 172.20.1.2: icmp_seq=1 ttl=64 time=0.3 ms", "ok"),
        ("Antwort von 172.20.1.2: Bytes=32 Zeit<1ms TTL=64", "ok"),
        ("来自 172.20.1.2 的回复: 字节=32 时间<1ms TTL=64", "ok"),
        ("2 packets transmitted, 0 received, 100% packet loss, time 1020ms", "timeout"),
        ("    数据包: 已发送 = 4，已接收 = 0，丢失 = 4 (100% 丢失)，", "timeout"),
        ("    Paquets : envoyés = 4, reçus = 0, perdus = 4 (perte 100%),", "timeout"),
        ("From 172.20.1.1 icmp_seq=1 Destination Host Unreachable", "no-route"),
        ("ping: connect: Network is unreachable", "net-unreachable"),
    ] {
        let text = format!("```\n$ ping 172.20.1.2\n{line}\n```\n");
        assert_eq!(shown(&text), [format!("guest ping 172.20.1.2 {expected}")], "{line}");
    }
}

#[test]
fn wget() {
    let text = "```\n$ wget http://localhost:80/\n\
        Resolving localhost (localhost)... ::1, 127.0.0.1\n\
        Connecting to localhost (localhost)|::1|:80... failed: Connection refused.\n\
        Connecting to localhost (localhost)|127.0.0.1|:80... connected.\n\
        HTTP request sent, awaiting response... 404 Not Found\n```\n";
    let expected = [
        "guest wget 127.0.0.1 80 http-404",
        "guest wget ::1 80 refused",
        "guest wget localhost 80 http-404",
    ];
    assert_eq!(sorted(text), expected);
    let text = "```\n# docker exec app wget -qO- http://localhost/\n```\n\n```\n\
        $ docker exec app wget http://localhost/\nConnecting to localhost ([::1]:80)\n\
        wget: can't connect to remote host: Connection refused\n```\n";
    let expected = ["container wget ::1 80 refused", "container wget localhost 80 refused"];
    assert_eq!(sorted(text), expected);
}

#[test]
fn clients_of_databases() {
    let psql = "```\n$ psql -h localhost -p 5433 -U me\npsql: error: connection to server at \"localhost\" \
        (::1), port 5433 failed: Connection refused\n```\n";
    assert_eq!(shown(psql), ["guest psql localhost 5433 refused"]);
    let mysql = "```\n$ mysql -h127.0.0.1 -P 3306 -e 'select 1'\n1\n1\n```\n";
    assert_eq!(shown(mysql), ["guest mysql 127.0.0.1 3306 works"]);
    let sqlcmd =
        "```\nC:\\> sqlcmd -S localhost -U sa\nSqlcmd: Error: Login timeout expired.\n```\n";
    assert_eq!(shown(sqlcmd), ["windows sqlcmd localhost fails"]);
}
