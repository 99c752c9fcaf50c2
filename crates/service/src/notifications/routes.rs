//! Choosing the contact method for a message when it is sent.

use crate::stored;
use futures::future::BoxFuture;
use time::OffsetDateTime;

use crate::notifications::bounces;
use crate::open_case::event_notifications::{delivery_actor, receives_notifications};
use crate::{ServiceError, Services, london, mailbox, notifications::contact_hours::ContactHours, open_case::OpenCase};
use complaint::case::{
    contact_plan::{ContactMethod, ContactPlan},
    event::EventBody,
    state::{CaseProjection, Participant},
};
use notify::{RecipientRouter, Route};
use record::{
    RecordError, cases, consents, events,
    outbox::{
        self, Model, State,
        case_messages::{BY_CHOICE, CODE, CONFIRM, CONFIRMATION, CONSENT, NO_ACCESS, NO_CONTACT_METHOD},
    },
    people::{self, Model as Row},
};

/// The recipient of a message, with their case as it is now.
pub(crate) struct Recipient {
    pub row: Row,
    pub reference: String,
    pub file: CaseProjection,
}

impl Recipient {
    /// Loads the recipient of a message.
    pub(crate) async fn of(services: &Services, message: &Model) -> Result<Self, RecordError> {
        let db = &services.store().read;
        let missing = || RecordError::corrupt("the recipient of a message is missing");
        let row = people::lookup(db, message.person_id.ok_or_else(missing)?)
            .await?
            .ok_or_else(missing)?;
        let case = cases::lookup(db, row.case_id).await?.ok_or_else(missing)?;
        let events = events::list(db, case.id, 0, u64::from(u32::MAX), &[]).await?;
        let file = stored::case_file(&case, &events)?;
        Ok(Self {
            row,
            reference: case.reference,
            file,
        })
    }

    pub(crate) fn person(&self) -> Option<&Participant> {
        stored::participant(&self.file, self.row.number)
    }
}

/// Returns the reference of the case that a consent email is about. `None` if the message is not a consent email.
pub(crate) async fn asked_about(services: &Services, message: &Model) -> Result<Option<String>, RecordError> {
    let (Some(case), Some(_)) = (message.case_id, message.consent_id) else {
        return Ok(None);
    };
    let case = cases::lookup(&services.store().read, case).await?;
    Ok(Some(
        case.ok_or_else(|| RecordError::corrupt("the case of a consent email is missing"))?
            .reference,
    ))
}

/// Returns the route for the notification "you have a message".
fn for_notice(file: &CaseProjection, person: &Participant, texts: bool, hours: &ContactHours, now: OffsetDateTime) -> Route {
    let plan = &person.contact;
    if plan.way == Some(ContactMethod::Online) {
        return Route::DoNotSend(BY_CHOICE);
    }
    let (email, phone) = usable_contact_methods(file, person, texts);
    let by_text = |phone: &str| {
        let then = hours.next(now, &plan.times);
        if then > now {
            return Route::NotBefore(then.into());
        }
        text_to(plan, phone)
    };
    let by_email = |email: &str| email_to(plan, email);
    let text_first = matches!(plan.way, Some(ContactMethod::Text | ContactMethod::Phone));
    let found = match (text_first, email, phone) {
        (true, _, Some(phone)) | (_, None, Some(phone)) => Some(by_text(phone)),
        (_, Some(email), _) => Some(by_email(email)),
        (_, None, None) => None,
    };
    found.unwrap_or(Route::DoNotSend(NO_CONTACT_METHOD))
}

/// Returns whether a notification could reach a person: they want messages, and gave a contact method that is safe.
pub(crate) fn can_be_notified(file: &CaseProjection, person: &Participant, texts: bool) -> bool {
    person.contact.way != Some(ContactMethod::Online) && for_code(file, person, texts).is_some()
}

/// Returns the route for a code that confirms a change: a contact method that is safe now, before the change.
pub(crate) fn for_code(file: &CaseProjection, person: &Participant, texts: bool) -> Option<Route> {
    let (email, phone) = usable_contact_methods(file, person, texts);
    let by_email = email.map(|email| email_to(&person.contact, email));
    by_email.or_else(|| phone.map(|phone| text_to(&person.contact, phone)))
}

/// Returns the email address and the mobile number that the person called safe and that have not bounced.
fn usable_contact_methods<'a>(file: &CaseProjection, person: &'a Participant, texts: bool) -> (Option<&'a str>, Option<&'a str>) {
    let came_back = |way: &str| {
        file.failed_contact_methods
            .iter()
            .any(|(number, by)| *number == person.number && by == way)
    };
    let email = person.contact.safe_email().filter(|_| !came_back("email"));
    let phone = person.contact.safe_phone();
    (email, phone.filter(|phone| texts && !came_back("text") && is_mobile(phone)))
}

