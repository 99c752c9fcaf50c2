//! Fingerprints of mailboxes: whose mail goes where, without the addresses.

use super::{ServiceError, Services, open_case::OpenCase};
use crate::complaint::contact_plan::ContactPlan;
use crate::complaint::fields::email;
use crate::record::{RecordError, cases, people, sealed::Key};

/// The fingerprint of an address. The same for every spelling of the same mailbox that people use.
pub(super) fn fingerprint(services: &Services, address: &str) -> Vec<u8> {
    Key::derived(services.0.secret.bytes(), "mailbox", &[]).fingerprint(email::mailbox(address).as_bytes())
}

/// The mailbox that somebody's mail goes to: an address that they called safe, or none.
pub(super) fn of_plan(services: &Services, plan: &ContactPlan) -> Option<Vec<u8>> {
    plan.safe_email().map(|address| fingerprint(services, address))
}

/// How many people are looked up at once.
const AT_ONCE: u64 = 100;

/// Makes the fingerprints anew that were made of addresses as they were typed, so that a person signs in by the clean address.
pub(super) async fn respell(services: &Services) -> Result<(), ServiceError> {
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
