//! An HTTP/1.1 keep-alive connection that supports just this server's responses, which all state their length.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::Outcome;

/// A response that takes longer is a failure, not a figure.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Connection {
    stream: BufReader<TcpStream>,
    line: String,
}

pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Answer {
    /// Returns the text of a member `"name":"text"` of a JSON body. Works for ids and tokens, which contain no escapes.
    pub fn member(&self, name: &str) -> Outcome<String> {
        let body = std::str::from_utf8(&self.body)?;
        let start = format!("\"{name}\":\"");
        let (_, rest) = body.split_once(&start).ok_or_else(|| format!("no {name} in {body}"))?;
        let (text, _) = rest.split_once('"').ok_or("the response is incomplete")?;
        Ok(text.to_owned())
    }
}

impl Connection {
    pub fn open(server: SocketAddr) -> Outcome<Self> {
        let stream = TcpStream::connect(server)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self {
            stream: BufReader::with_capacity(64 * 1024, stream),
            line: String::new(),
        })
    }

    /// Sends a whole request and reads the whole response.
    pub fn ask(&mut self, request: &[u8]) -> Outcome<Answer> {
        self.stream.get_mut().write_all(request)?;
        let status = self.line()?.split(' ').nth(1).ok_or("the response has no status")?.parse()?;
        let mut length = None;
        loop {
            let line = self.line()?;
            if line.is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = Some(value.trim().parse()?);
            }
        }
        let length: usize = match (length, status) {
            (Some(length), _) => length,
            (None, 204 | 304) => 0,
            (None, _) => return Err(format!("a response with status {status} has no length").into()),
        };
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok(Answer { status, body })
    }

    fn line(&mut self) -> Outcome<&str> {
        self.line.clear();
        if self.stream.read_line(&mut self.line)? == 0 {
            return Err("the server closed the connection".into());
        }
        Ok(self.line.trim_end())
    }
}

/// Builds the bytes of a request; `headers` are whole lines, `body` is JSON.
pub fn request(method: &str, path: &str, headers: &[&str], body: Option<&str>) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n");
    for header in headers {
        text.push_str(header);
        text.push_str("\r\n");
    }
    if let Some(body) = body {
        text.push_str(&format!(
            "content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        ));
    } else {
        text.push_str(if method == "GET" { "\r\n" } else { "content-length: 0\r\n\r\n" });
    }
    text.into_bytes()
}
