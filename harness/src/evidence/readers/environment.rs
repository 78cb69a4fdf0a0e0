//! Variables of an environment: `env | grep -i proxy`, `export http_proxy=…`, `ENV` of a Dockerfile.

use crate::evidence::{
    document::{Block, Form},
    fact::{Kind, Variable},
    reader::{Reader, Sink},
    side::Side,
    span::Text,
};

pub(super) const READER: Reader = Reader { name: "environment", read };

/// What people write where a variable is not set.
const UNSET: [&str; 7] = ["(unset)", "(not set)", "unset", "<unset>", "(empty)", "\"\"", "''"];

fn read(block: &Block<'_>, out: &mut Sink) {
    let side = if block.form == Form::Prose { Side::Unknown } else { block.side };
    let is_listing = block.command.is_some_and(|command| {
        command.words().any(|word| matches!(word.as_str(), "env" | "printenv" | "set" | "export"))
    });
    for line in block.command.iter().chain(&block.lines) {
        let mut found = false;
        for word in line.words() {
            if let Some(variable) = assignment(word, is_listing && block.command != Some(*line)) {
                out.put(side, word.span(), Kind::Variable(variable));
                found = true;
            }
        }
        // `$env:HTTP_PROXY = "…"`, `HTTP_PROXY: http://…`, `no_proxy not set`.
        if !found && let Some(variable) = apart(*line) {
            out.put(side, line.span(), Kind::Variable(variable));
        }
    }
    // `- no_proxy: not set`
    if block.form == Form::Item
        && let (Some(key), Some(value)) = (block.key, block.lines.first())
        && is_proxy(key.as_str())
    {
        let name = key.as_str().to_owned();
        out.put(
            side,
            value.span(),
            Kind::Variable(Variable { name, value: value_of(value.as_str()) }),
        );
    }
}

fn assignment(word: Text<'_>, any_name: bool) -> Option<Variable> {
    let text = word.as_str().trim_matches(['"', '\'', '`', ',', ';', '(', ')']);
    let text = text.strip_prefix("$env:").unwrap_or(text);
    let (name, value) = text.split_once('=')?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    (is_name && (any_name || is_proxy(name)))
        .then(|| Variable { name: name.to_owned(), value: value_of(value) })
}

fn apart(line: Text<'_>) -> Option<Variable> {
    let mut words = line.words().map(Text::as_str).skip_while(|word| {
        !is_proxy(word.trim_start_matches("$env:").trim_matches([':', '"', '\'', '=', '`']))
    });
    let name = words.next()?.trim_start_matches("$env:").trim_matches([':', '"', '\'', '=', '`']);
    let rest: Vec<&str> = words.collect();
    let value = match rest.as_slice() {
        ["=", value, ..] => value_of(value),
        ["not", "set", ..] | ["is", "not", "set", ..] | ["unset", ..] | ["is", "unset", ..] => None,
        [value, ..] if value.contains("://") => value_of(value),
        _ => return None,
    };
    Some(Variable { name: name.to_owned(), value })
}

fn is_proxy(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    matches!(name.as_str(), "http_proxy" | "https_proxy" | "all_proxy" | "ftp_proxy" | "no_proxy")
}

fn value_of(text: &str) -> Option<String> {
    let text = text.trim();
    if UNSET.contains(&text) || text.eq_ignore_ascii_case("not set") {
        return None;
    }
    Some(text.trim_matches(['"', '\'', '`', ',', ';']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::testing::facts;
    use crate::evidence::fact::Kind;

    fn variables(text: &str) -> Vec<String> {
        let show = |kind| match kind {
            Kind::Variable(it) => {
                Some(format!("{}={}", it.name, it.value.unwrap_or_else(|| "-".to_owned())))
            }
            _ => None,
        };
        facts(text).into_iter().filter_map(|fact| show(fact.kind)).collect()
    }

    #[test]
    fn listings() {
        let text = "```\n$ env | grep -i proxy\nhttps_proxy=http://127.0.0.1:7897\nNO_PROXY=(unset)\n\
                    HTTP_PROXY=<squid>\nMYSQL_HOST=localhost\n```\n";
        assert_eq!(
            variables(text),
            [
                "https_proxy=http://127.0.0.1:7897",
                "NO_PROXY=-",
                "HTTP_PROXY=<squid>",
                "MYSQL_HOST=localhost",
            ]
        );
    }

    #[test]
    fn elsewhere_only_proxies() {
        assert_eq!(
            variables("exported http_proxy=127.0.0.1:7897 in WSL2, A=b\n"),
            ["http_proxy=127.0.0.1:7897"]
        );
        assert_eq!(
            variables("- dockerfile: ENV https_proxy \"http://10.0.0.1:1\"\n"),
            ["https_proxy=http://10.0.0.1:1"]
        );
        assert_eq!(
            variables("- env: HTTP_PROXY=http://10.1.2.3:8080, no_proxy not set\n").len(),
            1
        );
        assert_eq!(variables("- no_proxy: not set\n"), ["no_proxy=-"]);
        assert_eq!(
            variables("$env:HTTP_PROXY = \"http://127.0.0.1:8888\"\n"),
            ["HTTP_PROXY=http://127.0.0.1:8888"]
        );
    }
}
