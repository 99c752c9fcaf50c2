use proptest::prelude::*;

use crate::calendar::BankHolidays;
use crate::case::actions::*;
use crate::case::case_state::CaseState;
use crate::case::outcome::Order;
use crate::case::status::ClosedReason;
use crate::fields::iso_date;
use crate::questionnaire::answers::Answers;

const TODAY: &str = "2026-11-30";

fn day(text: &str) -> Date {
    iso_date::parse(text).unwrap()
}

fn moved(status: Status) -> EventBody {
    EventBody::StatusChanged {
        status,
        due: Some(day("2026-12-24")),
        reason: None,
        message: None,
    }
}

fn file(events: &[EventBody]) -> CaseProjection {
    let first = EventBody::Submitted { due: None };
    let all = [first].into_iter().chain(events.iter().cloned()).collect::<Vec<_>>();
    let numbered = all.iter().enumerate().map(|(i, event)| (i32::try_from(i + 1).unwrap(), event));
    CaseProjection::replay(&Answers::default(), numbered).unwrap()
}

fn decide(act: &CaseAction, file: &CaseProjection) -> Result<EventBody, CaseActionCheckError> {
    let (holidays, next_word) = (BankHolidays::default(), NextContactDays::default());
    let promises = Promises {
        holidays: &holidays,
        next_word: &next_word,
        withdrawal_days: 14,
    };
    act.decide(file, day(TODAY), &promises)
}

fn asked(due: &str) -> EventBody {
    EventBody::InformationRequested {
        questions: vec!["Which room?".into(), "Since when?".into()],
        due: day(due),
    }
}

fn decision(until: &str) -> EventBody {
    EventBody::DecisionMade {
        message: "We found that the landlord failed.".into(),
        findings: Vec::new(),
        review_until: day(until),
    }
}

fn issue() -> CaseAction {
    CaseAction::Issue {
        category: Some(CategoryKind::PropertyCondition),
        subcategory: "damp_mould".into(),
        what_happened: "Damp.".into(),
        put_right: String::new(),
    }
}

