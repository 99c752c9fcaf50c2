use rstest::rstest;
use time::macros::date;

use crate::questionnaire::check::*;
use crate::vectors::typed as vectors;
use crate::{Answers, StepId};

#[test]
fn what_people_type_is_read_as_the_vectors_say() {
    let (count, wrong) = vectors::check_all();
    assert!(count > 50 && wrong.is_empty(), "{wrong:#?}");
}

const TODAY: time::Date = date!(2026 - 11 - 22);

fn fields(pairs: &[(&str, &str)]) -> Fields {
    Fields(pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect())
}

fn checked(step: StepId, pairs: &[(&str, &str)], answers: &Answers) -> Result<String, Vec<(String, String)>> {
    let context = Context { today: TODAY, answers };
    check(QuestionRef::first(step), &fields(pairs), &context)
        .map(|answer| answer.to_json())
        .map_err(|errors| errors.into_iter().map(|e| (e.field.into_owned(), e.code.into_owned())).collect())
}

fn at_stage(stage: &str) -> Answers {
    let mut answers = Answers::default();
    let context = Context {
        today: TODAY,
        answers: &Answers::default(),
    };
    answers.put(check(QuestionRef::first(StepId::Stage), &fields(&[("stage", stage)]), &context).unwrap());
    answers
}

#[rstest]
#[case(StepId::Role, &[("role", "resident")], r#"{"role":"resident"}"#)]
#[case(StepId::HomeAddress, &[("line_1", "  1  Test\tStreet "), ("town", "Testham"), ("postcode", "zz11aa")], r#"{"line_1":"1 Test Street","town":"Testham","postcode":"ZZ1 1AA"}"#)]
#[case(StepId::WhatHappened, &[("what_happened", "one\r\ntwo\u{0}")], r#"{"what_happened":"one\ntwo"}"#)]
#[case(StepId::Hazard, &[("hazard", "no_water"), ("hazard", "gas_smell"), ("hazard", "x")], r#"{"hazard":["gas_smell","no_water"]}"#)]
#[case(StepId::Risk, &[], "{}")]
#[case(StepId::PutRight, &[("outcomes", "repair")], r#"{"outcomes":["repair"]}"#)]
#[case(StepId::PutRight, &[("put_right", "Mend it.")], r#"{"put_right":"Mend it."}"#)]
#[case(StepId::Since, &[("began_on-month", "3"), ("began_on-year", "2025"), ("going_on", "yes")], r#"{"began_on":{"year":2025,"month":3},"going_on":"yes"}"#)]
#[case(StepId::Declaration, &[("agreed", "yes")], r#"{"agreed":true}"#)]
#[case(StepId::LandlordStaffNotice, &[("anything", "x")], "{}")]
fn good_answers_are_tidied(#[case] step: StepId, #[case] pairs: &[(&str, &str)], #[case] json: &str) {
    assert_eq!(checked(step, pairs, &Answers::default()).unwrap(), json);
}

#[rstest]
#[case(StepId::Role, &[], &[("role", "role_missing")])]
#[case(StepId::Role, &[("role", "cat")], &[("role", "role_missing")])]
#[case(StepId::HomeAddress, &[("postcode", "SW1A")], &[("line_1", "address_line_1_missing"), ("town", "town_missing"), ("postcode", "postcode_not_full")])]
#[case(StepId::Contact, &[], &[("email", "contact_missing")])]
#[case(StepId::Contact, &[("email", "a"), ("phone", "b")], &[("email", "email_not_plausible"), ("phone", "phone_not_plausible")])]
#[case(StepId::Hazard, &[("hazard", "flood"), ("hazard", "none")], &[("hazard", "none_and_more")])]
#[case(StepId::PutRight, &[], &[("outcomes", "put_right_missing")])]
#[case(StepId::Since, &[("began_on-day", "31"), ("began_on-month", "2"), ("began_on-year", "2025")], &[("began_on-day", "date_month_shorter"), ("going_on", "going_on_missing")])]
#[case(StepId::Since, &[("began_on-month", "12"), ("began_on-year", "2026"), ("going_on", "no")], &[("began_on-day", "date_in_future")])]
#[case(StepId::WhatHappened, &[("what_happened", " \n ")], &[("what_happened", "what_happened_missing")])]
#[case(StepId::Declaration, &[], &[("agreed", "declaration_missing")])]
fn what_is_wrong_is_told_in_the_order_of_the_page(#[case] step: StepId, #[case] pairs: &[(&str, &str)], #[case] expected: &[(&str, &str)]) {
    let found = checked(step, pairs, &Answers::default()).unwrap_err();
    let found: Vec<(&str, &str)> = found.iter().map(|(f, c)| (f.as_str(), c.as_str())).collect();
    assert_eq!(found, expected);
}

#[test]
fn long_texts_are_told_their_limit() {
    let line = "x".repeat(text::LINE_MAX + 1);
    let found = checked(StepId::Landlord, &[("name", &line)], &Answers::default()).unwrap_err();
    assert_eq!(found, [("name".into(), "too_long".into())]);
    let block = "x".repeat(text::TEXT_MAX + 1);
    let found = checked(StepId::WhatHappened, &[("what_happened", &block)], &Answers::default()).unwrap_err();
    assert_eq!(found, [("what_happened".into(), "text_too_long".into())]);
    let fits = "é".repeat(text::TEXT_MAX);
    assert!(checked(StepId::WhatHappened, &[("what_happened", &fits)], &Answers::default()).is_ok());
}

#[test]
fn only_the_dates_of_the_stage_are_asked_for() {
    let given = [("complained_on-unknown", "yes"), ("refused_on-unknown", "yes")];
    assert_eq!(
        checked(StepId::Dates, &given, &at_stage("waiting_stage_1")).unwrap(),
        r#"{"complained_on":"unknown"}"#
    );
    let found = checked(StepId::Dates, &given, &at_stage("final_response")).unwrap_err();
    assert_eq!(found, [("final_response_on-day".into(), "date_missing".into())]);
    // Without a stage no date is missing, and the given dates are kept.
    assert_eq!(
        checked(StepId::Dates, &given, &Answers::default()).unwrap(),
        r#"{"complained_on":"unknown","refused_on":"unknown"}"#
    );
}

#[test]
fn dates_stand_in_the_order_they_happened() {
    let day = |name: &str, day: &str| {
        [("day", day), ("month", "5"), ("year", "2026")].map(|(part, value)| (format!("{name}-{part}"), value.to_owned()))
    };
    let both = |first, second| {
        let pairs = [day("complained_on", first), day("final_response_on", second)].concat();
        let context_answers = at_stage("final_response");
        let context = Context {
            today: TODAY,
            answers: &context_answers,
        };
        check(QuestionRef::first(StepId::Dates), &Fields(pairs), &context).map_err(|e| e[0].code.clone())
    };
    assert!(both("3", "3").is_ok());
    assert_eq!(both("4", "3").unwrap_err(), "date_too_early");
}
