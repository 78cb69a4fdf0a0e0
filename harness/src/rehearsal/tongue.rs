//! The language of Windows in a rehearsal. The words that readers must not lean on are translated,
//! and encoded as the programs do: `wsl.exe` in UTF-16, those of the console in the code page of the
//! language. Texts as seen in published sessions; none was recorded for this project.

use serde::{Deserialize, Serialize};

/// A language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tongue {
    /// English, the model's own.
    #[default]
    English,
    /// German, code page 850.
    German,
    /// Chinese, code page 936.
    Chinese,
}

/// English, German, Chinese.
#[rustfmt::skip]
const WORDS: [[&str; 3]; 25] = [
    ["Listen on ipv4:             Connect to ipv4:",
     "Abhören auf ipv4:           Verbinden mit ipv4:",
     "侦听 ipv4:                 连接到 ipv4:"],
    ["Listen on ipv4:             Connect to ipv6:",
     "Abhören auf ipv4:           Verbinden mit ipv6:",
     "侦听 ipv4:                 连接到 ipv6:"],
    ["Listen on ipv6:             Connect to ipv4:",
     "Abhören auf ipv6:           Verbinden mit ipv4:",
     "侦听 ipv6:                 连接到 ipv4:"],
    ["Listen on ipv6:             Connect to ipv6:",
     "Abhören auf ipv6:           Verbinden mit ipv6:",
     "侦听 ipv6:                 连接到 ipv6:"],
    ["Address         Port        Address         Port",
     "Adresse         Port        Adresse         Port",
     "地址            端口        地址            端口"],
    ["The operation completed successfully.",
     "Der Vorgang wurde erfolgreich beendet.",
     "操作成功完成。"],
    ["There is no distribution with the supplied name.",
     "Es ist keine Distribution mit dem angegebenen Namen vorhanden.",
     "不存在具有所提供名称的分发。"],
    ["Windows Subsystem for Linux Distributions:",
     "Windows-Subsystem für Linux-Distributionen:",
     "适用于 Linux 的 Windows 子系统分发:"],
    [" (Default)",
     " (Standard)",
     " (默认)"],
    ["ERROR: The system was unable to find the specified registry key or value.",
     "FEHLER: Der angegebene Registrierungsschlüssel bzw. Wert wurde nicht gefunden.",
     "错误: 系统找不到指定的注册表项或值。"],
    ["The system cannot find the file specified.",
     "Das System kann die angegebene Datei nicht finden.",
     "系统找不到指定的文件。"],
    ["Active Connections",
     "Aktive Verbindungen",
     "活动连接"],
    ["Local Address ",
     "Lokale Adresse",
     "本地地址      "],
    ["Foreign Address",
     "Remoteadresse  ",
     "外部地址       "],
    ["LISTENING      ",
     "ABHÖREN        ",
     "LISTENING      "],
    ["ESTABLISHED    ",
     "HERGESTELLT    ",
     "ESTABLISHED    "],
    ["Request timed out.",
     "Zeitüberschreitung der Anforderung.",
     "请求超时。"],
    ["Destination host unreachable.",
     "Zielhost nicht erreichbar.",
     "无法访问目标主机。"],
    ["Destination net unreachable.",
     "Zielnetz nicht erreichbar.",
     "无法访问目标网。"],
    ["PING: transmit failed. General failure.",
     "PING: Fehler bei der Übertragung. Allgemeiner Fehler.",
     "PING：传输失败。常见故障。"],
    [": bytes=32 time<1ms TTL=",
     ": Bytes=32 Zeit<1ms TTL=",
     " 的回复: 字节=32 时间<1ms TTL="],
    [": time<1ms",
     ": Zeit<1ms",
     " 的回复: 时间<1ms"],
    ["Reply from ",
     "Antwort von ",
     "来自 "],
    ["Ping request could not find host",
     "Ping-Anforderung konnte Host nicht finden:",
     "Ping 请求找不到主机"],
    ["Ping statistics for",
     "Ping-Statistik für",
     "Ping 统计信息:"],
];

/// Code page 850, as far as [`WORDS`] needs it.
#[rustfmt::skip]
const CODE_PAGE_850: [(char, u8); 4] = [
    ('Ö', 0x99), ('Ü', 0x9a), ('ö', 0x94), ('ü', 0x81),
];

