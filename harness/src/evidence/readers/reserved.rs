//! `netsh interface ipv4 show excludedportrange` and `… show dynamicport`, in any language.

use super::shape::{label, words};
use crate::evidence::{
    document::{Block, Form},
    fact::{Kind, Ports, ReservedPorts},
    reader::{Reader, Sink},
    side::Side,
    span::Text,
};

pub(super) const READER: Reader = Reader { name: "excludedportrange", read };

fn read(block: &Block<'_>, out: &mut Sink) {
    let about = |word: &str| block.ran(&[word]) || block.is_about(word);
    if about("excludedport") || about("excluded port") {
        // A command that adds a range says so itself.
        for line in &block.lines {
            for (part, ports) in ranges(block.form, *line) {
                out.put(Side::Windows, part.span(), Kind::ReservedPorts(ports));
            }
        }
    } else if !about("dynamicport") {
        table(block, out);
    }
    dynamic(block, about("dynamicport") || about("dynamic port"), out);
    for line in block.command.iter().chain(&block.lines) {
        if let Some(ports) = typed(*line) {
            out.put(Side::Windows, line.span(), ports);
        }
    }
}

/// A table without its command: rows of two ports below a rule of dashes, at least three of them.
fn table(block: &Block<'_>, out: &mut Sink) {
    if block.form != Form::Output {
        return;
    }
    let rule = |line: &Text<'_>| {
        let words = words(*line);
        words.len() == 2 && words.iter().all(|word| super::shape::is_ruler(word))
    };
    let Some(at) = block.lines.iter().position(rule) else { return };
    let rows: Vec<(&Text<'_>, ReservedPorts)> = block.lines[at + 1..]
        .iter()
        .filter(|line| !line.trim().as_str().is_empty())
        .map_while(|line| Some((line, row(&words(*line))?)))
        .collect();
    let sorted = rows.is_sorted_by_key(|(_, range)| *range.ports.0.start());
    if rows.len() >= 3 && sorted {
        for (line, range) in rows {
            out.put(Side::Windows, line.span(), Kind::ReservedPorts(range));
        }
    }
}

/// Ranges of one line: a row, or in an item `4294-4393, 50000-50059 *`.
fn ranges(form: Form, line: Text<'_>) -> Vec<(Text<'_>, ReservedPorts)> {
    if let Some(range) = row(&words(line)) {
        return vec![(line, range)];
    }
    let parts = line.as_str().split([',', ';']).map(|part| line.part(part).trim());
    let found: Vec<_> = parts.map(|part| Some((part, row(&words(part))?))).collect();
    let whole = found.iter().all(Option::is_some);
    let found = found.into_iter().flatten();
    if whole || form == Form::Item { found.collect() } else { Vec::new() }
}

fn row(words: &[&str]) -> Option<ReservedPorts> {
    let (words, administered) = match words {
        [rest @ .., "*"] => (rest, true),
        [rest @ .., last] if last.ends_with('*') => {
            let last = last.trim_end_matches('*');
            return row(&[rest, &[last, "*"]].concat());
        }
        rest => (rest, false),
    };
    let ports = match words {
        [one] if one.contains('-') => Ports::parse(one)?,
        [first, "-" | "–", last] | [first, last] => Ports::parse(&format!("{first}-{last}"))?,
        _ => return None,
    };
    Some(ReservedPorts { ports, administered })
}

