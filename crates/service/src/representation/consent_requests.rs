//! Asking the tenant for consent, by an event on the case, an emailed link or a phone code.

use crate::stored;
use time::{Date, Duration, OffsetDateTime};

use crate::representation::{LINK_PATH, derive_phone_code, fingerprint, read_rights, write_scopes};
use crate::{
    ServiceError, Services,
    access::token::Token,
    london,
    open_case::{EventActor, OpenCase, system},
};
use complaint::{
    Answers, Status, StepId,
    case::{
        contact_plan::ContactPlan,
        event::{ActorRole, EventBody},
        person_number::{PersonNumber, SENDER},
        representation::{AuthorityRule, ProofKind, Rights, Scope},
        state::{CaseProjection, Participant},
    },
    fields::{PartialDate, email, form::Choice, iso_date, phone},
    questionnaire::questions::RoleKind,
};
use notify::{ConsentEmail, MessageContent, MessageKind, NewMessage, message};
use record::{
    Instant, RecordError,
    consents::{self, Kind, Model},
    outbox::{Model as Mail, State, case_messages as messages},
    people,
};
use text::Language;

/// How many messages one address gets within [`PER_ADDRESS_WITHIN`]. The limit keeps a sender from flooding a stranger's
/// mailbox.
const PER_ADDRESS: u64 = 10;
const PER_ADDRESS_WITHIN: Duration = Duration::days(1);

/// Makes a case that a representative has just sent wait for authority. Asks the tenant if the sender chose that and the
/// authority table allows it.
pub(crate) async fn start_wait(services: &Services, open: &mut OpenCase, answers: &Answers) -> Result<(), ServiceError> {
    if answers.role_kind() != Some(RoleKind::Representative) {
        return Ok(());
    }
    let today = open.today;
    let waits = EventBody::StatusChanged {
        status: Status::AwaitingAuthority,
        due: Some(today + Duration::days(i64::from(services.settings().consent_days))),
        reason: None,
        message: None,
    };
    open.append(services, &system(), &waits).await?;
    let sender = open.file.person(SENDER).cloned();
    let sender = sender.ok_or_else(|| ServiceError::internal("a case has no sender"))?;
    if answers.has_choice_once(StepId::Authority, "how", "ask_resident") && can_ask(&open.file, &sender) {
        let by = crate::representation::actor_of(&sender);
        ask(services, open, &by, &sender, &asked_for(answers), asked_at(answers)).await?;
    }
    Ok(())
}

/// Returns the rights that the sender asked for in the questionnaire.
fn asked_for(answers: &Answers) -> Rights {
    let chosen = |scope: &Scope| answers.has_choice_once(StepId::AuthorityScope, "scope", scope.code());
    let until = answers.get(StepId::AuthorityScope).and_then(|answer| answer.date("until"));
    Rights {
        scopes: complaint::case::representation::normalise_scopes(&Scope::ALL.iter().copied().filter(chosen).collect::<Vec<_>>()),
        until: until.and_then(|typed| typed.read().ok().flatten()).map(PartialDate::latest),
    }
}

/// Returns the tenant's email address in the questionnaire. `None` if it is empty.
pub(crate) fn asked_at(answers: &Answers) -> Option<&str> {
    Some(answers.text(StepId::AskResident, "email")).filter(|address| !address.is_empty())
}

/// Returns whether the authority table lets the organisation ask the tenant about this representative.
pub(crate) fn can_ask(file: &CaseProjection, person: &Participant) -> bool {
    let asked = file.rule_for(person).is_some_and(AuthorityRule::tenant_can_be_asked);
    let is_here = file.tenant().is_some_and(|tenant| tenant.has_joined);
    // A tenant with access answers on the case; any other tenant is asked by email or by phone.
    asked && (is_here || file.allows(person, ProofKind::Link) || file.allows(person, ProofKind::Phone))
}

