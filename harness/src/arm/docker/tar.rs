//! Writing the few archives that an engine is given (POSIX ustar).

/// An archive in memory.
#[derive(Default)]
pub struct Archive(Vec<u8>);

const BLOCK: usize = 512;

impl Archive {
    /// Adds a file; its name is at most 100 bytes long.
    pub fn file(&mut self, name: &str, mode: u32, content: &[u8]) {
        self.entry(name, mode, b'0', "", content);
    }

    /// Adds a symbolic link.
    pub fn link(&mut self, name: &str, to: &str) {
        self.entry(name, 0o777, b'2', to, &[]);
    }

    /// The whole archive.
    pub fn finish(mut self) -> Vec<u8> {
        self.0.resize(self.0.len() + 2 * BLOCK, 0);
        self.0
    }

    fn entry(&mut self, name: &str, mode: u32, kind: u8, link: &str, content: &[u8]) {
        let mut header = [0; BLOCK];
        let mut put = |at: usize, text: &str| {
            for (to, from) in header[at..].iter_mut().zip(text.bytes()) {
                *to = from;
            }
        };
        put(0, name.get(..100).unwrap_or(name));
        put(100, &format!("{mode:07o}"));
        put(108, "0000000");
        put(116, "0000000");
        put(124, &format!("{:011o}", content.len()));
        // The same archive from the same content, whenever it is written.
        put(136, "00000000000");
        put(148, "        ");
        put(157, link);
        put(257, "ustar");
        put(263, "00");
        header[156] = kind;
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        for (to, from) in header[148..].iter_mut().zip(format!("{sum:06o}\0 ").bytes()) {
            *to = from;
        }
        self.0.extend_from_slice(&header);
        self.0.extend_from_slice(content);
        self.0.resize(self.0.len().next_multiple_of(BLOCK), 0);
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Write, os::unix::fs::PermissionsExt, process};

    use super::*;

    #[test]
    fn tar_reads_what_it_writes() {
        let mut archive = Archive::default();
        archive.file("usr/lib/one", 0o755, &[7; 700]);
        archive.file("empty", 0o644, b"");
        archive.link("usr/lib/two", "one");
        let directory = tempfile::tempdir().unwrap();
        let mut tar = process::Command::new("tar")
            .args(["-x", "-C"])
            .arg(directory.path())
            .stdin(process::Stdio::piped())
            .spawn()
            .unwrap();
        tar.stdin.take().unwrap().write_all(&archive.finish()).unwrap();
        assert!(tar.wait().unwrap().success());
        let one = directory.path().join("usr/lib/one");
        assert_eq!(fs::read(&one).unwrap(), [7; 700]);
        assert_eq!(fs::metadata(&one).unwrap().permissions().mode() & 0o777, 0o755);
        assert_eq!(fs::read(directory.path().join("empty")).unwrap(), b"");
        assert_eq!(
            fs::read_link(directory.path().join("usr/lib/two")).unwrap(),
            one.file_name().unwrap()
        );
    }
}
