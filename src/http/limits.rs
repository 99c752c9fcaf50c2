//! Rate limits: by address, by draft, by case and, for codes that can be guessed, in total.

use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, RateLimiter};
use serde::{Deserialize, Serialize};

use uuid::Uuid;

use crate::http::client::ClientAddress;
use service::access::viewer::Viewer;
use service::drafts::resume::ResumeSecret;

/// A rate limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    /// How many are allowed at once.
    pub burst: NonZeroU32,
    /// How many more become available each minute.
    pub per_minute: NonZeroU32,
}

impl Quota {
    /// Allows `burst` at once and `per_minute` after that. Zero counts as one.
    pub const fn new(burst: u32, per_minute: u32) -> Self {
        const fn at_least_one(n: u32) -> NonZeroU32 {
            match NonZeroU32::new(n) {
                Some(n) => n,
                None => NonZeroU32::MIN,
            }
        }
        Self {
            burst: at_least_one(burst),
            per_minute: at_least_one(per_minute),
        }
    }
}

/// Rate limits: `burst` requests at once, then `per_minute`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Quotas {
    /// Drafts started from one address. A library or an advice centre may be one address.
    pub draft_creation: Quota,
    /// Sign-in attempts from one address.
    pub sign_in: Quota,
    /// Sign-in attempts from one address for one reference or mailbox.
    pub sign_in_here: Quota,
    /// Sign-in attempts for one reference or mailbox, from all addresses.
    /// The first attempts of each address are always accepted.
    ///
    /// An access code has 60 bits, so this may be generous. It never stops the first tries of an address: otherwise anyone could lock a
    /// resident out of their own case.
    pub sign_in_reference: Quota,
    /// Sign-in codes requested from one address. An advice centre may be one address.
    pub sign_in_code: Quota,
    /// Resume links and resume codes made for one draft.
    pub return_ticket: Quota,
    /// Codes and links entered from one address. Resume codes and hand-over codes are counted separately.
    pub return_try: Quota,
    /// Codes entered from all addresses together. Resume codes and hand-over codes are counted separately.
    /// The first attempts of each address are always accepted.
    ///
    /// A code has 40 bits. With a thousand in use, this many tries for a whole day hit one with a probability of 1 in 6,000. The limit
    /// never stops the first tries of an address, because otherwise any client could keep all residents from using their codes.
    pub return_try_anywhere: Quota,
    /// Saves of one draft. A form is saved at each page and each pause, and a queue of offline changes all at once.
    pub saves: Quota,
    /// Calls that store what one person is typing. A tab makes one every two seconds at most.
    pub typed_text: Quota,
    /// Requests to the complaint clock from one address.
    pub complaint_clock: Quota,
    /// Tiles, checkpoints and receipts of the log read from one address. A monitor reads all tiles once.
    pub log_reads: Quota,
    /// Files announced from one address. A library may be one address.
    pub uploads: Quota,
    /// Copies of photos without location metadata, made for one address.
    ///
    /// For a moment each takes the memory of a few photos.
    pub copies_without_place: Quota,
    /// Messages, diary entries and answers of one person on one case.
    ///
    /// Enough for a long evening, and no flood.
    pub acts: Quota,
    /// Messages, diary entries and answers of all people on one case together.
    pub acts_on_case: Quota,
    /// Files that one person adds to one case after it was sent.
    pub case_files: Quota,
    /// Files that all people on one case add together after it was sent.
    pub files_on_case: Quota,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            draft_creation: Quota::new(60, 20),
            sign_in: Quota::new(20, 10),
            sign_in_here: Quota::new(10, 3),
            sign_in_reference: Quota::new(100, 30),
            sign_in_code: Quota::new(20, 5),
            return_ticket: Quota::new(5, 1),
            return_try: Quota::new(10, 5),
            return_try_anywhere: Quota::new(300, 120),
            saves: Quota::new(240, 120),
            typed_text: Quota::new(240, 120),
            complaint_clock: Quota::new(120, 60),
            log_reads: Quota::new(600, 300),
            uploads: Quota::new(200, 60),
            copies_without_place: Quota::new(60, 20),
            acts: Quota::new(60, 1),
            acts_on_case: Quota::new(120, 2),
            case_files: Quota::new(60, 2),
            files_on_case: Quota::new(120, 4),
        }
    }
}

