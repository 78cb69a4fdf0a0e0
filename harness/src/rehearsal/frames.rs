//! What a stand-in and the lab say to each other, and the lab's Windows and its guest: program,
//! arguments and environment first, then frames of a kind, a length and that many bytes.

use std::{collections::BTreeMap, io};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// The longest text or frame; nobody who speaks this sends a longer one.
const LONGEST: u32 = 16 * 1024 * 1024;

/// A part of the conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// To the program's standard input; empty ends it.
    Stdin(Vec<u8>),
    /// From its standard output.
    Stdout(Vec<u8>),
    /// From its standard error.
    Stderr(Vec<u8>),
    /// Its end.
    Exit(i32),
}

/// A command that a stand-in was called with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Call {
    /// Its name, in lower case and without `.exe`.
    pub program: String,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Its environment.
    pub environment: BTreeMap<String, String>,
}

impl Call {
    /// Reads one.
    ///
    /// # Errors
    /// What the connection says, or that it is none.
    pub async fn read(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Call> {
        let mut words = texts(from).await?.into_iter();
        let variables = texts(from).await?;
        let environment = variables.iter().filter_map(|text| {
            // Windows has variables such as `=C:`.
            let (name, value) = text.split_once('=').filter(|(name, _)| !name.is_empty())?;
            Some((name.to_owned(), value.to_owned()))
        });
        Ok(Call {
            program: words.next().ok_or(io::ErrorKind::InvalidData)?,
            arguments: words.collect(),
            environment: environment.collect(),
        })
    }

    /// Writes it.
    ///
    /// # Errors
    /// What the connection says.
    pub async fn write(&self, to: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
        let words = std::iter::once(&self.program).chain(&self.arguments);
        let words: Vec<String> = words.cloned().collect();
        let variables =
            self.environment.iter().map(|(name, value)| format!("{name}={value}")).collect();
        for list in [words, variables] {
            to.write_u32(length(list.len())?).await?;
            for text in list {
                to.write_u32(length(text.len())?).await?;
                to.write_all(text.as_bytes()).await?;
            }
        }
        to.flush().await
    }
}

async fn texts(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<String>> {
    let count = from.read_u32().await?;
    let mut texts = Vec::new();
    for _ in 0..count {
        let bytes = bytes(from).await?;
        texts.push(String::from_utf8_lossy(&bytes).into_owned());
    }
    Ok(texts)
}

async fn bytes(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let length = from.read_u32().await?;
    if length > LONGEST {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
    from.read_exact(&mut bytes).await?;
    Ok(bytes)
}

fn length(length: usize) -> io::Result<u32> {
    u32::try_from(length).map_err(io::Error::other)
}

impl Frame {
    /// Reads one; `None` when the other side is gone.
    ///
    /// # Errors
    /// What the connection says, or that it is none.
    pub async fn read(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Frame>> {
        let kind = match from.read_u8().await {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            kind => kind?,
        };
        let bytes = bytes(from).await?;
        Ok(Some(match kind {
            0 => Frame::Stdin(bytes),
            1 => Frame::Stdout(bytes),
            2 => Frame::Stderr(bytes),
            3 => {
                let code = bytes.try_into().map_err(|_| io::ErrorKind::InvalidData)?;
                Frame::Exit(i32::from_be_bytes(code))
            }
            _ => return Err(io::ErrorKind::InvalidData.into()),
        }))
    }

    /// Writes it.
    ///
    /// # Errors
    /// What the connection says.
    pub async fn write(&self, to: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
        let code;
        let (kind, bytes) = match self {
            Frame::Stdin(bytes) => (0, &bytes[..]),
            Frame::Stdout(bytes) => (1, &bytes[..]),
            Frame::Stderr(bytes) => (2, &bytes[..]),
            Frame::Exit(exit) => {
                code = exit.to_be_bytes();
                (3, &code[..])
            }
        };
        to.write_u8(kind).await?;
        to.write_u32(length(bytes.len())?).await?;
        to.write_all(bytes).await?;
        to.flush().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_call_and_its_frames_arrive_as_they_were_sent() {
        let call = Call {
            program: "netsh".to_owned(),
            arguments: vec!["interface".to_owned(), "a b".to_owned(), String::new()],
            environment: [("Path".to_owned(), r"C:\Windows".to_owned())].into(),
        };
        let frames = [
            Frame::Stdin(Vec::new()),
            Frame::Stdout(vec![0xff, 0]),
            Frame::Stderr(b"x".to_vec()),
            Frame::Exit(-1),
        ];
        let mut sent = Vec::new();
        call.write(&mut sent).await.unwrap();
        for frame in &frames {
            frame.write(&mut sent).await.unwrap();
        }
        let mut sent = &sent[..];
        assert_eq!(Call::read(&mut sent).await.unwrap(), call);
        for frame in frames {
            assert_eq!(Frame::read(&mut sent).await.unwrap(), Some(frame));
        }
        assert_eq!(Frame::read(&mut sent).await.unwrap(), None);
    }
}
