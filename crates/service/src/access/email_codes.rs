//! Signing in with an emailed code. A mistyped address must not open another person's case. So with a reference, a code goes
//! only to the address that a participant has on that case and called safe. Typing it proves that they read that mailbox.
//! With an address alone, only mailboxes proved in this way open anything, and then all of their cases. The caller learns
//! nothing from the answer or its duration.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use time::Duration;
use uuid::Uuid;

use crate::{
    ServiceError, Services,
    access::sessions::{self, Device, NewSession},
    counters::SignInWay,
    london::moment,
    mailbox,
};
use complaint::fields::{email, one_time_code, reference::Reference};
use contract::Moment;
use notify::{MessageKind, NewCaseMessage};
use record::{
    Instant, cases,
    encryption::SealingKey,
    entropy::bytes,
    outbox::case_messages::{CODE, NO_RECIPIENT},
    people::{self, Model as Row},
    sign_in_codes::{self, Counted, Model},
    store::Write,
};
use text::Language;

/// How many minutes a code is valid.
pub const MINUTES: i64 = 10;

/// How many wrong codes the caller may type before they have to ask for another code.
pub const TRIES: i32 = 5;

/// How many valid codes are mailed to one mailbox, for one reference, on request of one network address.
///
/// A further request gets no mail of its own: its caller uses a code that was mailed before. So no caller can flood a
/// mailbox, or keep a person from a code by asking for many.
pub const MAX_MAILED_PER_ADDRESS: u64 = 2;

/// The same limit for all network addresses together.
pub const MAX_MAILED: u64 = 8;

/// How many of the newest codes work for a request that got no mail of its own.
const NEWEST_USABLE: usize = 3;

/// How many codes an attempt is compared with: those that were mailed, and the request's own.
const MAX_COMPARED: usize = 9;
const _: () = assert!(MAX_COMPARED as u64 == MAX_MAILED + 1);

/// How many wrong codes all requests without mail may type together while a code is valid.
///
/// A code has eight digits. In 10 minutes strangers have 5 attempts for each of 8 mailed requests, each compared with 2
/// codes. They have 30 more without mail, each compared with 5 codes. If they keep that up for a whole day, they hit a code
/// with a chance of 1 in 3,000. By then the mailbox has received a thousand emails.
const TRIES_WITHOUT_MAIL: i64 = 30;

/// Returns the canonical spelling of a reference. An invalid one gives an empty string, which is the reference of no case.
fn canonical(typed: &str) -> String {
    Reference::parse(typed).map(|reference| reference.to_string()).unwrap_or_default()
}

/// A request for a code, carried from the page that makes it to the page where the code is typed.
///
/// Only its holder can use a code or use up the attempts.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeRequest {
    id: Uuid,
    /// The reference in canonical spelling. `None` for a code that opens all cases of the mailbox.
    reference: Option<String>,
    email: String,
    /// When another code can be sent, if none was sent for this request; in microseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next_at: Option<i64>,
}

/// Hides the address: debug output must not reveal who asks.
impl std::fmt::Debug for CodeRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Asked(..)")
    }
}

impl CodeRequest {
    /// Returns what attempts are counted by: the reference in canonical spelling, or the mailbox.
    pub fn name(&self) -> String {
        match &self.reference {
            Some(reference) => reference.clone(),
            None => email::mailbox(&self.email),
        }
    }

    /// Returns when another code can be sent, if none was sent because several are still valid. An unknown address gives the
    /// same result.
    pub fn next_code_at(&self) -> Option<Moment> {
        self.next_at.map(|at| moment(Instant::from_micros(at)))
    }

    /// Returns the fingerprint by which the codes for the same reference or mailbox are found.
    fn lookup_fingerprint(&self, services: &Services) -> Vec<u8> {
        let key = SealingKey::derive(services.0.secret.bytes(), "place of a sign-in code", &[]);
        match &self.reference {
            Some(reference) => key.fingerprint(format!("case {reference}").as_bytes()),
            None => key.fingerprint(&self.mailbox(services)),
        }
    }

    fn mailbox(&self, services: &Services) -> Vec<u8> {
        mailbox::fingerprint(services, &self.email)
    }

    /// Encrypts the request, so that it reveals nothing in a URL or in the browser's history.
    pub fn sealed(&self, services: &Services) -> String {
        let text = serde_json::to_vec(self).unwrap_or_default();
        URL_SAFE_NO_PAD.encode(sealing(services).seal(services.entropy(), ASKED, &text))
    }