/// The name that a person signs in with, besides a secret: a reference, or an email address in lower case.
pub type SignInName = String;

/// Sign-in tries of an address that other addresses cannot use up.
const FIRST_TRIES: Quota = Quota::new(3, 1);

/// Tries of codes that an address has, and that other addresses cannot use up. After these it gets one more per [`FIRST_CODE_AGAIN`].
///
/// A guess may hit any code in use. 10,000 addresses have 270,000 such tries a day, which hit one of a thousand codes with a
/// probability of 1 in 4,000.
const FIRST_CODES: NonZeroU32 = NonZeroU32::new(3).unwrap();

/// See [`FIRST_CODES`].
const FIRST_CODE_AGAIN: Duration = Duration::from_hours(1);

/// How many times the limit of one address an IPv6 /48 network has.
///
/// A mobile network has many phones in one /48, and one customer of a hosting company has 65,536 /64 networks there.
const SITE_TIMES: u32 = 10;

/// There were too many tries: the next is allowed after this many whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many attempts; retry after {seconds} s")]
pub struct RetryAfter {
    pub seconds: u64,
}

/// The kind of resource that a code opens. Tries of one kind do not count against the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum CodeKind {
    Draft,
    Case,
}

/// The counters of a running server.
#[derive(Debug)]
pub struct RateLimits {
    draft_creation: AddressCounter<()>,
    sign_in: AddressCounter<()>,
    sign_in_here: Counter<(ClientAddress, SignInName)>,
    sign_in_first: Counter<(ClientAddress, SignInName)>,
    sign_in_reference: Counter<SignInName>,
    sign_in_code: AddressCounter<()>,
    return_ticket: Counter<Uuid>,
    return_try: AddressCounter<CodeKind>,
    code_first: AddressCounter<CodeKind>,
    code_anywhere: Counter<CodeKind>,
    saves: Counter<Uuid>,
    typed_text: Counter<Uuid>,
    complaint_clock: AddressCounter<()>,
    log_reads: AddressCounter<()>,
    uploads: AddressCounter<()>,
    copies_without_place: AddressCounter<()>,
    acts: Counter<(Uuid, String)>,
    acts_on_case: Counter<String>,
    case_files: Counter<(Uuid, String)>,
    files_on_case: Counter<String>,
}

impl RateLimits {
    pub fn new(quotas: Quotas) -> Self {
        Self {
            draft_creation: AddressCounter::new(quotas.draft_creation.rate()),
            sign_in: AddressCounter::new(quotas.sign_in.rate()),
            sign_in_here: Counter::new(quotas.sign_in_here.rate()),
            sign_in_first: Counter::new(FIRST_TRIES.rate()),
            sign_in_reference: Counter::new(quotas.sign_in_reference.rate()),
            sign_in_code: AddressCounter::new(quotas.sign_in_code.rate()),
            return_ticket: Counter::new(quotas.return_ticket.rate()),
            return_try: AddressCounter::new(quotas.return_try.rate()),
            code_first: AddressCounter::new(first_codes()),
            code_anywhere: Counter::new(quotas.return_try_anywhere.rate()),
            saves: Counter::new(quotas.saves.rate()),
            typed_text: Counter::new(quotas.typed_text.rate()),
            complaint_clock: AddressCounter::new(quotas.complaint_clock.rate()),
            log_reads: AddressCounter::new(quotas.log_reads.rate()),
            uploads: AddressCounter::new(quotas.uploads.rate()),
            copies_without_place: AddressCounter::new(quotas.copies_without_place.rate()),
            acts: Counter::new(quotas.acts.rate()),
            acts_on_case: Counter::new(quotas.acts_on_case.rate()),
            case_files: Counter::new(quotas.case_files.rate()),
            files_on_case: Counter::new(quotas.files_on_case.rate()),
        }
    }

    /// Counts a draft that is about to be started.
    pub fn draft_creation(&self, from: ClientAddress) -> Result<(), RetryAfter> {
        self.draft_creation.count(from, ())
    }

