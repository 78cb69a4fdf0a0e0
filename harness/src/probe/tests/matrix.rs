//! Straight probes.

use std::{sync::Arc, time::Instant};

use rstest::rstest;
use tokio::task::JoinSet;

use super::{
    PATIENT, Prober, SHORT, env, measure, order, probe,
    server::{Peer, start, start_v6},
    unresolvable,
};
use crate::{
    outcome::{Hangup, Via},
    probe::ProbeError,
    tool::{Impl, Tool},
};

#[rstest]
#[case::nc_open(Tool::Nc, Peer::Silent, PATIENT, "open")]
#[case::nc_sees_no_hang_up(Tool::Nc, Peer::Close, PATIENT, "open")]
#[case::nc_refused(Tool::Nc, Peer::Deaf, PATIENT, "refused")]
#[case::nc_timeout(Tool::Nc, Peer::Full, SHORT, "timeout")]
#[case::telnet_open(Tool::Telnet, Peer::Silent, PATIENT, "open")]
#[case::telnet_sends_nothing(Tool::Telnet, Peer::Drain, PATIENT, "open")]
#[case::telnet_banner(Tool::Telnet, Peer::Smtp, PATIENT, "open")]
#[case::telnet_dropped(Tool::Telnet, Peer::Close, PATIENT, "dropped")]
#[case::telnet_refused(Tool::Telnet, Peer::Deaf, PATIENT, "refused")]
#[case::telnet_timeout(Tool::Telnet, Peer::Full, SHORT, "timeout")]
#[case::curl_service(Tool::Curl, Peer::Service, PATIENT, "http-200")]
#[case::curl_chunked(Tool::Curl, Peer::Chunked, PATIENT, "http-200")]
#[case::curl_not_found(Tool::Curl, Peer::NotFound, PATIENT, "http-404")]
#[case::curl_stranger(Tool::Curl, Peer::Stranger, PATIENT, "wrong-server")]
#[case::curl_other_lab(Tool::Curl, Peer::OtherLab, PATIENT, "wrong-server")]
#[case::curl_not_http(Tool::Curl, Peer::Smtp, PATIENT, "wrong-server")]
#[case::curl_refused(Tool::Curl, Peer::Deaf, PATIENT, "refused")]
#[case::curl_closed(Tool::Curl, Peer::Close, PATIENT, "dropped")]
#[case::curl_drained(Tool::Curl, Peer::Drain, PATIENT, "dropped")]
#[case::curl_half(Tool::Curl, Peer::Half, PATIENT, "dropped")]
#[case::curl_silent(Tool::Curl, Peer::Silent, SHORT, "no-answer")]
#[case::curl_stalled(Tool::Curl, Peer::Stall, SHORT, "no-answer")]
#[case::curl_timeout(Tool::Curl, Peer::Full, SHORT, "timeout")]
#[tokio::test]
async fn tool_and_twin_see_the_same(
    #[case] tool: Tool,
    #[case] peer: Peer,
    #[case] timeout_ms: u64,
    #[case] expected: &str,
    #[values(Impl::Tool, Impl::Native)] implementation: Impl,
) {
    let server = start(peer);
    let probed = probe(tool, implementation, server.address, timeout_ms, &[]).await;
    assert_eq!((probed.outcome.to_string().as_str(), probed.via), (expected, Via::Direct));
    let errno = (expected == "refused").then_some(111);
    assert!(errno.is_none() || probed.errno == errno, "{probed:?}");
}

#[rstest]
#[tokio::test]
async fn a_drained_hang_up_is_a_fin(#[values(Impl::Tool, Impl::Native)] implementation: Impl) {
    let server = start(Peer::Drain);
    let probed = probe(Tool::Curl, implementation, server.address, PATIENT, &[]).await;
    assert_eq!(probed.hangup, Some(Hangup::Fin));
}