    /// Decrypts a request. `None` if this server did not encrypt it.
    pub fn opened(services: &Services, sealed: &str) -> Option<Self> {
        let text = sealing(services).open(ASKED, &URL_SAFE_NO_PAD.decode(sealed).ok()?)?;
        serde_json::from_slice(&text).ok()
    }
}

/// The context that the encrypted request is bound to.
const ASKED: &[u8] = b"asked";

fn sealing(services: &Services) -> SealingKey {
    SealingKey::derive(services.0.secret.bytes(), "asked for a sign-in code", &[])
}

/// Sends a code to an address, if a participant may get it there. The caller does not learn whether it was sent.
///
/// `reference` is the text as it was typed; without one, the code opens all cases of the mailbox. `from` is the caller's
/// network address.
///
/// An unknown address takes equally long, because the same rows are written: a code that opens nothing, and a message that
/// is never sent.
pub async fn ask(
    services: &Services,
    reference: Option<String>,
    email: String,
    from: &[u8],
    language: Language,
) -> Result<CodeRequest, ServiceError> {
    let (now, id) = (services.now(), services.new_id());
    let mut asked = CodeRequest {
        id,
        reference: reference.as_deref().map(canonical),
        email,
        next_at: None,
    };
    let (place, mailbox) = (asked.lookup_fingerprint(services), asked.mailbox(services));
    let code = digits_from_random(bytes::<8>(services.entropy()));
    let write = services.store().begin().await?;
    sign_in_codes::hold(&write, &place, &mailbox).await?;
    let from = SealingKey::derive(services.0.secret.bytes(), "address that asked", &[]).fingerprint(from);
    let counted = sign_in_codes::list_counted(&write, &place, &mailbox, now.into()).await?;
    let here = counted.iter().filter(|code| code.asked_from.as_ref() == Some(&from));
    let full = [free_at(here, MAX_MAILED_PER_ADDRESS), free_at(counted.iter(), MAX_MAILED)];
    let next_at = full.into_iter().flatten().max();
    asked.next_at = next_at.map(Instant::micros);
    let more = next_at.is_none();
    let known = find_recipient(&write, &asked, &mailbox).await?.filter(|_| more);
    let expires_at = now + Duration::minutes(MINUTES);
    let row = Model {
        id,
        place,
        mailbox,
        person_id: known.as_ref().map(|person| person.id),
        code_hash: hash(services, id, &code),
        asked_from: Some(from),
        within_limit: more,
        tries: 0,
        created_at: now.into(),
        expires_at: expires_at.into(),
        used_at: None,
    };
    sign_in_codes::add(&write, row).await?;
    let notice = NewCaseMessage {
        channel: if known.is_some() { CODE } else { NO_RECIPIENT },
        case_id: known.as_ref().map(|person| person.case_id),
        person_id: known.map_or(id, |person| person.id),
        language,
        text: MessageKind::SignInCode { code: format_code(&code) },
        due_at: now,
        useless_from: expires_at,
    };
    services.outbox().add_notice(&write, services.entropy(), now, notice).await?;
    write.commit().await?;
    services.outbox().wake();
    Ok(asked)
}

/// Returns when the next code fits under a limit. `None` if it fits now. The codes are ordered by expiry.
fn free_at<'a>(counted: impl Iterator<Item = &'a Counted>, limit: u64) -> Option<Instant> {
    let expiries: Vec<Instant> = counted.map(|code| code.expires_at).collect();
    // As many codes have to expire first as would exceed the limit with the new one.
    let over = (expiries.len() + 1).saturating_sub(usize::try_from(limit).unwrap_or(usize::MAX));
    over.checked_sub(1).and_then(|last| expiries.get(last)).copied()
}

/// Returns the person that a code may be sent to. The number of database queries does not depend on what they find.
async fn find_recipient(write: &Write, asked: &CodeRequest, mailbox: &[u8]) -> Result<Option<Row>, ServiceError> {
    Ok(match &asked.reference {
        Some(reference) => {
            let case = cases::find_by_reference(&write.tx(), reference).await?;
            let case_id = case.map_or(Uuid::nil(), |case| case.id);
            people::find_by_mailbox(&write.tx(), case_id, mailbox).await?
        }
        None => people::list_by_mailbox(&write.tx(), mailbox).await?.into_iter().next(),
    })
}

/// Opens a session for a code.
///
/// `None` if the code is wrong, expired, used, was tried too often or was never sent. The caller does not learn which.
pub async fn sign_in(services: &Services, asked: &CodeRequest, typed: &str, device: &Device) -> Result<Option<NewSession>, ServiceError> {
    let session = try_code(services, asked, typed, device).await?;
    if session.is_none() {
        services.counters().note_failed_sign_in(SignInWay::EmailCode);
    }
    Ok(session)
}

