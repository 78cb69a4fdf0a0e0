//! Takes the catalogue into the binary: a report is diagnosed where no checkout is at hand.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

fn main() -> io::Result<()> {
    let from = |name| env::var_os(name).map(PathBuf::from).ok_or(io::ErrorKind::NotFound);
    let root = from("CARGO_MANIFEST_DIR")?.join("../scenarios");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut files: Vec<PathBuf> = fs::read_dir(&root)?
        .map(|entry| Ok(entry?.path().join("scenario.toml")))
        .collect::<io::Result<_>>()?;
    files.retain(|file| file.is_file());
    files.sort();
    let text = |file: &Path| format!("include_str!({:?}),\n", file.to_string_lossy());
    let all: String = files.iter().map(|file| text(file)).collect();
    fs::write(from("OUT_DIR")?.join("scenarios.rs"), format!("&[{all}]"))
}
