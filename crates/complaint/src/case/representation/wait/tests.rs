use proptest::prelude::*;

use crate::case::event::EventBody;
use crate::case::person_number::TENANT_BEHIND;
use crate::case::representation::wait::*;
use crate::case::representation::{AuthorityState, Basis, TenantState, authority_state};
use crate::fields::iso_date;
use crate::questionnaire::answers::Answers;

const TODAY: &str = "2026-11-30";

fn day(text: &str) -> Date {
    iso_date::parse(text).unwrap()
}

/// Returns a complaint that a representative sent for the reason `why`.
fn sent(why: &str) -> CaseProjection {
    let detail = match why {
        "no_capacity" => r#","capacity_basis":{"basis":"attorney"}"#,
        "died" => r#","estate_basis":{"basis":"executor"}"#,
        _ => "",
    };
    let json = format!(
        r#"{{"role":{{"role":"representative"}},"representative_why":{{"why":"{why}"}},"authority_scope":{{"scope":["see","speak"]}}{detail}}}"#
    );
    let answers: Answers = serde_json::from_str(&json).unwrap();
    let submitted = EventBody::Submitted { due: None };
    let waits = moved(Status::AwaitingAuthority, "2026-12-07");
    CaseProjection::replay(&answers, [(1, &submitted), (2, &waits)]).unwrap()
}

fn moved(status: Status, due: &str) -> EventBody {
    EventBody::StatusChanged {
        status,
        due: Some(day(due)),
        reason: None,
        message: None,
    }
}

fn asked(person: PersonNumber, by_email: bool) -> EventBody {
    EventBody::AuthorityAsked {
        by_email,
        person,
        scopes: vec![Scope::See],
        until: None,
        ask_by: (!by_email).then(|| day("2026-12-01")),
        answer_by: Some(day("2026-12-07")),
    }
}

fn ended(reason: Option<&str>) -> EventBody {
    EventBody::AuthorityEnded {
        person: SENDER,
        reason: reason.map(ToOwned::to_owned),
    }
}

fn joined(person: PersonNumber) -> EventBody {
    EventBody::PersonJoined {
        person,
        role: if person == TENANT_BEHIND {
            ActorRole::Resident
        } else {
            ActorRole::Representative
        },
        name: "Sam Example".into(),
        basis: (person != TENANT_BEHIND).then_some(Basis::Adviser),
    }
}

fn wait(file: &CaseProjection) -> (Wait, Option<Date>) {
    let waiting = waiting_for(file, file.person(SENDER).unwrap(), &PeopleWithDocument::default()).unwrap();
    (waiting.wait, waiting.by)
}

#[test]
fn each_wait_has_its_row() {
    for wait in Wait::ALL {
        assert_eq!(wait.rule().wait, *wait);
        let desk = wait.rule().acts == WaitsFor::Organisation;
        assert!(!desk || wait.rule().task.is_some(), "{wait:?} must have a task for the desk");
    }
}

#[test]
fn a_claim_waits_for_whom_the_table_says() {
    let (last, today) = (Some(day("2026-12-07")), day(TODAY));
    let none = PeopleWithDocument::default();
    let mut file = sent("permission");
    assert_eq!(wait(&file), (Wait::Proof, last));
    file.add(3, &asked(SENDER, false));
    assert_eq!(
        wait(&file),
        (Wait::AskedByOrganisation, Some(day("2026-12-01"))),
        "the organisation must ring the tenant"
    );
    assert_eq!(next_step(&file, &none, today), NextStep::Organisation);
    file.add(4, &asked(SENDER, true));
    assert_eq!(wait(&file), (Wait::Link, last));
    assert_eq!(next_step(&file, &none, today).read_by(&file, Some(SENDER)), Actor::Resident);
    file.add(
        5,
        &EventBody::ConsentRequestBounced {
            person: SENDER,
            reason: "5.1.1".into(),
        },
    );
    assert_eq!(wait(&file), (Wait::EmailBounced, last));
    assert_eq!(next_step(&file, &none, today).read_by(&file, Some(SENDER)), Actor::You);
    assert_eq!(
        next_step(&file, &PeopleWithDocument(vec![SENDER]), today),
        NextStep::Organisation,
        "the organisation must check the document"
    );
    let over = EventBody::AuthorityRequestExpired {
        person: SENDER,
        status: Some(Status::AwaitingAuthority),
        due: Some(day("2026-12-14")),
    };
    file.add(6, &over);
    assert_eq!(wait(&file), (Wait::Expired, Some(day("2026-12-14"))));
    assert_eq!(file.state.due, Some(day("2026-12-14")), "the case has a due day again");
    assert_eq!(authority_state(file.person(SENDER).unwrap(), today), AuthorityState::Unanswered);
    file.add(7, &joined(TENANT_BEHIND));
    file.add(8, &asked(SENDER, false));
    assert_eq!(
        wait(&file),
        (Wait::Tenant, last),
        "a new request waits for the tenant, who is on the case now"
    );
    assert_eq!(next_step(&file, &none, today).read_by(&file, Some(TENANT_BEHIND)), Actor::You);

    for why in ["no_capacity", "died", "councillor"] {
        let mut file = sent(why);
        // An event from before the authority table existed may have asked the tenant all the same.
        file.add(3, &asked(SENDER, true));
        assert_eq!(wait(&file).0, Wait::Document, "{why}");
    }
}