#[rstest]
#[case::nc(Tool::Nc, "open")]
#[case::telnet(Tool::Telnet, "open")]
#[case::curl(Tool::Curl, "http-200")]
#[tokio::test]
async fn ipv6_addresses(
    #[case] tool: Tool,
    #[case] expected: &str,
    #[values(Impl::Tool, Impl::Native)] implementation: Impl,
) {
    let server = start_v6(Peer::Service);
    let probed = probe(tool, implementation, server.address, PATIENT, &[]).await;
    assert_eq!(probed.outcome.to_string(), expected);
}

#[rstest]
#[tokio::test]
async fn curl_finds_localhost_in_either_family(
    #[values(false, true)] v6: bool,
    #[values(Impl::Tool, Impl::Native)] implementation: Impl,
) {
    let server = if v6 { start_v6(Peer::Service) } else { start(Peer::Service) };
    let order = order(Tool::Curl, implementation, "localhost", server.address.port(), PATIENT);
    assert_eq!(measure(&order, &[]).await.outcome.to_string(), "http-200");
}

#[rstest]
#[tokio::test]
async fn an_unknown_name(
    #[values(Tool::Ping, Tool::Telnet, Tool::Nc, Tool::Curl)] tool: Tool,
    #[values(Impl::Tool, Impl::Native)] implementation: Impl,
) {
    let order = order(tool, implementation, &unresolvable(), 8080, PATIENT);
    assert_eq!(measure(&order, &[]).await.outcome.to_string(), "no-name");
}

#[rstest]
#[tokio::test]
async fn an_echo(
    #[values("127.0.0.1", "::1", "localhost")] host: &str,
    #[values(Impl::Tool, Impl::Native)] implementation: Impl,
) {
    let order = order(Tool::Ping, implementation, host, 0, PATIENT);
    match Prober::new().probe(&order, &env(&[])).await {
        Ok(probed) => assert_eq!(probed.outcome.to_string(), "ok"),
        // An ordinary user whom this machine lends no ICMP socket: the lab's nodes always do.
        Err(ProbeError::Socket { operation: "open an ICMP socket", .. }) => {}
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn go_client_has_no_twin() {
    let order = order(Tool::GoClient, Impl::Native, "127.0.0.1", 8080, PATIENT);
    let vars = [("REACHLAB_GO_CLIENT", "/nonexistent/go-client")];
    let probed = Prober::new().probe(&order, &env(&vars)).await.unwrap();
    assert_eq!(probed.outcome.to_string(), "no-tool");
}

#[tokio::test]
async fn a_matrix_of_silence_takes_one_timeout() {
    const CELLS: u32 = 24;
    let server = start(Peer::Silent);
    let prober = Arc::new(Prober::new());
    let started = Instant::now();
    let mut cells = JoinSet::new();
    for cell in 0..CELLS {
        let prober = prober.clone();
        let implementation = if cell % 8 == 0 { Impl::Tool } else { Impl::Native };
        let port = server.address.port();
        let order = order(Tool::Curl, implementation, "127.0.0.1", port, SHORT);
        cells.spawn(async move { prober.probe(&order, &env(&[])).await.unwrap() });
    }
    while let Some(probed) = cells.join_next().await {
        assert_eq!(probed.unwrap().outcome.to_string(), "no-answer");
    }
    let in_turn = u128::from(CELLS) * u128::from(SHORT);
    assert!(started.elapsed().as_millis() < in_turn / 2, "{:?}", started.elapsed());
}

#[tokio::test]
async fn the_command_repeats_the_probe() {
    let order = order(Tool::Curl, Impl::Native, "::1", 9, 2000);
    let probed = Prober::new().probe(&order, &env(&[])).await.unwrap();
    let expected =
        "curl -q -sS -v -m 2 -o /dev/null -w '%{http_code} %{remote_ip}' 'http://[::1]:9/'";
    assert_eq!(probed.command, expected);
}
