//! A small HTTP/1.1 client on a plain socket. An attack sends what a client library refuses to send: slow bodies, half a
//! header, the same field forty thousand times.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// How long a client waits for the next byte of a response.
const PATIENCE: Duration = Duration::from_mins(1);

/// Headers with which a browser describes itself and the origin of a request.
const BROWSER: &str = "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n\
    Accept-Language: en-GB,en;q=0.8,cy;q=0.5\r\nAccept-Encoding: gzip, deflate, br\r\nSec-Fetch-Site: same-origin\r\n";

/// A client with one source address. Each request has a connection of its own.
#[derive(Clone, Copy)]
pub struct Client {
    server: SocketAddr,
    from: Ipv4Addr,
}

/// A response.
pub struct Answer {
    pub status: u16,
    head: String,
    pub body: Vec<u8>,
}

impl Answer {
    /// Returns the first header with this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// Returns the `name=value` of the first cookie in the response.
    pub fn cookie(&self) -> Result<String> {
        let set = self.header("set-cookie").context("no cookie was set")?;
        Ok(set.split(';').next().unwrap_or_default().to_owned())
    }

    /// Returns the body as JSON. Fails if the status is not a success.
    pub fn json(&self) -> Result<Value> {
        ensure!(
            (200..300).contains(&self.status),
            "the server answered with {}: {}",
            self.status,
            self.text()
        );
        serde_json::from_slice(&self.body).with_context(|| format!("the response is not JSON: {}", self.text()))
    }

    /// Returns the body as text; empty for a compressed one.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap_or_default()
    }

    /// Returns the response, if it has this status.
    pub fn expect(self, status: u16) -> Result<Self> {
        ensure!(
            self.status == status,
            "the server answered with {}, not {status}: {}",
            self.status,
            self.text()
        );
        Ok(self)
    }
}

impl Client {
    pub fn new(server: SocketAddr, from: Ipv4Addr) -> Self {
        Self { server, from }
    }

    /// Requests a page as a browser does. `headers` are whole lines, each with its line end.
    pub fn page(&self, path: &str, headers: &str) -> Result<Answer> {
        let headers = format!("{BROWSER}Accept: text/html\r\nSec-Fetch-Mode: navigate\r\n{headers}");
        self.send("GET", path, &headers, b"")
    }

    /// Posts a form as a browser does.
    pub fn form(&self, path: &str, headers: &str, fields: &[u8]) -> Result<Answer> {
        let headers = format!(
            "{BROWSER}Accept: text/html\r\nSec-Fetch-Mode: navigate\r\nOrigin: http://{}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n{headers}",
            self.server
        );
        self.send("POST", path, &headers, fields)
    }

    /// Calls the REST API with a JSON body; a null body means no body.
    pub fn call(&self, method: &str, path: &str, token: Option<&str>, body: &Value, headers: &str) -> Result<Answer> {
        let mut all = format!("{BROWSER}{headers}");
        if let Some(token) = token {
            let _ = write!(all, "Authorization: Bearer {token}\r\n");
        }
        if body.is_null() {
            return self.send(method, path, &all, b"");
        }
        all.push_str("Content-Type: application/json\r\n");
        self.send(method, path, &all, body.to_string().as_bytes())
    }

    /// Sends a whole request and reads the whole response.
    pub fn send(&self, method: &str, path: &str, headers: &str, body: &[u8]) -> Result<Answer> {
        self.paced(method, path, headers, body, body.len().max(1), Duration::ZERO)
    }

    /// Sends a request in pieces of `piece` bytes with a pause after each, and reads the whole response.
    pub fn paced(&self, method: &str, path: &str, headers: &str, body: &[u8], piece: usize, pause: Duration) -> Result<Answer> {
        let mut connection = self.open(method, path, headers, body.len())?;
        for piece in body.chunks(piece) {
            // A server that refuses a body may close the connection early; its response can still be read.
            if connection.write_all(piece).is_err() {
                break;
            }
            std::thread::sleep(pause);
        }
        answer(connection)
    }

    /// Opens a connection and sends the head of a request with a body of `length` bytes.
    pub fn open(&self, method: &str, path: &str, headers: &str, length: usize) -> Result<TcpStream> {
        let mut connection = self.connect()?;
        write!(
            connection,
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nX-Forwarded-For: {}\r\n{headers}Content-Length: {length}\r\n\r\n",
            self.server, self.from
        )?;
        Ok(connection)
    }

    /// Opens a connection without sending anything.
    pub fn connect(&self) -> Result<TcpStream> {
        let connection = TcpStream::connect_timeout(&self.server, PATIENCE).context("cannot connect")?;
        connection.set_nodelay(true)?;
        connection.set_read_timeout(Some(PATIENCE))?;
        connection.set_write_timeout(Some(PATIENCE))?;
        Ok(connection)
    }
}

/// Reads a response until the server closes the connection.
fn answer(mut connection: TcpStream) -> Result<Answer> {
    let mut read = Vec::new();
    let ended = connection.read_to_end(&mut read);
    let at = read.windows(4).position(|window| window == b"\r\n\r\n");
    let Some(at) = at else {
        ended.context("no answer")?;
        anyhow::bail!("the connection was closed without an answer");
    };
    let head = String::from_utf8_lossy(&read[..at]).into_owned();
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .context("the response has no status")?;
    let body = read.split_off(at + 4);
    let chunked = head.lines().any(|line| line.eq_ignore_ascii_case("transfer-encoding: chunked"));
    let body = if chunked { unchunked(&body) } else { body };
    Ok(Answer { status, head, body })
}

/// Joins the chunks of a body. Returns the received part of a body that broke off.
fn unchunked(mut rest: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(end) = rest.windows(2).position(|window| window == b"\r\n") {
        let length = std::str::from_utf8(&rest[..end])
            .ok()
            .and_then(|n| usize::from_str_radix(n.trim(), 16).ok());
        let (Some(length @ 1..), rest_after) = (length, &rest[end + 2..]) else {
            break;
        };
        let length = length.min(rest_after.len());
        whole.extend_from_slice(&rest_after[..length]);
        rest = rest_after.get(length + 2..).unwrap_or_default();
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_put_together() {
        assert_eq!(unchunked(b"3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n"), b"abc0123456789");
        assert_eq!(unchunked(b"5\r\nab"), b"ab");
        assert_eq!(unchunked(b""), b"");
    }
}
