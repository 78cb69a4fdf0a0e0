//! What of an answer is of interest. Foreign connections and rules are nobody's business, and hide
//! what matters.

/// All of it.
pub fn whole(text: &str, _: &[u16]) -> String {
    text.to_owned()
}

/// Without comments and empty lines.
pub fn uncommented(text: &str, _: &[u16]) -> String {
    lines(text, |line| !line.trim().is_empty() && !line.trim_start().starts_with(['#', ';']))
}

/// The rows of netstat that listen, by their foreign end: the words for states are translated.
pub fn listeners(text: &str, _: &[u16]) -> String {
    let ends = ["0.0.0.0:0", "[::]:0", "*:*"];
    let is_row = |line: &str| line.split_whitespace().nth(1).is_some_and(|it| it.contains(':'));
    lines(text, |line| {
        let listens = line.split_whitespace().nth(2).is_some_and(|end| ends.contains(&end));
        let udp = line.trim_start().to_ascii_uppercase().starts_with("UDP");
        !line.trim().is_empty() && (!is_row(line) || listens && !udp)
    })
}

/// The variables that tools read for a proxy; others have the word in them too.
pub fn variables(text: &str, _: &[u16]) -> String {
    lines(text, |line| {
        let name = line.split('=').next().unwrap_or_default().to_ascii_lowercase();
        let is_word = name.chars().all(|c| c.is_ascii_alphabetic() || c == '_');
        is_word && name.ends_with("_proxy")
    })
}

/// The values that name a proxy.
pub fn proxies(text: &str, _: &[u16]) -> String {
    lines(text, |line| {
        let name = line.split_whitespace().next().unwrap_or_default();
        line.starts_with("HKEY") || name.starts_with("Proxy") || name == "AutoConfigURL"
    })
}

/// The rules that name one of these ports or no port at all: a block a rule, between empty lines.
pub fn firewall_rules(text: &str, ports: &[u16]) -> String {
    let text = text.replace("\r\n", "\n");
    let mut kept = String::new();
    for block in text.split("\n\n").filter(|block| !block.trim().is_empty()) {
        if concerns(block, ports) {
            kept += block.trim_matches('\n');
            kept += "\n\n";
        }
    }
    kept
}

/// A rule of another program, or of another port, is foreign. The tags are translated, the order of
/// the fields is not, so this looks at values only.
fn concerns(block: &str, ports: &[u16]) -> bool {
    let values = || block.lines().filter_map(|line| line.split_once(':')).map(|it| it.1.trim());
    let is_rule = values().count() >= 6;
    let names_port = values().any(|value| {
        value.split(',').any(|part| match part.split_once('-') {
            Some((first, last)) => match (first.trim().parse(), last.trim().parse::<u16>()) {
                (Ok(first), Ok(last)) => ports.iter().any(|port| (first..=last).contains(port)),
                _ => false,
            },
            None => part.trim().parse().is_ok_and(|port| ports.contains(&port)),
        })
    });
    let has_ports = values().any(|value| {
        value.split(',').all(|part| part.trim().split('-').all(|it| it.parse::<u16>().is_ok()))
    });
    let is_system = values().any(|value| value.starts_with('@'));
    names_port || !is_rule || !has_ports && !is_system && block.lines().count() < 16
}

fn lines(text: &str, keep: impl Fn(&str) -> bool) -> String {
    text.lines().filter(|line| keep(line)).map(|line| format!("{line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_nobodys_business() {
        let text = "\nActive Connections\n\n  Proto  Local Address  Foreign Address  State  PID\n  \
            TCP    127.0.0.1:80    0.0.0.0:0     LISTENING    4\n  \
            TCP    10.0.0.2:50000  8.8.8.8:443   ESTABLISHED  900\n  \
            TCP    [::1]:80        [::]:0        ABH\u{fffd}REN      4\n  UDP    0.0.0.0:53  *:*  7\n";
        let kept = listeners(text, &[]);
        assert!(kept.contains("127.0.0.1:80") && kept.contains("[::1]:80"), "{kept}");
        assert!(!kept.contains("8.8.8.8") && !kept.contains("UDP"), "{kept}");
    }

    #[test]
    fn rules_of_other_ports_are_cut() {
        let rule = |name: &str, port: &str| {
            format!(
                "Rule Name: {name}\nEnabled: Yes\nDirection: In\nProfiles: Public\nLocalIP: Any\n\
                 Protocol: TCP\nLocalPort: {port}\nAction: Allow\n"
            )
        };
        let text = [rule("a", "8080"), rule("b", "22"), rule("c", "8000-8100"), rule("d", "Any")]
            .join("\n");
        let kept = firewall_rules(&text, &[8080]);
        let names: Vec<&str> =
            kept.lines().filter_map(|line| line.strip_prefix("Rule Name: ")).collect();
        assert_eq!(names, ["a", "c", "d"]);
    }
}
