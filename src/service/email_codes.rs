//! Signing in with a code that was sent by email.
//!
//! A mistyped address must not open somebody's case. With a reference, a code goes only to the address that the person has on
//! that case and called safe; typing it in shows that they read that mail. By the address alone only mailboxes that were shown
//! in this way open anything, and then all of their cases.
//!
//! Whoever asks learns nothing, neither from the answer nor from the time it takes: for somebody unknown the same is written,
//! a code that opens nothing and a message that nobody gets.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use time::Duration;
use uuid::Uuid;

use super::{
    ServiceError, Services,
    counters::SignInWay,
    london::moment,
    mailbox,
    sessions::{self, Device, NewSession},
};
use crate::complaint::fields::{email, one_time_code, reference::Reference};
use crate::complaint::view::Moment;
use crate::notify::{NewNotice, Text};
use crate::record::{
    Instant, cases,
    entropy::bytes,
    outbox::people::{CODE, NONE},
    people::{self, Model as Row},
    sealed::Key,
    sign_in_codes::{self, Counted, Model},
    store::Write,
};
use crate::text::Language;

/// How long a code works.
pub const MINUTES: i64 = 10;

/// How many wrong codes somebody may type before they have to ask again.
pub const TRIES: i32 = 5;

/// How many codes that still work are sent from one place to one mailbox, by who asks from one address. Whoever asks for more gets
/// no mail of their own: they use what is there. So nobody can flood a mailbox, or keep a person from a code by asking for many.
pub const MAILED_HERE: u64 = 2;

/// How many by who asks from anywhere.
pub const MAILED_ANYWHERE: u64 = 8;

/// How many of the newest codes work for somebody who got no mail of their own.
const SHARED: usize = 3;

/// How many codes a try is held against: those that were mailed, and what was asked for.
const COMPARED: usize = 9;
const _: () = assert!(COMPARED as u64 == MAILED_ANYWHERE + 1);

/// How many wrong codes all of these may type together while a code works.
///
/// A code has eight digits. In 10 minutes strangers have 5 tries at each of 2 codes for each of 8 mails, and 30 at each of 5: kept up
/// for a whole day, they hit one with a chance of 1 in 3,000, and the mailbox has had a thousand letters.
const TRIES_WITHOUT_MAIL: i64 = 30;

/// The one spelling of a reference; of one that cannot be one, nothing. No case has that.
fn canonical(typed: &str) -> String {
    Reference::parse(typed).map(|reference| reference.to_string()).unwrap_or_default()
}

/// What somebody asked for, on its way from the page where they asked to the page where they type the code. Only who has this can
/// use a code or use up its tries.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    id: Uuid,
    /// In its one spelling; none for a code that opens all cases of the mailbox.
    reference: Option<String>,
    email: String,
    /// From when on another code can be sent, where none was sent for this; in microseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next_at: Option<i64>,
}

/// Never an address: a debug line must not tell who asks.
impl std::fmt::Debug for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Asked(..)")
    }
}

impl Asked {
    /// The reference in its one spelling, or the address: what tries are counted by.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.reference {
            Some(reference) => reference.clone(),
            None => email::mailbox(&self.email),
        }
    }

    /// From when on another code can be sent, where none was sent because several still work. The same for an address that nobody has.
    #[must_use]
    pub fn next_code_at(&self) -> Option<Moment> {
        self.next_at.map(|at| moment(Instant::from_micros(at)))
    }

    /// The fingerprint by which codes for the same are found.
    fn place(&self, services: &Services) -> Vec<u8> {
        let key = Key::derived(services.0.secret.bytes(), "place of a sign-in code", &[]);
        match &self.reference {
            Some(reference) => key.fingerprint(format!("case {reference}").as_bytes()),
            None => key.fingerprint(&self.mailbox(services)),
        }
    }

    fn mailbox(&self, services: &Services) -> Vec<u8> {
        mailbox::fingerprint(services, &self.email)
    }

    /// Sealed, so that it can stand in an address and in a history and tells nothing there.
    #[must_use]
    pub fn sealed(&self, services: &Services) -> String {
        let text = serde_json::to_vec(self).unwrap_or_default();
        URL_SAFE_NO_PAD.encode(sealing(services).seal(services.entropy(), ASKED, &text))
    }

    /// Reads it back; `None` when it was not sealed here.
    #[must_use]
    pub fn opened(services: &Services, sealed: &str) -> Option<Self> {
        let text = sealing(services).open(ASKED, &URL_SAFE_NO_PAD.decode(sealed).ok()?)?;
        serde_json::from_slice(&text).ok()
    }
}

