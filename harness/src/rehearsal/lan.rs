//! The LAN peer in a rehearsal: `ssh lan …` reaches the agent of that node by way of the lab's host.

use std::{io, sync::Arc};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    sync::Mutex,
};

use super::frames::Frame;
use crate::{
    agent::{
        host_link::HostLink,
        protocol::{Answer, Ask, FromAgent, FromHost, PROTOCOL},
    },
    node::Node,
    windows_model::wsl_exe::Hypervisor,
};

/// Speaks as that agent until the stand-in is gone.
///
/// # Errors
/// What the connection says.
pub async fn serve(host: &Arc<HostLink>, stream: TcpStream) -> io::Result<()> {
    let (mut read, write) = stream.into_split();
    let write = Arc::new(Mutex::new(write));
    let hello = FromAgent::Hello { protocol: PROTOCOL, node: Node::Lan, warnings: Vec::new() };
    say(&write, &hello).await?;
    let mut typed = Vec::new();
    while let Some(line) = next_line(&mut read, &mut typed).await? {
        let FromHost::Request { id, request } = serde_json::from_slice(&line)? else { continue };
        let (host, write) = (Arc::clone(host), Arc::clone(&write));
        tokio::spawn(async move {
            let reply = match host.ask(Ask::Lan(Box::new(request))).await {
                Ok(Answer::Lan(reply)) => *reply,
                Ok(_) | Err(_) => return,
            };
            let _ = say(&write, &FromAgent::Reply { id, reply }).await;
        });
    }
    Ok(())
}

async fn say(write: &Mutex<impl AsyncWrite + Unpin>, message: &FromAgent) -> io::Result<()> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    Frame::Stdout(line).write(&mut *write.lock().await).await
}

async fn next_line(
    read: &mut (impl AsyncRead + Unpin),
    typed: &mut Vec<u8>,
) -> io::Result<Option<Vec<u8>>> {
    loop {
        if let Some(end) = typed.iter().position(|byte| *byte == b'\n') {
            let line = typed.drain(..=end).collect();
            return Ok(Some(line));
        }
        match Frame::read(read).await? {
            Some(Frame::Stdin(bytes)) if !bytes.is_empty() => typed.extend(bytes),
            _ => return Ok(None),
        }
    }
}