#[test]
fn a_no_is_told_apart_from_an_end() {
    let today = day(TODAY);
    let state = |file: &CaseProjection| authority_state(file.person(SENDER).unwrap(), today);
    let mut refused = sent("permission");
    refused.add(3, &ended(Some("refused")));
    assert_eq!(state(&refused), AuthorityState::Refused);
    assert!(
        nobody_can_act(&refused, &PeopleWithDocument::default(), today),
        "the desk has to ask the tenant"
    );
    refused.add(4, &joined(TENANT_BEHIND));
    assert_eq!(
        next_step(&refused, &PeopleWithDocument::default(), today),
        NextStep::Person(TENANT_BEHIND),
        "a tenant with access acts next"
    );
    let mut stopped = sent("permission");
    stopped.add(3, &ended(Some(crate::case::state::STOPPED)));
    assert_eq!(state(&stopped), AuthorityState::Ended);
    let mut given = sent("permission");
    given.add(3, &paper(SENDER, Basis::Permission));
    given.add(4, &ended(None));
    assert_eq!(state(&given), AuthorityState::Ended);
}

fn paper(person: PersonNumber, basis: Basis) -> EventBody {
    EventBody::AuthorityGiven {
        person,
        basis,
        by: ProofKind::Paper,
        scopes: vec![Scope::See],
        until: None,
        own_device: false,
        status: None,
        due: None,
    }
}

#[test]
fn those_who_follow_a_person_acting_for_the_dead_cannot_ask_the_tenant_either() {
    let mut file = sent("died");
    file.add(3, &paper(SENDER, Basis::Executor));
    file.add(4, &joined(PersonNumber(3)));
    let sam = file.person(PersonNumber(3)).unwrap();
    assert_eq!(sam.tenant, TenantState::Died);
    assert!(!file.allows(sam, ProofKind::Link) && file.allows(sam, ProofKind::Paper));
    // Recording an executor ends the tenant's access.
    let mut file = sent("permission");
    file.add(3, &joined(TENANT_BEHIND));
    file.add(4, &paper(SENDER, Basis::Executor));
    assert!(!file.tenant().unwrap().has_joined && file.tenant_state() == TenantState::Died);
}

/// Generates an event that changes who may act on a case.
fn act() -> impl Strategy<Value = EventBody> {
    let person = prop::sample::select(vec![SENDER, PersonNumber(3)]);
    let basis = prop::sample::select(Basis::ALL.to_vec());
    let way = prop::sample::select(ProofKind::ALL.to_vec());
    let status = prop::sample::select(vec![Status::AwaitingAuthority, Status::AwaitingResident, Status::Assessment]);
    prop_oneof![
        (person.clone(), any::<bool>()).prop_map(|(person, by_email)| asked(person, by_email)),
        (person.clone(), basis, way).prop_map(|(person, basis, by)| match paper(person, basis) {
            EventBody::AuthorityGiven { person, basis, scopes, .. } => EventBody::AuthorityGiven {
                person,
                basis,
                by,
                scopes,
                until: None,
                own_device: false,
                status: None,
                due: None,
            },
            other => other,
        }),
        person.clone().prop_map(|person| EventBody::AuthorityEnded { person, reason: None }),
        person.prop_map(|person| EventBody::ConsentRequestBounced {
            person,
            reason: "5.1.1".into()
        }),
        prop::sample::select(vec![TENANT_BEHIND, PersonNumber(3)]).prop_map(joined),
        status.prop_map(|status| moved(status, "2026-12-07")),
    ]
}

