//! The page: its rows, and its last column, which alone is ever written.

use super::FidelityError;

/// How a row stands that no real Windows has recorded.
pub const NOT_YET: &str = "no";

/// The columns of a row.
const COLUMNS: usize = 6;

/// What the line begins with that counts the rows.
const COUNT: &str = "**Recorded on a real Windows:";

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// By which `fidelity.toml` knows it.
    pub id: String,
    /// What the lab models.
    pub behaviour: String,
    /// How that is known.
    pub basis: String,
    /// What a real Windows has recorded of it.
    pub windows: String,
    line: usize,
}

/// The page.
#[derive(Clone, Debug)]
pub struct Page {
    lines: Vec<String>,
    rows: Vec<Row>,
}

impl Page {
    /// Reads its tables.
    ///
    /// # Errors
    /// When a row has not the columns of one, or two have the same id; the line is named.
    pub fn read(text: &str) -> Result<Page, FidelityError> {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let mut rows: Vec<Row> = Vec::new();
        for (index, line) in lines.iter().enumerate() {
            let is_head = |cells: &[&str]| cells[0] == "id" || cells[0].starts_with("--");
            let cells = cells(line);
            if cells.is_empty() || is_head(&cells) {
                continue;
            }
            let malformed = |reason| FidelityError::Page { line: index + 1, reason };
            let [id, behaviour, _, _, basis, windows] = cells[..] else {
                let reason = format!("a row has {COLUMNS} columns, this one {}", cells.len());
                return Err(malformed(reason));
            };
            if rows.iter().any(|row| row.id == id) {
                return Err(malformed(format!("another row is `{id}`, too")));
            }
            rows.push(Row {
                id: id.to_owned(),
                behaviour: behaviour.to_owned(),
                basis: basis.to_owned(),
                windows: windows.to_owned(),
                line: index,
            });
        }
        Ok(Page { lines, rows })
    }

    /// Its rows.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Writes the last column of a row.
    pub fn set(&mut self, id: &str, windows: &str) {
        let Some(row) = self.rows.iter_mut().find(|row| row.id == id) else { return };
        row.windows = windows.to_owned();
        let old = cells(&self.lines[row.line]);
        let text = windows.replace('|', "\\|");
        let kept = old[..COLUMNS - 1].join(" | ");
        self.lines[row.line] = format!("| {kept} | {text} |");
    }

    /// The page as it is to be written, its rows counted.
    pub fn text(&self) -> String {
        let recorded = self.rows.iter().filter(|row| row.windows != NOT_YET).count();
        let count = format!("{COUNT} {recorded} of {} rows.**", self.rows.len());
        let line = |line: &String| match line.starts_with(COUNT) {
            true => format!("{count}\n"),
            false => format!("{line}\n"),
        };
        self.lines.iter().map(line).collect()
    }
}

/// The cells of a line of a table; none of any other line. `\|` is no end of a cell.
fn cells(line: &str) -> Vec<&str> {
    let Some(inside) = line.strip_prefix("| ").or_else(|| line.strip_prefix("|-")) else {
        return Vec::new();
    };
    let start = line.len() - inside.len() - 1;
    let mut cells = Vec::new();
    let (mut from, mut escaped) = (start, false);
    for (at, letter) in line.char_indices().skip(start) {
        if letter == '|' && !escaped {
            cells.push(line[from..at].trim());
            from = at + 1;
        }
        escaped = letter == '\\';
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# F\n\n**Recorded on a real Windows: 9 of 9 rows.**\n\n\
        | id | behaviour | where | source | basis | Windows |\n|---|---|---|---|---|---|\n\
        | a-1 | does `x \\| y` | `f.rs` | - | source | no |\n| a-2 | z | - | - | issue | no |\n";

    #[test]
    fn one_column_is_written_and_the_rows_are_counted() {
        let mut page = Page::read(TEXT).unwrap();
        assert_eq!(page.rows().len(), 2);
        assert_eq!(page.rows()[0].behaviour, "does `x \\| y`");
        page.set("a-1", "yes: build 1 | 2");
        let expected = TEXT
            .replace("9 of 9", "1 of 2")
            .replace("| source | no |", "| source | yes: build 1 \\| 2 |");
        assert_eq!(page.text(), expected);
        // What was written is read alike.
        assert_eq!(Page::read(&page.text()).unwrap().text(), expected);
    }

    #[test]
    fn a_row_that_is_none_is_named_by_its_line() {
        let told = |text: &str| Page::read(text).unwrap_err().to_string();
        let short = TEXT.replace("| z | - |", "| z |");
        assert!(told(&short).contains("line 8: a row has 6 columns, this one 5"));
        assert!(told(&TEXT.replace("a-2", "a-1")).contains("another row is `a-1`, too"));
    }
}