    /// Counts a query of the complaint clock.
    pub fn complaint_clock(&self, from: ClientAddress) -> Result<(), RetryAfter> {
        self.complaint_clock.count(from, ())
    }

    /// Counts a part of the log that is about to be read.
    pub fn log_read(&self, from: ClientAddress) -> Result<(), RetryAfter> {
        self.log_reads.count(from, ())
    }

    /// Counts a file that is about to be sent.
    pub fn upload(&self, from: ClientAddress) -> Result<(), RetryAfter> {
        self.uploads.count(from, ())
    }

    /// Counts a copy without location metadata that is about to be made.
    pub fn copy_without_place(&self, from: ClientAddress) -> Result<(), RetryAfter> {
        self.copies_without_place.count(from, ())
    }

    /// Counts a case action, for the person and for the case.
    ///
    /// Call this only for a person who was found on the case: otherwise strangers could use up the case's limit.
    pub fn case_action(&self, by: &Viewer) -> Result<(), RetryAfter> {
        self.acts.count(&(by.counted_as(), by.reference().to_owned()))?;
        self.acts_on_case.count(&by.reference().to_owned())
    }

    /// Counts a file that is about to be added to a case, like [`Self::case_action`].
    pub fn case_file(&self, by: &Viewer) -> Result<(), RetryAfter> {
        self.case_files.count(&(by.counted_as(), by.reference().to_owned()))?;
        self.files_on_case.count(&by.reference().to_owned())
    }

    /// Counts a sign-in attempt. `with` may be a reference or an email address, whether or not there is such a case.
    ///
    /// Tries from elsewhere for the same case do not stop the first tries of an address.
    pub fn sign_in(&self, from: ClientAddress, with: Option<&str>) -> Result<(), RetryAfter> {
        self.sign_in.count(from, ())?;
        let Some(with) = with else { return Ok(()) };
        let here = (from, with.to_lowercase());
        self.sign_in_here.count(&here)?;
        let first = self.sign_in_first.count(&here);
        match self.sign_in_reference.count(&here.1) {
            Err(wait) if first.is_err() => Err(wait),
            _ => Ok(()),
        }
    }

    /// Counts a request for a sign-in code. Codes per mailbox are counted elsewhere, and the caller never learns of that limit.
    pub fn sign_in_code(&self, from: ClientAddress) -> Result<(), RetryAfter> {
        self.sign_in_code.count(from, ())
    }

    /// Counts the creation of a resume link or code: for the draft and, like a started draft, for the address.
    pub fn resume_code_creation(&self, from: ClientAddress, draft: Uuid) -> Result<(), RetryAfter> {
        self.return_ticket.count(&draft)?;
        self.draft_creation.count(from, ())
    }

    /// Counts an attempt to resume a draft, whether or not it succeeds. Text that cannot be a code need not be counted.
    pub fn resume_attempt(&self, from: ClientAddress, by: &ResumeSecret) -> Result<(), RetryAfter> {
        match by {
            ResumeSecret::Code(_) => self.code(from, CodeKind::Draft),
            // A link has 256 bits and cannot be guessed, so it needs no limit over all addresses.
            ResumeSecret::Link(_) => self.return_try.count(from, CodeKind::Draft),
        }
    }

    /// Counts an attempt to join a case with a hand-over code.
    pub fn join_try(&self, from: ClientAddress) -> Result<(), RetryAfter> {
        self.code(from, CodeKind::Case)
    }

    /// Counts a tried code. Tries from other addresses do not stop the first tries of an address.
    fn code(&self, from: ClientAddress, opens: CodeKind) -> Result<(), RetryAfter> {
        self.return_try.count(from, opens)?;
        let first = self.code_first.count(from, opens);
        match self.code_anywhere.count(&opens) {
            Err(wait) if first.is_err() => Err(wait),
            _ => Ok(()),
        }
    }

    /// Counts a save that is about to be made in a draft. The caller must have access to the draft.
    pub fn save(&self, draft: Uuid) -> Result<(), RetryAfter> {
        self.saves.count(&draft)
    }

