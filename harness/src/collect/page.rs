//! The page: one Markdown file, headings that make the machines unambiguous.

use super::{gather::Report, mask::Masks, table};
use crate::evidence::side::Side;

/// The command that prints the matrix, and by which its reader knows it.
pub const MATRIX: &str = "xtask collect --port";

/// The prompt of a machine's commands.
pub(super) fn prompt(side: Side) -> &'static str {
    if side == Side::Windows { r"C:\> " } else { "$ " }
}

/// Writes the page, masked.
pub fn render(report: &Report, masks: &mut Masks) -> String {
    let mut page = String::from("# What this machine says\n\n");
    page += if report.wsl { "Setup: WSL2\n\n" } else { "Setup: none\n\n" };
    page += &format!("- port: {}\n", report.wish.port);
    for route in &report.wish.complaints {
        page += &format!("- does not work: {route}\n");
    }
    page.push('\n');
    for section in &report.sections {
        page += match section.side {
            Side::Windows => "## Windows\n\n",
            _ if report.wsl => "## WSL\n\n",
            _ => "## Linux\n\n",
        };
        for (run, said) in &section.answers {
            page += &format!("```\n{}{run}\n{}```\n\n", prompt(section.side), fenced(said));
        }
    }
    if !report.cells.is_empty() {
        page += "## What reaches what\n\n";
        let table = table(&report.cells);
        page += &format!("```\n$ {MATRIX} {}\n{table}```\n", report.wish.port);
    }
    masks.apply(&page)
}

/// Output that ends with a line break and closes no fence.
fn fenced(said: &str) -> String {
    let text = said.trim_matches('\n').replace("```", "'''");
    if text.trim().is_empty() { String::new() } else { format!("{text}\n") }
}