fn email_to(plan: &ContactPlan, email: &str) -> Route {
    Route::Email {
        to: email.to_owned(),
        named: plan.email_named,
    }
}

fn text_to(plan: &ContactPlan, phone: &str) -> Route {
    Route::Text {
        to: mobile(phone).unwrap_or_else(|| phone.to_owned()),
        voicemail: plan.voicemail_safe,
    }
}

/// Returns whether a text to this number is shown to its holder. That is so for UK mobiles: Ofcom's 07 numbers without 070
/// and 076.
///
/// A text to any other phone would be read out to the person who answers.
fn is_mobile(phone: &str) -> bool {
    mobile(phone).is_some()
}

/// Returns a UK mobile number, however it was typed, in E.164 as `+447700900123`. `None` for any other number.
fn mobile(phone: &str) -> Option<String> {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let abroad = digits.strip_prefix("0044").or_else(|| digits.strip_prefix("44"));
    let national = abroad.map_or(digits.as_str(), |rest| rest).trim_start_matches('0');
    let starts_well = abroad.is_some() || digits.starts_with('0');
    let fits = national.len() == 10 && national.starts_with('7') && !national.starts_with("70") && !national.starts_with("76");
    (starts_well && fits).then(|| format!("+44{national}"))
}

impl Services {
    async fn route_of(&self, message: &Model, texts: bool) -> Result<Route, RecordError> {
        if message.channel == CONSENT {
            let waits = consents::find_requester_of_open(&self.store().read, message.consent_id, self.instant()).await?;
            return Ok(if waits.is_some() {
                Route::OriginalAddress
            } else {
                Route::DoNotSend(NO_ACCESS)
            });
        }
        let reader = Recipient::of(self, message).await?;
        let today = london::date(self.now());
        let person = reader.person().filter(|_| reader.row.ended_at.is_none());
        if message.channel == CONFIRM {
            // The person asked for the code just now, so contact hours do not apply. The contact method must still be safe.
            let person = person.filter(|person| person.has_access(today));
            let route = person.and_then(|person| for_code(&reader.file, person, texts));
            return Ok(route.unwrap_or(Route::DoNotSend(NO_ACCESS)));
        }
        let Some(person) = person.filter(|person| receives_notifications(person, today)) else {
            return Ok(Route::DoNotSend(NO_ACCESS));
        };
        if message.channel == CODE {
            // The person asked for the code just now, by this address. It must still be theirs and safe.
            let to = person.contact.safe_email();
            let to = to.filter(|to| reader.row.mailbox == Some(mailbox::fingerprint(self, to)));
            return Ok(to.map_or(Route::DoNotSend(NO_ACCESS), |to| email_to(&person.contact, to)));
        }
        let hours = &self.settings().contact_hours;
        Ok(for_notice(&reader.file, person, texts, hours, self.now()))
    }

    /// Ends a message that is not sent. If the person has no safe contact method, the desk gets a task.
    async fn end_unsent(&self, message: &Model, about: &str, why: &'static str) -> Result<(), ServiceError> {
        // The sender has the receipt, so a confirmation that cannot be sent is no task.
        if why != NO_CONTACT_METHOD || message.channel == CONFIRMATION {
            let write = self.store().begin().await?;
            outbox::end(&write, message, State::GivenUp, self.instant(), Some(why)).await?;
            return Ok(write.commit().await?);
        }
        let reader = Recipient::of(self, message).await?;
        let Some(mut case) = OpenCase::lock(self, &reader.reference).await? else {
            return Err(ServiceError::internal("the case of a message is missing"));
        };
        if outbox::end(&case.write, message, State::GivenUp, self.instant(), Some(why)).await? {
            let event = EventBody::NotTold {
                person: stored::person_number(reader.row.number)?,
                about: about.to_owned(),
            };
            case.append(self, &delivery_actor(), &event).await?;
        }
        Ok(case.commit().await?)
    }
}

/// Converts an error into the type that the delivery worker expects.
fn into_record_error(error: ServiceError) -> RecordError {
    let cause = match error {
        ServiceError::Duplicate(record) => return record,
        ServiceError::Unavailable(cause) | ServiceError::Internal(cause) => cause,
    };
    match cause.downcast::<RecordError>() {
        Ok(record) => *record,
        Err(cause) => RecordError::corrupt(cause),
    }
}

