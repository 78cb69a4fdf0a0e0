//! The door of the lab's Windows: a loopback port of that node, at which stand-ins ask for what the
//! program they stand for would do.

use std::{
    collections::BTreeMap,
    io,
    net::Ipv4Addr,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncWriteExt, copy, sink},
    net::{TcpListener, TcpStream, UnixStream},
    process::Command,
    time::timeout,
};

use super::{
    distros, elevation, end,
    frames::{Call, Frame},
    lan,
    order::{By, DoorOrder, End},
    ping,
    told::Teller,
};
use crate::{
    agent::{
        command,
        host_link::HostLink,
        protocol::{Answer, Ask, Output, WslCommand},
        windows::WindowsRole,
    },
    paths,
    windows_model::wsl_exe::{self, Hypervisor, Invocation},
};

/// How a stand-in ends that asked for what is not modelled.
const NOT_MODELLED: i32 = 91;

/// How long a stand-in may take to hear its end.
const DRAIN: Duration = Duration::from_secs(2);

/// How long a run may take to stop a command after Ctrl-C.
const REACTION: Duration = Duration::from_millis(400);

/// An open door.
pub struct Door {
    windows: Arc<WindowsRole>,
    host: Arc<HostLink>,
    order: DoorOrder,
    calls: AtomicU32,
    teller: Option<Teller>,
}

