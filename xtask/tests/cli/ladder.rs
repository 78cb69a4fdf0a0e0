//! `ladder`: climbed to listeners of the test's own, and in labs.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use assert_cmd::Command;

use crate::support::{Catalogue, Run, machine};

/// A listener that does the same with every connection, and counts them.
struct Peer {
    port: u16,
    connections: Arc<AtomicUsize>,
}

impl Peer {
    fn on(address: &str, answer: Option<&'static str>) -> Peer {
        let listener = TcpListener::bind((address, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                count.fetch_add(1, Ordering::SeqCst);
                thread::spawn(move || serve(stream, answer));
            }
        });
        Peer { port, connections }
    }

    fn answering(answer: &'static str) -> Peer {
        Peer::on("127.0.0.1", Some(answer))
    }
}

/// Answers each request, or keeps silent until the client is gone.
fn serve(mut stream: TcpStream, answer: Option<&str>) {
    let mut buffer = [0; 4096];
    // A client that is gone is the end.
    while let Ok(1..) = stream.read(&mut buffer) {
        if let Some(answer) = answer {
            let _ = stream.write_all(answer.as_bytes());
            return;
        }
    }
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK";
const NOT_FOUND: &str = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// A port on which nobody listens.
fn closed() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The ladder, without the proxies of whoever runs the tests.
fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"] {
        command.env_remove(name);
    }
    command.arg("ladder");
    command
}

fn ladder(arguments: &[&str]) -> Run {
    Run::of(command().args(arguments))
}

/// That the answer fits a screen, and ends with where to look.
#[track_caller]
fn fits(run: Run) -> Run {
    assert!(run.stdout.lines().count() <= 40, "{run}");
    assert!(run.stdout.lines().all(|line| line.chars().count() <= 100), "{run}");
    assert!(run.stdout.contains("\nlook next    "), "{run}");
    run
}

/// The row of a place, its words one blank apart.
#[track_caller]
fn row(run: &Run, place: &str) -> String {
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut lines = run.stdout.lines().map(words);
    lines.find(|line| line.starts_with(&format!("{place} "))).expect(place)
}

#[test]
fn a_server_that_answers_is_the_top() {
    let peer = Peer::answering(OK);
    let run = fits(ladder(&[&format!("127.0.0.1:{}", peer.port)]).exits(0));
    assert!(row(&run, "127.0.0.1").ends_with("open http-200"), "{run}");
    run.prints("from here: ").prints("were not asked\n").prints("Does not prove that it is your");
    // Once a rung: TCP, then HTTP.
    assert_eq!(peer.connections.load(Ordering::SeqCst), 2);
}

#[test]
fn localhost_is_walked_on_both_families() {
    let peer = Peer::answering(OK);
    let run = fits(ladder(&[&format!("localhost:{}", peer.port)]).exits(0));
    assert!(row(&run, "localhost").ends_with(" http-200"), "{run}");
    assert!(row(&run, "127.0.0.1").ends_with("open http-200"), "{run}");
    assert!(row(&run, "[::1]").ends_with(" -"), "{run}");
    run.prints("most likely  nothing is wrong from here\n");
}

#[test]
fn a_server_on_the_other_family_is_told_of() {
    let peer = Peer::on("::1", Some(OK));
    let run = fits(ladder(&[&format!("localhost:{}", peer.port)]).exits(0));
    assert!(row(&run, "[::1]").ends_with("open http-200"), "{run}");
    run.prints("[::1] answers and 127.0.0.1 is refused (here)").prints("explain localhost-ipv6");
}

#[test]
fn silence_is_a_middleman_or_a_server_that_hangs() {
    let peer = Peer::on("127.0.0.1", None);
    let run = fits(ladder(&[&format!("127.0.0.1:{}", peer.port)]).exits(1));
    assert!(row(&run, "127.0.0.1").ends_with("open no-answer"), "{run}");
    run.prints("`netsh interface portproxy show all`").prints("explain stale-portproxy");
}

#[test]
fn refusal_is_nobody_who_listens() {
    let run = fits(ladder(&[&format!("127.0.0.1:{}", closed())]).exits(1));
    assert!(row(&run, "127.0.0.1").ends_with("refused -"), "{run}");
    run.prints("most likely  nobody listens on 127.0.0.1:").prints("explain service-not-running`");
}

#[test]
fn an_error_of_the_server_is_not_the_top() {
    let peer = Peer::answering(NOT_FOUND);
    let run = fits(ladder(&[&format!("127.0.0.1:{}", peer.port)]).exits(1));
    assert!(row(&run, "127.0.0.1").ends_with("open http-404"), "{run}");
    run.prints("a server answers with an error").prints("explain http-error`");
}

