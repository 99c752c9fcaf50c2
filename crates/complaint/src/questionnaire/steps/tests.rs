use proptest::prelude::*;
use proptest::test_runner::TestRng;
use rstest::rstest;
use time::macros::date;

use crate::questionnaire::question::{Field, Input};
use crate::questionnaire::steps::*;
use crate::{Context, Fields, check};

const TODAY: time::Date = date!(2026 - 11 - 22);

/// Returns random valid fields for a page.
fn any_fields(place: QuestionRef, answers: &Answers, rng: &mut TestRng) -> Fields {
    let mut fields = Vec::new();
    for field in question(place.step).fields() {
        add(field, place, answers, rng, &mut fields);
    }
    if place.step == StepId::MoreIssues && place.issue >= 3 {
        // Three issues are enough for a test.
        fields = vec![("more".into(), "no".into())];
    }
    Fields(fields)
}

fn add(field: &Field, place: QuestionRef, answers: &Answers, rng: &mut TestRng, fields: &mut Vec<(String, String)>) {
    let name = field.name.to_owned();
    // An optional field is empty half of the time.
    if field.required_error.is_none() && rng.random::<bool>() && !matches!(place.step, StepId::Contact | StepId::PutRight) {
        return;
    }
    let mut put = |value: &str| fields.push((name.clone(), value.to_owned()));
    match field.input {
        Input::Line { .. } | Input::Block | Input::Hidden => put("Some words"),
        Input::Email => put("amina@example.org"),
        Input::Phone => put("01632 960123"),
        Input::Postcode => put("zz11aa"),
        Input::Tick => put("yes"),
        Input::One(options) => {
            let offered = options(answers, place.issue);
            put(offered[rng.random_range(0..offered.len())]);
        }
        Input::Many(options) => {
            let offered: Vec<&str> = options(answers, place.issue).iter().filter(|c| **c != "none").copied().collect();
            let first = rng.random_range(0..offered.len());
            offered.iter().skip(first).step_by(2).for_each(|code| put(code));
        }
        Input::Date(_) => match rng.random_range(0..3) {
            0 => fields.push((format!("{name}-unknown"), "yes".into())),
            1 => fields.extend([(format!("{name}-month"), "may".into()), (format!("{name}-year"), "2026".into())]),
            _ => {
                for (part, value) in [("day", "30"), ("month", "5"), ("year", "2026")] {
                    fields.push((format!("{name}-{part}"), value.into()));
                }
            }
        },
    }
}

fn answer(place: QuestionRef, fields: &Fields, answers: &mut Answers) {
    let context = Context { today: TODAY, answers };
    let checked = check(place, fields, &context).unwrap_or_else(|e| panic!("{place:?}: {e:?} for {fields:?}"));
    answers.put(checked);
}

fn choose(answers: &mut Answers, step: StepId, field: &str, code: &str) {
    answer(QuestionRef::first(step), &Fields(vec![(field.into(), code.into())]), answers);
}

#[rstest]
#[case(&[("role", "resident"), ("stage", "not_complained")], 24)]
#[case(&[("role", "resident"), ("stage", "final_response")], 27)]
#[case(&[("role", "resident"), ("stage", "waiting_stage_1")], 28)]
#[case(&[("role", "representative"), ("stage", "not_complained")], 28)]
#[case(&[("role", "landlord_staff"), ("stage", "not_complained")], 25)]
fn the_branches_have_their_lengths(#[case] chosen: &[(&str, &str)], #[case] length: usize) {
    let mut answers = Answers::default();
    for (step, code) in chosen {
        choose(&mut answers, StepId::parse(step).unwrap(), step, code);
    }
    let asked: Vec<QuestionRef> = steps(&answers).collect();
    assert_eq!(asked.len(), length, "{asked:?}");
}

/// Exactly the needed questions block sending.
#[test]
fn a_complaint_can_be_sent_with_the_few_answers_that_are_needed() {
    let needed: Vec<&str> = missing(&Answers::default()).into_iter().map(|p| p.step.code()).collect();
    let expected = [
        "role",
        "resident_name",
        "home_address",
        "contact",
        "landlord",
        "stage",
        "category",
        "what_happened",
        "put_right",
        "declaration",
    ];
    assert_eq!(needed, expected);
}

