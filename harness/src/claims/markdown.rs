//! Claims as a page, `docs/CLAIMS.md`: what the scenarios state, the same on every machine.

use super::register::{Counts, Line, heading};

const HEAD: &str = "\
# The article's claims

Every sentence of the article's chapters 1 to 4 that can be checked, in its order: what it says,
whether that is so, and what shows it. This page is made of [the ledger](facts/LEDGER.md) and of
what the scenarios state; `cargo xtask claims` runs them and looks every cell up.

- **measured**: real programs and the real Linux kernel show it, in this lab.
- **modelled**: something that stands for Windows or WSL takes part; its sources are in
  [FIDELITY.md](FIDELITY.md).
- **needs Windows**: no scenario shows it; the ledger says from which source it is known.

A test fails when the page is out of date. To write it anew:
`cargo xtask claims --no-run --report md=docs/CLAIMS.md`
";

/// The page.
pub fn markdown(lines: &[Line<'_>]) -> String {
    let mut page = format!("{HEAD}\n{}.\n", Counts::of(lines).sentence());
    let mut section = "";
    for line in lines {
        if line.entry.section != section {
            section = &line.entry.section;
            page.push_str(&format!(
                "\n## {}\n\n\
                 | claim | the article says | is it so? | what is true | basis | shown by |\n\
                 |---|---|---|---|---|---|\n",
                heading(section)
            ));
        }
        page.push_str(&row(line));
    }
    page
}

fn row(line: &Line<'_>) -> String {
    let entry = line.entry;
    let verdict = entry.verdict.name();
    let shows: Vec<String> = line
        .shows
        .iter()
        .map(|show| {
            let name = &show.scenario.name;
            let mut told = format!("[{name}](../scenarios/{name}): {}", escape(&show.claim.shows));
            for cell in &show.claim.cells {
                told.push_str(&format!("<br>`{}`", cell.to_string().replace('|', r"\|")));
            }
            told
        })
        .collect();
    format!(
        "| {} | {} | {verdict} | {} | {} | {} |\n",
        entry.id,
        escape(&entry.claim),
        escape(&entry.truth),
        line.basis(),
        shows.join("<br>")
    )
}

/// Text that is no markup, on one line. What stands in backticks is kept as it is: there only a bar
/// would end the cell.
fn escape(text: &str) -> String {
    let mut shown = String::new();
    let mut code = false;
    // A single backtick is no quotation.
    let quoted = text.matches('`').count().is_multiple_of(2);
    for c in text.split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        code ^= quoted && c == '`';
        match c {
            '|' => shown.push_str(r"\|"),
            '<' if !code => shown.push_str("&lt;"),
            '*' | '_' | '[' | ']' if !code => {
                shown.push('\\');
                shown.push(c);
            }
            '`' if !quoted => shown.push_str(r"\`"),
            c => shown.push(c),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_cell_or_becomes_markup() {
        let text = "a `x | y*` b|c <name> [::1] *.go\nd_e";
        assert_eq!(escape(text), r"a `x \| y*` b\|c &lt;name> \[::1\] \*.go d\_e");
        assert_eq!(escape("one ` alone *"), r"one \` alone \*");
    }
}
