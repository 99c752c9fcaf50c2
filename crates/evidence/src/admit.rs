//! Admission of an announced file: limits on count and size, and disk space.

use crate::disk_budget::{Priority, RemainingBytes};
use crate::filename::unique_display_name;
use crate::{Limits, NewFile, ReceiveError, Receiver};
use record::{
    cases, drafts,
    entropy::uuid_v7,
    store::Write,
    uploads::{self, Model as Upload, Owner, State},
};

impl Receiver {
    /// Inserts the `receiving` row of an announced file, in a transaction that the caller commits. Its announced length counts against
    /// the limits from then on.
    ///
    /// Counting and inserting happen in one transaction that locks the draft or case, so parallel announcements cannot exceed the
    /// limits. For an unsent complaint, also returns how many more bytes may arrive. Fails with [`ReceiveError::Interrupted`]
    /// when the draft was sent or deleted in the meantime.
    pub(crate) async fn admit(&self, new: &NewFile) -> Result<(Write, Upload, Option<RemainingBytes>), ReceiveError> {
        self.limits.announced(new.declared_len)?;
        self.room
            .check(Priority::of(new.owner), new.declared_len.unwrap_or_default())
            .await?;
        let write = self.store.begin().await?;
        if let Owner::Draft(id) = new.owner {
            let draft = drafts::lock(&write, id).await?;
            draft.filter(|draft| draft.case_id.is_none()).ok_or(ReceiveError::Interrupted)?;
        }
        if let Owner::Case(id) = new.owner {
            let case = cases::lookup(&write.tx(), id).await?.ok_or(ReceiveError::Interrupted)?;
            cases::lock(&write, &case.reference).await?.ok_or(ReceiveError::Interrupted)?;
        }
        let (count, total) = uploads::totals(&write.tx(), new.owner, None).await?;
        self.limits.check_capacity(count, total, new.declared_len)?;
        let left = match new.owner {
            Owner::Draft(_) => {
                let more = new.declared_len.unwrap_or_default();
                Some(self.room.check_unsent(&write, new.source.as_ref(), None, more).await?)
            }
            Owner::Case(_) => None,
        };
        let others = uploads::list_all(&write.tx(), new.owner).await?;
        let names: Vec<&str> = others.iter().map(|other| other.filename.as_str()).collect();
        let upload = self.row(new, unique_display_name(&new.filename, &names));
        uploads::add(&write, upload.clone()).await?;
        Ok((write, upload, left))
    }

    fn row(&self, new: &NewFile, filename: String) -> Upload {
        let now = self.clock.now();
        let id = uuid_v7(now, &*self.entropy);
        let (draft_id, case_id) = match new.owner {
            Owner::Draft(id) => (Some(id), None),
            Owner::Case(id) => (None, Some(id)),
        };
        Upload {
            id,
            draft_id,
            case_id,
            purpose: new.purpose.clone(),
            filename,
            media_type: String::new(),
            bytes: new.declared_len.and_then(|n| n.try_into().ok()).unwrap_or_default(),
            sha256: None,
            state: State::Receiving,
            reason: None,
            storage_key: id.to_string(),
            received_at: now.into(),
            taken_at: None,
            has_place: false,
            caption: None,
            shows: None,
            original_sha256: None,
            preview_state: None,
            preview_key: None,
            preview_sha256: None,
            preview_bytes: None,
            sent_near: new.source.as_ref().map(|source| source.near.clone()),
            sent_wide: new.source.as_ref().and_then(|source| source.wide.clone()),
            suspicion: None,
        }
    }
}

impl Limits {
    /// Checks an announced size in bytes, before any limit that depends on other files or on the disk.
    fn announced(&self, length: Option<u64>) -> Result<(), ReceiveError> {
        match length {
            Some(0) => Err(ReceiveError::Empty),
            // The type is not known yet, so the larger limit for recordings applies.
            Some(n) if n > self.largest() => Err(ReceiveError::TooLarge { limit: self.largest() }),
            _ => Ok(()),
        }
    }

    /// Checks whether one more file fits beside `count` files of `total` bytes. `length` is the announced size in bytes.
    fn check_capacity(&self, count: u64, total: u64, length: Option<u64>) -> Result<(), ReceiveError> {
        if count >= self.files {
            return Err(ReceiveError::TooManyFiles { limit: self.files });
        }
        let left = self.total_bytes.saturating_sub(total);
        if left == 0 || length.is_some_and(|n| n > left) {
            return Err(ReceiveError::CaseFull { limit: self.total_bytes });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(None, "fits")]
    #[case(Some(0), "empty")]
    #[case(Some(1), "fits")]
    #[case(Some(200_000_000), "fits")]
    #[case(Some(200_000_001), "too large")]
    #[case(Some(9_007_199_254_740_991), "too large")]
    fn a_size_that_is_never_accepted_is_refused_before_disk_space_counts(#[case] length: Option<u64>, #[case] expected: &str) {
        let found = match Limits::default().announced(length) {
            Ok(()) => "fits",
            Err(ReceiveError::Empty) => "empty",
            Err(ReceiveError::TooLarge { limit: 200_000_000 }) => "too large",
            Err(_) => "another error",
        };
        assert_eq!(found, expected);
    }
}
