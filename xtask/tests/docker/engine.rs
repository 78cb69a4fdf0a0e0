//! A real engine, spoken to without any of the code under test.

use std::{
    io::{Read, Write},
    os::unix::net::UnixStream,
    path::PathBuf,
    time::{Duration, Instant},
};

use assert_cmd::Command;
use serde_json::{Value, json};

use crate::support::{Run, run::run_scenarios_by};

/// Set where a missing engine is a skip and not a failure.
const ALLOW_SKIP: &str = "REACHLAB_ALLOW_SKIP";

/// An engine's socket.
#[derive(Clone, Debug)]
pub struct Engine(pub PathBuf);

impl Engine {
    /// The one that `DOCKER_HOST` names, else the usual one. Without any, the test fails unless
    /// `REACHLAB_ALLOW_SKIP` is set.
    pub fn real() -> Option<Engine> {
        let host = std::env::var("DOCKER_HOST").unwrap_or_default();
        let path = host.strip_prefix("unix://").unwrap_or("/var/run/docker.sock");
        let engine = Engine(path.into());
        if UnixStream::connect(&engine.0).is_ok() {
            return Some(engine);
        }
        let reason = "no container engine answers; run the test by `ci/docker-engine COMMAND`";
        assert!(std::env::var_os(ALLOW_SKIP).is_some(), "{reason}\nor set {ALLOW_SKIP}=1");
        eprintln!("skipped: {reason}");
        None
    }

    /// Asks it for something; the status and the body of its answer.
    pub fn ask(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let mut stream = UnixStream::connect(&self.0).unwrap();
        let body = if body.is_null() { String::new() } else { body.to_string() };
        write!(
            stream,
            "{method} /v1.41{path} HTTP/1.0\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap_or(Value::Null))
    }

    /// Creates something and gives its id.
    pub fn create(&self, path: &str, body: &Value) -> String {
        let (status, answer) = self.ask("POST", path, body);
        assert_eq!(status, 201, "{answer}");
        answer["Id"].as_str().unwrap_or_default().to_owned()
    }

    /// The ids of the containers and the names of the volumes that this process has made.
    pub fn remains(&self, pid: u32) -> Vec<String> {
        let filters = format!("filters=%7B%22label%22%3A%5B%22reachlab.pid%3D{pid}%22%5D%7D");
        let (_, containers) =
            self.ask("GET", &format!("/containers/json?all=1&{filters}"), &Value::Null);
        let (_, volumes) = self.ask("GET", &format!("/volumes?{filters}"), &Value::Null);
        let text = |list: &Value, key: &str| -> Vec<String> {
            let list = list.as_array().cloned().unwrap_or_default();
            list.iter().map(|it| it[key].as_str().unwrap_or_default().to_owned()).collect()
        };
        [text(&containers, "Id"), text(&volumes["Volumes"], "Name")].concat()
    }

    /// Waits until nothing of a run is there: what ends by itself takes a moment.
    #[track_caller]
    pub fn expect_nothing(&self, pid: u32) {
        let begun = Instant::now();
        while !self.remains(pid).is_empty() && begun.elapsed() < Duration::from_secs(30) {
            std::thread::sleep(Duration::from_millis(100));
        }
        assert_eq!(self.remains(pid), Vec::<String>::new());
    }

    /// A container that sleeps, made from the image of the nodes, with these labels.
    pub fn sleeper(&self, labels: &Value) -> String {
        let filters = "filters=%7B%22label%22%3A%5B%22reachlab.layer%3Dnode%22%5D%7D";
        let (_, images) = self.ask("GET", &format!("/images/json?{filters}"), &Value::Null);
        let image = images[0]["Id"].as_str().expect("the image of the nodes");
        let body = json!({ "Image": image, "Cmd": ["sleep", "600"], "Labels": labels,
                           "NetworkDisabled": true, "HostConfig": { "NetworkMode": "none" } });
        let id = self.create("/containers/create", &body);
        assert_eq!(self.ask("POST", &format!("/containers/{id}/start"), &Value::Null).0, 204);
        id
    }

    /// Whether there is such a container.
    pub fn has(&self, id: &str) -> bool {
        self.ask("GET", &format!("/containers/{id}/json"), &Value::Null).0 == 200
    }

    /// Removes a container of a test.
    pub fn remove(&self, id: &str) {
        self.ask("DELETE", &format!("/containers/{id}?force=1"), &Value::Null);
    }

    /// The xtask with this engine.
    pub fn xtask(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.env("DOCKER_HOST", format!("unix://{}", self.0.display()));
        command
    }

    /// Runs scenarios of the project on this engine.
    pub fn run(&self, arguments: &[&str]) -> Run {
        run_scenarios_by(self.xtask(), None, &[&["--arm", "docker"], arguments].concat())
    }
}
