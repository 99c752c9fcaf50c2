use proptest::prelude::*;
use proptest::test_runner::TestRng;
use rstest::rstest;
use time::macros::date;

use crate::fields::form::Choice;
use crate::questionnaire::question::{Field, Input};
use crate::questionnaire::questions::RoleKind;
use crate::questionnaire::steps::*;
use crate::{Context, Fields, check, check_page, seen_beside};

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

/// Returns random valid fields for a page with the questions beside its own.
fn any_page(place: QuestionRef, answers: &Answers, rng: &mut TestRng) -> Fields {
    let mut fields = any_fields(place, answers, rng);
    let mut after = answers.clone();
    answer(place, &fields, &mut after);
    for other in beside(place, answers) {
        fields.0.push((seen_beside(other.step), String::new()));
        if applies(other, &after) {
            let own = any_fields(other, &after, rng);
            fields.0.extend(question(other.step).fields_for_page(&own).0);
        }
    }
    fields
}

fn continue_from(place: QuestionRef, fields: &Fields, answers: &mut Answers) {
    let context = Context { today: TODAY, answers };
    let checked = check_page(place, fields, &context).unwrap_or_else(|e| panic!("{place:?}: {e:?} for {fields:?}"));
    for answer in checked {
        answers.put(answer);
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
        Page::Step(QuestionRef::first(StepId::WhatHappened))
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

/// The fields of a person who answers what is required, and otherwise as given: by question, field and value.
fn required_fields(place: QuestionRef, answers: &Answers, given: &[(StepId, &str, &str)]) -> Fields {
    let mut fields = Vec::new();
    for field in question(place.step).fields() {
        let own: Vec<&str> = given
            .iter()
            .filter(|(s, f, _)| (*s, *f) == (place.step, field.name))
            .map(|(_, _, v)| *v)
            .collect();
        let mut put = |value: &str| fields.push((field.name_beside.to_owned(), value.to_owned()));
        match field.input {
            _ if !own.is_empty() => own.into_iter().for_each(put),
            Input::Email => put("amina@example.org"),
            Input::Phone => put("01632 960123"),
            Input::Postcode => put("zz11aa"),
            Input::Tick => put("yes"),
            Input::Many(options) => put(options(answers, place.issue).last().unwrap()),
            _ if field.required_error.is_none() => {}
            Input::Line { .. } | Input::Block | Input::Hidden => put("Some words"),
            Input::One(options) => put(options(answers, place.issue)[0]),
            Input::Date(_) => fields.push((format!("{}-unknown", field.name_beside), "yes".into())),
        }
    }
    Fields(fields)
}

/// The pages that a person walks from the first to Send, start and receipt not counted.
#[rstest]
#[case("resident who has not complained", 13, &[(StepId::Stage, "stage", "not_complained"), (StepId::Category, "category", "asb")])]
#[case("resident waiting at stage 1, damp and danger", 16, &[
    (StepId::Stage, "stage", "waiting_stage_1"), (StepId::Hazard, "hazard", "mould_breathing"),
])]
#[case("resident with a final response", 14, &[(StepId::Stage, "stage", "final_response"), (StepId::Category, "category", "charges")])]
#[case("tenant with a shared phone who is at risk", 15, &[
    (StepId::Stage, "stage", "refused"), (StepId::PhoneSafety, "safe", "no"), (StepId::Risk, "at_risk", "yes"),
    (StepId::Risk, "risks", "domestic_abuse"),
])]
#[case("daughter who acts for her mother", 19, &[
    (StepId::Role, "role", "representative"), (StepId::RepresentativeWhy, "why", "permission"),
    (StepId::Authority, "how", "ask_resident"), (StepId::Stage, "stage", "waiting_stage_2"),
])]
#[case("adviser with written authority", 20, &[
    (StepId::Role, "role", "representative"), (StepId::RepresentativeWhy, "why", "adviser"), (StepId::Authority, "how", "upload"),
    (StepId::Stage, "stage", "answered_stage_1"), (StepId::Hazard, "hazard", "no_heating"),
])]
#[case("councillor", 18, &[
    (StepId::Role, "role", "representative"), (StepId::RepresentativeWhy, "why", "councillor"), (StepId::Authority, "how", "later"),
    (StepId::Stage, "stage", "final_response"),
])]
#[case("executor of a person who died", 19, &[
    (StepId::Role, "role", "representative"), (StepId::RepresentativeWhy, "why", "died"), (StepId::EstateBasis, "basis", "executor"),
    (StepId::Authority, "how", "upload"), (StepId::Stage, "stage", "final_response"),
])]
// Both read first that the form may not be for them. That page asks for nothing.
#[case("member of the landlord's staff, damp and danger", 17, &[
    (StepId::Role, "role", "landlord_staff"), (StepId::Stage, "stage", "waiting_stage_1"), (StepId::Hazard, "hazard", "mould_breathing"),
])]
#[case("freeholder, damp and danger", 17, &[
    (StepId::Tenure, "tenure", "freeholder"), (StepId::Stage, "stage", "waiting_stage_1"), (StepId::Hazard, "hazard", "mould_breathing"),
])]
fn the_way_to_send_is_short(#[case] person: &str, #[case] pages: usize, #[case] given: &[(StepId, &str, &str)]) {
    let mut answers = Answers::default();
    let mut walked = vec![];
    let mut page = Page::Step(StepId::Role.into());
    while let Page::Step(place) = page {
        let mut fields = required_fields(place, &answers, given);
        let mut after = answers.clone();
        answer(place, &fields, &mut after);
        for other in beside(place, &answers) {
            fields.0.push((seen_beside(other.step), String::new()));
            fields.0.extend(required_fields(other, &after, given).0);
        }
        continue_from(place, &fields, &mut answers);
        walked.push(place.slug());
        page = next_page(place, &answers, false);
    }
    walked.extend(["check-answers".to_owned(), StepId::Declaration.path()]);
    println!("{person}: {} pages: {walked:?}", walked.len());
    assert_eq!(missing(&answers), [StepId::Declaration.into()], "{person} can send");
    assert_eq!(walked.len(), pages, "{person}: {walked:?}");
}

