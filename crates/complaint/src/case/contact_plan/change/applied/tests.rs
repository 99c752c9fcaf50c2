use proptest::prelude::*;
use rstest::rstest;

use crate::case::contact_plan::change::Times;
use crate::case::contact_plan::change::applied::*;
use crate::fields::form::Choice;

fn plan() -> ContactPlan {
    ContactPlan {
        email: Some("wren@example.org".into()),
        email_safe: true,
        email_named: false,
        phone: Some("07700 900123".into()),
        phone_safe: true,
        voicemail_safe: true,
        post_safe: true,
        post_to: None,
        way: Some(ContactMethod::Email),
        times: vec!["morning".into(), "evening".into()],
    }
}

fn wanted(edit: impl FnOnce(&mut ContactPlan)) -> RequestedContactPlan {
    let mut contact = plan();
    edit(&mut contact);
    RequestedContactPlan { contact, stop: Vec::new() }
}

#[rstest]
#[case::as_it_is(&|_: &mut ContactPlan| {})]
#[case::email_not_safe(&|p: &mut ContactPlan| p.email_safe = false)]
#[case::no_email(&|p: &mut ContactPlan| (p.email, p.email_safe) = (None, false))]
#[case::another_spelling(&|p: &mut ContactPlan| p.email = Some(" Wren@Example.org".into()))]
#[case::phone_not_safe(&|p: &mut ContactPlan| p.phone_safe = false)]
#[case::the_same_number(&|p: &mut ContactPlan| p.phone = Some("07700-900 123".into()))]
#[case::no_messages(&|p: &mut ContactPlan| p.voicemail_safe = false)]
#[case::no_letters(&|p: &mut ContactPlan| p.post_safe = false)]
#[case::fewer_hours(&|p: &mut ContactPlan| p.times = vec!["evening".into()])]
#[case::another_way_of_those(&|p: &mut ContactPlan| p.way = Some(ContactMethod::Text))]
#[case::all_hours_without_a_phone(&|p: &mut ContactPlan| (p.phone_safe, p.times) = (false, vec![]))]
#[case::online_only(&|p: &mut ContactPlan| p.way = Some(ContactMethod::Online))]
fn what_is_quieter_holds_at_once(#[case] edit: &dyn Fn(&mut ContactPlan)) {
    let wanted = wanted(edit);
    let changed = split_change(&plan(), &wanted);
    assert_eq!((changed.now, changed.opens), (wanted.contact, vec![]));
}

#[rstest]
#[case::another_email(&|p: &mut ContactPlan| p.email = Some("wren@example.net".into()), Opening::Email)]
#[case::another_phone(&|p: &mut ContactPlan| p.phone = Some("07700 900456".into()), Opening::Phone)]
#[case::letters_elsewhere(&|p: &mut ContactPlan| p.post_to = Some("9 Example Street".into()), Opening::Post)]
#[case::more_hours(&|p: &mut ContactPlan| p.times = vec!["any".into()], Opening::Times)]
#[case::no_hours_are_all(&|p: &mut ContactPlan| p.times.clear(), Opening::Times)]
fn what_opens_a_way_waits_and_the_old_one_goes_on(#[case] edit: &dyn Fn(&mut ContactPlan), #[case] opens: Opening) {
    let changed = split_change(&plan(), &wanted(edit));
    assert_eq!((changed.now, changed.opens), (plan(), vec![opens]));
}

#[test]
fn what_was_not_safe_before_waits() {
    let mut before = plan();
    (before.email_safe, before.phone_safe, before.voicemail_safe, before.post_safe) = (false, false, false, false);
    before.way = Some(ContactMethod::Online);
    let changed = split_change(&before, &wanted(|_| {}));
    assert_eq!(changed.now, before);
    let all = [
        Opening::Email,
        Opening::Phone,
        Opening::Voicemail,
        Opening::Post,
        Opening::ContactMethod,
    ];
    assert_eq!(changed.opens, all);
}

#[test]
fn an_old_address_can_be_stopped_at_once() {
    let mut wanted = wanted(|p| {
        p.email = Some("wren@example.net".into());
        p.phone = Some("07700 900456".into());
        p.post_to = Some("9 Example Street".into());
    });
    wanted.stop = Stop::ALL.to_vec();
    let SplitChange { now, opens } = split_change(&plan(), &wanted);
    assert_eq!((now.email, now.phone, now.post_to), (None, None, None));
    assert!(!now.email_safe && !now.phone_safe && !now.voicemail_safe && !now.post_safe);
    assert_eq!(opens, [Opening::Email, Opening::Phone, Opening::Post]);
}

#[test]
fn letters_come_no_more_to_an_address_that_was_given_up() {
    let mut before = plan();
    before.post_to = Some("9 Example Street".into());
    let nowhere = wanted(|p| p.post_safe = false);
    let changed = split_change(&before, &nowhere);
    assert_eq!((changed.now, changed.opens), (nowhere.contact, vec![]));
    // The home is a different address from the one in force.
    let changed = split_change(&before, &wanted(|_| {}));
    assert_eq!((changed.now, changed.opens), (before, vec![Opening::Post]));
}

#[test]
fn a_mixed_change_is_quiet_at_once_and_opens_later() {
    let wanted = wanted(|p| {
        p.email = Some("wren@example.net".into());
        p.voicemail_safe = false;
        p.times = vec!["morning".into(), "afternoon".into()];
    });
    let SplitChange { now, opens } = split_change(&plan(), &wanted);
    assert_eq!(now.email, plan().email);
    assert!(!now.voicemail_safe);
    assert_eq!(now.times, ["morning"]);
    assert_eq!(opens, [Opening::Email, Opening::Times]);
}

