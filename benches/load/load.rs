//! Load tool: makes requests and prints the measurements as one line of JSON. It uses the standard library only, so that it
//! compiles in a second and takes little of the processor it shares with the server.
//!
//! ```text
//! load pages HOST:PORT PATH CLIENTS SECONDS [HEADER: VALUE]...    GETs of one page
//! load journeys HOST:PORT CLIENTS SECONDS < ANSWERS               whole complaints; ANSWERS has a line `step JSON` for each page
//! ```
//!
//! Every client is a thread with one keep-alive connection, and sends its next request as soon as it has a response.

mod connection;
mod journeys;
mod times;

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use connection::Connection;
use times::Times;

/// Any error ends the run, because a measurement with failures in it would mislead.
type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let line = match words.as_slice() {
        ["pages", server, path, clients, seconds, headers @ ..] => pages(server, path, clients, seconds, headers),
        ["journeys", server, clients, seconds] => journeys(server, clients, seconds),
        _ => Err("load pages HOST:PORT PATH CLIENTS SECONDS [HEADER]..., or load journeys HOST:PORT CLIENTS SECONDS".into()),
    };
    match line {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("load: {error}");
            ExitCode::FAILURE
        }
    }
}

fn pages(server: &str, path: &str, clients: &str, seconds: &str, headers: &[&str]) -> Outcome<String> {
    let request = connection::request("GET", path, headers, None);
    let time = Duration::from_secs(seconds.parse()?);
    let (mut times, bytes, took) = together(server, clients.parse()?, time, |connection, until| {
        let (mut times, mut bytes) = (Times::default(), 0);
        while Instant::now() < until {
            let asked = Instant::now();
            let answer = connection.ask(&request)?;
            times.add(asked.elapsed());
            if answer.status != 200 {
                return Err(format!("{path} was answered with {}: {}", answer.status, String::from_utf8_lossy(&answer.body)).into());
            }
            bytes = answer.body.len();
        }
        Ok((times, bytes))
    })?;
    Ok(format!(r#"{{{},"bytes":{bytes}}}"#, times.json(took)))
}

fn journeys(server: &str, clients: &str, seconds: &str) -> Outcome<String> {
    let answers = journeys::answers(&std::io::read_to_string(std::io::stdin())?)?;
    let clients: usize = clients.parse()?;
    let (mut calls, mut journeys, took) = together(server, clients, Duration::from_secs(seconds.parse()?), |connection, until| {
        let mut calls = journeys::Calls::default();
        let mut journeys = Times::default();
        while Instant::now() < until {
            let began = Instant::now();
            journeys::complain(connection, &answers, &mut calls)?;
            journeys.add(began.elapsed());
        }
        Ok((calls, journeys))
    })?;
    Ok(format!(
        r#"{{{},"draft":{{{}}},"answer":{{{}}},"submission":{{{}}}}}"#,
        journeys.json(took),
        calls.draft.json(took),
        calls.answer.json(took),
        calls.submission.json(took),
    ))
}

/// Measurements that can be merged across clients.
trait Gathered: Default + Send {
    fn take_in(&mut self, other: Self);
}

impl Gathered for usize {
    fn take_in(&mut self, other: Self) {
        *self = other;
    }
}

/// Runs `clients` clients at once until `time` is over. Returns their measurements and the actual duration.
fn together<A, B, F>(server: &str, clients: usize, time: Duration, client: F) -> Outcome<(A, B, Duration)>
where
    A: Gathered,
    B: Gathered,
    F: Fn(&mut Connection, Instant) -> Outcome<(A, B)> + Sync,
{
    let server: SocketAddr = server.parse()?;
    let began = Instant::now();
    let (mut all, mut others) = (A::default(), B::default());
    std::thread::scope(|scope| {
        let run = || client(&mut Connection::open(server)?, began + time);
        let threads: Vec<_> = (0..clients).map(|_| scope.spawn(run)).collect();
        for thread in threads {
            let (a, b) = thread.join().map_err(|_| "a client panicked")??;
            all.take_in(a);
            others.take_in(b);
        }
        Ok((all, others, began.elapsed()))
    })
}
