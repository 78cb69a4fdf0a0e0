//! `netsh interface portproxy show all`: `ipv4` and `ipv6` are the same words everywhere, and a
//! rule is address, port, address, port.

/// A rule, or one that can be typed again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Rule {
    /// `v4tov4` and its like.
    pub form: String,
    /// Where it listens; `*` for everywhere.
    pub listen_address: String,
    /// On which port.
    pub listen_port: u16,
    /// What it connects to: an address or a name.
    pub connect_address: String,
    /// On which port.
    pub connect_port: u16,
}

/// The rules that the text lists. Rows before the first heading belong to no form and are left out.
pub fn read(text: &str) -> Vec<Rule> {
    let mut form = None;
    let mut rules = Vec::new();
    for line in text.lines() {
        if let Some(heading) = heading(line) {
            form = Some(heading);
        } else if let Some(form) = &form {
            rules.extend(rule(form, line));
        }
    }
    rules
}

/// Two families, in the order of listening and connecting.
fn heading(line: &str) -> Option<String> {
    let families: Vec<char> = line
        .match_indices("ipv")
        .filter_map(|(at, _)| line[at + 3..].chars().next())
        .filter(|digit| ['4', '6'].contains(digit))
        .collect();
    match families[..] {
        [listens, connects] => Some(format!("v{listens}tov{connects}")),
        _ => None,
    }
}

fn rule(form: &str, line: &str) -> Option<Rule> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [listen_address, listen_port, connect_address, connect_port] = words[..] else {
        return None;
    };
    Some(Rule {
        form: form.to_owned(),
        listen_address: listen_address.to_owned(),
        listen_port: listen_port.parse().ok()?,
        connect_address: connect_address.to_owned(),
        connect_port: connect_port.parse().ok()?,
    })
}
