//! Tasks that a case can have for the desk.

use crate::fields::form::choices;

choices! {
    /// A task that only a person of the organisation can do.
    DeskTaskKind {
        /// Inspect a document that may prove a person's authority, and give the authority if it does.
        AuthorityPaper = "authority_paper",
        /// Ask a person whose contact change no safe contact method could confirm, then confirm or refuse the change.
        ContactChange = "contact_change",
        /// The last day of a person's authority has passed: ask the tenant whether it continues.
        AuthorityExpired = "authority_expired",
        /// The tenant's agreement came from the representative's device or address: check that the tenant gave it.
        OwnDevice = "own_device",
        /// The email that asked the tenant about this person bounced: ask the tenant by phone or letter.
        TenantNotReached = "tenant_not_reached",
        /// Ask the tenant by phone or letter whether this person may represent them. A consent code records the answer given on
        /// the phone.
        AskTenant = "ask_tenant",
        /// Ask a representative who cannot see the case yet for the document that proves their authority.
        AskForDocument = "ask_for_document",
        /// The wait for proof has ended: give authority, end the claim, or close the case.
        AuthorityRunOut = "authority_run_out",
        /// No person on the case can take the next action: ask the tenant what should happen, give the tenant access, or close
        /// the case.
        NobodyActs = "nobody_acts",
        /// Decide whether files that the virus scanner suspects may be opened.
        FileHeld = "file_held",
        /// Inform a person who has no safe contact method, or decide what to do if no person is left to notify.
        NotTold = "not_told",
    }
}
