//! What happens to a case. Events are the truth: the status is what they add up to.

use serde::{Deserialize, Serialize};
use time::Date;

use super::Answers;
use super::fields::iso_date;
use super::form::choices;
use super::questions::RoleKind;
use super::status::{ClosedReason, Status};

choices! {
    /// Whose act an event was.
    ActorRole {
        Resident = "resident",
        Representative = "representative",
        /// The organisation that runs the portal.
        Organisation = "organisation",
        /// The portal itself, such as its virus scanner.
        System = "system",
    }
}

impl ActorRole {
    /// Whose act it is to send a complaint with these answers.
    #[must_use]
    pub fn of_sender(answers: &Answers) -> Self {
        match answers.role_kind() {
            Some(RoleKind::Representative) => Self::Representative,
            _ => Self::Resident,
        }
    }
}

/// Why a file did not arrive: its sender took it back.
pub const WITHDRAWN: &str = "withdrawn";

/// Why a file did not arrive: nobody went on with it for too long.
pub const EXPIRED: &str = "expired";

/// What happened. In the record this is the event's body, exactly as it is hashed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub enum EventBody {
    /// The complaint was sent. Always the first event, and only that.
    Submitted {
        /// By when the organisation gets in touch.
        #[serde(with = "iso_date::option", default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = Date))]
        due: Option<Date>,
    },
    /// The organisation moved the case.
    StatusChanged {
        status: Status,
        /// By when the next thing happens.
        #[serde(with = "iso_date::option", default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "ssr", schema(value_type = Option<String>, format = Date))]
        due: Option<Date>,
        /// Why, when the case is closed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<ClosedReason>,
        /// What the organisation says about it; the person reads this.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
    /// The organisation wrote to the person.
    MessageSent { message: String },
    /// A virus was found in a file that came with the complaint. Nobody can open it.
    FileRefused {
        /// The upload's id.
        file: String,
        /// The name it had on the person's device.
        filename: String,
        /// A code, such as `virus`.
        reason: String,
        /// What the scanner calls it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signature: Option<String>,
    },
    /// A file that was chosen before the complaint was sent is all here now.
    FileReceived {
        /// The upload's id.
        file: String,
        /// The name it had on the person's device.
        filename: String,
        /// Hexadecimal.
        sha256: String,
        /// Its size.
        bytes: u64,
    },
    /// A file that was chosen before the complaint was sent will not come any more.
    FileNotReceived {
        /// The id the upload had.
        file: String,
        /// The name it had on the person's device.
        filename: String,
        /// A code: `expired` when nobody went on with it, `withdrawn` when its sender took it back, otherwise why it was refused.
        reason: String,
    },
    /// A note among the organisation's own people. The person does not see it.
    Note { note: String },
}

impl EventBody {
    /// The stable name of the kind.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Submitted { .. } => "submitted",
            Self::StatusChanged { .. } => "status_changed",
            Self::MessageSent { .. } => "message_sent",
            Self::FileRefused { .. } => "file_refused",
            Self::FileReceived { .. } => "file_received",
            Self::FileNotReceived { .. } => "file_not_received",
            Self::Note { .. } => "note",
        }
    }

    /// Whether the case's own people see it.
    #[must_use]
    pub fn is_public(&self) -> bool {
        !matches!(self, Self::Note { .. })
    }
}

/// What the events of a case add up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub status: Status,
    pub due: Option<Date>,
    /// Why, when closed.
    pub reason: Option<ClosedReason>,
}

impl Standing {
    /// The standing after one more event; `before` is `None` for the first.
    /// `None` when the first event is not a submission, which no case of ours has.
    #[must_use]
    pub fn after(before: Option<Self>, event: &EventBody) -> Option<Self> {
        match (before, event) {
            (None, EventBody::Submitted { due }) => Some(Self {
                status: Status::Received,
                due: *due,
                reason: None,
            }),
            (None, _) => None,
            (Some(_), EventBody::StatusChanged { status, due, reason, .. }) => Some(Self {
                status: *status,
                due: *due,
                reason: *reason,
            }),
            (standing, _) => standing,
        }
    }

    /// The standing all events add up to, oldest first.
    #[must_use]
    pub fn replay<'a>(events: impl IntoIterator<Item = &'a EventBody>) -> Option<Self> {
        events.into_iter().fold(None, Self::after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(status: Status) -> EventBody {
        EventBody::StatusChanged {
            status,
            due: None,
            reason: None,
            message: None,
        }
    }

    #[test]
    fn the_last_move_counts_and_notes_do_not() {
        let events = [
            EventBody::Submitted { due: None },
            moved(Status::Assessment),
            EventBody::Note { note: "called".into() },
        ];
        assert_eq!(Standing::replay(&events).unwrap().status, Status::Assessment);
        assert_eq!(Standing::replay(&events[..1]).unwrap().status, Status::Received);
        assert_eq!(Standing::replay(&events[1..2]), None);
    }

    #[test]
    fn a_body_says_its_type_and_refuses_what_it_does_not_know() {
        let json = serde_json::to_string(&moved(Status::Closed)).unwrap();
        assert_eq!(json, r#"{"type":"status_changed","status":"closed"}"#);
        assert!(serde_json::from_str::<EventBody>(r#"{"type":"note","note":"a","colour":"red"}"#).is_err());
        assert!(serde_json::from_str::<EventBody>(r#"{"type":"nothing"}"#).is_err());
    }
}