#[test]
fn each_thing_complained_of_is_asked_about_by_itself() {
    let mut answers = Answers::default();
    choose(&mut answers, StepId::Category, "category", "asb");
    choose(&mut answers, StepId::MoreIssues, "more", "yes");
    assert_eq!(issue_count(&answers), 2);
    let second = QuestionRef::for_issue(StepId::Category, 2);
    assert_eq!(
        next_page(QuestionRef::first(StepId::MoreIssues), &answers, false),
        Page::Step(second)
    );
    assert_eq!(
        previous_page(Page::Step(second), &answers, false),
        Page::Step(QuestionRef::first(StepId::MoreIssues))
    );
    assert_eq!((second.code(), second.slug()), ("category_2".into(), "category-2".into()));
    answer(second, &Fields(vec![("category".into(), "leasehold".into())]), &mut answers);
    assert!(unanswered(&answers).any(|p| p == QuestionRef::for_issue(StepId::WhatHappened, 2)));
    // Saying that there is no other issue removes its answers.
    choose(&mut answers, StepId::MoreIssues, "more", "no");
    assert!(!answers.has(second));
}

#[test]
fn one_of_several_things_can_be_taken_out() {
    let mut answers = Answers::default();
    for (issue, category) in [(1, "asb"), (2, "leasehold"), (3, "other")] {
        answer(
            QuestionRef::for_issue(StepId::Category, issue),
            &Fields(vec![("category".into(), category.into())]),
            &mut answers,
        );
        let more = if issue < 3 { "yes" } else { "no" };
        answer(
            QuestionRef::for_issue(StepId::MoreIssues, issue),
            &Fields(vec![("more".into(), more.into())]),
            &mut answers,
        );
    }
    answers.remove_issue(2);
    assert_eq!(issue_count(&answers), 2);
    let left: Vec<&str> = (1..=2).map(|issue| answers.category_kind(issue).unwrap().code()).collect();
    assert_eq!(left, ["asb", "other"]);
    answers.remove_issue(1);
    answers.remove_issue(1);
    assert_eq!(
        (issue_count(&answers), answers.category_kind(1).unwrap().code()),
        (1, "other"),
        "the last issue stays"
    );
}

#[test]
fn an_answer_whose_question_before_has_gone_is_kept() {
    let mut answers = Answers::default();
    // The page was open when the draft expired: only its answer arrives.
    answer(
        QuestionRef::first(StepId::CapacityBasis),
        &Fields(vec![("basis".into(), "attorney".into())]),
        &mut answers,
    );
    assert!(answers.has(StepId::CapacityBasis));
    choose(&mut answers, StepId::Role, "role", "representative");
    assert!(answers.has(StepId::CapacityBasis));
    choose(&mut answers, StepId::RepresentativeWhy, "why", "no_capacity");
    assert!(applies(QuestionRef::first(StepId::CapacityBasis), &answers));
    choose(&mut answers, StepId::Role, "role", "resident");
    assert!(
        !answers.has(StepId::CapacityBasis),
        "an answer is removed when its question does not apply any more"
    );
}