#[test]
fn an_extra_question_leads_back_to_the_task_list() {
    let mut answers = Answers::default();
    choose(&mut answers, StepId::Stage, "stage", "waiting_stage_1");
    let more: Vec<QuestionRef> = extras(&answers).collect();
    assert!(
        more.contains(&StepId::Extension.into()) && more.contains(&StepId::Helpers.into()),
        "{more:?}"
    );
    assert!(!more.contains(&StepId::FormerHome.into()), "{more:?}");
    for place in more {
        assert_eq!(next_page(place, &answers, false), Page::Tasks);
        assert_eq!(
            next_page(place, &answers, true),
            Page::Step(StepId::Role.into()),
            "what sending needs is asked first"
        );
        assert_eq!(previous_page(Page::Step(place), &answers, false), Page::Tasks);
    }
}

#[test]
fn danger_is_asked_before_sending() {
    let mut answers = Answers::default();
    assert_eq!(asked_before_send(&answers), None);
    choose(&mut answers, StepId::Category, "category", "property_condition");
    assert_eq!(asked_before_send(&answers), Some(QuestionRef::first(StepId::Hazard)));
    assert!(!missing(&answers).contains(&StepId::Hazard.into()), "REST sends without it");
    choose(&mut answers, StepId::Hazard, "hazard", "none");
    assert_eq!(asked_before_send(&answers), None);
}

#[test]
fn the_safety_of_a_contact_method_is_asked_of_the_methods_given() {
    let contact = QuestionRef::first(StepId::Contact);
    let with_marks = |pairs: &[(&str, &str)]| {
        let marks = [StepId::EmailSafety, StepId::PhoneSafety].map(|step| (seen_beside(step), String::new()));
        let typed = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Fields(typed.chain(marks).collect())
    };
    let answers = Answers::default();
    let context = Context {
        today: TODAY,
        answers: &answers,
    };
    let given = |pairs: &[(&str, &str)]| check_page(contact, &with_marks(pairs), &context);
    let errors = given(&[("email", "amina@example.org")]).unwrap_err();
    let fields: Vec<&str> = errors.iter().map(|error| &*error.field).collect();
    assert_eq!(fields, ["email_safe"]);
    let saved = given(&[
        ("email", "amina@example.org"),
        ("email_safe", "no"),
        ("phone_who_else", "My brother"),
    ])
    .unwrap();
    let saved: Vec<&str> = saved.iter().map(|answer| answer.place().step.code()).collect();
    assert_eq!(saved, ["contact", "email_safety"], "the telephone was not given");
}

