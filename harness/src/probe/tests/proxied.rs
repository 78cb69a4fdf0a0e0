//! Probes whose environment names a proxy.

use rstest::rstest;

use super::{
    PATIENT, Prober, SHORT, env, order, probe,
    server::{Peer, start},
    unresolvable,
};
use crate::{
    outcome::Via,
    probe::ProbeError,
    tool::{Impl, Tool},
};

#[rstest]
#[case::passed_on(Peer::Proxy, Peer::Service, PATIENT, "http-200")]
#[case::status_passed_on(Peer::Proxy, Peer::NotFound, PATIENT, "http-404")]
#[case::its_own_answer(Peer::Proxy, Peer::Deaf, PATIENT, "proxy-error")]
#[case::somebody_elses_answer(Peer::Proxy, Peer::Stranger, PATIENT, "proxy-error")]
#[case::no_http(Peer::Smtp, Peer::Service, PATIENT, "proxy-error")]
#[case::deaf(Peer::Deaf, Peer::Service, PATIENT, "proxy-refused")]
#[case::full(Peer::Full, Peer::Service, SHORT, "proxy-refused")]
#[case::silent(Peer::Silent, Peer::Service, SHORT, "no-answer")]
#[case::drops(Peer::Drain, Peer::Service, PATIENT, "dropped")]
#[tokio::test]
async fn curl_goes_through_the_proxy(
    #[case] proxy: Peer,
    #[case] target: Peer,
    #[case] timeout_ms: u64,
    #[case] expected: &str,
    #[values("http_proxy", "ALL_PROXY")] variable: &str,
    #[values(Impl::Tool, Impl::Native)] implementation: Impl,
) {
    let (proxy, target) = (start(proxy), start(target));
    let url = format!("http://{}", proxy.address);
    let vars = [(variable, url.as_str())];
    let probed = probe(Tool::Curl, implementation, target.address, timeout_ms, &vars).await;
    assert_eq!((probed.outcome.to_string().as_str(), probed.via), (expected, Via::Proxy));
}

#[rstest]
#[tokio::test]
async fn a_proxy_without_address(#[values(Impl::Tool, Impl::Native)] implementation: Impl) {
    let target = start(Peer::Service);
    let url = format!("http://{}:3128", unresolvable());
    let vars = [("http_proxy", url.as_str())];
    let probed = probe(Tool::Curl, implementation, target.address, PATIENT, &vars).await;
    assert_eq!((probed.outcome.to_string().as_str(), probed.via), ("proxy-refused", Via::Proxy));
}

#[rstest]
#[case::address("127.0.0.1", Via::Direct)]
#[case::network("127.0.0.0/8", Via::Direct)]
#[case::windows_local("<local>", Via::Proxy)]
#[case::windows_star("127.*", Via::Proxy)]
#[case::name("localhost", Via::Proxy)]
#[tokio::test]
async fn no_proxy(
    #[case] list: &str,
    #[case] via: Via,
    #[values(Impl::Tool, Impl::Native)] implementation: Impl,
) {
    let (proxy, target) = (start(Peer::Proxy), start(Peer::Service));
    let url = format!("http://{}", proxy.address);
    let vars = [("http_proxy", url.as_str()), ("no_proxy", list)];
    let probed = probe(Tool::Curl, implementation, target.address, PATIENT, &vars).await;
    assert_eq!((probed.outcome.to_string().as_str(), probed.via), ("http-200", via));
}

#[rstest]
#[tokio::test]
async fn other_tools_never_ask_a_proxy(
    #[values(Tool::Nc, Tool::Telnet)] tool: Tool,
    #[values(Impl::Tool, Impl::Native)] implementation: Impl,
) {
    let (proxy, target) = (start(Peer::Deaf), start(Peer::Silent));
    let url = format!("http://{}", proxy.address);
    let vars = [("http_proxy", url.as_str()), ("all_proxy", url.as_str())];
    let probed = probe(tool, implementation, target.address, PATIENT, &vars).await;
    assert_eq!((probed.outcome.to_string().as_str(), probed.via), ("open", Via::Direct));
}

#[tokio::test]
async fn the_twin_does_not_pretend_to_speak_socks() {
    let order = order(Tool::Curl, Impl::Native, "127.0.0.1", 9, PATIENT);
    let vars = env(&[("http_proxy", "socks5://127.0.0.1:9")]);
    let error = Prober::new().probe(&order, &vars).await.unwrap_err();
    assert!(matches!(error, ProbeError::UnsupportedProxy { .. }), "{error}");
}
