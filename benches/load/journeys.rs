//! Sends whole complaints through the REST API: a draft, an answer to every question, the submission. Each response means
//! that the data is durable.

use std::time::Instant;

use crate::connection::{Answer, Connection, request};
use crate::times::Times;
use crate::{Gathered, Outcome};

/// The durations of each kind of call.
#[derive(Default)]
pub struct Calls {
    pub draft: Times,
    pub answer: Times,
    pub submission: Times,
}

impl Gathered for Calls {
    fn take_in(&mut self, other: Self) {
        self.draft.take_in(other.draft);
        self.answer.take_in(other.answer);
        self.submission.take_in(other.submission);
    }
}

/// Parses `step JSON`, line by line.
pub fn answers(text: &str) -> Outcome<Vec<(String, String)>> {
    text.lines()
        .map(|line| {
            let (step, body) = line.split_once(' ').ok_or("a line must contain a step and its answer as JSON")?;
            Ok((step.to_owned(), body.to_owned()))
        })
        .collect()
}

/// Sends one complaint.
pub fn complain(connection: &mut Connection, answers: &[(String, String)], calls: &mut Calls) -> Outcome<()> {
    let draft = call(connection, &mut calls.draft, &request("POST", "/api/v1/drafts", &[], None), 201)?;
    let (id, token) = (draft.member("id")?, draft.member("token")?);
    let bearer = format!("authorization: Bearer {token}");
    for (step, body) in answers {
        let path = format!("/api/v1/drafts/{id}/answers/{step}");
        call(connection, &mut calls.answer, &request("PUT", &path, &[&bearer], Some(body)), 200)?;
    }
    let path = format!("/api/v1/drafts/{id}/submission");
    // A draft is sent once, so its id serves as the idempotency key.
    let key = format!("idempotency-key: {id}");
    call(
        connection,
        &mut calls.submission,
        &request("POST", &path, &[&bearer, &key], None),
        201,
    )?;
    Ok(())
}

fn call(connection: &mut Connection, times: &mut Times, request: &[u8], wanted: u16) -> Outcome<Answer> {
    let asked = Instant::now();
    let answer = connection.ask(request)?;
    times.add(asked.elapsed());
    if answer.status == wanted {
        Ok(answer)
    } else {
        Err(format!("status {} instead of {wanted}: {}", answer.status, String::from_utf8_lossy(&answer.body)).into())
    }
}
