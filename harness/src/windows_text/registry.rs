//! `reg query`: its values stand in rows of name, type and data, four blanks apart, in no language.

/// A value of the registry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Value {
    /// The key, as `reg` writes it out: `HKEY_LOCAL_MACHINE\...`.
    pub key: String,
    /// The name; the default value's is translated.
    pub name: String,
    /// `REG_SZ` and its like.
    pub kind: String,
    /// The data as text: numbers in hexadecimal.
    pub data: String,
}

impl Value {
    /// A number.
    pub fn number(&self) -> Option<u32> {
        u32::from_str_radix(self.data.strip_prefix("0x")?, 16).ok()
    }
}

/// The values that `reg query` lists.
pub fn read(text: &str) -> Vec<Value> {
    let mut key = "";
    let mut values = Vec::new();
    for line in text.lines() {
        if line.starts_with("HKEY_") {
            key = line.trim_end();
        } else if let Some(row) = line.strip_prefix("    ") {
            values.extend(value(key, row));
        }
    }
    values
}

fn value(key: &str, row: &str) -> Option<Value> {
    // A name may hold four blanks, a type never does; data may be empty.
    let at = row.find("    REG_")?;
    let (name, rest) = (&row[..at], &row[at + 4..]);
    let (kind, data) = rest.split_once("    ").unwrap_or((rest.trim_end(), ""));
    let text = |text: &str| text.to_owned();
    Some(Value { key: text(key), name: text(name), kind: text(kind), data: text(data) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_several_keys() {
        let text = "\nHKEY_LOCAL_MACHINE\\A\n    127.0.0.1/8080    REG_SZ    172.28.21.93/8080\n    \
                    Empty    REG_SZ    \n\nHKEY_LOCAL_MACHINE\\A\\B\n    Start    REG_DWORD    0x2\n    \
                    a    b    REG_SZ    c    d\n\n";
        let seen: Vec<_> = read(text)
            .into_iter()
            .map(|value| (value.key, value.name, value.kind, value.data))
            .collect();
        let row = |key: &str, name: &str, kind: &str, data: &str| {
            (key.to_owned(), name.to_owned(), kind.to_owned(), data.to_owned())
        };
        let (a, b) = ("HKEY_LOCAL_MACHINE\\A", "HKEY_LOCAL_MACHINE\\A\\B");
        let expected = [
            row(a, "127.0.0.1/8080", "REG_SZ", "172.28.21.93/8080"),
            row(a, "Empty", "REG_SZ", ""),
            row(b, "Start", "REG_DWORD", "0x2"),
            row(b, "a    b", "REG_SZ", "c    d"),
        ];
        assert_eq!(seen, expected);
        assert_eq!(read(text)[2].number(), Some(2));
    }
}
