//! Fingerprints of mailboxes, which link people to mailboxes without storing the addresses.

use crate::Services;
use complaint::case::contact_plan::ContactPlan;
use complaint::fields::email;
use record::encryption::SealingKey;

/// Returns the fingerprint of an email address. It is the same for every usual spelling of the same mailbox.
pub(crate) fn fingerprint(services: &Services, address: &str) -> Vec<u8> {
    SealingKey::derive(services.0.secret.bytes(), "mailbox", &[]).fingerprint(email::mailbox(address).as_bytes())
}

/// Returns the fingerprint of the safe email address in a contact plan. `None` if the plan has no such address.
pub(crate) fn of_plan(services: &Services, plan: &ContactPlan) -> Option<Vec<u8>> {
    plan.safe_email().map(|address| fingerprint(services, address))
}