#[test]
fn the_callers_proxy_is_taken_as_curl_takes_it_and_told_without_its_password() {
    let peer = Peer::answering(OK);
    let place = format!("127.0.0.1:{}", peer.port);
    let proxy = format!("http://me:secret@127.0.0.1:{}", closed());
    let mut command = command();
    command.env("http_proxy", proxy).arg(&place);
    let run = fits(Run::of(&mut command).exits(1));
    assert!(row(&run, "127.0.0.1").ends_with("open proxy-refused via proxy"), "{run}");
    assert!(!run.stdout.contains("secret"), "{run}");
    run.prints("proxy variables here: http_proxy=http://...@127.0.0.1:")
        .prints("`curl --noproxy '*' http://127.0.0.1:");
    command.env("no_proxy", "127.0.0.1");
    Run::of(&mut command).exits(0).prints("(curl takes none of them for these hosts)");
}

#[test]
fn twins_take_the_place_of_programs_that_are_not_there() {
    let peer = Peer::answering(OK);
    let mut command = command();
    command.args(["--probes", "native", &format!("127.0.0.1:{}", peer.port)]);
    fits(Run::of(&mut command).exits(0)).prints("by this program's own twin of curl, ");
}

#[test]
fn bad_input_is_told_before_anything_is_sent() {
    let refused = |arguments: &[&str], says: &str, write: &str| {
        let mut command = machine::xtask_counted();
        command.arg("ladder").args(arguments);
        Run::of(&mut command).exits(2).tells(says).tells(write).tells("next process 3\n");
    };
    refused(&["localhost"], "it names no port", "for instance localhost:8080");
    refused(&["localhost:0"], "`0` is not a port (1-65535)", "for instance localhost:8080");
    refused(&["::1"], "it names no port", "for instance [::1]:8080");
    refused(&["no such host:80"], "neither a name nor an address", "write HOST:PORT");
    refused(&["http://localhost:3000/"], "that is a URL", "for instance localhost:3000");
    refused(&["a:1", "b:1"], "`b:1` is one place too many", "--scenario NAME");
    refused(&["--phase", "fault"], "--phase is a scenario's", "add --scenario NAME");
    refused(&["--probes", "both"], "a ladder is climbed once", "--probes native");
    let lab = |arguments: &[&'static str]| [&["--scenario", "loopback-bind"], arguments].concat();
    refused(&lab(&["wsl-up"]), "unknown target `wsl-up`", "one of localhost, 127.0.0.1");
    refused(&lab(&["--phase", "cure"]), "has no phase `cure`", "one of healthy, fault, remedy/");
    refused(&["--scenario", "lopback-bind"], "there is no scenario", "`loopback-bind`?");
}

#[test]
fn the_same_climb_in_a_lab_from_three_sides() {
    if !machine::has(&["go"]) {
        return;
    }
    let run = fits(ladder(&["--scenario", "loopback-bind", "--no-install"]).exits(1));
    assert!(row(&run, "windows localhost").ends_with("open http-200"), "{run}");
    assert!(row(&run, "windows wsl-ip").ends_with("ok refused -"), "{run}");
    assert!(row(&run, "wsl wsl-ip").ends_with("ok refused -"), "{run}");
    assert!(row(&run, "lan wsl-ip").ends_with("net-unreachable net-unreachable -"), "{run}");
    run.prints("the server listens on loopback only: wsl-ip is refused (windows)\n")
        .prints("`cargo xtask explain loopback-bind`\n");
}

#[test]
fn a_rule_without_a_target_is_seen_from_windows() {
    if !machine::has(&["go"]) {
        return;
    }
    let run = fits(ladder(&["--scenario", "stale-portproxy", "--no-install"]).exits(1));
    assert!(row(&run, "windows 127.0.0.1").ends_with("open no-answer"), "{run}");
    assert!(row(&run, "wsl localhost").ends_with("open http-200"), "{run}");
    run.prints("a portproxy rule whose target is gone").prints("explain stale-portproxy`");
}

#[test]
fn a_healthy_lab_is_climbed_to_the_top() {
    if !machine::has(&["go"]) {
        return;
    }
    let catalogue = Catalogue::good();
    let mut command = command();
    command.args(["--scenario", "base", "--phase", "healthy", "--no-install", "--scenarios"]);
    let run = fits(Run::of(command.arg(catalogue.path())).exits(0));
    assert!(row(&run, "windows wsl-ip").ends_with("open http-200"), "{run}");
    run.prints("ladder in base, phase healthy\n").prints("in NAT mode that is so");
}