    /// Counts a call that stores what is being typed: in a draft, or by a person on their cases.
    pub fn typed_text(&self, of: Uuid) -> Result<(), RetryAfter> {
        self.typed_text.count(&of)
    }
}

impl Quota {
    fn rate(self) -> governor::Quota {
        governor::Quota::per_minute(self.per_minute).allow_burst(self.burst)
    }
}

/// The rate for the first tries of codes.
fn first_codes() -> governor::Quota {
    governor::Quota::with_period(FIRST_CODE_AGAIN).map_or_else(|| FIRST_TRIES.rate(), |rate| rate.allow_burst(FIRST_CODES))
}

/// Counts by address, and IPv6 also by the /48 network around it, whose limit is [`SITE_TIMES`] as high.
#[derive(Debug)]
struct AddressCounter<K: Hash + Eq + Clone> {
    address: Counter<(ClientAddress, K)>,
    site: Counter<(ClientAddress, K)>,
}

impl<K: Hash + Eq + Clone> AddressCounter<K> {
    fn new(rate: governor::Quota) -> Self {
        let times = |n: NonZeroU32| n.saturating_mul(const { NonZeroU32::new(SITE_TIMES).unwrap() });
        let site = governor::Quota::with_period(rate.replenish_interval() / SITE_TIMES);
        Self {
            address: Counter::new(rate),
            site: Counter::new(site.unwrap_or(rate).allow_burst(times(rate.burst_size()))),
        }
    }

    fn count(&self, from: ClientAddress, key: K) -> Result<(), RetryAfter> {
        self.address.count(&(from, key.clone()))?;
        from.site().map_or(Ok(()), |site| self.site.count(&(site, key)))
    }
}

/// After this many counts, keys that are idle again are dropped, so that memory stays bounded.
const CLEANUP_EVERY: u32 = 4096;

#[derive(Debug)]
struct Counter<K: Hash + Eq + Clone> {
    limiter: DefaultKeyedRateLimiter<K>,
    counted: AtomicU32,
}

impl<K: Hash + Eq + Clone> Counter<K> {
    fn new(rate: governor::Quota) -> Self {
        Self {
            limiter: RateLimiter::keyed(rate),
            counted: AtomicU32::new(0),
        }
    }

