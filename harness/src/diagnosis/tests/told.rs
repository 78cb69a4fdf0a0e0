//! A collected report whose state shows no difference: then what the reporter says in words counts,
//! and nothing that a program printed.

use super::super::{Diagnosis, diagnose};
use crate::evidence::{Evidence, document::Form};

/// What somebody may add, or a server's log may have.
const WORDS: &str = "Since the VPN is on, my phone loses the connection.";

/// A machine whose server listens there, and what the reporter and its log say.
fn collected(listens: &str, said: &str, log: &str) -> String {
    let seen =
        if listens == "0.0.0.0" { "open  open  http-200" } else { "refused refused refused" };
    format!(
        "# What this machine says\n\nSetup: none\n\n- port: 8080\n\n{said}\n\n## Linux\n\n\
         ```\n$ ss -tulnp\nNetid State Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n\
         tcp LISTEN 0 128 {listens}:8080 0.0.0.0:*\n```\n\n\
         ```\n$ cat /etc/resolv.conf\nnameserver 9.9.9.9\n```\n\n\
         ```\n$ tail -n 20 /var/log/service.log\nlistening\n{log}\n```\n\n\
         ## What reaches what\n\n```\n$ xtask collect --port 8080\n\
         from  to         ping  telnet   nc       curl\n\
         wsl   localhost  ok    open     open     http-200\n\
         wsl   127.0.0.1  ok    open     open     http-200\n\
         wsl   [::1]      ok    refused  refused  refused\n\
         wsl   wsl-ip     ok    {seen}\n```\n"
    )
}

fn causes(diagnosis: &Diagnosis) -> Vec<&str> {
    diagnosis.findings.iter().map(|finding| finding.cause.slug()).collect()
}

#[test]
fn words_count_where_the_state_shows_nothing() {
    let report = collected("0.0.0.0", WORDS, "");
    let evidence = Evidence::read(report.as_str());
    let diagnosis = diagnose(&evidence);
    assert_eq!(causes(&diagnosis), ["vpn-route"]);
    // What is quoted stands in the report as pasted, and in none of its outputs.
    let spans = || diagnosis.findings.iter().flat_map(|it| &it.clues).flat_map(|it| &it.spans);
    let quotes: Vec<&str> = spans().map(|span| evidence.document.quote(*span)).collect();
    assert!(quotes.contains(&WORDS), "{quotes:?}");
    for block in evidence.document.blocks().iter().filter(|block| block.form == Form::Output) {
        let printed = block.lines.iter().find(|line| quotes.contains(&line.as_str()));
        assert_eq!(printed, None);
    }
}

#[test]
fn what_a_program_printed_is_nobodys_word() {
    for log in ["", WORDS] {
        assert_eq!(causes(&diagnose(&Evidence::read(collected("0.0.0.0", "", log)))), [""; 0]);
    }
}

#[test]
fn words_do_not_count_beside_what_the_state_shows() {
    let diagnosis = diagnose(&Evidence::read(collected("127.0.0.1", WORDS, WORDS)));
    assert_eq!(causes(&diagnosis), ["loopback-bind"]);
}
