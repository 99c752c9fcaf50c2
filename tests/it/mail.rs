//! Helpers that deliver messages and read them.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use notify::{DeliveryWorker, MailTransport, Sender};
use serde_json::Value;
use service::Services;
use text::Language;

/// The origin of links in tests.
pub const ORIGIN: &str = "http://portal.test";

/// A delivery worker that uses this transport.
pub fn courier(services: &Services, carrier: MailTransport) -> DeliveryWorker {
    let sender = Sender::new("post@example.com", None).expect("an address");
    services.delivery_worker(carrier, sender, ORIGIN.to_owned())
}

/// Delivers everything that is due into the folder, and reads every message there except confirmations, the oldest first.
pub async fn delivered(services: &Services, folder: &Path) -> Vec<String> {
    let mut messages = all_delivered(services, folder).await;
    messages.retain(|message| !is_confirmation(message));
    messages
}

/// Returns whether a message confirms that a complaint has arrived, in any language.
pub fn is_confirmation(message: &str) -> bool {
    ["en", "cy"].into_iter().filter_map(Language::of_tag).any(|language| {
        let text = language.say("message.confirmation");
        message.contains(text.split("\n\n").nth(1).expect("its first sentence"))
    })
}

/// Delivers everything that is due into the folder, and reads every message there, the oldest first.
pub async fn all_delivered(services: &Services, folder: &Path) -> Vec<String> {
    let folder = folder.join("mail");
    let courier = courier(services, MailTransport::folder(&folder).expect("a folder"));
    while courier.deliver_due().await.expect("delivered") > 0 {}
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .expect("the folder")
        .map(|f| f.expect("an entry").path())
        .collect();
    files.sort();
    files
        .iter()
        .map(|file| decoded(&std::fs::read_to_string(file).expect("readable")))
        .collect()
}

/// Decodes the body of a message (quoted-printable, RFC 2045).
pub fn decoded(message: &str) -> String {
    let (head, body) = message.split_once("\r\n\r\n").expect("a head and a body");
    if !head.contains("quoted-printable") {
        return message.to_owned();
    }
    let mut parts = body.split('=');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        if let Some(rest) = part.strip_prefix("\r\n") {
            bytes.extend_from_slice(rest.as_bytes());
        } else {
            bytes.push(u8::from_str_radix(&part[..2], 16).expect("two digits"));
            bytes.extend_from_slice(&part.as_bytes()[2..]);
        }
    }
    format!("{head}\r\n\r\n{}", String::from_utf8(bytes).expect("UTF-8"))
}

/// Returns the path of the link in a message.
pub fn link(message: &str) -> String {
    let at = message.find(&format!("{ORIGIN}/")).expect("a link") + ORIGIN.len();
    message[at..].split_whitespace().next().expect("a path").to_owned()
}

/// A mail server in a process of its own. Dropping this value ends the process.
pub struct MailServer {
    child: Child,
    pub port: u64,
    messages: Receiver<Value>,
}

impl MailServer {
    pub fn start() -> Self {
        Self::with(&[])
    }

    /// A mail server that refuses addresses with characters beyond ASCII.
    pub fn ascii_only() -> Self {
        Self::with(&["ascii"])
    }

    fn with(options: &[&str]) -> Self {
        let mut child = Command::new("node")
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/smtp.mjs"))
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node starts");
        let (send, messages) = mpsc::channel();
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = send.send(serde_json::from_str(&line).expect("JSON"));
            }
        });
        let said: Value = messages.recv_timeout(Duration::from_mins(1)).expect("it listens");
        let port = said["port"].as_u64().expect("a port");
        Self { child, port, messages }
    }

    pub fn carrier(&self) -> MailTransport {
        MailTransport::smtp(&format!("smtp://127.0.0.1:{}", self.port), None).expect("an address")
    }

    /// Returns the messages that the server accepted since the last call.
    pub fn taken(&mut self) -> Vec<Value> {
        // The server's answer to a line comes after all messages that it accepted before.
        let ask = self.child.stdin.as_mut().expect("its input");
        ask.write_all(b"\n").and_then(|()| ask.flush()).expect("it reads");
        let lines = std::iter::from_fn(|| Some(self.messages.recv_timeout(Duration::from_mins(1)).expect("it answers")));
        lines.take_while(|line| *line != Value::Bool(true)).collect()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
