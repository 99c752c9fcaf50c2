//! The honest resident: fills in a complaint, sends it, signs in, gets an email. All people and places are made up.

use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::Target;
use super::client::Client;

/// How long a message may take from the request to the mail folder.
const MAIL_WITHIN: Duration = Duration::from_secs(20);

/// A draft.
pub struct Draft {
    pub client: Client,
    pub id: String,
    pub token: String,
}

/// A sent complaint, with the details to sign in.
pub struct Case {
    pub client: Client,
    pub reference: String,
    pub access_code: String,
}

/// Returns the next honest client. Each has an address of its own, so that measuring uses up no address's rate limit.
pub fn client(target: &Target) -> Client {
    static NEXT: AtomicU8 = AtomicU8::new(1);
    target.client([198, 51, 100, NEXT.fetch_add(1, Ordering::Relaxed)])
}

impl Draft {
    /// Creates a draft.
    pub fn begin(client: Client) -> Result<Self> {
        let made = client
            .call("POST", "/api/v1/drafts", None, &Value::Null, "")?
            .json()
            .context("creating a draft")?;
        let text = |name: &str| made[name].as_str().unwrap_or_default().to_owned();
        Ok(Self {
            client,
            id: text("id"),
            token: text("token"),
        })
    }

    /// Calls the REST API below this draft.
    pub fn call(&self, method: &str, below: &str, body: &Value, headers: &str) -> Result<super::client::Answer> {
        let path = format!("/api/v1/drafts/{}/{below}", self.id);
        self.client.call(method, &path, Some(&self.token), body, headers)
    }

    /// Saves one answer.
    pub fn save(&self, step: &str, answer: &Value) -> Result<()> {
        self.call("PUT", &format!("answers/{step}"), answer, "")?
            .expect(200)
            .with_context(|| format!("saving {step}"))?;
        Ok(())
    }

    /// Answers every question.
    pub fn fill_in(&self) -> Result<()> {
        let answers = [
            ("role", json!({"role": "resident"})),
            ("resident_name", json!({"full_name": "Wren Example"})),
            (
                "home_address",
                json!({"line_1": "4 Test Court", "town": "Anytown", "postcode": "ZZ1 1AA"}),
            ),
            ("contact", json!({"email": "wren@example.org"})),
            ("landlord", json!({"name": "Example Homes"})),
            ("stage", json!({"stage": "waiting_stage_1"})),
            ("dates", json!({"complained_on": "unknown"})),
            ("category", json!({"category": "other"})),
            ("what_happened", json!({"what_happened": "Mould in the bedroom."})),
            ("put_right", json!({"put_right": "Treat the mould."})),
            ("evidence", json!({})),
            ("declaration", json!({"agreed": true})),
        ];
        answers.iter().try_for_each(|(step, answer)| self.save(step, answer))
    }

    /// Sends the complaint.
    pub fn send(self) -> Result<Case> {
        let key = format!("Idempotency-Key: {}\r\n", self.id);
        let receipt = self.call("POST", "submission", &Value::Null, &key)?.json().context("sending")?;
        let text = |name: &str| receipt[name].as_str().unwrap_or_default().to_owned();
        Ok(Case {
            client: self.client,
            reference: text("reference"),
            access_code: text("access_code"),
        })
    }
}

impl Case {
    /// Creates, fills in and sends a complaint.
    pub fn sent(target: &Target) -> Result<Self> {
        let draft = Draft::begin(client(target))?;
        draft.fill_in()?;
        draft.send()
    }

    /// Signs in. Returns the session's token.
    pub fn sign_in(&self) -> Result<String> {
        let details = json!({"reference": self.reference, "access_code": self.access_code});
        let session = self
            .client
            .call("POST", "/api/v1/sessions", None, &details, "Prefer: return=representation\r\n")?;
        let session = session.json().context("signing in")?;
        Ok(session["token"].as_str().context("the response has no token")?.to_owned())
    }
}

/// Saves an answer and reads a page, as a resident who fills in the form does most. Returns the duration of both.
pub fn save_and_read(target: &Target) -> Result<Duration> {
    let client = client(target);
    let draft = Draft::begin(client)?;
    let started = Instant::now();
    draft.save("role", &json!({"role": "resident"}))?;
    let cookie = format!("Cookie: draft={}\r\n", draft.token);
    client
        .page("/complaint/what-happened", &cookie)?
        .expect(200)
        .context("reading a page")?;
    Ok(started.elapsed())
}

/// Fills in a complaint. Returns the duration of sending it.
pub fn send(target: &Target) -> Result<Duration> {
    let draft = Draft::begin(client(target))?;
    draft.fill_in()?;
    let started = Instant::now();
    draft.send()?;
    Ok(started.elapsed())
}

/// Checks that a resident can save, send, sign in and get an email.
pub fn everything_works(target: &Target) -> Result<()> {
    save_and_read(target)?;
    let draft = Draft::begin(client(target))?;
    draft.fill_in()?;
    let before = messages(target);
    draft
        .call("POST", "resume-links", &json!({"email": "wren@example.org"}), "")?
        .expect(202)
        .context("asking for an email")?;
    let asked = Instant::now();
    while messages(target) <= before {
        ensure!(asked.elapsed() < MAIL_WITHIN, "no email within {} s", MAIL_WITHIN.as_secs());
        std::thread::sleep(Duration::from_millis(100));
    }
    let case = draft.send()?;
    let session = case.sign_in()?;
    let path = format!("/api/v1/cases/{}", case.reference);
    case.client
        .call("GET", &path, Some(&session), &Value::Null, "")?
        .expect(200)
        .context("reading the case")?;
    Ok(())
}

/// Counts the messages sent so far: without a mail server each message is a file.
fn messages(target: &Target) -> usize {
    let folder = std::fs::read_dir(target.server.data().join("mail"));
    folder.map_or(0, |files| {
        files
            .flatten()
            .filter(|file| file.path().extension().is_some_and(|e| e == "eml"))
            .count()
    })
}
