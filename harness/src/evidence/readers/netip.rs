//! `Get-NetIPAddress`, as a list and as a table with any choice of columns.

use super::shape::{address, is_ruler, label, words};
use crate::evidence::{
    document::Block,
    fact::{InterfaceAddress, Kind},
    reader::{Reader, Sink},
    side::Side,
    span::Span,
};

pub(super) const READER: Reader = Reader { name: "Get-NetIPAddress", read };

fn read(block: &Block<'_>, out: &mut Sink) {
    let side = block.side.or(Side::Windows);
    let mut columns: Vec<&str> = Vec::new();
    let mut list: Option<(Span, InterfaceAddress)> = None;
    for line in &block.lines {
        let words = words(*line);
        if words.iter().any(|word| word.eq_ignore_ascii_case("IPAddress")) && label(*line).is_none()
        {
            columns = words;
        } else if let Some((key, value)) = label(*line) {
            let (key, value) = (key.as_str(), value.as_str());
            if key.eq_ignore_ascii_case("IPAddress") {
                put(list.take(), side, out);
                let found = address(value);
                let empty = |address| InterfaceAddress { interface: None, address, prefix: None };
                list = found.map(|address| (line.span(), empty(address)));
            } else if let Some((span, known)) = &mut list {
                match key.to_ascii_lowercase().as_str() {
                    "interfacealias" => known.interface = Some(value.to_owned()),
                    "prefixlength" => known.prefix = value.parse().ok(),
                    _ => continue,
                }
                *span = span.to(line.span());
            }
        } else if !words.is_empty() && !words.iter().all(|word| is_ruler(word)) {
            let found = row(&columns, &words).map(|found| (line.span(), found));
            put(found, side, out);
        }
    }
    put(list, side, out);
}

fn put(found: Option<(Span, InterfaceAddress)>, side: Side, out: &mut Sink) {
    // A list of addresses without their interface says too little to be one of ours.
    if let Some((span, found)) =
        found.filter(|(_, it)| it.interface.is_some() || it.prefix.is_some())
    {
        out.put(side, span, Kind::Address(found));
    }
}

/// By the header. A name with blanks takes what the other columns leave, so there may be only one.
fn row(columns: &[&str], words: &[&str]) -> Option<InterfaceAddress> {
    if columns.is_empty() || words.len() < columns.len() {
        return None;
    }
    let column = |name: &str| columns.iter().position(|it| it.eq_ignore_ascii_case(name));
    let surplus = words.len() - columns.len();
    let alias = column("InterfaceAlias");
    let cell = |at: usize| -> Option<String> {
        Some(match alias {
            Some(alias) if at == alias => words.get(at..=at + surplus)?.join(" "),
            Some(alias) if at > alias => (*words.get(at + surplus)?).to_owned(),
            _ => (*words.get(at)?).to_owned(),
        })
    };
    let text = cell(column("IPAddress")?)?;
    Some(InterfaceAddress {
        interface: alias.and_then(cell),
        address: address(&text)?,
        prefix: column("PrefixLength").and_then(cell).and_then(|it| it.parse().ok()),
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::facts;
    use crate::evidence::fact::Kind;

    fn shown(text: &str) -> Vec<String> {
        let show = |kind| match kind {
            Kind::Address(it) => Some(format!(
                "{:?} {} {:?}",
                it.interface.unwrap_or_default(),
                it.address,
                it.prefix
            )),
            _ => None,
        };
        facts(text).into_iter().filter_map(|fact| show(fact.kind)).collect()
    }

    #[test]
    fn lists() {
        let text = "```\nPS> Get-NetIPAddress\n\n\
            IPAddress         : 172.28.16.1\nInterfaceIndex    : 23\n\
            InterfaceAlias    : vEthernet (WSL)\nAddressFamily     : IPv4\n\
            PrefixLength      : 20\n\nIPAddress         : fe80::1%9\n\
            InterfaceAlias    : Wi-Fi\n```\n";
        let expected = [r#""vEthernet (WSL)" 172.28.16.1 Some(20)"#, r#""Wi-Fi" fe80::1 None"#];
        assert_eq!(shown(text), expected);
    }

    #[test]
    fn tables() {
        let text = "```\nifIndex IPAddress    PrefixLength PrefixOrigin\n\
            ------- ---------    ------------ ------------\n\
            23      172.28.16.1  20           Manual\n```\n";
        assert_eq!(shown(text), [r#""" 172.28.16.1 Some(20)"#]);
        let text = "```\nInterfaceAlias  IPAddress   PrefixLength\n\
            --------------  ---------   ------------\n\
            vEthernet (WSL) 172.28.16.1 20\n```\n";
        assert_eq!(shown(text), [r#""vEthernet (WSL)" 172.28.16.1 Some(20)"#]);
    }
}