    fn count(&self, key: &K) -> Result<(), RetryAfter> {
        if self.counted.fetch_add(1, Ordering::Relaxed) % CLEANUP_EVERY == CLEANUP_EVERY - 1 {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(key).map_err(|not_until| {
            let wait = not_until.wait_time_from(DefaultClock::default().now());
            RetryAfter {
                seconds: wait.as_secs() + 1,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use complaint::fields::return_code::ResumeCode;
    use service::access::token::Token;

    fn from(last: u8) -> ClientAddress {
        ClientAddress::new([192, 0, 2, last].into())
    }

    #[test]
    fn one_address_is_slowed_down_and_others_are_not() {
        let limits = RateLimits::new(Quotas {
            draft_creation: Quota::new(3, 1),
            ..Quotas::default()
        });
        for _ in 0..3 {
            assert_eq!(limits.draft_creation(from(1)), Ok(()));
        }
        let RetryAfter { seconds } = limits.draft_creation(from(1)).unwrap_err();
        assert!((1..=61).contains(&seconds), "{seconds}");
        assert_eq!(limits.draft_creation(from(2)), Ok(()));
    }

    #[test]
    fn codes_are_guarded_from_one_address_and_from_many() {
        let limits = RateLimits::new(Quotas {
            return_try: Quota::new(5, 1),
            return_try_anywhere: Quota::new(3, 1),
            ..Quotas::default()
        });
        let code = ResumeSecret::Code(ResumeCode::from_draw([1; 8]));
        for _ in 0..3 {
            assert!(limits.resume_attempt(from(1), &code).is_ok());
        }
        assert!(
            limits.resume_attempt(from(1), &code).is_err(),
            "the limit of all addresses together is used up"
        );
        for _ in 0..3 {
            assert!(
                limits.resume_attempt(from(2), &code).is_ok(),
                "the first tries of an address are always allowed"
            );
        }
        assert!(limits.resume_attempt(from(2), &code).is_err());
        for _ in 0..3 {
            assert!(limits.join_try(from(1)).is_ok(), "codes of cases have a separate limit");
        }
        let link = ResumeSecret::Link(Token::parse(&"A".repeat(43)).unwrap());
        assert!(limits.resume_attempt(from(1), &link).is_ok(), "links are not limited");
    }

    #[test]
    fn an_address_that_goes_on_trying_codes_waits() {
        let limits = RateLimits::new(Quotas {
            return_try: Quota::new(2, 1),
            ..Quotas::default()
        });
        let code = ResumeSecret::Code(ResumeCode::from_draw([1; 8]));
        assert!(limits.resume_attempt(from(1), &code).is_ok() && limits.resume_attempt(from(1), &code).is_ok());
        assert!(limits.resume_attempt(from(1), &code).is_err());
        assert!(limits.resume_attempt(from(2), &code).is_ok());
    }

    #[test]
    fn many_addresses_cannot_keep_a_resident_from_a_code() {
        let limits = RateLimits::new(Quotas::default());
        let code = ResumeSecret::Code(ResumeCode::from_draw([1; 8]));
        let mut let_through = 0;
        for n in 1..=100 {
            for _ in 0..10 {
                let_through += u32::from(limits.resume_attempt(from(n), &code).is_ok());
            }
        }
        assert!(
            let_through <= 300 + 2 + 100 * 3,
            "{let_through} tries were allowed: more than the limit of all and three first tries of each address"
        );
        assert!(limits.resume_attempt(from(200), &code).is_ok());
    }

    #[test]
    fn a_48_of_ipv6_has_ten_times_what_an_address_has() {
        let limits = RateLimits::new(Quotas {
            sign_in: Quota::new(2, 1),
            ..Quotas::default()
        });
        let phone = |site: u16, net: u16| ClientAddress::new(std::net::Ipv6Addr::new(0x2001, 0xdb8, site, net, 0, 0, 0, 1).into());
        let let_through = (0..100).filter(|net| limits.sign_in(phone(1, *net), None).is_ok()).count();
        assert_eq!(let_through, 20);
        assert!(
            limits.sign_in(phone(2, 1), None).is_ok(),
            "another /48 network has a separate limit"
        );
    }

    #[test]
    fn a_draft_has_a_quota_of_saves() {
        let limits = RateLimits::new(Quotas {
            saves: Quota::new(2, 1),
            ..Quotas::default()
        });
        let draft = Uuid::from_u128(1);
        assert!(limits.save(draft).is_ok() && limits.save(draft).is_ok());
        assert!(limits.save(draft).is_err());
        assert!(limits.save(Uuid::from_u128(2)).is_ok());
    }

    #[test]
    fn a_reference_is_guarded_from_many_addresses_and_nobody_is_locked_out() {
        let limits = RateLimits::new(Quotas {
            sign_in_here: Quota::new(5, 1),
            sign_in_reference: Quota::new(2, 1),
            ..Quotas::default()
        });
        let with = Some("RC-7K3M-92QF");
        for n in 1..=40 {
            assert!(limits.sign_in(from(n), with).is_ok(), "the first tries of each address are allowed");
        }
        // An address that continues to try has to wait, though its own limit would allow more.
        for _ in 0..2 {
            assert!(limits.sign_in(from(1), with).is_ok());
        }
        assert!(limits.sign_in(from(1), with).is_err());
        // The resident, from another address, gets in.
        assert!(limits.sign_in(from(99), with).is_ok());
        assert!(
            limits.sign_in(from(1), Some("RC-AAAA-AAAA")).is_ok(),
            "another case has a separate limit"
        );
        assert!(limits.sign_in(from(1), None).is_ok());
    }

    #[test]
    fn one_address_has_few_tries_for_one_case() {
        let limits = RateLimits::new(Quotas {
            sign_in_here: Quota::new(2, 1),
            ..Quotas::default()
        });
        let with = Some("Wren@example.org");
        assert!(limits.sign_in(from(1), with).is_ok() && limits.sign_in(from(1), Some("wren@EXAMPLE.org")).is_ok());
        assert!(limits.sign_in(from(1), with).is_err());
        assert!(limits.sign_in(from(2), with).is_ok());
    }
}
