use rstest::rstest;
use time::macros::date;

use crate::case::contact_plan::ContactMethod;
use crate::case::contact_plan::wanted::*;

const GOOD: [(&str, &str); 9] = [
    ("email", " wren@example.org "),
    ("email_safe", "yes"),
    ("phone", "07700 900123"),
    ("phone_safe", "not_sure"),
    ("voicemail_safe", "no"),
    ("post_safe", "no"),
    ("post_to", ""),
    ("way", "email"),
    ("times", "evening"),
];

fn posted(change: &[(&str, &str)]) -> Fields {
    let value = |name: &str, typed: &str| {
        let changed = change.iter().find(|(field, _)| *field == name);
        changed.map_or(typed, |(_, value)| value).to_owned()
    };
    Fields(GOOD.iter().map(|(name, typed)| ((*name).to_owned(), value(name, typed))).collect())
}

fn read(change: &[(&str, &str)]) -> Result<RequestedContactPlan, Vec<(String, String, String)>> {
    let told = |e: FieldError| (e.field.into_owned(), e.pointer.into_owned(), e.code.into_owned());
    check(&posted(change), date!(2026 - 11 - 23)).map_err(|errors| errors.into_iter().map(told).collect())
}

#[test]
fn a_page_becomes_a_plan() {
    let wanted = read(&[]).unwrap();
    let plan = ContactPlan {
        email: Some("wren@example.org".into()),
        email_safe: true,
        phone: Some("07700 900123".into()),
        way: Some(ContactMethod::Email),
        times: vec!["evening".into()],
        ..ContactPlan::default()
    };
    assert_eq!((wanted.contact, wanted.stop), (plan.clone(), vec![]));
    // Showing a plan on the page and reading the page gives the same plan.
    assert_eq!(check(&fields(&plan), date!(2026 - 11 - 23)).unwrap().contact, plan);
}

#[rstest]
#[case("email", "wren", "email", "email_not_plausible")]
#[case("email_safe", "", "email_safe", "email_safe_missing")]
#[case("phone", "12", "phone", "phone_short")]
#[case("phone_safe", "", "phone_safe", "phone_safe_missing")]
#[case("voicemail_safe", "", "voicemail_safe", "phone_message_missing")]
#[case("post_safe", "", "post_safe", "post_safe_missing")]
#[case("way", "", "way", "contact_way_missing")]
fn what_is_wrong_is_said_at_its_field(#[case] name: &str, #[case] typed: &str, #[case] field: &str, #[case] code: &str) {
    let errors = read(&[(name, typed)]).unwrap_err();
    assert_eq!(errors, [(field.to_owned(), format!("/{field}"), code.to_owned())]);
}

#[test]
fn nobody_has_to_be_reached_at_all() {
    let neither = [("email", ""), ("phone", "")];
    let wanted = read(&[neither[0], neither[1], ("way", "online")]).unwrap();
    assert_eq!(
        (wanted.contact.email, wanted.contact.phone, wanted.contact.email_safe),
        (None, None, false)
    );
    for way in ["email", "phone", "text"] {
        let errors = read(&[neither[0], neither[1], ("way", way)]).unwrap_err();
        assert_eq!(errors[0].2, "contact_way_missing", "{way}");
    }
}

#[test]
fn what_is_to_stop_is_read() {
    let mut posted = posted(&[]);
    posted
        .0
        .extend([("stop".to_owned(), "email".to_owned()), ("stop".to_owned(), "nothing".to_owned())]);
    assert_eq!(check(&posted, date!(2026 - 11 - 23)).unwrap().stop, [Stop::Email]);
}

/// The page refuses a way that is not safe. REST accepts it, and the plan does not use it.
#[rstest]
#[case(&[("email_safe", "no")], "email")]
#[case(&[("email_safe", "not_sure")], "email")]
#[case(&[], "phone")]
#[case(&[], "text")]
#[case(&[], "post")]
fn a_way_that_is_not_safe_is_not_offered(#[case] change: &[(&str, &str)], #[case] way: &str) {
    let change: Vec<(&str, &str)> = change.iter().copied().chain([("way", way)]).collect();
    let (typed, today) = (posted(&change), date!(2026 - 11 - 23));
    let errors = check_page(&typed, today).unwrap_err();
    let codes: Vec<&str> = errors.iter().map(|error| &*error.code).collect();
    assert_eq!(codes, ["contact_way_unsafe"]);
    let plan = check(&typed, today).unwrap().contact;
    let chosen = ContactMethod::parse(way);
    assert_eq!((plan.way, plan.is_safe(plan.way.unwrap())), (chosen, false));
}

#[test]
fn a_way_that_is_safe_is_offered() {
    for (change, way) in [
        (("post_to", "5 Test Court"), "post"),
        (("phone_safe", "yes"), "text"),
        (("email_safe", "yes"), "email"),
    ] {
        let typed = posted(&[change, ("way", way)]);
        let plan = check_page(&typed, date!(2026 - 11 - 23)).unwrap().contact;
        assert!(plan.way.is_some_and(|way| plan.is_safe(way)), "{way}");
    }
}