/// Two rows, `Start Port : 49152` and `Number of Ports : 16384`, or both in one line. The words are
/// translated; the order is not.
fn dynamic(block: &Block<'_>, about: bool, out: &mut Sink) {
    if !about || block.lines.is_empty() {
        return;
    }
    let numbers: Vec<(Text<'_>, u32)> = block
        .lines
        .iter()
        .flat_map(|line| {
            let line = label(*line).filter(|_| block.form == Form::Output).map_or(*line, |it| it.1);
            let parts = line.as_str().split(|c: char| !c.is_ascii_digit());
            parts.filter_map(move |part| Some((line.part(part), part.parse().ok()?)))
        })
        .collect();
    // A sentence about ports is none of the tool's.
    let prose = block.form != Form::Output && words(block.lines[0]).len() > 12;
    let [(first, start), (last, count)] = numbers[..] else { return };
    if prose || count == 0 || block.lines.iter().any(|line| line.has("show")) {
        return;
    }
    let end = start.checked_add(count - 1).and_then(|end| u16::try_from(end).ok());
    if let (Ok(from), Some(to)) = (u16::try_from(start), end) {
        let ports = Kind::DynamicPorts(Ports(from..=to));
        out.put(Side::Windows, first.span().to(last.span()), ports);
    }
}

/// `… add excludedportrange protocol=tcp startport=50000 numberofports=60`
fn typed(line: Text<'_>) -> Option<Kind> {
    let value = |tag: &str| -> Option<u16> {
        line.words().find_map(|word| {
            let (name, value) = word.as_str().split_once('=')?;
            name.eq_ignore_ascii_case(tag).then(|| value.parse().ok())?
        })
    };
    let range =
        |start: u16, count: u16| Some(Ports(start..=start.checked_add(count.checked_sub(1)?)?));
    if line.has("excludedport") && line.has(" add ") {
        let ports = range(value("startport")?, value("numberofports")?)?;
        return Some(Kind::ReservedPorts(ReservedPorts { ports, administered: true }));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::testing::facts;
    use crate::evidence::fact::Kind;

    fn shown(text: &str) -> Vec<String> {
        let show = |kind| match kind {
            Kind::ReservedPorts(it) => {
                let mark = if it.administered { " *" } else { "" };
                Some(format!("{}-{}{mark}", it.ports.0.start(), it.ports.0.end()))
            }
            Kind::DynamicPorts(it) => Some(format!("dynamic {}-{}", it.0.start(), it.0.end())),
            _ => None,
        };
        facts(text).into_iter().filter_map(|fact| show(fact.kind)).collect()
    }

    const HEADS: [&str; 8] = [
        "Protocol tcp Port Exclusion Ranges\n\nStart Port    End Port",
        "协议 tcp 端口排除范围\n\n开始端口    结束端口",
        "プロトコル tcp ポートの除外範囲\n\n開始ポート    終了ポート",
        "Plages d'exclusion du port tcp du protocole\n\nPort d'initialisation    Port de fin",
        "Intervalos de exclusión de puerto de protocolo tcp\n\nPuerto de inicio    Puerto final",
        "프로토콜 tcp 포트 제외 범위\n\n시작 포트    끝 포트",
        "Protokoll tcp - Portausschlussbereiche\n\nStartport    Endport",
        "\u{fffd}\u{fffd}\u{fffd} tcp \u{fffd}\u{fffd}",
    ];

    #[test]
    fn tables_in_every_language() {
        for head in HEADS {
            let body = format!(
                "{head}\n----------    --------\n        80          80\n\
                 \x20     4294        4393\n     50000       50059     *\n\n* - x\n"
            );
            let expected = ["80-80", "4294-4393", "50000-50059 *"];
            let command = "C:\\> netsh interface ipv4 show excludedportrange protocol=tcp";
            assert_eq!(shown(&format!("```\n{command}\n{body}```\n")), expected, "{head}");
            assert_eq!(shown(&format!("```\n{body}```\n")), expected, "{head}");
        }
    }

    #[test]
    fn items() {
        let text = "- excluded port ranges: 4294-4393, 50000-50059 *\n";
        assert_eq!(shown(text), ["4294-4393", "50000-50059 *"]);
        assert_eq!(shown("- ports: 80-90\n"), [""; 0]);
    }

    #[test]
    fn the_dynamic_range() {
        for (start, count) in [
            ("Start Port      : 1024", "Number of Ports : 64511"),
            ("启动端口        : 1024", "端口数          : 64511"),
            ("Startport       : 1024", "Anzahl von Ports: 64511"),
        ] {
            let text = format!(
                "```\nC:\\> netsh int ipv4 show dynamicport tcp\n\nx tcp y\n----\n{start}\n{count}\n```\n"
            );
            assert_eq!(shown(&text), ["dynamic 1024-65534"]);
        }
        let text = "- dynamicport: Start Port : 1024, Number of Ports : 13977\n";
        assert_eq!(shown(text), ["dynamic 1024-15000"]);
        let text = "- dynamicport: not the default here; a clean Windows shows Start Port : 49152, \
                    Number of Ports : 16384\n";
        assert_eq!(shown(text), [""; 0]);
    }

    #[test]
    fn reservations_as_typed() {
        let text = "C:\\> netsh int ipv4 add excludedportrange protocol=tcp startport=50051 \
                    numberofports=1\nOk.\n";
        assert_eq!(shown(text), ["50051-50051 *"]);
    }
}