fn codes(refused: Result<EventBody, CaseActionCheckError>) -> Vec<String> {
    match refused {
        Err(CaseActionCheckError::Wrong(errors)) => errors.iter().map(|error| error.code.to_string()).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_can_be_done_in_each_status() {
    use CaseActionKind::{AddMore, Diary, Files, Issue, Message, Withdraw};
    for status in Status::ALL {
        let file = if *status == Status::Received {
            file(&[])
        } else {
            file(&[moved(*status)])
        };
        let open: Vec<CaseActionKind> = CaseActionKind::ALL
            .iter()
            .copied()
            .filter(|kind| kind.is_open(&file, day(TODAY)))
            .collect();
        let expected: &[CaseActionKind] = match status {
            Status::Closed => &[Message, Diary, Files],
            Status::DecisionMade | Status::UnderReview | Status::OrdersOpen => &[Message, Diary, Files, AddMore, Withdraw],
            _ => &[Message, Diary, Files, Issue, AddMore, Withdraw],
        };
        assert_eq!(open, expected, "{status:?}");
    }
}

#[test]
fn answers_take_the_case_back_to_where_it_was() {
    let answer = |request| CaseAction::Answer {
        request,
        answers: vec!["The bedroom.".into(), "March.".into()],
        files: Vec::new(),
    };
    let file = file(&[moved(Status::Investigation), asked("2026-12-10"), asked("2026-12-08")]);
    // Another request is still open, so the case keeps waiting.
    let first = decide(&answer(1), &file).unwrap();
    assert_eq!(first.new_status(), Some(Status::AwaitingResident));
    let mut file = file;
    file.add(5, &first);
    assert_eq!(file.state.due, Some(day("2026-12-08")));
    assert_eq!(
        decide(&answer(1), &file),
        Err(CaseActionCheckError::NotNow),
        "the request was answered already"
    );
    file.add(6, &decide(&answer(2), &file).unwrap());
    assert_eq!(
        (file.state.status, file.state.due),
        (Status::Investigation, Some(day("2026-12-24")))
    );
    assert!(file.open_request().is_none());
}

#[test]
fn each_question_is_to_be_answered_and_the_error_points_at_it() {
    let file = file(&[asked("2026-12-10")]);
    let some = CaseAction::Answer {
        request: 1,
        answers: vec!["The bedroom.".into()],
        files: Vec::new(),
    };
    let Err(CaseActionCheckError::Wrong(errors)) = decide(&some, &file) else {
        panic!()
    };
    assert_eq!((&*errors[0].field, &*errors[0].pointer), ("answer-2", "/answers/1"));
}

#[test]
fn a_withdrawal_can_be_undone_for_fourteen_days() {
    let mut file = file(&[moved(Status::Assessment)]);
    file.add(3, &decide(&CaseAction::Withdraw { reason: " ".into() }, &file).unwrap());
    assert_eq!(file.state.reason, Some(ClosedReason::Withdrawn));
    assert!(!CaseActionKind::Withdraw.is_open(&file, day(TODAY)));
    assert!(CaseActionKind::UndoWithdrawal.is_open(&file, day("2026-12-14")));
    assert!(!CaseActionKind::UndoWithdrawal.is_open(&file, day("2026-12-15")));
    file.add(4, &decide(&CaseAction::UndoWithdrawal, &file).unwrap());
    assert_eq!((file.state.status, file.state.due), (Status::Assessment, Some(day("2026-12-24"))));
}

#[test]
fn a_review_is_asked_for_in_time_and_with_a_ground() {
    let review = CaseAction::Review {
        ground: Some(ReviewGround::NewEvidence),
        why: "A report.".into(),
        files: Vec::new(),
    };
    let open = file(&[moved(Status::Assessment), decision("2026-11-30")]);
    assert_eq!(decide(&review, &open).unwrap().new_status(), Some(Status::UnderReview));
    let late = file(&[moved(Status::Assessment), decision("2026-11-29")]);
    assert_eq!(decide(&review, &late), Err(CaseActionCheckError::NotNow));
    let empty = CaseAction::Review {
        ground: None,
        why: "\n".into(),
        files: Vec::new(),
    };
    assert_eq!(codes(decide(&empty, &open)), ["review_ground_missing", "review_why_missing"]);
}

#[test]
fn orders_are_answered_one_by_one() {
    let orders = ["Mend the roof.", "Say sorry."].map(|what| Order {
        what: what.into(),
        due: day("2026-12-20"),
    });
    let mut file = file(&[
        moved(Status::Assessment),
        decision("2026-12-20"),
        EventBody::OrdersMade { orders: orders.into() },
    ]);
    let answer = |order, done| CaseAction::Orders {
        order,
        done,
        note: String::new(),
    };
    assert_eq!(codes(decide(&answer(3, Some(Done::Yes)), &file)), ["order_missing"]);
    assert_eq!(codes(decide(&answer(0, None), &file)), ["order_missing", "order_done_missing"]);
    file.add(5, &decide(&answer(2, Some(Done::Partly)), &file).unwrap());
    assert_eq!((file.orders[0].done, file.orders[1].done), (None, Some(Done::Partly)));
    assert_eq!(file.state.status, Status::OrdersOpen);
}

#[test]
fn no_more_than_ten_things_are_complained_of() {
    let mut file = file(&[]);
    for n in 0..i32::from(ISSUES_MAX - file.issues_sent) {
        file.add(n + 2, &decide(&issue(), &file).unwrap());
    }
    assert_eq!(decide(&issue(), &file), Err(CaseActionCheckError::NotNow));
}

#[test]
fn a_narrower_category_belongs_to_its_own() {
    let CaseAction::Issue {
        what_happened, put_right, ..
    } = issue()
    else {
        panic!()
    };
    let other = CaseAction::Issue {
        category: Some(CategoryKind::HealthSafety),
        subcategory: "damp_mould".into(),
        what_happened,
        put_right,
    };
    assert_eq!(codes(decide(&other, &file(&[]))), ["subcategory_other"]);
}

#[test]
fn the_diary_knows_days_and_months_but_no_future() {
    let on = |day: &str, month: &str, year: &str| CaseAction::Diary {
        on: DateInput {
            day: day.into(),
            month: month.into(),
            year: year.into(),
            unknown: false,
        },
        what: "No one came.".into(),
        files: Vec::new(),
    };
    let file = file(&[]);
    for right in [on("30", "11", "2026"), on("", "nov", "2026"), on("3", "May", "2025")] {
        assert!(decide(&right, &file).is_ok(), "{right:?}");
    }
    for (wrong, code) in [
        (on("1", "12", "2026"), "diary_date_future"),
        (on("", "12", "2026"), "diary_date_future"),
        (on("31", "11", "2025"), "month_shorter"),
        (on("32", "11", "2025"), "day_wrong"),
        (on("3", "13", "2025"), "month_wrong"),
        (on("3", "5", "25"), "year_wrong"),
        (on("3/5/2025 or 4/5/2025", "", ""), "diary_date_not_real"),
        (on("3", "", "2025"), "diary_month_missing"),
        (on("3", "5", ""), "diary_year_missing"),
        (on("", "", ""), "diary_date_missing"),
    ] {
        assert_eq!(codes(decide(&wrong, &file)), [code], "{wrong:?}");
    }
}

#[test]
fn every_open_status_has_a_day_by_which_the_next_word_comes() {
    let (holidays, next_word) = (BankHolidays::default(), NextContactDays::default());
    let promises = Promises {
        holidays: &holidays,
        next_word: &next_word,
        withdrawal_days: 14,
    };
    for status in Status::ALL {
        let is_over = matches!(status, Status::DecisionMade | Status::Closed);
        assert_eq!(promises.due_date(*status, day(TODAY)).is_none(), is_over, "{status:?}");
    }
    assert_eq!(
        promises.keep_or_renew(Some(day("2026-11-30")), Status::Assessment, day(TODAY)),
        Some(day(TODAY))
    );
    assert!(promises.keep_or_renew(Some(day("2026-11-29")), Status::Assessment, day(TODAY)) > Some(day(TODAY)));
}

proptest! {
    /// In any sequence of actions and desk events, an action is refused or moves the case as its event says. No case waits for
    /// the resident without an open request, and the number of issues stays within its limit.
    #[test]
    fn acts_leave_a_case_whole(choices in prop::collection::vec((0_usize..12, 0_u8..4), 0..30)) {
        let mut file = file(&[]);
        let mut n = 1;
        for (choice, number) in choices {
            let request = file.open_request().map_or(0, |(place, _)| place);
            let act = match choice {
                0 => CaseAction::Message { message: "Hello.".into(), files: Vec::new() },
                1 => CaseAction::Answer { request, answers: vec!["a".into(), "b".into()], files: Vec::new() },
                2 => CaseAction::Withdraw { reason: String::new() },
                3 => CaseAction::UndoWithdrawal,
                4 => issue(),
                5 => CaseAction::Review { ground: Some(ReviewGround::WrongEvidence), why: "x".into(), files: Vec::new() },
                6 => CaseAction::Orders { order: number, done: Some(Done::No), note: String::new() },
                _ => {
                    let desk = match choice {
                        7 => asked("2026-12-10"),
                        8 => moved(Status::Assessment),
                        9 => decision("2026-12-20"),
                        10 => EventBody::OrdersMade { orders: vec![Order { what: "x".into(), due: day("2026-12-20") }] },
                        _ => moved(Status::Closed),
                    };
                    if desk.new_status().is_some_and(|to| file.state.status.allows(to)) {
                        n += 1;
                        file.add(n, &desk);
                    }
                    continue;
                }
            };
            let before = file.clone();
            if let Ok(event) = decide(&act, &file) {
                n += 1;
                file.add(n, &event);
                let after = CaseState::after(Some(before.state), &event).unwrap();
                prop_assert_eq!(file.state, after);
                prop_assert!(act.kind().is_open(&before, day(TODAY)));
            }
            if file.state.status == Status::AwaitingResident {
                prop_assert!(file.open_request().is_some());
            }
            prop_assert!(file.added_issues.len() < usize::from(ISSUES_MAX));
        }
    }
}