impl Door {
    /// Opens it.
    ///
    /// # Errors
    /// When the port cannot be had.
    pub async fn open(
        windows: Arc<WindowsRole>,
        host: Arc<HostLink>,
        order: DoorOrder,
    ) -> io::Result<tokio::task::AbortHandle> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, order.port)).await?;
        let registry = windows.registry();
        for (key, value) in distros::machine_values() {
            if registry.get(&key, &value.name).is_none() {
                registry.set(&key, &value.name, value.value).map_err(io::Error::other)?;
            }
        }
        let teller = order.told.as_deref().map(Teller::begin).transpose()?;
        let door = Arc::new(Door { windows, host, order, calls: AtomicU32::default(), teller });
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let door = Arc::clone(&door);
                tokio::spawn(async move {
                    if let Err(error) = door.serve(stream).await {
                        tracing::debug!(%error, "a stand-in");
                    }
                });
            }
        });
        Ok(serving.abort_handle())
    }

    async fn serve(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let call = Call::read(&mut stream).await?;
        tracing::debug!(?call.program, ?call.arguments, "a stand-in asks");
        // What only looks at the network changes nothing.
        let counts = !["curl", "ping"].contains(&call.program.as_str());
        let number = self.calls.fetch_add(u32::from(counts), Ordering::Relaxed) + u32::from(counts);
        if let Some(end) = self.order.end
            && !self.survives(end, number, &mut stream).await?
        {
            return Ok(());
        }
        let answered = self.answer(&call, stream).await;
        if counts && let Some(teller) = &self.teller {
            teller.tell(number, &call, self.service().await)?;
        }
        answered
    }

    /// Whether the command with this number is to be carried out, in a run that comes to an end.
    async fn survives(&self, end: End, number: u32, stream: &mut TcpStream) -> io::Result<bool> {
        let reached = number == end.at;
        match end.by {
            By::Kill if number < end.at => Ok(true),
            By::Kill => {
                end::wine_programs(By::Kill)?;
                Ok(reached && end.carried_out)
            }
            By::Interrupt if !reached => Ok(true),
            By::Interrupt if end.carried_out => {
                // While what it does is done, for as long as that takes.
                tokio::spawn(async {
                    tokio::task::yield_now().await;
                    end::wine_programs(By::Interrupt)
                });
                Ok(true)
            }
            By::Interrupt => {
                end::wine_programs(By::Interrupt)?;
                tokio::time::sleep(REACTION).await;
                // Whoever was stopped has hung up, and does nothing any more.
                let hung_up = matches!(
                    timeout(Duration::ZERO, stream.peek(&mut [0])).await,
                    Ok(Ok(0) | Err(_))
                );
                Ok(!hung_up)
            }
        }
    }

    async fn answer(&self, call: &Call, mut stream: TcpStream) -> io::Result<()> {
        match call.program.as_str() {
            "wsl" => self.wsl(call, stream).await,
            "ssh" => lan::serve(&self.host, stream).await,
            _ => {
                let ended = self.run(call).await;
                self.say(&mut stream, ended, false).await
            }
        }
    }

    /// The state of the one service that scenarios change.
    async fn service(&self) -> String {
        let arguments = ["query", "iphlpsvc"].map(str::to_owned);
        let asked = self.windows.execute("sc", &arguments, &BTreeMap::new()).await;
        asked.map(|output| output.stdout).unwrap_or_else(|error| error)
    }

    /// Programs that say something and end.
    async fn run(&self, call: &Call) -> Result<Output, String> {
        let environment = self.environment(call);
        if !self.order.elevated
            && let Some(refused) = elevation::refused(&call.program, &call.arguments)
        {
            return Ok(refused);
        }
        match call.program.as_str() {
            "ping" => ping::run(&call.arguments, &environment).await,
            "curl" => {
                let arguments = call.arguments.iter().map(|argument| match argument.as_str() {
                    "NUL" => "/dev/null",
                    other => other,
                });
                let mut command = Command::new("curl");
                command.args(arguments).env_clear().envs(&environment).current_dir("/tmp");
                command::run(command).await.map_err(|error| error.to_string())
            }
            "whoami" if call.arguments == ["/groups"] => Ok(self.groups()),
            program => self.windows.execute(program, &call.arguments, &environment).await,
        }
    }

    /// The variables that mean something to programs of both sides.
    fn environment(&self, call: &Call) -> BTreeMap<String, String> {
        let shared = |name: &str| name.to_lowercase().ends_with("_proxy") || name == "LC_ALL";
        let mut environment = command::base_environment(paths::BIN);
        let variables = call.environment.iter().filter(|(name, _)| shared(name));
        environment.extend(variables.map(|(name, value)| (name.clone(), value.clone())));
        environment
    }

    fn groups(&self) -> Output {
        let (label, sid) = match self.order.elevated {
            true => ("High", "S-1-16-12288"),
            false => ("Medium", "S-1-16-8192"),
        };
        let text = format!(
            "\nGROUP INFORMATION\n-----------------\n\n\
             Everyone                               Well-known group S-1-1-0\n\
             Mandatory Label\\{label} Mandatory Level Label            {sid}\n"
        );
        Output { exit: 0, stdout: text, stderr: String::new() }
    }

    async fn wsl(&self, call: &Call, mut stream: TcpStream) -> io::Result<()> {
        let utf8 = call.environment.get("WSL_UTF8").is_some_and(|value| value == "1");
        let managed = distros::manage(self.windows.registry(), &call.arguments);
        if let Some(ended) = managed.transpose() {
            return self.say(&mut stream, ended, !utf8).await;
        }
        let arguments = distros::resolve(self.windows.registry(), &call.arguments);
        let Ok(Invocation::Run(command)) = wsl_exe::parse(&arguments) else {
            let ended = wsl_exe::run(&arguments, &*self.host).await;
            return self.say(&mut stream, ended.map_err(|e| e.to_string()), !utf8).await;
        };
        let warnings = match self.host.ask(Ask::WslInterop).await {
            Ok(Answer::Opened { boot_warnings }) => boot_warnings,
            Ok(other) => return Err(io::Error::other(format!("the guest answers {other:?}"))),
            Err(error) => return self.say(&mut stream, Err(error), !utf8).await,
        };
        for warning in warnings {
            let bytes = self.order.tongue.wsl(&format!("{warning}\n"), !utf8);
            Frame::Stderr(bytes).write(&mut stream).await?;
        }
        let argv = match command {
            WslCommand::Line(line) => vec!["sh".to_owned(), "-c".to_owned(), line],
            WslCommand::Argv(argv) => argv,
        };
        let (program, arguments) = argv.split_first().ok_or(io::ErrorKind::InvalidInput)?;
        let call = Call {
            program: program.clone(),
            arguments: arguments.to_vec(),
            environment: BTreeMap::new(),
        };
        let mut guest = UnixStream::connect(Path::new(paths::INTEROP_SOCKET)).await?;
        call.write(&mut guest).await?;
        let (mut guest_read, mut guest_write) = guest.split();
        let (mut read, mut write) = stream.split();
        // What is typed to a command that has ended is lost, and what it said must not be.
        let typed = async {
            let _ = copy(&mut read, &mut guest_write).await;
            let _ = guest_write.shutdown().await;
            std::future::pending::<()>().await;
        };
        tokio::select! {
            said = copy(&mut guest_read, &mut write) => said.map(drop)?,
            () = typed => {}
        }
        // A guest that was shut down under the command ends it, as Windows does.
        let _ = Frame::Exit(1).write(&mut stream).await;
        let _ = stream.shutdown().await;
        let _ = timeout(DRAIN, copy(&mut stream, &mut sink())).await;
        Ok(())
    }

    /// What a program says, in Windows' language and its encodings, and its end.
    async fn say(
        &self,
        stream: &mut TcpStream,
        ended: Result<Output, String>,
        utf16: bool,
    ) -> io::Result<()> {
        let tongue = self.order.tongue;
        let encode = |text: &str| match utf16 {
            true => tongue.wsl(text, true),
            false => tongue.console(text),
        };
        let (exit, stdout, stderr) = match ended {
            Ok(output) => (output.exit, encode(&output.stdout), encode(&output.stderr)),
            Err(error) => (NOT_MODELLED, Vec::new(), format!("{error}\n").into_bytes()),
        };
        for frame in [Frame::Stdout(stdout), Frame::Stderr(stderr), Frame::Exit(exit)] {
            frame.write(stream).await?;
        }
        stream.shutdown().await?;
        // To close with something unread would reset the connection, and the answer with it.
        let _ = timeout(DRAIN, copy(stream, &mut sink())).await;
        Ok(())
    }
}