/// Where the sealed text stands.
const ASKED: &[u8] = b"asked";

fn sealing(services: &Services) -> Key {
    Key::derived(services.0.secret.bytes(), "asked for a sign-in code", &[])
}

/// Sends a code to an address, if there is anybody it may be sent to. Nothing tells whether it was sent. `reference` as it was typed;
/// without one, the code opens all cases of the mailbox. `from` names the address that somebody asks from.
///
/// # Errors
/// [`ServiceError`].
pub async fn ask(
    services: &Services,
    reference: Option<String>,
    email: String,
    from: &[u8],
    language: Language,
) -> Result<Asked, ServiceError> {
    let (now, id) = (services.now(), services.new_id());
    let mut asked = Asked {
        id,
        reference: reference.as_deref().map(canonical),
        email,
        next_at: None,
    };
    let (place, mailbox) = (asked.place(services), asked.mailbox(services));
    let code = drawn(bytes::<8>(services.entropy()));
    let write = services.store().begin().await?;
    sign_in_codes::hold(&write, &place, &mailbox).await?;
    let from = Key::derived(services.0.secret.bytes(), "address that asked", &[]).fingerprint(from);
    let counted = sign_in_codes::list_counted(&write, &place, &mailbox, now.into()).await?;
    let here = counted.iter().filter(|code| code.asked_from.as_ref() == Some(&from));
    let full = [free_at(here, MAILED_HERE), free_at(counted.iter(), MAILED_ANYWHERE)];
    let next_at = full.into_iter().flatten().max();
    asked.next_at = next_at.map(Instant::micros);
    let more = next_at.is_none();
    let known = known(&write, &asked, &mailbox).await?.filter(|_| more);
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
    let notice = NewNotice {
        channel: if known.is_some() { CODE } else { NONE },
        case_id: known.as_ref().map(|person| person.case_id),
        person_id: known.map_or(id, |person| person.id),
        language,
        text: Text::SignInCode { code: shown(&code) },
        due_at: now,
        useless_from: expires_at,
    };
    services.outbox().add_notice(&write, services.entropy(), now, notice).await?;
    write.commit().await?;
    services.outbox().wake();
    Ok(asked)
}

/// When the next code fits under a limit; `None` when it fits now. The codes come in the order in which they stop working.
fn free_at<'a>(counted: impl Iterator<Item = &'a Counted>, limit: u64) -> Option<Instant> {
    let expiries: Vec<Instant> = counted.map(|code| code.expires_at).collect();
    // As many have to stop working first as are there beyond the limit with this one.
    let over = (expiries.len() + 1).saturating_sub(usize::try_from(limit).unwrap_or(usize::MAX));
    over.checked_sub(1).and_then(|last| expiries.get(last)).copied()
}

/// Who a code may go to. The same number of questions to the database whatever the answers are.
async fn known(write: &Write, asked: &Asked, mailbox: &[u8]) -> Result<Option<Row>, ServiceError> {
    Ok(match &asked.reference {
        Some(reference) => {
            let case = cases::find_by_reference(&write.tx(), reference).await?;
            let case_id = case.map_or(Uuid::nil(), |case| case.id);
            people::find_by_mailbox(&write.tx(), case_id, mailbox).await?
        }
        None => people::list_by_mailbox(&write.tx(), mailbox).await?.into_iter().next(),
    })
}

