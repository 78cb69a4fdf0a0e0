//! Plain-text columns.

/// Rows of text whose columns line up, two spaces apart, without trailing spaces.
pub(crate) fn align(rows: &[Vec<String>]) -> String {
    let width = |text: &String| text.chars().count();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|column| rows.iter().filter_map(|row| row.get(column)).map(width).max().unwrap_or(0))
        .collect();
    let mut out = String::new();
    for row in rows {
        let mut line = String::new();
        for (text, wide) in row.iter().zip(&widths) {
            line.push_str(text);
            line.extend(std::iter::repeat_n(' ', wide - width(text) + 2));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// Text for one cell of a table: a line end or another control character would break the columns.
pub(crate) fn one_line(text: &str) -> String {
    let escape = |c: char| {
        if c.is_control() { c.escape_default().to_string() } else { c.to_string() }
    };
    text.trim_end().chars().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_without_trailing_spaces() {
        let row = |cells: &[&str]| cells.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        let rows = [row(&["a", "bbb", ""]), row(&["ää", "b"]), row(&["", "", "x"])];
        assert_eq!(align(&rows), "a   bbb\nää  b\n         x\n");
    }

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(one_line("a\tb\nc \r\n"), "a\\tb\\nc");
    }
}