/// Code page 936, as far as [`WORDS`] needs it.
#[rustfmt::skip]
const CODE_PAGE_936: [(char, [u8; 2]); 86] = [
    ('。', [0xa1, 0xa3]), ('不', [0xb2, 0xbb]), ('主', [0xd6, 0xf7]), ('于', [0xd3, 0xda]),
    ('件', [0xbc, 0xfe]), ('传', [0xb4, 0xab]), ('作', [0xd7, 0xf7]), ('供', [0xb9, 0xa9]),
    ('侦', [0xd5, 0xec]), ('信', [0xd0, 0xc5]), ('值', [0xd6, 0xb5]), ('具', [0xbe, 0xdf]),
    ('册', [0xb2, 0xe1]), ('分', [0xb7, 0xd6]), ('到', [0xb5, 0xbd]), ('功', [0xb9, 0xa6]),
    ('动', [0xb6, 0xaf]), ('发', [0xb7, 0xa2]), ('口', [0xbf, 0xda]), ('名', [0xc3, 0xfb]),
    ('听', [0xcc, 0xfd]), ('回', [0xbb, 0xd8]), ('在', [0xd4, 0xda]), ('地', [0xb5, 0xd8]),
    ('址', [0xd6, 0xb7]), ('复', [0xb8, 0xb4]), ('外', [0xcd, 0xe2]), ('失', [0xca, 0xa7]),
    ('子', [0xd7, 0xd3]), ('字', [0xd7, 0xd6]), ('存', [0xb4, 0xe6]), ('完', [0xcd, 0xea]),
    ('定', [0xb6, 0xa8]), ('常', [0xb3, 0xa3]), ('息', [0xcf, 0xa2]), ('成', [0xb3, 0xc9]),
    ('或', [0xbb, 0xf2]), ('所', [0xcb, 0xf9]), ('找', [0xd5, 0xd2]), ('指', [0xd6, 0xb8]),
    ('接', [0xbd, 0xd3]), ('提', [0xcc, 0xe1]), ('操', [0xb2, 0xd9]), ('故', [0xb9, 0xca]),
    ('文', [0xce, 0xc4]), ('无', [0xce, 0xde]), ('时', [0xca, 0xb1]), ('有', [0xd3, 0xd0]),
    ('本', [0xb1, 0xbe]), ('机', [0xbb, 0xfa]), ('来', [0xc0, 0xb4]), ('标', [0xb1, 0xea]),
    ('求', [0xc7, 0xf3]), ('法', [0xb7, 0xa8]), ('注', [0xd7, 0xa2]), ('活', [0xbb, 0xee]),
    ('用', [0xd3, 0xc3]), ('的', [0xb5, 0xc4]), ('目', [0xc4, 0xbf]), ('称', [0xb3, 0xc6]),
    ('端', [0xb6, 0xcb]), ('系', [0xcf, 0xb5]), ('统', [0xcd, 0xb3]), ('网', [0xcd, 0xf8]),
    ('自', [0xd7, 0xd4]), ('节', [0xbd, 0xda]), ('表', [0xb1, 0xed]), ('见', [0xbc, 0xfb]),
    ('计', [0xbc, 0xc6]), ('认', [0xc8, 0xcf]), ('访', [0xb7, 0xc3]), ('误', [0xce, 0xf3]),
    ('请', [0xc7, 0xeb]), ('败', [0xb0, 0xdc]), ('超', [0xb3, 0xac]), ('输', [0xca, 0xe4]),
    ('连', [0xc1, 0xac]), ('适', [0xca, 0xca]), ('部', [0xb2, 0xbf]), ('错', [0xb4, 0xed]),
    ('问', [0xce, 0xca]), ('间', [0xbc, 0xe4]), ('障', [0xd5, 0xcf]), ('项', [0xcf, 0xee]),
    ('默', [0xc4, 0xac]), ('：', [0xa3, 0xba]),
];

impl Tongue {
    /// What `wsl.exe` writes itself.
    pub fn wsl(self, text: &str, utf16: bool) -> Vec<u8> {
        let text = self.translate(text).replace('\n', "\r\n");
        match utf16 {
            true => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            false => text.into_bytes(),
        }
    }

    /// What a program of the console writes.
    pub fn console(self, text: &str) -> Vec<u8> {
        let text = self.translate(text).replace('\n', "\r\n");
        let mut bytes = Vec::new();
        for letter in text.chars() {
            let narrow = CODE_PAGE_850.iter().find(|(known, _)| *known == letter);
            let wide = CODE_PAGE_936.iter().find(|(known, _)| *known == letter);
            match (self, narrow, wide) {
                (Tongue::German, Some((_, byte)), _) => bytes.push(*byte),
                (Tongue::Chinese, _, Some((_, pair))) => bytes.extend(pair),
                _ => bytes.extend(letter.to_string().bytes()),
            }
        }
        bytes
    }

    fn translate(self, text: &str) -> String {
        let column = match self {
            Tongue::English => return text.to_owned(),
            Tongue::German => 1,
            Tongue::Chinese => 2,
        };
        WORDS.iter().fold(text.to_owned(), |text, words| text.replace(words[0], words[column]))
    }
}

impl std::str::FromStr for Tongue {
    type Err = String;

    fn from_str(text: &str) -> Result<Tongue, String> {
        match text {
            "en" => Ok(Tongue::English),
            "de" => Ok(Tongue::German),
            "zh" => Ok(Tongue::Chinese),
            other => Err(format!("no language `{other}`; one of en, de, zh")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_has_its_encodings() {
        let text = "Active Connections\n";
        assert_eq!(Tongue::English.console(text), b"Active Connections\r\n");
        assert_eq!(Tongue::German.console("LISTENING      "), b"ABH\x99REN        ");
        assert_eq!(Tongue::Chinese.console("Active Connections")[..2], [0xbb, 0xee]);
        let wide = Tongue::German.wsl("x (Default)\n", true);
        assert_eq!(&wide[..4], b"x\0 \0");
        assert_eq!(wide.len(), "x (Standard)\r\n".len() * 2);
        assert_eq!(Tongue::Chinese.wsl("(Default)", false), "(Default)".as_bytes());
    }
}
