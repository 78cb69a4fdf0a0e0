//! `netsh interface ipv4 show interfaces`: index, metric, MTU, a translated state, and the name.

/// An interface of Windows.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Interface {
    /// Its index.
    pub index: u32,
    /// The largest packet, in bytes; 4294967295 for loopback.
    pub mtu: u32,
    /// Its name, as the user sees it.
    pub name: String,
}

/// The interfaces that the text lists.
pub fn read(text: &str) -> Vec<Interface> {
    text.lines().filter_map(interface).collect()
}

fn interface(line: &str) -> Option<Interface> {
    let mut rest = line;
    let mut word = || {
        rest = rest.trim_start();
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        rest = behind;
        word
    };
    let index = word().parse().ok()?;
    let _metric: u32 = word().parse().ok()?;
    let mtu = word().parse().ok()?;
    let _state = word();
    let name = rest.trim();
    (!name.is_empty()).then(|| Interface { index, mtu, name: name.to_owned() })
}
