//! The matrix that `collect` prints, and what somebody says does not work:
//! `windows  localhost  ok  open  open  http-200`, `- does not work: windows -> localhost`.

use crate::{
    evidence::{
        document::{Block, Form},
        fact::{Attempt, Kind, Place, Seen},
        host::Host,
        reader::{Reader, Sink},
        side::Side,
        span::Text,
    },
    node::Node,
    outcome::Outcome,
    route::{Route, RoutePattern},
    target,
    tool::Tool,
};

pub(super) const READER: Reader = Reader { name: "matrix", read };

/// Whether a block is the matrix, or a complaint in its words.
pub fn is_one(block: &Block<'_>) -> bool {
    block.ran(&["xtask", "collect", "--port"]) || is_complaint(block)
}

fn is_complaint(block: &Block<'_>) -> bool {
    let route = |line: &Text<'_>| line.as_str().trim().parse::<RoutePattern>().is_ok();
    block.form == Form::Item && block.is_about("does not work") && block.lines.iter().all(route)
}

fn read(block: &Block<'_>, out: &mut Sink) {
    if is_complaint(block) {
        for line in &block.lines {
            if let Ok(said) = line.as_str().trim().parse::<RoutePattern>() {
                let RoutePattern { route, tool } = said;
                put(route, tool, Seen::Fails, None, *line, out);
            }
        }
    }
    if !is_one(block) {
        return;
    }
    let port = block.command.and_then(|command| command.words().last());
    let port = port.and_then(|port| port.as_str().parse().ok());
    let mut tools: Vec<Tool> = Vec::new();
    for line in &block.lines {
        let words: Vec<&str> = line.words().map(Text::as_str).collect();
        match words.as_slice() {
            ["from", "to", names @ ..] => {
                tools = names.iter().map_while(|name| name.parse().ok()).collect();
            }
            [from, to, outcomes @ ..] => {
                let route = format!("{from} -> {to}").parse::<RoutePattern>();
                let Ok(RoutePattern { route, tool: None }) = route else { continue };
                for (tool, word) in tools.iter().zip(outcomes) {
                    let word = word.strip_suffix("(proxy)").unwrap_or(word);
                    if let Ok(outcome) = word.parse::<Outcome>()
                        && outcome.is_applicable()
                    {
                        put(route, Some(*tool), Seen::Outcome(outcome), port, *line, out);
                    }
                }
            }
            _ => {}
        }
    }
}

fn put(
    route: Route,
    tool: Option<Tool>,
    seen: Seen,
    port: Option<u16>,
    line: Text<'_>,
    out: &mut Sink,
) {
    let side = match route.from {
        Node::Windows => Side::Windows,
        Node::Wsl => Side::Guest,
        Node::Lan => Side::Lan,
    };
    let to = match route.to.host {
        target::Host::Localhost => Place::Localhost,
        target::Host::Loopback4 => Place::Loopback4,
        target::Host::Loopback6 => Place::Loopback6,
        target::Host::WslIp => Place::WslAddress,
        target::Host::WindowsGateway => Place::WindowsGateway,
        target::Host::WindowsLanIp => Place::WindowsLan,
        target::Host::LanIp => Place::Lan,
        target::Host::LanName => Place::Other(Host::Name(crate::topology::LAN_NAME.to_owned())),
    };
    let port = route.to.port.or(port);
    let tool = tool.map(|tool| tool.name().to_owned());
    out.put(side, line.span(), Kind::Attempt(Attempt { to, host: None, port, tool, seen }));
}

#[cfg(test)]
mod tests {
    use super::super::testing::facts;
    use crate::evidence::fact::Kind;

    #[test]
    fn a_matrix_and_a_complaint() {
        let text = "- does not work: windows -> wsl-ip\n\n```\n$ xtask collect --port 8080\n\
            from     to              ping  curl\n\
            windows  localhost       ok    http-200\n\
            wsl      127.0.0.1:8081  -     proxy-error(proxy)\n```\n";
        let shown: Vec<String> = facts(text)
            .into_iter()
            .filter_map(|fact| match fact.kind {
                Kind::Attempt(it) => {
                    let tool = it.tool.as_deref().unwrap_or("-");
                    let port = it.port.unwrap_or_default();
                    Some(format!("{} {} {port} {tool} {}", fact.side, it.to, it.seen))
                }
                _ => None,
            })
            .collect();
        assert_eq!(
            shown,
            [
                "windows wsl-ip 0 - fails",
                "windows localhost 8080 ping ok",
                "windows localhost 8080 curl http-200",
                "guest 127.0.0.1 8081 curl proxy-error",
            ]
        );
    }
}