/// Asks the tenant whether a representative may represent them. The caller has checked [`can_ask`].
///
/// Earlier links and codes about the same representative end. Those that asked for the same rights at the same address stay,
/// because the tenant may open any of these emails. If such an email still waits to be sent, nothing changes. Without an
/// address only the event is appended: the organisation then asks by phone.
pub(crate) async fn ask(
    services: &Services,
    case: &mut OpenCase,
    by: &EventActor,
    person: &Participant,
    rights: &Rights,
    to: Option<&str>,
) -> Result<(), ServiceError> {
    // The sender may have left the question for scopes open. The request is then for the least with which representation is
    // of use.
    let least = Rights {
        scopes: vec![Scope::See, Scope::Speak],
        until: rights.until,
    };
    let rights = if rights.scopes.is_empty() { &least } else { rights };
    // A tenant with access is notified by a safe contact method and answers on the case.
    let is_here = case.file.tenant().is_some_and(|tenant| tenant.has_joined);
    let by_link = case.file.allows(person, ProofKind::Link);
    // An older complaint may contain the address exactly as it was pasted.
    let read = to.filter(|_| by_link && !is_here).and_then(|to| email::read(to).ok());
    let to = read.as_deref().filter(|to| message::is_address(to));
    let before = match to {
        Some(to) => asked_before(services, case, person, rights, to).await?,
        None => EarlierRequests::default(),
    };
    if before.waits {
        return Ok(());
    }
    let now = services.now();
    let is_full = match to {
        Some(to) => services.outbox().count_recent(&case.write, to, now, PER_ADDRESS_WITHIN).await? >= PER_ADDRESS,
        None => false,
    };
    let to = to.filter(|_| !is_full);
    let until = now + Duration::days(i64::from(services.settings().consent_days));
    let event = EventBody::AuthorityAsked {
        by_email: to.is_some(),
        person: person.number,
        scopes: rights.scopes.clone(),
        until: rights.until,
        ask_by: (to.is_none() && !is_here).then(|| contact_by(services, case.today)),
        answer_by: Some(london::date(until)),
    };
    case.append(services, by, &event).await?;
    if is_full {
        tracing::warn!("the daily message limit of an address is reached: no email was sent");
    }
    consents::remove_unused_but(&case.write, case.case.id, person.number.into(), &before.made).await?;
    let Some(to) = to else { return Ok(()) };
    let asks = people::list(&case.write.tx(), case.case.id).await?;
    let asks = asks.into_iter().find(|row| row.number == i32::from(person.number));
    // The tenant's language is not known yet; the representative's is the best guess.
    let language = asks.and_then(|row| row.language);
    let link = Token::draw(services.entropy());
    let code = derive_phone_code(services, &link);
    let own = representative_contacts(&case.file).any(|contact| contact.email.as_deref().is_some_and(|own| same_address(own, to)));
    let in_mail = consent_row(services, case, Kind::Link, person.number, link.bytes(), rights, own, until);
    let asks = ConsentEmail {
        case_id: case.case.id,
        consent_id: in_mail.id,
    };
    consents::add(&case.write, in_mail).await?;
    let on_phone = consent_row(
        services,
        case,
        Kind::Code,
        person.number,
        code.as_str().as_bytes(),
        rights,
        own,
        until,
    );
    consents::add(&case.write, on_phone).await?;
    let message = NewMessage {
        letter: MessageContent {
            to: to.to_owned(),
            language: language.unwrap_or_else(|| Language::default().tag().to_owned()),
            text: MessageKind::ConsentLink {
                path: format!("{LINK_PATH}{link}"),
                until: london::moment(until.into()),
                asks: message::clean_typed_name(&person.name),
                organisation: organisation_of(person, &answers(case)?).and_then(message::clean_typed_name),
            },
        },
        draft_id: None,
        consent: Some(asks),
        useless_from: until,
    };
    services.outbox().add(&case.write, services.entropy(), now, message).await?;
    Ok(())
}

/// Returns the organisation that the sender named as their own. Other representatives were not asked for one.
pub(crate) fn organisation_of<'a>(person: &Participant, answers: &'a Answers) -> Option<&'a str> {
    let typed = answers.text(StepId::Representative, "organisation").trim();
    Some(typed).filter(|typed| person.number == SENDER && !typed.is_empty())
}

/// The earlier requests to the same tenant at the same address that can still be answered.
#[derive(Default)]
struct EarlierRequests {
    /// One of the emails still waits to be sent, so asking again changes nothing.
    waits: bool,
    /// When the links in the delivered emails were made.
    made: Vec<Instant>,
}

async fn asked_before(
    services: &Services,
    case: &OpenCase,
    person: &Participant,
    rights: &Rights,
    to: &str,
) -> Result<EarlierRequests, RecordError> {
    let open = consents::list_open_links(&case.write, case.case.id, person.number.into(), services.instant()).await?;
    let same: Vec<Model> = open.into_iter().filter(|link| read_rights(link) == *rights).collect();
    let ids: Vec<_> = same.iter().map(|link| link.id).collect();
    let mails = messages::list_consent_emails(&case.write.tx(), case.case.id, &ids).await?;
    let there = |link: &Model, state| {
        let carries = |mail: &&Mail| mail.consent_id == Some(link.id) && mail.state == state;
        mails.iter().filter(carries).any(|mail| services.outbox().is_to(mail, to))
    };
    Ok(EarlierRequests {
        waits: same.iter().any(|link| there(link, State::Waiting)),
        made: same
            .iter()
            .filter(|link| there(link, State::Delivered))
            .map(|link| link.created_at)
            .collect(),
    })
}

/// Builds the row of a consent link, a consent code or a hand-over code.
#[expect(clippy::too_many_arguments, reason = "one argument for each value of the row")]
pub(crate) fn consent_row(
    services: &Services,
    case: &OpenCase,
    kind: Kind,
    person: PersonNumber,
    written: &[u8],
    rights: &Rights,
    own_contact: bool,
    until: OffsetDateTime,
) -> Model {
    Model {
        id: services.new_id(),
        case_id: case.case.id,
        kind,
        person: person.into(),
        token_hash: fingerprint(services, written),
        scopes: write_scopes(&rights.scopes),
        last_day: rights.until.map(iso_date::format),
        own_contact,
        created_at: services.instant(),
        expires_at: until.into(),
        decided_at: None,
        outcome: None,
        joined: None,
    }
}

/// Returns the contact plans of all current and former representatives. Consent that comes from one of these addresses may
/// be theirs.
pub(crate) fn representative_contacts(file: &CaseProjection) -> impl Iterator<Item = &ContactPlan> {
    let acting = file.people.iter().filter(|person| person.role == ActorRole::Representative);
    acting.map(|person| &person.contact)
}

/// Returns whether two spellings of an email address mean the same mailbox.
pub(crate) fn same_address(a: &str, b: &str) -> bool {
    email::mailbox(a) == email::mailbox(b)
}

/// Returns whether two spellings of a phone number mean the same UK number.
pub(crate) fn same_number(a: &str, b: &str) -> bool {
    let (a, b) = (phone::national(a), phone::national(b));
    !a.is_empty() && a == b
}

/// Returns the day by which the organisation gets in touch, counted in working days from `today`.
pub(crate) fn contact_by(services: &Services, today: Date) -> Date {
    services
        .holidays()
        .add_working_days(today, services.settings().contact_within_working_days)
}

pub(crate) fn answers(case: &OpenCase) -> Result<Answers, RecordError> {
    stored::answers(&case.case.answers)
}