async fn try_code(services: &Services, asked: &CodeRequest, typed: &str, device: &Device) -> Result<Option<NewSession>, ServiceError> {
    // Text without a complete code matches none, and does not count as an attempt.
    let Some(typed) = one_time_code::find(typed) else { return Ok(None) };
    let (place, mailbox, now) = (asked.lookup_fingerprint(services), asked.mailbox(services), services.instant());
    let write = services.store().begin().await?;
    sign_in_codes::hold(&write, &place, &mailbox).await?;
    let codes = sign_in_codes::list_candidates(&write, asked.id, &place, &mailbox, now).await?;
    let without_mail = sign_in_codes::tries_without_mail(&write, &place, &mailbox, now).await?;
    let Some(own) = codes.iter().find(|code| code.id == asked.id) else {
        return Ok(None);
    };
    let has_mail = own.person_id.is_some();
    let works = own.used_at.is_none() && own.expires_at > now;
    let may_try = works && own.tries < TRIES && (has_mail || without_mail < TRIES_WITHOUT_MAIL);
    let mut right = None;
    let mut newer = 0;
    for code in codes.iter().rev() {
        let fits: bool = hash(services, code.id, &typed).ct_eq(&code.code_hash).into();
        if code.person_id.is_none() {
            continue;
        }
        let theirs = code.asked_from == own.asked_from || (!has_mail && newer < NEWEST_USABLE);
        newer += 1;
        if fits && may_try && theirs {
            right = Some(code);
        }
    }
    // Always computes the maximum number of hashes, so that the duration does not reveal how many codes there are.
    for _ in codes.len()..MAX_COMPARED {
        let _ = std::hint::black_box(hash(services, asked.id, &typed));
    }
    let session = if let Some(code) = right {
        open(services, &write, asked, code, device).await?
    } else {
        sign_in_codes::count_try(&write, own.id).await?;
        None
    };
    // A wrong attempt is committed too, before the caller learns that it was wrong.
    write.commit().await?;
    Ok(session)
}

async fn open(
    services: &Services,
    write: &Write,
    asked: &CodeRequest,
    code: &Model,
    device: &Device,
) -> Result<Option<NewSession>, ServiceError> {
    sign_in_codes::use_up(write, code.id, services.instant()).await?;
    let person = match code.person_id {
        Some(id) => people::lookup(&write.tx(), id).await?,
        None => None,
    };
    // The person may have changed their address since the code was sent.
    let still = |person: &Row| person.ended_at.is_none() && person.mailbox.as_deref() == Some(&*code.mailbox);
    let Some(person) = person.filter(still) else { return Ok(None) };
    let Some(case) = cases::lookup(&write.tx(), person.case_id).await? else {
        return Ok(None);
    };
    if person.mailbox_confirmed_at.is_none() {
        people::confirm_mailbox(write, person.id, services.instant()).await?;
    }
    // A person who typed a mailed code reads the mailbox, whatever they asked for. The session opens all cases proved by
    // that mailbox.
    let session = sessions::begin(services, write, &person, case.reference, person.mailbox.clone(), device).await?;
    Ok(Some(NewSession {
        opens_all: asked.reference.is_none(),
        ..session
    }))
}

/// Returns eight digits from 64 random bits. The distribution is not quite even: one code is likelier than another by 1 in
/// 10^11.
pub(crate) fn digits_from_random(bits: [u8; 8]) -> String {
    format!("{:08}", u64::from_be_bytes(bits) % 100_000_000)
}

/// Formats a code for reading and typing: two groups of four digits.
pub(crate) fn format_code(code: &str) -> String {
    let (first, second) = code.split_at(code.len() / 2);
    format!("{first} {second}")
}

/// Returns the stored hash of a code. With 27 bits a code could be found by trying all, so the hash depends on the server's
/// secret.
pub(crate) fn hash(services: &Services, id: Uuid, code: &str) -> Vec<u8> {
    SealingKey::derive(services.0.secret.bytes(), "sign-in code", id.as_bytes()).fingerprint(code.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_eight_digits_in_two_groups() {
        assert_eq!(format_code(&digits_from_random([0; 8])), "0000 0000");
        assert_eq!(format_code(&digits_from_random(12_345_678_u64.to_be_bytes())), "1234 5678");
        assert_eq!(digits_from_random([255; 8]).len(), 8);
    }
}
