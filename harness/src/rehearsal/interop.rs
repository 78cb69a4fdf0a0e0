//! The guest's end of `wsl.exe` in a rehearsal: commands of the lab's Windows run here, with their
//! standard streams led to the stand-in that was called there.

use std::{collections::BTreeMap, io, path::Path, process::Stdio, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
    process::{Child, ChildStdin, Command},
    sync::mpsc,
    time::timeout,
};

use super::frames::{Call, Frame};

/// How long what a command has printed may be on its way after its end: a daemon that it left
/// behind may hold its output for ever.
const REST: Duration = Duration::from_millis(200);

/// Listens; every command starts with `environment`.
///
/// # Errors
/// When the socket cannot be had.
pub fn open(socket: &Path, environment: BTreeMap<String, String>) -> io::Result<()> {
    match std::fs::remove_file(socket) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(socket)?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let environment = environment.clone();
            tokio::spawn(async move {
                if let Err(error) = serve(stream, &environment).await {
                    tracing::debug!(%error, "a command of wsl.exe");
                }
            });
        }
    });
    Ok(())
}

async fn serve(mut stream: UnixStream, environment: &BTreeMap<String, String>) -> io::Result<()> {
    let call = Call::read(&mut stream).await?;
    let mut command = Command::new(&call.program);
    command.args(&call.arguments).env_clear().envs(environment).current_dir("/root");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let started = command.kill_on_drop(true).spawn();
    let (mut read, mut write) = stream.into_split();
    let mut child = match started {
        Ok(child) => child,
        Err(error) => {
            // As WSL's init says it.
            let text = format!(
                "<3>WSL ERROR: CreateProcessCommon: execvpe({}) failed: {error}\n",
                call.program
            );
            Frame::Stderr(text.into_bytes()).write(&mut write).await?;
            return Frame::Exit(1).write(&mut write).await;
        }
    };
    let (frames, mut queue) = mpsc::channel(16);
    let stdin = child.stdin.take();
    let gone = async {
        feed(&mut read, stdin).await;
        // The stand-in is gone, and with it whoever wanted the command.
    };
    tokio::pin!(gone);
    let out = pump(child.stdout.take(), frames.clone(), Frame::Stdout);
    let err = pump(child.stderr.take(), frames, Frame::Stderr);
    let pumps = tokio::spawn(async move { tokio::join!(out, err) });
    let told = async {
        let code = tell(&mut child, &mut queue, &mut write).await?;
        Frame::Exit(code).write(&mut write).await
    };
    let ended = tokio::select! {
        told = told => told,
        () = &mut gone => Ok(()),
    };
    pumps.abort();
    ended
}

/// Writes what the command prints until it has ended. Returns its exit code.
async fn tell(
    child: &mut Child,
    queue: &mut mpsc::Receiver<Frame>,
    write: &mut (impl tokio::io::AsyncWrite + Unpin),
) -> io::Result<i32> {
    let status = loop {
        tokio::select! {
            Some(frame) = queue.recv() => frame.write(write).await?,
            status = child.wait() => break status?,
        }
    };
    while let Ok(Some(frame)) = timeout(REST, queue.recv()).await {
        frame.write(write).await?;
    }
    Ok(crate::agent::command::exit_code(status))
}

async fn feed(read: &mut (impl AsyncRead + Unpin), mut stdin: Option<ChildStdin>) {
    while let Ok(Some(frame)) = Frame::read(read).await {
        let Frame::Stdin(bytes) = frame else { return };
        if bytes.is_empty() {
            stdin = None;
        } else if let Some(pipe) = &mut stdin
            && pipe.write_all(&bytes).await.is_err()
        {
            stdin = None;
        }
    }
}

async fn pump(
    stream: Option<impl AsyncRead + Unpin>,
    frames: mpsc::Sender<Frame>,
    kind: fn(Vec<u8>) -> Frame,
) {
    let Some(mut stream) = stream else { return };
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = stream.read(&mut buffer).await {
        if frames.send(kind(buffer[..length].to_vec())).await.is_err() {
            return;
        }
    }
}
