//! Which answers may be stored in the browser, and the merge of unsaved answers there with the server's.

use crate::json;
use crate::questionnaire::answers::Answers;
use crate::questionnaire::question_ref::QuestionRef;
use crate::questionnaire::questions::NEVER_STORED_ON_DEVICE;
use crate::questionnaire::steps;

/// Returns whether the answer to a question, given by its code, must never be stored on a device.
pub fn stays_off(code: &str) -> bool {
    QuestionRef::parse(code).is_some_and(|place| NEVER_STORED_ON_DEVICE.contains(&place.step))
}

/// Returns the answers as JSON, without those that must not be stored on a device.
pub fn for_device(answers: &Answers) -> String {
    object(answers.bodies().into_iter().filter_map(|(place, body)| {
        let kept = !NEVER_STORED_ON_DEVICE.contains(&place.step);
        kept.then(|| (place.code(), body))
    }))
}

/// Returns the stored answers, overlaid with answers that are still waiting to be saved.
///
/// Each waiting answer is a question's code and the JSON body that saves it. An answer that no longer fits its question is
/// ignored.
pub fn with_waiting(answers: &Answers, waiting: &[(String, String)]) -> Answers {
    let mut merged = answers.clone();
    for (code, body) in waiting {
        let others = merged.bodies().into_iter().map(|(place, body)| (place.code(), body));
        let all = others.filter(|(other, _)| other != code).chain([(code.clone(), body.clone())]);
        if let Some(read) = json::read(&object(all)) {
            merged = read;
        }
    }
    steps::prune(&mut merged);
    merged
}

/// Returns a JSON object of bodies by code. Codes need no escaping: they consist of letters, digits and underscores.
fn object(bodies: impl Iterator<Item = (String, String)>) -> String {
    let members: Vec<String> = bodies.map(|(code, body)| format!("\"{code}\":{body}")).collect();
    format!("{{{}}}", members.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StepId;

    const STORED: &str = r#"{"role":{"role":"resident"},"resident_name":{"full_name":"Wren Example"},"landlord":{"name":"Example Homes"}}"#;

    fn stored() -> Answers {
        serde_json::from_str(STORED).unwrap()
    }

    fn waiting(bodies: &[(&str, &str)]) -> Vec<(String, String)> {
        bodies.iter().map(|(code, body)| ((*code).to_owned(), (*body).to_owned())).collect()
    }

    #[test]
    fn what_is_put_down_reads_back_as_it_was() {
        let read: Answers = serde_json::from_str(&for_device(&stored())).unwrap();
        assert_eq!(read, stored());
    }

    #[test]
    fn what_stays_off_the_device_is_not_put_down() {
        let answers: Answers = serde_json::from_str(r#"{"role":{"role":"resident"},"risk":{"details":"Afraid of a neighbour."}}"#).unwrap();
        assert!(answers.has(StepId::Risk));
        assert_eq!(for_device(&answers), r#"{"role":{"role":"resident"}}"#);
        assert!(stays_off("risk") && !stays_off("role") && !stays_off("no_such_question"));
    }

    #[test]
    fn what_is_not_with_us_yet_wins() {
        let merged = with_waiting(
            &stored(),
            &waiting(&[
                ("resident_name", r#"{"full_name":"Robin Example"}"#),
                ("what_happened", r#"{"what_happened":"Wet wall."}"#),
            ]),
        );
        let json = for_device(&merged);
        assert!(json.contains("Robin Example") && !json.contains("Wren Example"), "{json}");
        assert!(json.contains("Wet wall.") && json.contains("Example Homes"), "{json}");
    }

    #[test]
    fn what_cannot_be_read_changes_nothing_and_keeps_the_rest() {
        let merged = with_waiting(
            &stored(),
            &waiting(&[
                ("no_such_question", "{}"),
                ("landlord", "not JSON"),
                ("resident_name", r#"{"full_name":"Robin Example"}"#),
            ]),
        );
        let json = for_device(&merged);
        assert!(json.contains("Robin Example") && json.contains("Example Homes"), "{json}");
    }

    #[test]
    fn a_branch_that_was_left_is_gone() {
        let other =
            r#"{"role":{"role":"representative"},"representative":{"full_name":"Kit Example","organisation":"","connection":"friend"}}"#;
        let answers: Answers = serde_json::from_str(other).unwrap();
        assert!(for_device(&answers).contains("Kit Example"));
        let merged = with_waiting(&answers, &waiting(&[("role", r#"{"role":"resident"}"#)]));
        assert!(!for_device(&merged).contains("Kit Example"));
    }
}
