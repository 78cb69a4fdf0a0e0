//! Versions that people name: `- win build: 10.0.18956.1000`, `- wsl version: 1.1.3.0`.

use crate::evidence::{
    document::{Block, Form},
    fact::{Kind, Product, Version},
    reader::{Reader, Sink},
};

pub(super) const READER: Reader = Reader { name: "version", read };

fn read(block: &Block<'_>, out: &mut Sink) {
    let (Form::Item, Some(key), Some(value)) = (block.form, block.key, block.lines.first()) else {
        return;
    };
    let name = key.as_str().to_ascii_lowercase();
    let has = |word: &str| name.split(|c: char| !c.is_alphanumeric()).any(|it| it == word);
    let is_number = value.as_str().contains(|c: char| c.is_ascii_digit());
    let windows = has("win") || has("windows") || has("os");
    let product = match () {
        () if has("kernel") => Product::Kernel,
        () if has("build") || windows && has("version") => Product::Windows,
        () if has("wsl") && (has("version") || name == "wsl") => Product::Wsl,
        () if has("version") => Product::Other(name),
        () => return,
    };
    let starts = value.as_str().trim_start_matches(['v', 'V', '~', '<', '>', '=', ' ']);
    if is_number && starts.starts_with(|c: char| c.is_ascii_digit() || c == '[' || c == 'M') {
        let version = Version { product, text: value.as_str().to_owned() };
        out.put(block.side, value.span(), Kind::Version(version));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::facts;
    use crate::evidence::fact::{Kind, Product};

    #[test]
    fn versions_by_their_key() {
        let read = |text: &str| {
            facts(text).into_iter().find_map(|fact| match fact.kind {
                Kind::Version(it) => Some((it.product.clone(), it.numbers())),
                _ => None,
            })
        };
        let build = vec![10, 0, 18956, 1000];
        assert_eq!(read("- win build: 10.0.18956.1000\n"), Some((Product::Windows, build)));
        assert_eq!(read("- wsl version: 1.1.3.0\n"), Some((Product::Wsl, vec![1, 1, 3, 0])));
        assert_eq!(read("- kernel: 5.15.83.1\n"), Some((Product::Kernel, vec![5, 15, 83, 1])));
        assert_eq!(read("- wsl ip: 172.17.1.2\n"), None);
    }
}