#[test]
fn with_no_hour_in_common_nobody_calls_until_it_is_confirmed() {
    let SplitChange { now, .. } = split_change(&plan(), &wanted(|p| p.times = vec!["afternoon".into()]));
    assert!(!now.phone_safe && !now.voicemail_safe && now.email_safe);
}

fn any_plan() -> impl Strategy<Value = ContactPlan> {
    let email = proptest::option::of(proptest::sample::select(vec![
        "wren@example.org",
        "WREN@example.org",
        "wren@example.net",
    ]));
    let phone = proptest::option::of(proptest::sample::select(vec!["07700 900123", "07700900123", "07700 900456"]));
    let post = proptest::option::of(proptest::sample::select(vec!["9 Example Street", "Flat 1"]));
    let way = proptest::option::of(proptest::sample::select(ContactMethod::ALL.to_vec()));
    let times = proptest::sample::subsequence(Times::CODES.to_vec(), 0..=4);
    let yes = any::<(bool, bool, bool, bool, bool)>();
    (email, phone, post, way, times, yes).prop_map(|(email, phone, post_to, way, times, yes)| ContactPlan {
        email_safe: yes.0 && email.is_some(),
        email_named: yes.4 && email.is_some(),
        email: email.map(str::to_owned),
        phone_safe: yes.1 && phone.is_some(),
        voicemail_safe: yes.2 && phone.is_some(),
        phone: phone.map(str::to_owned),
        post_safe: yes.3,
        post_to: post_to.map(str::to_owned),
        way,
        times: times.into_iter().map(str::to_owned).collect(),
    })
}

fn any_stop() -> impl Strategy<Value = Vec<Stop>> {
    proptest::sample::subsequence(Stop::ALL.to_vec(), 0..=3)
}

/// Returns every contact method that a plan allows, each as a short text.
fn ways(plan: &ContactPlan) -> Vec<String> {
    let mut ways = Vec::new();
    ways.extend(plan.safe_email().map(|to| format!("mail {}", to.to_lowercase())));
    ways.extend(plan.email_named.then(|| "our name in emails".to_owned()));
    if let Some(to) = plan.safe_phone() {
        let to: String = to.chars().filter(char::is_ascii_digit).collect();
        ways.extend(hours(&plan.times).map(|hour| format!("text {to} in the {hour}")));
        if plan.voicemail_safe {
            ways.push("voicemail".to_owned());
        }
    }
    match letters(plan) {
        Letters::Nowhere => {}
        Letters::Home => ways.push("letters home".to_owned()),
        Letters::To(to) => ways.push(format!("letters to {to}")),
    }
    ways
}

proptest! {
    /// The main rule: whatever is requested, no contact method opens before it is confirmed.
    #[test]
    fn nothing_opens_before_it_is_confirmed(before in any_plan(), contact in any_plan(), stop in any_stop()) {
        let SplitChange { now, .. } = split_change(&before, &RequestedContactPlan { contact, stop });
        let had = ways(&before);
        for way in ways(&now) {
            prop_assert!(had.contains(&way), "{way} must not become usable: {before:?} to {now:?}");
        }
    }

    /// A change that opens nothing does not wait.
    #[test]
    fn what_does_not_wait_holds_as_it_was_asked_for(before in any_plan(), contact in any_plan(), stop in any_stop()) {
        let wanted = RequestedContactPlan { contact, stop };
        let SplitChange { now, opens } = split_change(&before, &wanted);
        if opens.is_empty() {
            prop_assert_eq!(now, wanted.contact);
        } else {
            prop_assert_ne!(now, wanted.contact);
        }
    }

    /// A contact method that is called unsafe, or stopped, gets no further message.
    #[test]
    fn what_is_to_stop_stops(before in any_plan(), contact in any_plan(), stop in any_stop()) {
        let wanted = RequestedContactPlan { contact, stop };
        let SplitChange { now, .. } = split_change(&before, &wanted);
        let to = &wanted.contact;
        prop_assert!(!now.email_safe || (to.email_safe && !wanted.stop.contains(&Stop::Email)));
        prop_assert!(!now.phone_safe || (to.phone_safe && !wanted.stop.contains(&Stop::Phone)));
        prop_assert!(!now.voicemail_safe || to.voicemail_safe);
        prop_assert!(letters(&now) == Letters::Nowhere || (letters(to) != Letters::Nowhere && !wanted.stop.contains(&Stop::Post)));
        prop_assert!(letters(&now) != Letters::Home || to.post_safe, "letters must not go to an unsafe home");
        prop_assert!(to.way != Some(ContactMethod::Online) || now.way == Some(ContactMethod::Online));
        if now.safe_phone().is_some() {
            for hour in hours(&now.times) {
                prop_assert!(has(&to.times, hour));
            }
        }
    }

    /// Requesting the same plan again changes nothing more, and requesting the plan in force needs no confirmation.
    #[test]
    fn the_same_again_changes_nothing(before in any_plan(), contact in any_plan()) {
        let wanted = RequestedContactPlan { contact, stop: Vec::new() };
        let SplitChange { now, opens } = split_change(&before, &wanted);
        prop_assert_eq!(split_change(&now, &wanted).now, now.clone());
        if opens.is_empty() {
            prop_assert_eq!(split_change(&now, &RequestedContactPlan { contact: now.clone(), stop: Vec::new() }), SplitChange { now, opens });
        }
    }
}
