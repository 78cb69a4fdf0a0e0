//! An engine that is none: it answers what a test says, and remembers what it was asked.

use std::{
    io::{BufRead, BufReader, Read, Write},
    os::unix::net::{UnixListener, UnixStream},
    path::PathBuf,
    sync::{Arc, Mutex},
    thread,
};

use tempfile::TempDir;

use super::engine::Engine;

/// A status and a body.
pub type Answer = (u16, &'static str);

/// It runs until the test ends.
pub struct Fake {
    directory: TempDir,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Fake {
    /// An engine of version 20.10 that has the images and nothing else. `answer` is asked first, with
    /// the method and the path without its version.
    pub fn with(answer: fn(&str, &str) -> Option<Answer>) -> Fake {
        let directory = TempDir::with_prefix("engine-").unwrap();
        let listener = UnixListener::bind(directory.path().join("socket")).unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let heard = Arc::clone(&heard);
                thread::spawn(move || serve(stream, answer, &heard));
            }
        });
        Fake { directory, asked }
    }

    /// Its socket.
    pub fn engine(&self) -> Engine {
        Engine(self.socket())
    }

    fn socket(&self) -> PathBuf {
        self.directory.path().join("socket")
    }

    /// What it was asked, `METHOD PATH` each.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(
    stream: UnixStream,
    answer: fn(&str, &str) -> Option<Answer>,
    heard: &Mutex<Vec<String>>,
) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let path = path.strip_prefix("/v1.41").or(path.strip_prefix("/v1.53")).unwrap_or(&path);
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        if header.trim().is_empty() {
            break;
        }
        if let Some(value) = header.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    heard.lock().unwrap().push(format!("{method} {path}"));
    let (status, body) = answer(&method, path).unwrap_or_else(|| usual(&method, path));
    write!(
        &stream,
        "HTTP/1.1 {status} x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    )
    .ok()
}

fn usual(method: &str, path: &str) -> Answer {
    match (method, path.split('?').next().unwrap_or_default()) {
        ("GET", "/version") => (200, r#"{"ApiVersion":"1.41","Version":"20.10.24"}"#),
        ("GET", "/containers/json" | "/images/json") => (200, "[]"),
        ("GET", "/volumes") => (200, r#"{"Volumes":[],"Warnings":[]}"#),
        ("GET", path) if path.starts_with("/images/") => (200, r#"{"Id":"sha256:1"}"#),
        ("POST", "/containers/create") => (201, r#"{"Id":"c0ffee","Warnings":[]}"#),
        ("DELETE", _) => (204, ""),
        _ => (500, r#"{"message":"not what this engine does"}"#),
    }
}
