use std::sync::LazyLock;

use proptest::prelude::*;
use time::{Date, Duration};

use crate::clock::*;
use crate::fields::DateInput;
use crate::fields::iso_date::parse;
use crate::vectors::complaint_clock as vectors;

fn date(text: &str) -> Date {
    parse(text).unwrap()
}

fn json(text: &str) -> ClockInput {
    serde_json::from_str(text).unwrap()
}

static HOLIDAYS: LazyLock<BankHolidays> = LazyLock::new(vectors::holidays);

fn say(input: &ClockInput, today: Date) -> Clock {
    Clock::new(input, today, &Rules::default(), &HOLIDAYS)
}

#[test]
fn every_vector_holds() {
    let (count, wrong) = vectors::check();
    assert!(count > 150, "{count}");
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_rules_are_read_as_they_are_written_and_others_take_their_place() {
    let written = serde_json::to_string(&Rules::default()).unwrap();
    assert_eq!(serde_json::from_str::<Rules>(&written).unwrap(), Rules::default());
    let mut rules = Rules::default();
    for limit in rules.limits.iter_mut().filter(|limit| limit.duty == Duty::AnswerStage1) {
        limit.count = 15;
    }
    rules.hazard_report_is_day_one = true;
    let input = json(
        r#"{"stage":"waiting_stage_1","complained_on":"2026-11-23","hazard":{"reported_on":"2026-11-23","kind":"significant","category":"damp_mould"}}"#,
    );
    let clock = Clock::new(&input, date("2026-11-23"), &rules, &HOLIDAYS);
    let due = |duty| clock.deadline(duty).unwrap().due.unwrap().latest;
    assert_eq!(due(Duty::AnswerStage1), date("2026-12-21"), "15 working days after 30 November");
    assert_eq!(
        due(Duty::HazardInvestigate),
        date("2026-12-04"),
        "if the report is day one, the deadline is a day earlier"
    );
    rules.limits.clear();
    let clock = Clock::new(&input, date("2026-11-23"), &rules, &HOLIDAYS);
    assert_eq!(clock.deadlines, Vec::new(), "a duty without a limit has no deadline");
}

#[test]
fn each_kind_of_limit_has_a_row_and_rows_of_one_kind_have_their_own_day() {
    use crate::fields::form::Choice;
    let rules = Rules::default();
    for duty in Duty::ALL {
        let mut days: Vec<_> = rules.limits.iter().filter(|l| l.duty == *duty).map(|l| l.from).collect();
        let rows = days.len();
        days.dedup();
        assert!(rows > 0 && days.len() == rows, "{}", duty.code());
        assert!(rules.limit(*duty, date("2026-11-23")).is_some(), "{}", duty.code());
    }
}

#[test]
fn wrong_dates_are_named_where_they_stand() {
    let wrong = |text: &str| -> Vec<(&'static str, Wrong)> {
        let found = json(text).wrong_dates(date("2026-11-23"));
        found.into_iter().map(|w| (w.pointer, w.wrong)).collect()
    };
    assert_eq!(wrong("{}"), []);
    assert_eq!(wrong(r#"{"complained_on":"unknown","extended_until":"2030-01-01"}"#), []);
    assert_eq!(wrong(r#"{"complained_on":"2026-02-30"}"#), [("/complained_on", Wrong::NotReal)]);
    assert_eq!(wrong(r#"{"complained_on":"2026-11-24"}"#), [("/complained_on", Wrong::InFuture)]);
    assert_eq!(
        wrong(r#"{"complained_on":{"year":2026,"month":11}}"#),
        [],
        "a month that has begun is no future date"
    );
    assert_eq!(
        wrong(
            r#"{"complained_on":"2026-05-02","acknowledged_on":"2026-05-01","final_response_on":{"year":2026,"month":4},"refused_on":"2026-01-01"}"#
        ),
        [
            ("/final_response_on", Wrong::TooEarly),
            ("/acknowledged_on", Wrong::TooEarly),
            ("/refused_on", Wrong::TooEarly)
        ]
    );
    assert_eq!(
        wrong(
            r#"{"extended_until":{"year":25,"month":1},"hazard":{"reported_on":"2026-10-02","kind":"emergency","category":"fire","investigated_on":"2026-10-01"}}"#
        ),
        [("/extended_until", Wrong::NotReal), ("/hazard/investigated_on", Wrong::TooEarly)]
    );
}

#[test]
fn the_days_ahead_are_in_order_and_none_has_passed() {
    let input = json(
        r#"{"stage":"waiting_stage_1","complained_on":"2026-11-22","hazard":{"reported_on":"2026-11-01","kind":"significant","category":"damp_mould"}}"#,
    );
    let days = say(&input, date("2026-11-23")).days_ahead();
    let expected = [("2026-12-11", DayAhead::Answer), ("2026-12-14", DayAhead::WayOpen)];
    assert_eq!(
        days[..],
        expected.map(|(day, what)| (date(day), what)),
        "the hazard deadlines have passed"
    );
    let input = json(r#"{"stage":"final_response","final_response_on":"2026-11-02"}"#);
    let days = say(&input, date("2026-11-23")).days_ahead();
    assert_eq!(days, [(date("2027-11-02"), DayAhead::LastToSend)]);
    assert_eq!(say(&ClockInput::default(), date("2026-11-23")).days_ahead(), []);
}

fn dates() -> impl Strategy<Value = DateInput> {
    let exact = (0i64..4000).prop_map(|n| DateInput::exact(date("2018-01-01") + Duration::days(n)));
    let month = (2018u16..2029, 1u8..13).prop_map(|(year, month)| DateInput {
        year: year.to_string(),
        month: month.to_string(),
        ..DateInput::default()
    });
    prop_oneof![exact, month, Just(DateInput::not_known()), Just(DateInput::default())]
}

fn stages() -> impl Strategy<Value = Option<Stage>> {
    use crate::fields::form::Choice;
    prop::sample::select(Stage::ALL.iter().copied().map(Some).chain([None]).collect::<Vec<_>>())
}

prop_compose! {
    fn inputs()(
        stage in stages(),
        complained_on in dates(),
        acknowledged_on in dates(),
        stage_1_answered_on in dates(),
        stage_2_asked_on in dates(),
        stage_2_acknowledged_on in dates(),
        final_response_on in dates(),
        refused_on in dates(),
        extension_told in any::<bool>(),
        extended_until in dates(),
    ) -> ClockInput {
        ClockInput {
            stage, complained_on, acknowledged_on, stage_1_answered_on, stage_2_asked_on, stage_2_acknowledged_on,
            final_response_on, refused_on, extension_told, extended_until, ..ClockInput::default()
        }
    }
}

fn due(input: &ClockInput, duty: Duty) -> Option<DateRange> {
    // Asked from far in the future, so that no range is cut off at `today`.
    say(input, date("2040-01-02")).deadline(duty).and_then(|deadline| deadline.due)
}

proptest! {
    #[test]
    fn complaining_later_is_never_due_earlier(input in inputs(), first in 0i64..4000, later in 0i64..400) {
        let on = |offset: i64| DateInput::exact(date("2018-01-01") + Duration::days(offset));
        for (duty, stage) in [(Duty::AnswerStage1, Stage::WaitingStage1), (Duty::AnswerStage2, Stage::WaitingStage2)] {
            let asked = |offset| ClockInput { stage: Some(stage), complained_on: on(offset), stage_2_asked_on: on(offset), ..input.clone() };
            let (before, after) = (due(&asked(first), duty).unwrap(), due(&asked(first + later), duty).unwrap());
            prop_assert!(after.earliest >= before.earliest && after.latest >= before.latest, "{before:?} {after:?}");
        }
    }

    #[test]
    fn more_time_is_never_due_earlier(input in inputs()) {
        let without = ClockInput { extension_told: false, extended_until: DateInput::default(), ..input.clone() };
        for duty in [Duty::AnswerStage1, Duty::AnswerStage2] {
            if let (Some(with), Some(without)) = (due(&input, duty), due(&without, duty)) {
                prop_assert!(with.earliest >= without.earliest && with.latest >= without.latest);
            }
        }
    }

    #[test]
    fn acknowledging_never_buys_time(input in inputs()) {
        let without = ClockInput { acknowledged_on: DateInput::default(), stage_2_acknowledged_on: DateInput::default(), ..input.clone() };
        for duty in [Duty::AnswerStage1, Duty::AnswerStage2] {
            if let (Some(with), Some(without)) = (due(&input, duty), due(&without, duty)) {
                prop_assert!(with.earliest <= without.earliest && with.latest <= without.latest);
            }
        }
    }

    #[test]
    fn a_later_day_is_never_less_late_and_what_is_said_fits_together(input in inputs(), offset in 0i64..4400, later in 0i64..60) {
        let today = date("2018-01-01") + Duration::days(offset);
        let clock = say(&input, today);
        prop_assert!(clock.route.open_now || clock.route.from.is_some_and(|from| from > today), "a closed route must name the day on which it opens");
        for deadline in &clock.deadlines {
            prop_assert!(deadline.due.is_none_or(|due| due.earliest <= due.latest));
            if let Some(late) = deadline.days_late {
                prop_assert!(late.least <= late.most && late.most > 0 && deadline.due.is_some());
            }
            prop_assert!((deadline.state == DeadlineState::Late) <= deadline.days_late.is_some_and(|late| late.least > 0));
        }
        for (day, _) in clock.days_ahead() {
            prop_assert!(day > today);
        }
        let exact = clock.answer().filter(|answer| answer.due.is_some_and(DateRange::is_exact) && answer.state == DeadlineState::Late);
        if let Some(answer) = exact {
            let then = say(&input, today + Duration::days(later));
            let then = then.deadline(answer.what).and_then(|answer| answer.days_late);
            prop_assert!(then.is_none_or(|then| then.least >= answer.days_late.map_or(0, |late| late.least)));
        }
    }

    #[test]
    fn what_is_said_reads_back(input in inputs(), offset in 0i64..4400) {
        let clock = say(&input, date("2018-01-01") + Duration::days(offset));
        let read: Clock = serde_json::from_str(&serde_json::to_string(&clock).unwrap()).unwrap();
        prop_assert_eq!(&read, &clock);
        let read: ClockInput = serde_json::from_str(&serde_json::to_string(&input).unwrap()).unwrap();
        prop_assert_eq!(say(&read, clock.today), clock);
    }
}
