use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::atomic::{AtomicU8, Ordering},
};

use rstest::rstest;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::{Instant, timeout},
};

use super::*;

/// Long enough for a loaded machine; no test waits for it unless it fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// Short enough for a test, long enough to be told from "at once".
const HOLD: Duration = Duration::from_millis(300);

struct Machine {
    registry: Arc<Registry>,
    proxy: PortProxy,
    /// A loopback address of this test alone, so that no test meets another one's ports.
    address: IpAddr,
    _dir: tempfile::TempDir,
}

impl Machine {
    /// A machine that holds clients longer than any test waits.
    async fn running(max_connections: usize) -> Machine {
        Machine::holding(max_connections, PATIENCE * 10).await
    }

    async fn holding(max_connections: usize, hold: Duration) -> Machine {
        static TEST: AtomicU8 = AtomicU8::new(1);
        let [high, low] = (std::process::id() as u16).to_be_bytes();
        let last = TEST.fetch_add(1, Ordering::Relaxed);
        let dir = tempfile::tempdir().unwrap();
        let registry = Arc::new(Registry::open(dir.path()).unwrap());
        let config = Config { hold, drain: PATIENCE, max_connections };
        let proxy = PortProxy::new(Arc::clone(&registry), config);
        assert!(proxy.start().await);
        let address = Ipv4Addr::new(127, high.max(1), low, last).into();
        Machine { registry, proxy, address, _dir: dir }
    }

    async fn listener(&self) -> TcpListener {
        TcpListener::bind((self.address, 0)).await.unwrap()
    }

    /// A port of this test that nobody listens on.
    async fn free(&self) -> SocketAddr {
        self.listener().await.local_addr().unwrap()
    }

    fn rule(&self, listen: SocketAddr, to: SocketAddr) -> Rule {
        Rule {
            key: RuleKey {
                direction: Direction::V4ToV4,
                address: listen.ip().to_string(),
                port: listen.port(),
            },
            destination: Destination { address: to.ip().to_string(), port: to.port() },
        }
    }

    async fn set(&self, rule: &Rule) {
        rule.store(&self.registry).unwrap();
        self.proxy.reconcile(Some(&rule.key)).await;
    }

    /// Sets a rule on a free port and says where it listens.
    async fn proxy_to(&self, to: SocketAddr) -> SocketAddr {
        let listen = self.free().await;
        self.set(&self.rule(listen, to)).await;
        assert_eq!(self.proxy.failures().await, []);
        listen
    }
}

async fn patiently<T>(future: impl Future<Output = T>) -> T {
    timeout(PATIENCE, future).await.expect("in time")
}

/// Sends a request and reads until the end.
async fn ask(proxy: SocketAddr) -> std::io::Result<Vec<u8>> {
    let mut client = patiently(TcpStream::connect(proxy)).await?;
    client.write_all(b"GET / HTTP/1.1\r\n\r\n").await?;
    let mut answer = Vec::new();
    patiently(client.read_to_end(&mut answer)).await?;
    Ok(answer)
}

async fn is_refused(address: SocketAddr) -> bool {
    let result = patiently(TcpStream::connect(address)).await;
    result.is_err_and(|error| error.kind() == std::io::ErrorKind::ConnectionRefused)
}

#[tokio::test]
async fn relays_both_ways_and_keeps_half_closed() {
    let machine = Machine::running(8).await;
    let server = machine.listener().await;
    let listen = machine.proxy_to(server.local_addr().unwrap()).await;
    let served = tokio::spawn(async move {
        let (mut connection, _) = server.accept().await.unwrap();
        let mut request = String::new();
        connection.read_to_string(&mut request).await.unwrap();
        connection.write_all(request.to_uppercase().as_bytes()).await.unwrap();
    });
    let mut client = patiently(TcpStream::connect(listen)).await.unwrap();
    client.write_all(b"hello").await.unwrap();
    client.shutdown().await.unwrap();
    let mut answer = String::new();
    patiently(client.read_to_string(&mut answer)).await.unwrap();
    assert_eq!(answer, "HELLO");
    patiently(served).await.unwrap();
}