#[test]
fn a_choice_that_is_no_longer_offered_takes_its_branch_with_it() {
    let mut answers = Answers::default();
    choose(&mut answers, StepId::Role, "role", "representative");
    choose(&mut answers, StepId::RepresentativeWhy, "why", "permission");
    choose(&mut answers, StepId::Authority, "how", "ask_resident");
    choose(&mut answers, StepId::AskResident, "email", "amina@example.org");
    // A person who cannot agree cannot be asked: the choice goes, and with it the address to ask at.
    choose(&mut answers, StepId::RepresentativeWhy, "why", "no_capacity");
    assert_eq!(answers.text(StepId::Authority, "how"), "");
    assert!(!answers.has(StepId::AskResident));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Following Continue from the first page reaches the check page, where only the declaration is missing. Following Back from
    /// there retraces the same pages. No question is asked twice, or against the answers.
    #[test]
    fn every_path_ends_at_the_declaration_and_back_retraces_it(seed in any::<[u8; 32]>()) {
        let mut rng = TestRng::from_seed(proptest::test_runner::RngAlgorithm::ChaCha, &seed);
        let mut answers = Answers::default();
        let mut walked = vec![];
        let mut page = Page::Step(QuestionRef::first(StepId::Role));
        while let Page::Step(place) = page {
            prop_assert!(applies(place, &answers));
            prop_assert!(!walked.contains(&page));
            walked.push(page);
            let fields = any_fields(place, &answers, &mut rng);
            answer(place, &fields, &mut answers);
            page = next_page(place, &answers, false);
        }
        prop_assert_eq!(page, Page::CheckAnswers);
        prop_assert_eq!(missing(&answers), vec![QuestionRef::first(StepId::Declaration)]);
        while let Some(expected) = walked.pop() {
            page = previous_page(page, &answers, false);
            prop_assert_eq!(page, expected);
        }
        prop_assert_eq!(previous_page(page, &answers, false), Page::Start);
        let declaration = QuestionRef::first(StepId::Declaration);
        answer(declaration, &any_fields(declaration, &answers, &mut rng), &mut answers);
        prop_assert!(missing(&answers).is_empty());
        prop_assert!(sections(&answers).iter().all(|(_, _, state)| *state == SectionState::Complete));
        let stored = serde_json::to_string(&answers).unwrap();
        prop_assert_eq!(serde_json::from_str::<Answers>(&stored).unwrap(), answers);
    }

    /// After any change, each remaining answer belongs to a question that is asked, and each choice is still offered. A change
    /// leads back to the check page once every question it led to is answered.
    #[test]
    fn no_answer_survives_its_branch(seed in any::<[u8; 32]>()) {
        let mut rng = TestRng::from_seed(proptest::test_runner::RngAlgorithm::ChaCha, &seed);
        let mut answers = Answers::default();
        for _ in 0..3 {
            let mut page = Page::Step(QuestionRef::first(StepId::Role));
            while let Page::Step(place) = page {
                answer(place, &any_fields(place, &answers, &mut rng), &mut answers);
                for there in answers.places() {
                    prop_assert!(applies(there, &answers), "{:?} must not survive its branch", there);
                }
                for (there, given) in answers.iter() {
                    prop_assert_eq!(&given.without_unasked(there, &answers), given);
                }
                page = next_page(place, &answers, false);
            }
            // One change from the check page, and the questions it leads to.
            let places: Vec<QuestionRef> = answers.places().collect();
            let mut place = places[rng.random_range(0..places.len())];
            let mut length = 0;
            while let Page::Step(to) = { answer(place, &any_fields(place, &answers, &mut rng), &mut answers); next_page(place, &answers, true) } {
                prop_assert!(!is_answered(to, &answers));
                place = to;
                length += 1;
                prop_assert!(length < 60);
            }
            prop_assert!(unanswered(&answers).next().is_none());
        }
    }

    /// Any text in every field gives an answer or errors, never a panic. A stored answer reads back unchanged.
    #[test]
    fn any_text_is_an_answer_or_an_error(text in any::<String>(), at in 0..StepId::ALL.len()) {
        let place = QuestionRef::first(StepId::ALL[at]);
        let mut names: Vec<String> = vec![];
        for field in question(place.step).fields() {
            names.push(field.name.into());
            names.extend(["day", "month", "year", "unknown"].map(|part| format!("{}-{part}", field.name)));
        }
        let fields = Fields(names.into_iter().map(|name| (name, text.clone())).collect());
        let mut answers = Answers::default();
        if let Ok(checked) = check(place, &fields, &Context { today: TODAY, answers: &Answers::default() }) {
            let json = checked.to_json();
            prop_assert!(!json.contains("\\u0000"));
            let again = checked.answer().to_fields(place);
            prop_assert_eq!(check(place, &again, &Context { today: TODAY, answers: &Answers::default() }).unwrap(), checked.clone());
            answers.put(checked);
            let stored = serde_json::to_string(&answers).unwrap();
            prop_assert_eq!(serde_json::from_str::<Answers>(&stored).unwrap(), answers);
        }
    }
}

#[test]
fn every_address_leads_to_its_page() {
    for step in StepId::ALL {
        let place = QuestionRef::first(*step);
        assert_eq!(Page::from_slug(&place.slug()), Some(Page::Step(place)));
        assert_eq!(QuestionRef::parse(&place.code()), Some(place));
        if question(*step).repeats() {
            let third = QuestionRef::for_issue(*step, 3);
            assert_eq!(QuestionRef::from_slug(&third.slug()), Some(third));
            assert_eq!(QuestionRef::parse(&third.code()), Some(third));
        }
    }
    assert_eq!(Page::from_slug("check-answers"), Some(Page::CheckAnswers));
    for nowhere in [
        "nowhere",
        "category-1",
        "category-0",
        "category-02",
        "category-11",
        "category-+2",
        "name-2",
        "category-",
    ] {
        assert_eq!(Page::from_slug(nowhere), None, "{nowhere}");
    }
}
