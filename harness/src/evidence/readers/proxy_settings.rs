//! `reg query "HKCU\…\Internet Settings"`: `    ProxyServer    REG_SZ    10.0.0.1:3128`.

use crate::evidence::{
    document::Block,
    fact::{Kind, Setting, SettingFile},
    reader::{Reader, Sink},
    side::Side,
    span::Text,
};

pub(super) const READER: Reader = Reader { name: "proxy-settings", read };

/// What the file of such a setting is called.
pub const FILE: &str = "Internet Settings";

fn read(block: &Block<'_>, out: &mut Sink) {
    for line in &block.lines {
        let words: Vec<&str> = line.words().map(Text::as_str).collect();
        let [key, kind, value @ ..] = words.as_slice() else { continue };
        let known = ["ProxyEnable", "ProxyServer", "ProxyOverride", "AutoConfigURL"];
        if !kind.starts_with("REG_") || !known.contains(key) {
            continue;
        }
        let setting = Setting {
            file: SettingFile::Other(Some(FILE.to_owned())),
            section: None,
            key: (*key).to_owned(),
            value: value.join(" "),
        };
        out.put(Side::Windows, line.span(), Kind::Setting(setting));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::facts;
    use crate::evidence::fact::Kind;

    #[test]
    fn values_of_the_registry() {
        let text = "HKEY_CURRENT_USER\\Software\\Internet Settings\n    \
            ProxyEnable    REG_DWORD    0x1\n    ProxyServer    REG_SZ    10.0.0.1:3128\n    \
            UserAgent    REG_SZ    Mozilla\n";
        let shown: Vec<String> = facts(text)
            .into_iter()
            .filter_map(|fact| match fact.kind {
                Kind::Setting(it) => Some(format!("{} {}", it.key, it.value)),
                _ => None,
            })
            .collect();
        assert_eq!(shown, ["ProxyEnable 0x1", "ProxyServer 10.0.0.1:3128"]);
    }
}