/// Opens a session for a code. `None` when it is wrong, too old, used, tried too often or was never sent: which of these is not
/// told.
///
/// # Errors
/// [`ServiceError`].
pub async fn sign_in(services: &Services, asked: &Asked, typed: &str, device: &Device) -> Result<Option<NewSession>, ServiceError> {
    let session = try_code(services, asked, typed, device).await?;
    if session.is_none() {
        services.counters().note_failed_sign_in(SignInWay::EmailCode);
    }
    Ok(session)
}

async fn try_code(services: &Services, asked: &Asked, typed: &str, device: &Device) -> Result<Option<NewSession>, ServiceError> {
    // What is no whole code fits none, and uses up no try.
    let Some(typed) = one_time_code::find(typed) else { return Ok(None) };
    let (place, mailbox, now) = (asked.place(services), asked.mailbox(services), services.instant());
    let write = services.store().begin().await?;
    sign_in_codes::hold(&write, &place, &mailbox).await?;
    let codes = sign_in_codes::asked(&write, asked.id, &place, &mailbox, now).await?;
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
        let theirs = code.asked_from == own.asked_from || (!has_mail && newer < SHARED);
        newer += 1;
        if fits && may_try && theirs {
            right = Some(code);
        }
    }
    // As many as if there were as many as there can be.
    for _ in codes.len()..COMPARED {
        let _ = std::hint::black_box(hash(services, asked.id, &typed));
    }
    let session = if let Some(code) = right {
        open(services, &write, asked, code, device).await?
    } else {
        sign_in_codes::count_try(&write, own.id).await?;
        None
    };
    // Wrong tries are written down too, before anybody learns that they were wrong.
    write.commit().await?;
    Ok(session)
}

async fn open(
    services: &Services,
    write: &Write,
    asked: &Asked,
    code: &Model,
    device: &Device,
) -> Result<Option<NewSession>, ServiceError> {
    sign_in_codes::use_up(write, code.id, services.instant()).await?;
    let person = match code.person_id {
        Some(id) => people::lookup(&write.tx(), id).await?,
        None => None,
    };
    // Their mail may go elsewhere since the code was sent.
    let still = |person: &Row| person.ended_at.is_none() && person.mailbox.as_deref() == Some(&*code.mailbox);
    let Some(person) = person.filter(still) else { return Ok(None) };
    let Some(case) = cases::lookup(&write.tx(), person.case_id).await? else {
        return Ok(None);
    };
    if person.mailbox_confirmed_at.is_none() {
        people::confirm_mailbox(write, person.id, services.instant()).await?;
    }
    // A person who typed in a mailed code reads the mailbox, whatever they asked for: all its cases are theirs that were shown so.
    let session = sessions::begin(services, write, &person, case.reference, person.mailbox.clone(), device).await?;
    Ok(Some(NewSession {
        opens_all: asked.reference.is_none(),
        ..session
    }))
}

/// Eight digits from 64 random bits. They are not spread quite evenly: one is likelier than another by 1 in 10^11.
pub(super) fn drawn(bits: [u8; 8]) -> String {
    format!("{:08}", u64::from_be_bytes(bits) % 100_000_000)
}

/// As it is read and typed: two groups of four.
pub(super) fn shown(code: &str) -> String {
    let (first, second) = code.split_at(code.len() / 2);
    format!("{first} {second}")
}

/// What is kept of a code. With 27 bits it could be tried out, were it not for the server's secret.
pub(super) fn hash(services: &Services, id: Uuid, code: &str) -> Vec<u8> {
    Key::derived(services.0.secret.bytes(), "sign-in code", id.as_bytes()).fingerprint(code.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_eight_digits_in_two_groups() {
        assert_eq!(shown(&drawn([0; 8])), "0000 0000");
        assert_eq!(shown(&drawn(12_345_678_u64.to_be_bytes())), "1234 5678");
        assert_eq!(drawn([255; 8]).len(), 8);
    }
}
