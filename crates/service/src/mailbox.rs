//! Fingerprints of mailboxes, which link people to mailboxes without storing the addresses.

use crate::{ServiceError, Services, open_case::OpenCase};
use complaint::contact_plan::ContactPlan;
use complaint::fields::email;
use record::{RecordError, cases, people, sealed::Key};

/// Returns the fingerprint of an email address. It is the same for every usual spelling of the same mailbox.
pub(crate) fn fingerprint(services: &Services, address: &str) -> Vec<u8> {
    Key::derived(services.0.secret.bytes(), "mailbox", &[]).fingerprint(email::mailbox(address).as_bytes())
}

/// Returns the fingerprint of the safe email address in a contact plan. `None` if the plan has no such address.
pub(crate) fn of_plan(services: &Services, plan: &ContactPlan) -> Option<Vec<u8>> {
    plan.safe_email().map(|address| fingerprint(services, address))
}

/// How many people are loaded at once.
const AT_ONCE: u64 = 100;

/// Recomputes fingerprints that were made of addresses as typed, so that people can sign in with the clean address.
pub(crate) async fn respell(services: &Services) -> Result<(), ServiceError> {
    loop {
        let rows = people::list_mailboxes_as_typed(&services.store().read, AT_ONCE).await?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in rows {
            let case = cases::lookup(&services.store().read, row.case_id).await?;
            let case = case.ok_or_else(|| RecordError::corrupt("a person on no case"))?;
            let case = OpenCase::hold(services, &case.reference).await?;
            let case = case.ok_or_else(|| RecordError::corrupt("a case that cannot be held"))?;
            let person = u8::try_from(row.number).ok().and_then(|number| case.file.person(number));
            let mailbox = person.and_then(|person| of_plan(services, &person.contact));
            people::respell_mailbox(&case.write, row.id, mailbox).await?;
            case.commit().await?;
        }
    }
}
