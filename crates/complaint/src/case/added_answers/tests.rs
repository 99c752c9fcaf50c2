use rstest::rstest;
use time::macros::date;

use crate::case::added_answers::*;
use crate::case::person_number::{PersonNumber, SENDER, TENANT_BEHIND};
use crate::case::representation::{Basis, ProofKind, Scope};
use crate::case::status::Status;
use crate::fields::form::Choice;
use crate::questionnaire::answers::is_private;
use crate::questionnaire::question::Asked;

/// A second person on the case.
const SECOND: PersonNumber = PersonNumber(2);

const TODAY: Date = date!(2026 - 11 - 30);

fn answers(json: &str) -> Answers {
    serde_json::from_str(json).unwrap()
}

/// A tenant's own complaint, waiting at stage 1, about two issues.
fn own() -> Answers {
    answers(
        r#"{"role":{"role":"resident"},"resident_name":{"full_name":"Wren Example"},"tenure":{"tenure":"council_tenant"},
            "stage":{"stage":"waiting_stage_1"},"category":{"category":"asb"},"more_issues":{"more":"yes"},
            "category_2":{"category":"leasehold"},"effect_2":{"effect":"It is loud."},"tenancy_kind":{}}"#,
    )
}

fn for_another() -> Answers {
    answers(
        r#"{"role":{"role":"representative"},"representative_why":{"why":"permission"},
            "representative":{"full_name":"Robin Example","connection":"family"},
            "resident_name":{"full_name":"Wren Example"},"category":{"category":"other"}}"#,
    )
}

fn case(sent: &Answers, events: &[EventBody]) -> CaseProjection {
    let first = EventBody::Submitted { due: None };
    CaseProjection::replay(sent, (1..).zip([&first].into_iter().chain(events))).unwrap()
}

fn joined(person: PersonNumber, role: ActorRole, name: &str) -> EventBody {
    EventBody::PersonJoined {
        person,
        role,
        name: name.into(),
        basis: None,
    }
}

fn given(person: PersonNumber, scopes: &[Scope]) -> EventBody {
    EventBody::AuthorityGiven {
        person,
        basis: Basis::Permission,
        by: ProofKind::Link,
        scopes: scopes.to_vec(),
        until: None,
        own_device: false,
        status: None,
        due: None,
    }
}

fn fields(pairs: &[(&str, &str)]) -> Fields {
    Fields(
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    )
}

fn add(
    case: &mut CaseProjection,
    sent: &Answers,
    person: PersonNumber,
    step: StepId,
    typed: &[(&str, &str)],
) -> Result<(), CaseActionCheckError> {
    let event = case.add_answer(sent, case.person(person).unwrap(), step.into(), &fields(typed), TODAY)?;
    case.add(9, &event);
    Ok(())
}

#[test]
fn each_extra_question_is_in_the_table() {
    let extras: Vec<StepId> = StepId::ALL
        .iter()
        .copied()
        .filter(|step| steps::question(*step).asked == Asked::Extra)
        .collect();
    assert_eq!(AFTER_SENDING.map(|(step, _)| step).to_vec(), extras);
    for (step, asked) in AFTER_SENDING {
        assert!(asked != Everyone || !is_private(step), "{step:?} is private");
    }
}

#[test]
fn the_questions_follow_from_the_answers() {
    let sent = own();
    let case = case(&sent, &[]);
    let asked: Vec<String> = case
        .questions_to_add(&sent, &case.people[0], TODAY)
        .into_iter()
        .map(QuestionRef::code)
        .collect();
    let expected = [
        "tenancy_kind",
        "managed_by",
        "extension",
        "landlord_references",
        "subcategory",
        "reported",
        "effect",
        "reported_2",
        "court",
        "helpers",
    ];
    assert_eq!(asked, expected);
}

