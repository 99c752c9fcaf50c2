//! The event feed: the events of all cases in order, for systems that poll.

use crate::stored;
use std::collections::BTreeSet;

use crate::Services;
use crate::cases::desk::{Caller, DeskError};
use contract::desk::{Feed, FeedEvent};
use record::{
    RecordError, cases, desk_calls,
    events::{self, Model as Event},
};

/// The maximum and the default number of events in one page.
pub const FEED_PAGE: u64 = 200;

/// The prefix of an event id.
const ID: &str = "evt_";

/// Returns the events of all cases after the event with the id `after`, or from the first.
///
/// No event is ever skipped: an event that is still being committed comes with a later call. Each case in the result is
/// recorded as a desk call, like a case that was asked for. Fails only with [`DeskError::BadCursor`] or
/// [`DeskError::Service`].
pub async fn feed(services: &Services, caller: &Caller, after: Option<&str>, limit: Option<u64>) -> Result<Feed, DeskError> {
    let after = match after {
        Some(id) => event_place(id).ok_or(DeskError::BadCursor)?,
        None => 0,
    };
    let limit = limit.unwrap_or(FEED_PAGE).clamp(1, FEED_PAGE);
    let mut events = after_event(services, after, limit + 1).await?;
    let more = events.len() as u64 > limit;
    events.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let seen: BTreeSet<&str> = events.iter().map(|(_, event)| event.reference.as_str()).collect();
    let write = services.store().begin().await?;
    desk_calls::add_all(&write, services.instant(), caller.name(), "feed", &seen).await?;
    write.commit().await?;
    Ok(Feed {
        events: events.into_iter().map(|(_, event)| event).collect(),
        more,
    })
}

/// Returns the events after a feed position, each with its own position.
pub(crate) async fn after_event(services: &Services, after: i64, limit: u64) -> Result<Vec<(i64, FeedEvent)>, RecordError> {
    let store = services.store();
    let until = events::last_committed_position(store).await?;
    let found = events::feed(&store.read, after, until, limit).await?;
    let references = cases::references(&store.read, found.iter().map(|event| event.case_id)).await?;
    let told = found.iter().map(|event| {
        let reference = references
            .get(&event.case_id)
            .ok_or_else(|| RecordError::corrupt("the case of an event is missing"))?;
        Ok((event.seq, feed_event(event, reference)?))
    });
    told.collect()
}

/// Returns the id of the event at a feed position.
pub(crate) fn event_id(place: i64) -> String {
    format!("{ID}{place}")
}

fn feed_event(event: &Event, reference: &str) -> Result<FeedEvent, RecordError> {
    Ok(FeedEvent {
        id: event_id(event.seq),
        reference: reference.to_owned(),
        event: stored::desk_event(event)?,
    })
}

/// Returns the feed position of an event id. Only its one canonical spelling is accepted.
pub(crate) fn event_place(id: &str) -> Option<i64> {
    let place: i64 = id.strip_prefix(ID)?.parse().ok()?;
    (place >= 0 && id == event_id(place)).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling() {
        assert_eq!(event_place("evt_42"), Some(42));
        for other in [
            "42",
            "evt_",
            "evt_042",
            "evt_+42",
            "evt_-1",
            "evt_42 ",
            "EVT_42",
            "evt_99999999999999999999",
        ] {
            assert_eq!(event_place(other), None, "{other}");
        }
    }
}
