use proptest::prelude::*;
use rstest::rstest;
use time::macros::date;

use super::*;
use crate::complaint::steps::stage::StageKind;
use crate::complaint::{Answer, Context, Fields};

const TODAY: time::Date = date!(2026 - 11 - 22);

/// Fields that satisfy every step, for a role and a stage.
fn fields(role: RoleKind, stage: StageKind) -> Fields {
    let mut all = vec![("role", role.code()), ("stage", stage.code())];
    all.extend([
        ("full_name", "Amina Example"),
        ("connection", "family"),
        ("line_1", "1 Test Street"),
        ("town", "Testham"),
        ("postcode", "sw1a1aa"),
        ("email", "amina@example.org"),
        ("name", "Example Homes"),
        ("category", "property_condition"),
        ("what_happened", "The wall is wet."),
        ("put_right", "Mend the wall."),
        ("agreed", "yes"),
        ("complained_on-day", "3"),
        ("complained_on-month", "5"),
        ("complained_on-year", "2026"),
    ]);
    all.extend(
        [
            "stage_1_answered_on-unknown",
            "stage_2_asked_on-unknown",
            "final_response_on-unknown",
            "refused_on-unknown",
        ]
        .map(|n| (n, "yes")),
    );
    Fields(all.into_iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect())
}

fn answer(step: StepId, fields: &Fields, answers: &mut Answers) {
    let context = Context { today: TODAY, answers };
    let checked = Answer::from_fields(step, fields)
        .check(&context)
        .unwrap_or_else(|e| panic!("{step:?}: {e:?}"));
    answers.put(checked);
}

fn any_role() -> impl Strategy<Value = RoleKind> {
    proptest::sample::select(RoleKind::ALL)
}

fn any_stage() -> impl Strategy<Value = StageKind> {
    proptest::sample::select(StageKind::ALL)
}

#[rstest]
#[case(RoleKind::Resident, StageKind::NotComplained, 11)]
#[case(RoleKind::Resident, StageKind::FinalResponse, 12)]
#[case(RoleKind::Representative, StageKind::FinalResponse, 13)]
fn the_branches_have_their_lengths(#[case] role: RoleKind, #[case] stage: StageKind, #[case] length: usize) {
    let mut answers = Answers::default();
    answer(StepId::Role, &fields(role, stage), &mut answers);
    answer(StepId::Stage, &fields(role, stage), &mut answers);
    assert_eq!(steps(&answers).count(), length);
}

proptest! {
    /// Following Continue from the first page reaches the check page, then nothing but the declaration is missing;
    /// Back from there retraces the same pages.
    #[test]
    fn every_path_ends_at_the_declaration_and_back_retraces_it(role in any_role(), stage in any_stage()) {
        let fields = fields(role, stage);
        let mut answers = Answers::default();
        let mut walked = vec![];
        let mut page = Page::Step(StepId::Role);
        while let Page::Step(step) = page {
            prop_assert!(applies(step, &answers));
            walked.push(page);
            answer(step, &fields, &mut answers);
            page = next(step, &answers, false);
            prop_assert!(walked.len() <= StepId::ALL.len());
        }
        prop_assert_eq!(page, Page::CheckAnswers);
        prop_assert_eq!(missing(&answers), vec![StepId::Declaration]);
        while let Some(expected) = walked.pop() {
            page = previous(page, &answers, false);
            prop_assert_eq!(page, expected);
        }
        prop_assert_eq!(previous(page, &answers, false), Page::Start);
        answer(StepId::Declaration, &fields, &mut answers);
        prop_assert!(missing(&answers).is_empty());
    }

    /// Whatever is changed afterwards, no answer stays that its question would no longer be asked for,
    /// and changing leads straight back to the check page or to what is now missing.
    #[test]
    fn no_answer_survives_its_branch(changes in proptest::collection::vec((any_role(), any_stage()), 1..6)) {
        let mut answers = Answers::default();
        for (role, stage) in changes {
            let fields = fields(role, stage);
            for step in StepId::ALL {
                if applies(*step, &answers) {
                    answer(*step, &fields, &mut answers);
                    let back = next(*step, &answers, true);
                    prop_assert_eq!(back == Page::CheckAnswers, unanswered(&answers).next().is_none());
                }
            }
            for step in StepId::ALL {
                prop_assert!(applies(*step, &answers) || !answers.has(*step), "{:?} survived", step);
            }
            if let (Some(stage), Some(given)) = (answers.stage_kind(), &answers.dates) {
                for question in crate::complaint::steps::dates::DateQuestion::ALL {
                    prop_assert!(dates::asked(stage).contains(question) || given.get(*question).is_empty());
                }
            }
        }
    }

    /// Any text at all in every field gives an answer or errors, never a panic, and what is stored reads back the same.
    #[test]
    fn any_text_is_an_answer_or_an_error(text in any::<String>(), at in 0..StepId::ALL.len()) {
        let step = StepId::ALL[at];
        let names = fields(RoleKind::Resident, StageKind::NotSure).0;
        let fields = Fields(names.into_iter().map(|(name, _)| (name, text.clone())).collect());
        let mut answers = Answers::default();
        if let Ok(checked) = Answer::from_fields(step, &fields).check(&Context { today: TODAY, answers: &Answers::default() }) {
            let json = checked.to_json();
            prop_assert!(!json.contains("\\u0000"));
            answers.put(checked);
            let stored = serde_json::to_string(&answers).unwrap();
            prop_assert_eq!(serde_json::from_str::<Answers>(&stored).unwrap(), answers);
        }
    }
}

#[test]
fn every_address_leads_to_its_page() {
    for step in StepId::ALL {
        assert_eq!(Page::from_slug(step.slug()), Some(Page::Step(*step)));
        assert_eq!(StepId::parse(step.code()), Some(*step));
    }
    assert_eq!(Page::from_slug("check-answers"), Some(Page::CheckAnswers));
    assert_eq!(Page::from_slug("nowhere"), None);
}