/// A reset that follows FIN does not show in a read, only in what the client sends afterwards.
#[rstest]
#[case::who_asked_first(true)]
#[case::who_waited(false)]
#[tokio::test]
async fn a_refusing_target_ends_the_client_in_order(#[case] asks_first: bool) {
    let machine = Machine::running(8).await;
    let listen = machine.proxy_to(machine.free().await).await;
    for _ in 0..50 {
        let mut client = patiently(TcpStream::connect(listen)).await.unwrap();
        if asks_first {
            client.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
        }
        assert_eq!(patiently(client.read(&mut [0])).await.unwrap(), 0);
        client.write_all(b"still").await.unwrap();
        client.write_all(b"here").await.unwrap();
        assert!(client.take_error().unwrap().is_none(), "an end, never a reset");
    }
}

#[tokio::test]
async fn a_name_without_address_ends_the_client_at_once() {
    let machine = Machine::running(8).await;
    let listen = machine.free().await;
    let mut rule = machine.rule(listen, listen);
    rule.destination.address = "127.0.0.1 ".to_owned();
    machine.set(&rule).await;
    assert_eq!(ask(listen).await.unwrap(), b"");
}

#[tokio::test]
async fn an_unreachable_target_holds_the_client() {
    let machine = Machine::holding(8, HOLD).await;
    // The kernel refuses a TCP connect to broadcast by itself.
    let listen = machine.proxy_to("255.255.255.255:80".parse().unwrap()).await;
    let start = Instant::now();
    assert_eq!(ask(listen).await.unwrap(), b"");
    assert!(start.elapsed() >= HOLD, "{:?}", start.elapsed());
}

/// A listener whose queue is full leaves a SYN unanswered, as a black hole does.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_silent_target_holds_the_client() {
    let machine = Machine::holding(8, HOLD).await;
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::new(machine.address, 0)).unwrap();
    let silent = socket.listen(0).unwrap();
    let target = silent.local_addr().unwrap();
    let _fills_the_queue = patiently(TcpStream::connect(target)).await.unwrap();
    let listen = machine.proxy_to(target).await;
    let start = Instant::now();
    assert_eq!(ask(listen).await.unwrap(), b"");
    assert!(start.elapsed() >= HOLD, "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_failed_listener_is_tried_again_only_when_its_rule_is_set() {
    let machine = Machine::running(8).await;
    let other_owner = machine.listener().await;
    let listen = other_owner.local_addr().unwrap();
    let rule = machine.rule(listen, machine.free().await);
    machine.set(&rule).await;
    let failures = machine.proxy.failures().await;
    assert_eq!(failures.iter().map(|(key, _)| key).collect::<Vec<_>>(), [&rule.key]);
    assert_eq!(Rule::all(&machine.registry), std::slice::from_ref(&rule), "listed all the same");

    drop(other_owner);
    machine.proxy.reconcile(None).await;
    assert!(is_refused(listen).await, "not tried again by itself");
    machine.set(&rule).await;
    assert_eq!(machine.proxy.failures().await, []);
    assert_eq!(ask(listen).await.unwrap(), b"");
}

#[tokio::test]
async fn a_restart_tries_again() {
    let machine = Machine::running(8).await;
    let other_owner = machine.listener().await;
    let listen = other_owner.local_addr().unwrap();
    machine.set(&machine.rule(listen, machine.free().await)).await;
    drop(other_owner);
    assert!(machine.proxy.stop().await);
    assert!(!machine.proxy.stop().await, "already stopped");
    assert!(machine.proxy.start().await);
    assert_eq!(machine.proxy.failures().await, []);
}

#[tokio::test]
async fn its_listener_is_exclusive() {
    let machine = Machine::running(8).await;
    let listen = machine.proxy_to(machine.free().await).await;
    let error = TcpListener::bind(listen).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
}

#[tokio::test]
async fn a_stopped_service_has_rules_and_no_listener() {
    let machine = Machine::running(8).await;
    let listen = machine.proxy_to(machine.free().await).await;
    machine.proxy.stop().await;
    assert!(is_refused(listen).await);
    assert_eq!(Rule::all(&machine.registry).len(), 1);
    machine.proxy.reconcile(None).await;
    assert!(is_refused(listen).await, "a change does not start the service");
}

