//! Fingerprints of mailboxes: whose mail goes where, without the addresses.

use super::Services;
use crate::complaint::contact_plan::ContactPlan;
use crate::complaint::fields::email;
use crate::record::sealed::Key;

/// The fingerprint of an address. The same for every spelling of the same mailbox that people use.
pub(super) fn fingerprint(services: &Services, address: &str) -> Vec<u8> {
    Key::derived(services.0.secret.bytes(), "mailbox", &[]).fingerprint(email::mailbox(address).as_bytes())
}

/// The mailbox that somebody's mail goes to: an address that they called safe, or none.
pub(super) fn of_plan(services: &Services, plan: &ContactPlan) -> Option<Vec<u8>> {
    plan.safe_email().map(|address| fingerprint(services, address))
}