#[test]
fn a_question_that_is_not_needed_is_passed_by_leaving_it_empty() {
    let mut answers = Answers::default();
    let context = Context {
        today: TODAY,
        answers: &answers,
    };
    let court = QuestionRef::first(StepId::Court);
    assert_eq!(check_page(court, &Fields::default(), &context), Ok(vec![]));
    assert!(check_page(StepId::Hazard.into(), &Fields::default(), &context).is_err());
    choose(&mut answers, StepId::Court, "filed", "yes");
    let context = Context {
        today: TODAY,
        answers: &answers,
    };
    assert!(
        check_page(court, &Fields::default(), &context).is_err(),
        "an answer is not taken back unseen"
    );
}

#[test]
fn no_leaves_out_the_details_that_it_hides() {
    let given = |at_risk: &str| {
        let fields = [("at_risk", at_risk), ("details", "My neighbour.")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        let answers = Answers::default();
        let context = Context {
            today: TODAY,
            answers: &answers,
        };
        check(StepId::Risk.into(), &Fields(fields.into()), &context).unwrap().to_json()
    };
    assert_eq!(given("yes"), r#"{"at_risk":"yes","details":"My neighbour."}"#);
    assert_eq!(
        given(""),
        r#"{"details":"My neighbour."}"#,
        "REST clients of before ask only for the details"
    );
    assert_eq!(given("no"), r#"{"at_risk":"no"}"#);
}

#[test]
fn fields_that_share_a_page_have_names_of_their_own() {
    for step in StepId::ALL {
        let others = StepId::ALL.iter().filter(|s| question(**s).asked == Asked::Beside(*step));
        // The two bases of a representation exclude each other.
        let others = others.filter(|s| **s != StepId::EstateBasis);
        let beside = others.flat_map(|s| question(*s).fields()).map(|f| f.name_beside);
        let mut names: Vec<&str> = question(*step).fields().iter().map(|f| f.name).chain(beside).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all, "{step:?}: {names:?}");
    }
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
            let fields = any_page(place, &answers, &mut rng);
            continue_from(place, &fields, &mut answers);
            page = next_page(place, &answers, false);
        }
        prop_assert_eq!(page, Page::CheckAnswers);
        // The check page and the declaration come after these.
        let most = if answers.role_kind() == Some(RoleKind::Representative) { 20 } else { 16 };
        let notice = |step: StepId| usize::from(applies(step.into(), &answers));
        prop_assert!(walked.len() + 2 <= most + notice(StepId::LandlordStaffNotice) + notice(StepId::Freeholder), "{:?}", walked);
        prop_assert_eq!(asked_before_send(&answers), None);
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
                continue_from(place, &any_page(place, &answers, &mut rng), &mut answers);
                if page == Page::Step(StepId::Evidence.into()) {
                    let more: Vec<QuestionRef> = steps(&answers).filter(|p| is_extra(*p)).collect();
                    for place in more {
                        answer(place, &any_fields(place, &answers, &mut rng), &mut answers);
                    }
                }
                for there in answers.places() {
                    prop_assert!(applies(there, &answers), "{:?} must not survive its branch", there);
                }
                for (there, given) in answers.iter() {
                    prop_assert_eq!(&given.without_unasked(there, &answers), given);
                }
                page = next_page(place, &answers, false);
            }
            // The issues that were added, as the check page asks about them.
            loop {
                let open = unanswered(&answers).next();
                let Some(open) = open else { break };
                continue_from(open, &any_page(open, &answers, &mut rng), &mut answers);
            }
            // One change from the check page, and the questions it leads to.
            let places: Vec<QuestionRef> = answers.places().collect();
            let mut place = places[rng.random_range(0..places.len())];
            let mut length = 0;
            while let Page::Step(to) = { continue_from(place, &any_page(place, &answers, &mut rng), &mut answers); next_page(place, &answers, true) } {
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