#[tokio::test]
async fn deleting_a_rule_ends_its_connections() {
    let machine = Machine::running(8).await;
    let server = machine.listener().await;
    let listen = machine.proxy_to(server.local_addr().unwrap()).await;
    let mut client = patiently(TcpStream::connect(listen)).await.unwrap();
    let (mut connection, _) = patiently(server.accept()).await.unwrap();
    Rule::delete_all(&machine.registry).unwrap();
    machine.proxy.reconcile(None).await;
    assert!(is_refused(listen).await);
    assert_eq!(patiently(client.read(&mut [0])).await.unwrap(), 0);
    assert_eq!(patiently(connection.read(&mut [0])).await.unwrap(), 0);
}

#[tokio::test]
async fn a_rule_set_anew_leads_to_the_new_target() {
    let machine = Machine::running(8).await;
    let listen = machine.proxy_to(machine.free().await).await;
    let server = machine.listener().await;
    machine.set(&machine.rule(listen, server.local_addr().unwrap())).await;
    let served = tokio::spawn(async move {
        let (mut connection, _) = server.accept().await.unwrap();
        connection.write_all(b"new").await.unwrap();
        connection.shutdown().await.unwrap();
        connection.read_to_end(&mut Vec::new()).await.unwrap();
    });
    assert_eq!(ask(listen).await.unwrap(), b"new");
    patiently(served).await.unwrap();
}

#[tokio::test]
async fn a_rule_that_leads_to_itself_ends_at_the_cap() {
    let machine = Machine::running(16).await;
    let listen = machine.free().await;
    machine.set(&machine.rule(listen, listen)).await;
    let mut client = patiently(TcpStream::connect(listen)).await.unwrap();
    assert_eq!(patiently(client.read(&mut [0])).await.unwrap(), 0);
    drop(client);
    // All connections end once the client is gone.
    let _all = patiently(machine.proxy.permits.acquire_many(16)).await.unwrap();
}

#[rstest]
#[case::all_of_v4("*", Direction::V4ToV4, "127.0.0.1")]
#[case::name("localhost", Direction::V4ToV4, "127.0.0.1")]
#[case::v6("::1", Direction::V6ToV4, "::1")]
#[case::all_of_v6("*", Direction::V6ToV4, "::1")]
#[tokio::test]
async fn listens_where_the_rule_says(
    #[case] address: &str,
    #[case] direction: Direction,
    #[case] reach: IpAddr,
) {
    let machine = Machine::running(8).await;
    let port = TcpListener::bind((reach, 0)).await.unwrap().local_addr().unwrap().port();
    let mut rule = machine.rule(SocketAddr::new(reach, port), machine.free().await);
    rule.key.direction = direction;
    rule.key.address = address.to_owned();
    machine.set(&rule).await;
    assert_eq!(machine.proxy.failures().await, []);
    assert_eq!(ask(SocketAddr::new(reach, port)).await.unwrap(), b"");
}

#[tokio::test]
async fn both_families_may_have_the_same_port() {
    let machine = Machine::running(8).await;
    let port = TcpListener::bind("[::]:0").await.unwrap().local_addr().unwrap().port();
    for direction in [Direction::V4ToV4, Direction::V6ToV4] {
        let mut rule = machine.rule(SocketAddr::new(machine.address, port), machine.free().await);
        rule.key = RuleKey { direction, address: "*".to_owned(), port };
        machine.set(&rule).await;
    }
    assert_eq!(machine.proxy.failures().await, []);
}

#[tokio::test]
async fn nothing_listens_for_a_machine_that_is_gone() {
    let machine = Machine::running(8).await;
    let listen = machine.proxy_to(machine.free().await).await;
    drop(machine);
    patiently(async {
        while !is_refused(listen).await {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[test]
fn its_futures_may_move_between_threads() {
    fn assert_send<T: Send>(_: T) {}
    let dir = tempfile::tempdir().unwrap();
    let registry = Arc::new(Registry::open(dir.path()).unwrap());
    let proxy = PortProxy::new(registry, Config::default());
    assert_send(proxy.start());
    assert_send(proxy.reconcile(None));
}