proptest! {
    /// After any events in any order, and however much time passes, each open case has a next actor. That is a person with
    /// access, a tenant with a working link, or the organisation with a task. Events that would give authority against the table
    /// are left out, because callers check the table first.
    #[test]
    fn every_case_has_one_who_acts_next(
        why in prop::sample::select(vec!["permission", "no_capacity", "died", "parent", "councillor", "adviser", "other"]),
        acts in prop::collection::vec((act(), 0_i64..6), 0..14),
        with_paper in any::<bool>(),
    ) {
        let mut file = sent(why);
        let mut today = day("2026-11-23");
        let mut n = 2;
        for (act, days) in acts {
            today = today.saturating_add(time::Duration::days(days));
            let is_open = match &act {
                EventBody::AuthorityGiven { person, basis, by, .. } => {
                    let there = file.person(*person).is_some();
                    there && rule(file.tenant_state(), *basis).is_some_and(|rule| rule.allows(*by))
                }
                EventBody::AuthorityAsked { person, .. } => {
                    let asked = |person| file.rule_for(person).is_some_and(AuthorityRule::tenant_can_be_asked);
                    file.person(*person).is_some_and(asked)
                }
                EventBody::PersonJoined { person: TENANT_BEHIND, .. } => file.tenant_state() != TenantState::Died,
                _ => true,
            };
            if !is_open {
                continue;
            }
            n += 1;
            file.add(n, &act);
            // The hourly cleanup appends the same event.
            for person in file.people.clone() {
                let over = matches!(person.authority, Authority::Claimed(_)) && !person.claim.has_expired;
                if over && person.claim.until.is_some_and(|until| until < today) {
                    n += 1;
                    let event = EventBody::AuthorityRequestExpired {
                        person: person.number,
                        status: (file.state.status == Status::AwaitingAuthority).then_some(Status::AwaitingAuthority),
                        due: Some(today),
                    };
                    file.add(n, &event);
                }
            }
            let papers = PeopleWithDocument(if with_paper { vec![SENDER] } else { Vec::new() });
            let waits = waiting(&file, &papers);
            for waiting in &waits {
                let person = file.person(waiting.person).unwrap();
                let closed = file.tenant_state() != TenantState::Agrees;
                let asks = matches!(waiting.wait, Wait::Link | Wait::AskedByOrganisation | Wait::Tenant | Wait::EmailBounced | Wait::Proof);
                prop_assert!(!(closed && asks), "{:?} must not ask a tenant who cannot agree", person);
            }
            match next_step(&file, &papers, today) {
                NextStep::Person(number) => {
                    let person = file.person(number).unwrap();
                    let link = waits.iter().any(|claim| claim.wait == Wait::Link && claim.by.is_some_and(|by| by >= today));
                    let is_tenant = person.role == ActorRole::Resident;
                    prop_assert!(person.has_scope(Scope::See, today) || is_tenant && link, "{:?} must have access", person);
                }
                NextStep::Organisation if matches!(file.state.status, Status::AwaitingAuthority | Status::AwaitingResident) => {
                    let task = waits.iter().any(|claim| claim.wait.rule().task.is_some());
                    prop_assert!(task || nobody_can_act(&file, &papers, today), "a case that waits for the organisation must have a task: {:?}", file);
                }
                _ => {}
            }
            if !file.people.iter().any(|person| person.has_scope(Scope::See, today)) {
                let task = waits.iter().any(|claim| claim.wait.rule().task.is_some() || claim.wait == Wait::Link);
                prop_assert!(task || nobody_can_act(&file, &papers, today), "a case on which no person can act must have a task: {:?}", file);
            }
        }
    }
}