impl RecipientRouter for Services {
    fn route<'a>(&'a self, message: &'a Model, texts: bool) -> BoxFuture<'a, Result<Route, RecordError>> {
        Box::pin(self.route_of(message, texts))
    }

    fn not_sent<'a>(&'a self, message: &'a Model, about: &'a str, why: &'static str) -> BoxFuture<'a, Result<(), RecordError>> {
        Box::pin(async move { self.end_unsent(message, about, why).await.map_err(into_record_error) })
    }

    fn refused<'a>(
        &'a self,
        message: &'a Model,
        about: &'a str,
        way: &'static str,
        reason: &'a str,
    ) -> BoxFuture<'a, Result<(), RecordError>> {
        Box::pin(async move {
            bounces::handle_refused(self, message, about, way, reason)
                .await
                .map_err(into_record_error)
        })
    }

    fn given_up<'a>(&'a self, message: &'a Model, about: &'a str, reason: &'a str) -> BoxFuture<'a, Result<(), RecordError>> {
        Box::pin(async move {
            bounces::handle_given_up(self, message, about, reason)
                .await
                .map_err(into_record_error)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use complaint::case::person_number::SENDER;
    use rstest::rstest;

    #[rstest]
    #[case("07700 900123", true)]
    #[case("+44 7700 900 123", true)]
    #[case("0044 (0)7700-900123", true)]
    #[case("01632 960123", false)]
    #[case("07012 345678", false)]
    #[case("07600 123456", false)]
    #[case("+1 555 0100", false)]
    #[case("0770090012", false)]
    #[case("", false)]
    fn texts_go_to_mobiles_only(#[case] phone: &str, #[case] expected: bool) {
        assert_eq!(is_mobile(phone), expected);
    }

    /// Returns the route for a contact plan with email and text, after `change`.
    fn route(came_back: &[&str], texts: bool, change: impl FnOnce(&mut ContactPlan)) -> String {
        let answers = complaint::Answers::default();
        let submitted = EventBody::Submitted { due: None };
        let mut file = CaseProjection::replay(&answers, [(1, &submitted)]).unwrap();
        let plan = &mut file.people[0].contact;
        plan.email = Some("wren@example.org".into());
        plan.email_safe = true;
        plan.phone = Some("07700 900123".into());
        plan.phone_safe = true;
        change(plan);
        for way in came_back {
            file.failed_contact_methods.push((SENDER, (*way).to_owned()));
        }
        let at_night = time::macros::datetime!(2026-11-23 03:00 UTC);
        match for_notice(&file, &file.people[0], texts, &ContactHours::default(), at_night) {
            Route::Email { to, .. } | Route::Text { to, .. } => to,
            Route::OriginalAddress => "as written".to_owned(),
            Route::NotBefore(then) => then.rfc3339(),
            Route::DoNotSend(why) => why.to_owned(),
        }
    }

    #[test]
    fn only_a_safe_way_is_used_and_texts_at_their_hours() {
        const NINE: &str = "2026-11-23T09:00:00.000000Z";
        assert_eq!(route(&[], true, |_| {}), "wren@example.org", "email has no contact hours");
        assert_eq!(route(&[], true, |plan| plan.way = Some(ContactMethod::Text)), NINE);
        assert_eq!(
            route(&[], false, |plan| plan.way = Some(ContactMethod::Text)),
            "wren@example.org",
            "without a gateway, email replaces texts"
        );
        assert_eq!(route(&[], true, |plan| plan.way = Some(ContactMethod::Online)), BY_CHOICE);
        assert_eq!(route(&[], true, |plan| plan.email_safe = false), NINE);
        assert_eq!(route(&["email"], true, |_| {}), NINE, "email bounced before");
        assert_eq!(route(&["email", "text"], true, |_| {}), NO_CONTACT_METHOD);
        assert_eq!(route(&[], false, |plan| plan.email_safe = false), NO_CONTACT_METHOD);
        let neither = |plan: &mut ContactPlan| (plan.email_safe, plan.phone_safe) = (false, false);
        assert_eq!(route(&[], true, neither), NO_CONTACT_METHOD);
        let landline = |plan: &mut ContactPlan| (plan.email_safe, plan.phone) = (false, Some("01632 960123".into()));
        assert_eq!(route(&[], true, landline), NO_CONTACT_METHOD);
        assert_eq!(
            route(&[], true, |plan| {
                plan.way = Some(ContactMethod::Text);
                plan.phone_safe = false;
            }),
            "wren@example.org",
            "an unsafe phone is not used, even if preferred"
        );
    }
}
