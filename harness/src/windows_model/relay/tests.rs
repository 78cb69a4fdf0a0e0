//! The guest of these tests is a bare Unix socket: in one network namespace, a real server would
//! hold the very port that the relay listens on.

use std::net::TcpListener as StdListener;

use rstest::rstest;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpStream, UnixListener, UnixStream},
};

use super::*;
use crate::guest::relay::Dial;

const V4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);
const ANY_V4: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

fn socket(address: IpAddr, port: u16, cookie: u64) -> Listener {
    Listener { address, port, cookie }
}

fn free_port() -> u16 {
    StdListener::bind((V4, 0)).unwrap().local_addr().unwrap().port()
}

struct Lab {
    relay: Relay,
    guest: UnixListener,
    _directory: tempfile::TempDir,
}

impl Lab {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("hv");
        let guest = UnixListener::bind(&path).unwrap();
        Lab { relay: Relay::new(path), guest, _directory: directory }
    }

    fn listens(&self) -> Vec<SocketAddr> {
        self.relay.listening().collect()
    }

    /// The next connection that reaches the guest, behind its header.
    async fn accept(&self) -> (Dial, BufReader<UnixStream>) {
        let mut stream = BufReader::new(self.guest.accept().await.unwrap().0);
        let mut header = String::new();
        stream.read_line(&mut header).await.unwrap();
        (serde_json::from_str(&header).unwrap(), stream)
    }
}

#[rstest]
#[case::any("0.0.0.0", Some(V4))]
#[case::loopback("127.0.0.1", Some(V4))]
#[case::other_loopback("127.0.0.2", None)]
#[case::eth0("172.28.20.7", None)]
#[case::any6("::", Some(V6))]
#[case::loopback6("::1", Some(V6))]
#[case::mapped("::ffff:127.0.0.1", None)]
#[case::link_local("fe80::1", None)]
fn which_sockets_are_relayed(#[case] address: &str, #[case] expected: Option<IpAddr>) {
    let listener = socket(address.parse().unwrap(), 8080, 1);
    assert_eq!(relayed_at(&listener), expected.map(|ip| SocketAddr::new(ip, 8080)));
}

#[rstest]
#[case::v4(V4, 4)]
#[case::v6(V6, 6)]
#[tokio::test]
async fn bytes_go_both_ways_and_a_close_of_the_guest_is_a_fin(
    #[case] address: IpAddr,
    #[case] family: u8,
) {
    let mut lab = Lab::new();
    let port = free_port();
    lab.relay.sync(vec![socket(address, port, 1)]).await;
    let mut client = TcpStream::connect((address, port)).await.unwrap();
    client.write_all(b"ping").await.unwrap();
    let (dial, mut guest) = lab.accept().await;
    assert_eq!(dial, Dial { family, port });
    let mut request = [0; 4];
    guest.read_exact(&mut request).await.unwrap();
    assert_eq!(&request, b"ping");
    guest.write_all(b"pong").await.unwrap();
    drop(guest);
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer, "pong");
}

#[tokio::test]
async fn an_unreachable_guest_is_an_orderly_hang_up_even_with_data_on_the_way() {
    let mut relay = Relay::new("/nonexistent/hv".into());
    let port = free_port();
    relay.sync(vec![socket(V4, port, 1)]).await;
    let mut client = TcpStream::connect((V4, port)).await.unwrap();
    client.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    assert_eq!(client.read(&mut [0; 1]).await.unwrap(), 0);
}

#[tokio::test]
async fn a_client_that_half_closes_gets_no_answer() {
    let mut lab = Lab::new();
    let port = free_port();
    lab.relay.sync(vec![socket(V4, port, 1)]).await;
    let mut client = TcpStream::connect((V4, port)).await.unwrap();
    client.shutdown().await.unwrap();
    let (_, mut guest) = lab.accept().await;
    let mut rest = Vec::new();
    guest.read_to_end(&mut rest).await.unwrap();
    let mut answer = Vec::new();
    client.read_to_end(&mut answer).await.unwrap();
    assert!(rest.is_empty() && answer.is_empty());
}

#[tokio::test]
async fn a_port_lives_as_long_as_its_last_socket() {
    let mut lab = Lab::new();
    let port = free_port();
    let (any, loopback) = (socket(ANY_V4, port, 1), socket(V4, port, 2));
    lab.relay.sync(vec![any.clone(), loopback.clone()]).await;
    assert_eq!(lab.listens(), [SocketAddr::new(V4, port)]);
    lab.relay.sync(vec![loopback]).await;
    assert!(TcpStream::connect((V4, port)).await.is_ok());
    lab.relay.sync(vec![]).await;
    assert!(TcpStream::connect((V4, port)).await.is_err());
}

#[tokio::test]
async fn a_taken_port_is_not_tried_again_until_another_socket_asks() {
    let mut lab = Lab::new();
    let holder = StdListener::bind((V4, 0)).unwrap();
    let port = holder.local_addr().unwrap().port();
    let first = socket(V4, port, 1);
    lab.relay.sync(vec![first.clone()]).await;
    assert_eq!(lab.listens(), []);
    drop(holder);
    lab.relay.sync(vec![first]).await;
    assert_eq!(lab.listens(), []);
    lab.relay.sync(vec![socket(V4, port, 2)]).await;
    assert_eq!(lab.listens(), [SocketAddr::new(V4, port)]);
}

#[tokio::test]
async fn connections_outlive_the_listener_but_not_the_guest() {
    let mut lab = Lab::new();
    let port = free_port();
    let server = socket(V4, port, 1);
    lab.relay.sync(vec![server.clone()]).await;
    let mut client = TcpStream::connect((V4, port)).await.unwrap();
    let (_, mut guest) = lab.accept().await;
    lab.relay.sync(vec![]).await;
    guest.write_all(b"still here").await.unwrap();
    let mut answer = [0; 10];
    client.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"still here");

    lab.relay.stop().await;
    assert_eq!(client.read(&mut [0; 1]).await.unwrap(), 0);
    // The next boot starts from nothing: the same socket is new again.
    lab.relay.sync(vec![server]).await;
    assert_eq!(lab.listens(), [SocketAddr::new(V4, port)]);
}

#[tokio::test]
async fn stop_frees_the_port_before_it_returns() {
    let mut lab = Lab::new();
    let port = free_port();
    lab.relay.sync(vec![socket(V4, port, 1), socket(V6, port, 2)]).await;
    assert_eq!(lab.listens().len(), 2);
    lab.relay.stop().await;
    StdListener::bind((V4, port)).unwrap();
    StdListener::bind((V6, port)).unwrap();
}
