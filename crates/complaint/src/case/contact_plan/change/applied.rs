//! Splits a contact change into what is in force at once and what waits for confirmation.

use crate::case::contact_plan::change::{Opening, RequestedContactPlan, Stop};
use crate::case::contact_plan::{ContactMethod, ContactPlan};
use crate::fields::{email, phone};

/// The result of a requested contact change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SplitChange {
    /// The plan in force from now on, which is never more open than the one before.
    pub now: ContactPlan,
    /// What has to be confirmed first; empty if the whole change is in force at once.
    pub opens: Vec<Opening>,
}

/// Returns the result of changing from one plan to another.
pub fn split_change(in_force: &ContactPlan, wanted: &RequestedContactPlan) -> SplitChange {
    let to = &wanted.contact;
    let mut opens = Vec::new();
    let mut now = to.clone();
    let email = Address {
        before: (in_force.email.as_deref(), in_force.email_safe),
        after: (to.email.as_deref(), to.email_safe),
        stops: wanted.stop.contains(&Stop::Email),
        same: same_mailbox,
    };
    (now.email, now.email_safe) = email.now();
    now.email_named = in_force.email_named && to.email_named && now.email.is_some();
    if email.opens() || to.email_named && !in_force.email_named {
        opens.push(Opening::Email);
    }
    let phone = Address {
        before: (in_force.phone.as_deref(), in_force.phone_safe),
        after: (to.phone.as_deref(), to.phone_safe),
        stops: wanted.stop.contains(&Stop::Phone),
        same: same_number,
    };
    (now.phone, now.phone_safe) = phone.now();
    if phone.opens() {
        opens.push(Opening::Phone);
    }
    now.voicemail_safe = in_force.voicemail_safe && to.voicemail_safe && now.phone.is_some();
    if to.voicemail_safe && !in_force.voicemail_safe {
        opens.push(Opening::Voicemail);
    }
    if post(&mut now, in_force, wanted) {
        opens.push(Opening::Post);
    }
    if in_force.way == Some(ContactMethod::Online) && to.way != Some(ContactMethod::Online) {
        now.way = in_force.way;
        opens.push(Opening::ContactMethod);
    }
    // Without calls and texts the hours do not matter. Allowing them again is a change of the phone, which must be confirmed.
    if to.safe_phone().is_some() && !within(&to.times, &in_force.times) {
        // The hours of both plans. If there are none, calls and texts stop until the change is confirmed.
        now.times = hours(&to.times)
            .filter(|hour| has(&in_force.times, hour))
            .map(str::to_owned)
            .collect();
        if now.times.is_empty() {
            now.times.clone_from(&in_force.times);
            now.phone_safe = false;
            now.voicemail_safe = false;
        }
        opens.push(Opening::Times);
    }
    SplitChange { now, opens }
}

/// An address or number before and after the change, each with whether it is safe.
struct Address<'a> {
    before: (Option<&'a str>, bool),
    after: (Option<&'a str>, bool),
    /// Whether the old one must not be used again.
    stops: bool,
    same: fn(&str, &str) -> bool,
}

impl Address<'_> {
    fn is_same(&self) -> bool {
        let both = self.before.0.zip(self.after.0);
        both.is_some_and(|(before, after)| (self.same)(before, after))
    }

    fn opens(&self) -> bool {
        let is_new = self.after.0.is_some() && (self.stops || !self.is_same());
        let is_safe_now = self.after.1 && !self.before.1;
        is_new || is_safe_now
    }

    /// Returns what is in force until confirmation: the old one if still wanted. It is safe only if both plans say so.
    fn now(&self) -> (Option<String>, bool) {
        let safe = self.before.1 && self.after.1;
        let kept = match (self.before.0, self.after.0) {
            _ if self.stops => None,
            (Some(_), Some(after)) if self.is_same() => Some(after),
            (before, Some(_)) => before,
            (_, None) => None,
        };
        (kept.map(ToOwned::to_owned), safe && kept.is_some())
    }
}

/// Where letters go.
#[derive(PartialEq, Eq)]
enum Letters<'a> {
    Nowhere,
    Home,
    To(&'a str),
}

fn letters(plan: &ContactPlan) -> Letters<'_> {
    match (&plan.post_to, plan.post_safe) {
        (Some(to), _) => Letters::To(to),
        (None, true) => Letters::Home,
        (None, false) => Letters::Nowhere,
    }
}

/// Sets where letters go until the change is confirmed. Returns whether the change would send letters to a new address.
fn post(now: &mut ContactPlan, in_force: &ContactPlan, wanted: &RequestedContactPlan) -> bool {
    let to = &wanted.contact;
    let stops = wanted.stop.contains(&Stop::Post);
    let (before, after) = (letters(in_force), letters(to));
    let nowhere = after == Letters::Nowhere;
    now.post_safe = !stops && in_force.post_safe && to.post_safe;
    now.post_to = in_force.post_to.clone().filter(|_| !stops && !nowhere);
    let elsewhere = !nowhere && (stops || before != after);
    elsewhere || to.post_safe && !in_force.post_safe
}

/// Returns whether two spellings mean the same mailbox.
fn same_mailbox(one: &str, other: &str) -> bool {
    email::mailbox(one) == email::mailbox(other)
}

/// Returns whether two spellings mean the same number.
fn same_number(one: &str, other: &str) -> bool {
    phone::national(one) == phone::national(other)
}

const HOURS: [&str; 3] = ["morning", "afternoon", "evening"];

/// Returns whether the times include an hour. No times mean all hours.
fn has(times: &[String], hour: &str) -> bool {
    times.is_empty() || times.iter().any(|time| time == "any" || time == hour)
}

fn hours(times: &[String]) -> impl Iterator<Item = &'static str> {
    HOURS.into_iter().filter(move |hour| has(times, hour))
}

/// Returns whether `outer` includes every hour of `inner`.
fn within(inner: &[String], outer: &[String]) -> bool {
    hours(inner).all(|hour| has(outer, hour))
}

#[cfg(test)]
mod tests;
