use rstest::rstest;

use super::*;
use complaint::calendar::BankHolidays;
use complaint::clock::{ClockInput, Rules};
use complaint::fields::iso_date::parse;

fn said(today: &str, input: &str) -> String {
    let input: ClockInput = serde_json::from_str(input).unwrap();
    let clock = Clock::new(&input, parse(today).unwrap(), &Rules::default(), &BankHolidays::default());
    sentences(Language::default(), &clock).join(" ")
}

#[rstest]
#[case(
    "2026-11-23",
    r#"{"stage":"waiting_stage_1","complained_on":"2026-11-16"}"#,
    "Your landlord must send its first response by 7 December 2026. If it has not replied by then, we can ask it to reply from \
     8 December 2026. You do not have to wait until then to complain to us."
)]
#[case(
    "2026-12-08",
    r#"{"stage":"waiting_stage_1","complained_on":"2026-11-16"}"#,
    "Your landlord should have sent its first response by 7 December 2026. It is 1 working day overdue. We can ask your landlord to reply."
)]
#[case(
    "2026-12-15",
    r#"{"stage":"waiting_stage_2","stage_2_asked_on":"2026-11-02","extension_told":true,"extended_until":"2026-12-10"}"#,
    "Your landlord should have sent its final response by 10 December 2026. This includes the extra time your landlord told you it needs. \
     It is 3 working days overdue. We can ask your landlord to reply."
)]
#[case(
    "2026-11-23",
    r#"{"stage":"waiting_stage_1","complained_on":{"year":2026,"month":9}}"#,
    "Your landlord should have sent its first response some time from 22 September 2026 to 21 October 2026. It is at least 23 working \
     days overdue. We can ask your landlord to reply."
)]
#[case(
    "2026-11-23",
    r#"{"stage":"waiting_stage_1","complained_on":"unknown"}"#,
    "We do not know the date you asked, so we cannot tell if the response is overdue. We can ask your landlord to reply."
)]
#[case(
    "2026-11-23",
    r#"{"stage":"answered_stage_1","complained_on":"2026-10-05","stage_1_answered_on":"2026-11-02"}"#,
    "Your landlord should have sent its first response by 26 October 2026. It came 5 working days late. You can ask your landlord to look \
     at your complaint again. It must then send you a final response. It must acknowledge the complaint within 5 working days. It must then \
     send its response within 20 working days."
)]
#[case(
    "2026-11-23",
    r#"{"stage":"final_response","final_response_on":"2026-11-02"}"#,
    "Your landlord has sent its final response. This means that we can look at your complaint. Most people must bring their complaint to \
     us by 2 November 2027."
)]
#[case(
    "2027-11-23",
    r#"{"stage":"final_response","final_response_on":"2026-11-02"}"#,
    "Most people must bring their complaint to us by 2 November 2027. We may still be able to look at yours. Tell us why it took longer."
)]
#[case(
    "2026-11-23",
    r#"{"stage":"refused","refused_on":"2026-11-02"}"#,
    "Your landlord will not look at your complaint. You can bring it to us instead."
)]
#[case(
    "2026-11-23",
    r#"{"tenure":"freeholder"}"#,
    "We may not be able to look at this. An advice service can tell you who can help you. We will still read your complaint and tell you \
     what we can do."
)]
#[case(
    "2026-12-02",
    r#"{"wrong_service":"charge_level","hazard":{"reported_on":"2026-11-30","kind":"emergency","category":"fire"}}"#,
    "We may not be able to look at how high a charge is. The First-tier Tribunal can do that. We will still read your complaint and \
     tell you what we can do. Your landlord should have checked the danger and made it safe by 1 December 2026."
)]
fn it_is_said_in_sentences(#[case] today: &str, #[case] input: &str, #[case] expected: &str) {
    assert_eq!(said(today, input), expected);
}

/// Every combination gives a sentence, with no placeholder left unfilled.
#[test]
fn nothing_is_said_as_a_key() {
    use complaint::clock::{HazardKind, Tenure, Urgency, WrongServiceReason};
    let codes = |codes: Vec<&str>| {
        codes
            .into_iter()
            .map(|c| format!("\"{c}\""))
            .chain(["null".into()])
            .collect::<Vec<_>>()
    };
    let stages = codes(Stage::ALL.iter().map(|c| c.code()).collect());
    let reasons = codes(WrongServiceReason::ALL.iter().map(|c| c.code()).collect());
    let tenures = codes(Tenure::ALL.iter().map(|c| c.code()).collect());
    let mut seen = std::collections::BTreeSet::new();
    for stage in &stages {
        for reason in &reasons {
            for date in [
                "\"unknown\"",
                "null",
                "\"2026-09-01\"",
                "{\"year\":2026,\"month\":11}",
                "\"2020-01-01\"",
            ] {
                let text = format!(
                    r#"{{"stage":{stage},"wrong_service":{reason},"complained_on":{date},"stage_1_answered_on":{date},"stage_2_asked_on":{date},"final_response_on":{date},"refused_on":{date}}}"#
                );
                seen.insert(said("2026-11-23", &text));
            }
        }
    }
    for tenure in &tenures {
        for (kind, category) in Urgency::ALL
            .iter()
            .flat_map(|k| HazardKind::ALL.iter().map(move |c| (k.code(), c.code())))
        {
            let hazard = format!(r#"{{"reported_on":"2026-11-30","kind":"{kind}","category":"{category}"}}"#);
            seen.insert(said("2026-12-01", &format!(r#"{{"tenure":{tenure},"hazard":{hazard}}}"#)));
        }
    }
    assert!(seen.len() > 25, "{}", seen.len());
    for text in seen {
        assert!(!text.is_empty() && !text.contains("%{") && !text.contains("clock."), "{text}");
    }
}