/// Who is asked a shared question, and who a private one.
#[rstest]
#[case("a tenant who sent it", own(), &[], SENDER, true, true)]
#[case("a representative who waits", for_another(), &[], SENDER, true, false)]
#[case("a representative with authority", for_another(), &[given(SENDER, &[Scope::See, Scope::Speak])], SENDER, true, false)]
#[case("a representative who only sees", for_another(), &[given(SENDER, &[Scope::See])], SENDER, false, false)]
#[case("the sender who only speaks", for_another(), &[given(SENDER, &[Scope::Speak])], SENDER, true, false)]
#[case("the tenant behind", for_another(), &[joined(TENANT_BEHIND, ActorRole::Resident, "Wren Example")], TENANT_BEHIND, true, true)]
#[case("a second representative", own(), &[joined(SECOND, ActorRole::Representative, "Sam Example"), given(SECOND, &[Scope::See, Scope::Speak])], SECOND, true, false)]
#[case("one who may not read the answers", own(), &[joined(SECOND, ActorRole::Representative, "Sam Example"), given(SECOND, &[Scope::Speak])], SECOND, false, false)]
#[case("one whose claim waits", own(), &[joined(SECOND, ActorRole::Representative, "Sam Example")], SECOND, false, false)]
#[case("a closed case", own(), &[EventBody::StatusChanged { status: Status::Closed, due: None, reason: None, message: None }], SENDER, false, false)]
fn who_is_asked(
    #[case] who: &str,
    #[case] sent: Answers,
    #[case] events: &[EventBody],
    #[case] person: PersonNumber,
    #[case] shared: bool,
    #[case] private: bool,
) {
    let case = case(&sent, events);
    let asked = case.questions_to_add(&sent, case.person(person).unwrap(), TODAY);
    assert_eq!(asked.contains(&StepId::Court.into()), shared, "{who}: {asked:?}");
    assert_eq!(asked.contains(&StepId::Helpers.into()), private, "{who}: {asked:?}");
}

#[test]
fn an_answer_is_checked_and_the_newest_is_in_force() {
    let sent = own();
    let mut case = case(&sent, &[]);
    let wrong = |added: Result<(), CaseActionCheckError>| match added {
        Err(CaseActionCheckError::Wrong(errors)) => errors.iter().map(|e| format!("{} {}", e.field, e.code)).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        wrong(add(&mut case, &sent, SENDER, StepId::Extension, &[])),
        ["told extension_missing"]
    );
    assert_eq!(
        wrong(add(&mut case, &sent, SENDER, StepId::TenancyKind, &[])),
        ["kind added_answer_empty"]
    );
    // Not asked, by the answers or after sending.
    for step in [StepId::FormerHome, StepId::Letters, StepId::Contact, StepId::Risk] {
        assert_eq!(
            add(&mut case, &sent, SENDER, step, &[]),
            Err(CaseActionCheckError::NotNow),
            "{step:?}"
        );
    }
    for filed in ["yes", "no"] {
        add(&mut case, &sent, SENDER, StepId::Court, &[("filed", filed)]).unwrap();
    }
    let in_force = case.answers_in_force(&sent, &case.people[0], TODAY);
    assert_eq!(in_force.text(StepId::Court, "filed"), "no");
    assert_eq!(case.added_answers.len(), 2, "the earlier answer stays on record");
}

#[test]
fn a_private_answer_is_read_by_its_giver_alone() {
    let sent = own();
    let events = [
        joined(SECOND, ActorRole::Representative, "Sam Example"),
        given(SECOND, &[Scope::See, Scope::Speak]),
    ];
    let mut case = case(&sent, &events);
    add(&mut case, &sent, SENDER, StepId::Helpers, &[("helpers", "solicitor")]).unwrap();
    add(&mut case, &sent, SECOND, StepId::Court, &[("filed", "yes")]).unwrap();
    let in_force = |person| case.answers_in_force(&sent, case.person(person).unwrap(), TODAY);
    assert!(in_force(SENDER).has_choice_once(StepId::Helpers, "helpers", "solicitor"));
    assert!(!in_force(SECOND).has(StepId::Helpers));
    for person in [SENDER, SECOND] {
        assert_eq!(in_force(person).text(StepId::Court, "filed"), "yes");
    }
    assert!(case.newest_added_answers(None).has(StepId::Helpers), "the desk reads all");
    let json = serde_json::to_string(&case.added_answers[0]).unwrap();
    let stored = r#"{"type":"answer_added","person":1,"answers":{"helpers":{"helpers":["solicitor"]}}}"#;
    assert_eq!(json, stored);
    assert_eq!(serde_json::from_str::<EventBody>(stored).unwrap(), case.added_answers[0]);
}
