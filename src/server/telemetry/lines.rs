//! A log writer that never fails, never panics and never blocks.
//!
//! Lines go into a bounded buffer, and a separate thread writes them. If the reader of the pipe stops reading, the buffer fills and
//! further lines are dropped. If the reader is gone or the disk is full, lines are dropped at once. Dropped lines are counted, and the
//! count is logged with the next line that can be written.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;

/// The capacity of the buffer, in lines.
const WAITING: usize = 4096;

/// The longest line, in bytes; the rest is cut off. With [`WAITING`] this limits the buffer to 16 MB.
const LONGEST: usize = 4096;

/// How long [`LogWriter::finish`] waits for lines to be written.
const LAST_CALL: Duration = Duration::from_secs(2);

/// The sending side of the log. Cheap to clone.
#[derive(Clone, Debug)]
pub struct LogWriter {
    to_thread: SyncSender<Message>,
    dropped: Arc<AtomicU64>,
}

#[derive(Debug)]
enum Message {
    Line(Vec<u8>),
    /// A request to drop the sender once all earlier lines are written.
    Written(SyncSender<()>),
}

impl LogWriter {
    /// Starts the thread that writes lines to `out`.
    pub fn start(out: impl Write + Send + 'static) -> io::Result<Self> {
        let (to_thread, lines) = sync_channel(WAITING);
        let dropped = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&dropped);
        std::thread::Builder::new()
            .name("log".into())
            .spawn(move || write_all(&lines, out, &counted))?;
        Ok(Self { to_thread, dropped })
    }

    /// The number of dropped lines that were not reported yet.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Waits a short time until the lines so far are written.
    pub fn finish(&self) {
        let (written, told) = sync_channel(0);
        // If the buffer is full, the reader has stopped reading, and waiting is useless.
        if self.to_thread.try_send(Message::Written(written)).is_ok() {
            let _ = told.recv_timeout(LAST_CALL);
        }
    }
}

/// Writes lines until all senders are gone.
fn write_all(lines: &Receiver<Message>, mut out: impl Write, dropped: &AtomicU64) {
    for message in lines {
        let line = match message {
            Message::Line(line) => line,
            Message::Written(told) => {
                drop(told);
                continue;
            }
        };
        let missing = dropped.swap(0, Ordering::Relaxed);
        if missing > 0 && writeln!(out, "{missing} log lines were dropped: the log could not be written").is_err() {
            dropped.fetch_add(missing + 1, Ordering::Relaxed);
            continue;
        }
        if out.write_all(&line).and_then(|()| out.flush()).is_err() {
            dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl<'a> MakeWriter<'a> for LogWriter {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line {
            lines: self.clone(),
            text: Vec::new(),
        }
    }
}

/// A single log line, sent to the thread when dropped.
#[derive(Debug)]
pub struct Line {
    lines: LogWriter,
    text: Vec<u8>,
}

impl Write for Line {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        let room = LONGEST.saturating_sub(self.text.len()).min(text.len());
        self.text.extend_from_slice(&text[..room]);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let mut text = std::mem::take(&mut self.text);
        if text.is_empty() {
            return;
        }
        if text.last() != Some(&b'\n') {
            text.push(b'\n');
        }
        if self.lines.to_thread.try_send(Message::Line(text)).is_err() {
            self.lines.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, mpsc};

    use super::*;

    /// A writer that waits at its gate before each line, or fails.
    struct Pipe {
        gate: Option<Gate>,
        closed: Arc<AtomicU64>,
        seen: Arc<Mutex<Vec<u8>>>,
    }

    struct Gate {
        reached: mpsc::Sender<()>,
        opened: mpsc::Receiver<()>,
    }

    impl Write for Pipe {
        fn write(&mut self, text: &[u8]) -> io::Result<usize> {
            if let Some(gate) = &self.gate {
                let _ = gate.reached.send(());
                let _ = gate.opened.recv();
            }
            if self.closed.load(Ordering::Relaxed) == 1 {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            self.seen.lock().unwrap().extend_from_slice(text);
            Ok(text.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn say(lines: &LogWriter, text: &str) {
        lines.make_writer().write_all(text.as_bytes()).unwrap();
    }

    #[test]
    fn a_reader_that_stands_still_holds_up_no_writer() {
        let (open, opened) = mpsc::channel();
        let (reached, at_the_gate) = mpsc::channel();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let pipe = Pipe {
            gate: Some(Gate { reached, opened }),
            closed: Arc::default(),
            seen: Arc::clone(&seen),
        };
        let lines = LogWriter::start(pipe).unwrap();
        say(&lines, "line 0\n");
        // From here the thread takes no line and counts none as told.
        at_the_gate.recv().unwrap();
        for n in 1..=WAITING + 100 {
            say(&lines, &format!("line {n}\n"));
        }
        assert_eq!(lines.dropped(), 100);
        drop(open);
        // Wait until the buffer has space again: a further line would be dropped before.
        let kept = format!("line {WAITING}\n");
        while !String::from_utf8_lossy(&seen.lock().unwrap()).contains(&kept) {
            std::thread::sleep(Duration::from_millis(5));
        }
        say(&lines, "after\n");
        lines.finish();
        let seen = String::from_utf8(seen.lock().unwrap().clone()).unwrap();
        assert!(seen.contains("line 0\n") && seen.contains("log lines were dropped") && seen.ends_with("after\n"));
        assert_eq!(lines.dropped(), 0);
    }

    #[test]
    fn a_closed_pipe_is_counted_and_told_of_once_it_is_open_again() {
        let (closed, seen) = (Arc::new(AtomicU64::new(1)), Arc::new(Mutex::new(Vec::new())));
        let pipe = Pipe {
            gate: None,
            closed: Arc::clone(&closed),
            seen: Arc::clone(&seen),
        };
        let lines = LogWriter::start(pipe).unwrap();
        for _ in 0..3 {
            say(&lines, "lost\n");
        }
        lines.finish();
        assert_eq!(lines.dropped(), 3);
        closed.store(0, Ordering::Relaxed);
        say(&lines, "here");
        lines.finish();
        let seen = String::from_utf8(seen.lock().unwrap().clone()).unwrap();
        assert_eq!(seen, "3 log lines were dropped: the log could not be written\nhere\n");
    }

    #[test]
    fn a_long_line_is_cut() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let pipe = Pipe {
            gate: None,
            closed: Arc::default(),
            seen: Arc::clone(&seen),
        };
        let lines = LogWriter::start(pipe).unwrap();
        say(&lines, &"x".repeat(LONGEST * 2));
        lines.finish();
        assert_eq!(seen.lock().unwrap().len(), LONGEST + 1);
    }
}
