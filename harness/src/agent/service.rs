//! The node's services: started, seen to listen or to end, stopped.

use std::{
    collections::BTreeMap,
    io,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    net::TcpStream,
    process::{Child, ChildStdout, Command},
    time::{sleep, timeout},
};

use super::{
    command::{Capture, exit_code},
    platform,
    protocol::{Output, Ready, ServiceOrder, ServiceStarted},
    service_log::Log,
};
use crate::wine;

/// How long a service may take until it listens.
const LIMIT: Duration = Duration::from_secs(20);

/// How long a service that has to end may take; a second binder of a port ends at once.
const END_LIMIT: Duration = Duration::from_secs(5);

/// How long the port of a service that was killed may still count as taken on a busy machine.
const RELEASE: Duration = Duration::from_millis(300);

/// A service that was started.
pub struct Service(Child);

impl Service {
    /// Starts it and waits until it listens. One whose port is taken is started a second time: the one
    /// before it may have been killed a moment ago. Who holds the port for longer is an error.
    ///
    /// # Errors
    /// That it ended or never listened, with what it said.
    pub async fn start(
        order: &ServiceOrder,
        environment: &BTreeMap<String, String>,
    ) -> io::Result<(Service, ServiceStarted)> {
        match Service::begin(order, environment).await {
            Err(error) if error.to_string().contains("address already in use") => {
                sleep(RELEASE).await;
                Service::begin(order, environment).await
            }
            begun => begun,
        }
    }

    async fn begin(
        order: &ServiceOrder,
        environment: &BTreeMap<String, String>,
    ) -> io::Result<(Service, ServiceStarted)> {
        let mut log = Log::start(&order.name)?;
        let mut command = prepare(order, environment)?;
        let mut child = wine::spawn(command.stdout(Stdio::piped()).stderr(log.stdio()?))?;
        let pid = child.id().unwrap_or_default();
        let mut lines = child.stdout.take().map(|stdout| BufReader::new(stdout).lines());
        let listening = async {
            match &order.ready {
                Ready::Line(start) => line_of(&mut lines, start, &mut log).await,
                Ready::Accepts(address) => accepts(address).await.map(|()| Some(String::new())),
            }
        };
        let line = tokio::select! {
            biased;
            line = timeout(LIMIT, listening) => line.unwrap_or_else(|_| Err(io::Error::other(
                format!("does not listen after {} s", LIMIT.as_secs()),
            )))?,
            status = child.wait(), if matches!(order.ready, Ready::Accepts(_)) => {
                let code = exit_code(status?);
                return Err(ended(code, &log.text()?));
            }
        };
        let Some(line) = line else {
            let code = exit_code(child.wait().await?);
            return Err(ended(code, &log.text()?));
        };
        if let Some(mut lines) = lines {
            // A full pipe would stop a service that prints.
            tokio::spawn(async move {
                while let Ok(Some(line)) = lines.next_line().await {
                    if let Err(error) = log.line(&line) {
                        tracing::warn!(%error, "a line of a service is lost");
                    }
                }
            });
        }
        Ok((Service(child), ServiceStarted { pid, line }))
    }

    /// Kills it and waits for its end.
    ///
    /// # Errors
    /// What the kernel says.
    pub async fn stop(mut self) -> io::Result<()> {
        self.0.kill().await
    }
}

/// Starts a service that must end by itself without having listened, and waits for its end.
///
/// # Errors
/// That it listens, or does neither within the limit.
pub async fn end(
    order: &ServiceOrder,
    environment: &BTreeMap<String, String>,
) -> io::Result<Output> {
    let (mut stdout, mut stderr) = (Capture::new()?, Capture::new()?);
    let mut command = prepare(order, environment)?;
    let mut child = wine::spawn(command.stdout(stdout.stdio()?).stderr(stderr.stdio()?))?;
    let ended = timeout(END_LIMIT, child.wait()).await;
    let Ok(status) = ended else {
        let said = stdout.text()? + &stderr.text()?;
        let seconds = END_LIMIT.as_secs();
        let text =
            format!("it still runs after {seconds} s, though it should end: {}", said.trim());
        return Err(io::Error::other(text));
    };
    let (exit, stdout, stderr) = (exit_code(status?), stdout.text()?, stderr.text()?);
    Log::start(&order.name)?.lines(&[&stdout, &stderr])?;
    match &order.ready {
        Ready::Line(start) if stdout.lines().any(|line| line.starts_with(start)) => {
            Err(io::Error::other("it listened before it ended"))
        }
        _ => Ok(Output { exit, stdout, stderr }),
    }
}

fn prepare(order: &ServiceOrder, environment: &BTreeMap<String, String>) -> io::Result<Command> {
    for (path, text) in &order.files {
        if let Some(directory) = Path::new(path).parent() {
            std::fs::create_dir_all(directory)?;
        }
        std::fs::write(path, text)?;
    }
    let (program, arguments) = order.argv.split_first().ok_or(io::ErrorKind::InvalidInput)?;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env_clear()
        .envs(environment)
        .envs(&order.env)
        .current_dir("/")
        .stdin(Stdio::null())
        .kill_on_drop(true);
    if order.user != "root" {
        platform::become_user(&mut command, &order.user)?;
    }
    Ok(command)
}

async fn line_of(
    lines: &mut Option<Lines<BufReader<ChildStdout>>>,
    start: &str,
    log: &mut Log,
) -> io::Result<Option<String>> {
    let Some(lines) = lines else { return Ok(None) };
    while let Some(line) = lines.next_line().await? {
        log.line(&line)?;
        if line.starts_with(start) {
            return Ok(Some(line));
        }
    }
    Ok(None)
}

/// Connects until somebody accepts. A refused connect costs no time, so the pause only keeps the
/// processor free for the service that is starting.
async fn accepts(address: &str) -> io::Result<()> {
    let begun = Instant::now();
    loop {
        match TcpStream::connect(address).await {
            Ok(_) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => return Err(error),
            Err(_) if begun.elapsed() < LIMIT => {
                sleep(Duration::from_millis(2)).await;
            }
            Err(error) => return Err(error),
        }
    }
}

fn ended(code: i32, said: &str) -> io::Error {
    let said = said.trim();
    let text = if said.is_empty() { "it said nothing" } else { said };
    io::Error::other(format!("it ended with exit code {code} before it listened: {text}"))
}
