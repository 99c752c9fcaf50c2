//! Access codes: deriving, hashing and verifying them. The database stores only slow hashes.

use std::sync::{Arc, Mutex, PoisonError};

use argon2::{
    ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, PasswordHash, Version,
    password_hash::{Output, ParamsString, Salt, SaltString},
};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use uuid::Uuid;

use crate::{
    Secret, ServiceError,
    access::{hash_queue::BoundedQueue, token::Token},
    idempotency::{IdempotencyKey, request_hash},
};
use complaint::fields::{access_code::AccessCode, return_code::ResumeCode};
use record::encryption::SealingKey;

/// Derives an access code from the server's secret, a token that only the caller holds, and the case id.
///
/// The code is the first 60 bits of HMAC-SHA-256 under the secret, over the token and then the case id, in Crockford base
/// 32. The token is the draft key of the device that sends the complaint, or the token of a consent link.
///
/// The code is derived, not drawn at random: the resident must get it even if the server crashes between storing the
/// complaint and answering. A random code would have to be stored readable until the resident has seen it, and the server
/// cannot know when that is. A derived code can be computed again for the holder of the token, for as long as the receipt
/// may be shown.
///
/// The database alone does not yield the code: it contains only hashes of the token and of the code. An attacker with the
/// database and the server's secret still lacks the token.
pub(crate) fn derive_access_code(secret: &Secret, draft: &Token, case_id: Uuid) -> AccessCode {
    derive(secret, &[draft.bytes(), case_id.as_bytes()])
}

/// Derives the access code of a person who joins a case with a hand-over code.
///
/// The code depends on the idempotency key, which only the caller knows. The server can therefore return it again if its
/// first answer was lost.
pub(crate) fn derive_join_code(secret: &Secret, handover: &ResumeCode, key: &IdempotencyKey) -> AccessCode {
    let request = request_hash(&[b"join", handover.as_str().as_bytes(), key.as_str().as_bytes()]);
    derive(secret, &[&request])
}

fn derive(secret: &Secret, parts: &[&[u8]]) -> AccessCode {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(secret.bytes()).expect("any length will do");
    for part in parts {
        mac.update(part);
    }
    let tag = mac.finalize().into_bytes();
    let mut first = [0; 8];
    first.copy_from_slice(&tag[..8]);
    AccessCode::from_bits(first)
}

/// Returns the salt that all access codes of a case share.
///
/// Access codes are unpredictable, so the salt only has to separate one case from another. With a shared salt a sign-in
/// computes one hash, however many participants the case has.
pub(crate) fn salt(secret: &Secret, case_id: Uuid) -> [u8; 16] {
    let mut salt = [0; 16];
    salt.copy_from_slice(&SealingKey::derive(secret.bytes(), "salt of access codes", &[]).fingerprint(case_id.as_bytes())[..16]);
    salt
}

/// A hash that matches no access code and costs as much as a real one. It is checked if the reference is unknown, so that
/// the answer takes equally long.
const DECOY_HASH: &str = "$argon2id$v=19$m=7168,t=5,p=1$b25yZWNvcmQtbm9ib2R5$UcuRhm8wqMmdWIjqWhPDz9B1CFQHfpuzhRSQ1uGFdFs";

/// How many sign-ins may wait in the queue. One processor works through them in less than a second; any further sign-in is
/// refused at once instead of being kept waiting.
const SIGN_INS_WAITING: usize = 64;

/// Hashes and verifies access codes with argon2id: 7 MiB, 5 passes, 1 lane, one of OWASP's equivalent settings.
///
/// New codes, which sending a complaint needs, have a queue of their own. Sign-ins, which any client may try, cannot keep a
/// complaint from being sent.
#[derive(Clone, Debug)]
pub(crate) struct Hashing {
    new_codes: HashQueue,
    sign_ins: HashQueue,
}

/// A bounded queue for slow hashes, worked off by half of the processors.
///
/// The working memory is reused while jobs follow each other, which saves its 1,792 page faults for each. It is freed with the
/// last job: an idle server does not hold it.
#[derive(Clone, Debug)]
struct HashQueue {
    queue: BoundedQueue,
    memories: Arc<Mutex<Vec<Vec<Block>>>>,
}

/// The result of [`Hashing::find`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CodeMatch {
    /// The index of the matching hash.
    pub place: Option<usize>,
    /// How many slow hashes were computed.
    pub computed: usize,
}

impl Default for Hashing {
    fn default() -> Self {
        Self {
            // Unbounded: each new code needs a finished complaint or a secret such as a consent link, and few of those come
            // at once.
            new_codes: HashQueue::new(usize::MAX),
            sign_ins: HashQueue::new(SIGN_INS_WAITING),
        }
    }
}

fn params() -> Result<Params, ServiceError> {
    Params::new(7168, 5, 1, None).map_err(unhashed)
}

fn unhashed(e: impl std::fmt::Display) -> ServiceError {
    ServiceError::internal(e.to_string())
}

/// Computes the hash in the given working memory.
fn compute(params: Params, code: &str, salt: Salt<'_>, memory: &mut Vec<Block>) -> Result<Output, ServiceError> {
    let mut raw = [0; Salt::MAX_LENGTH];
    let salt = salt.decode_b64(&mut raw).map_err(unhashed)?;
    memory.resize(params.block_count(), Block::default());
    let mut out = [0; Params::DEFAULT_OUTPUT_LEN];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(code.as_bytes(), salt, &mut out, memory)
        .map_err(unhashed)?;
    Output::new(&out).map_err(unhashed)
}

impl Hashing {
    /// Returns the hash to store for a code, in PHC string format.
    pub(crate) async fn hash(&self, code: &AccessCode, salt: [u8; 16]) -> Result<String, ServiceError> {
        let code = code.as_str().to_owned();
        let hashed = self.new_codes.run(move |memory| {
            let salt = SaltString::encode_b64(&salt).map_err(unhashed)?;
            let params = params()?;
            let hash = PasswordHash {
                algorithm: ARGON2ID_IDENT,
                version: Some(Version::V0x13.into()),
                params: ParamsString::try_from(&params).map_err(unhashed)?,
                salt: Some(salt.as_salt()),
                hash: Some(compute(params, &code, salt.as_salt(), memory)?),
            };
            Ok(hash.to_string())
        });
        hashed.await
    }

    /// Returns whether `hash` was made from `code`. Without a code or a hash the result is false, after the same work.
    pub(crate) async fn verify(&self, code: Option<&AccessCode>, hash: Option<String>) -> Result<bool, ServiceError> {
        Ok(self.find(code, hash.into_iter().collect()).await?.place.is_some())
    }

    /// Finds the hash that was made from `code`.
    ///
    /// Hashes with the same salt, such as those of one case, take one computation together, and an empty list takes one too.
    /// The duration does not reveal how many hashes there are.
    pub(crate) async fn find(&self, code: Option<&AccessCode>, hashes: Vec<String>) -> Result<CodeMatch, ServiceError> {
        let has_code = code.is_some();
        let code = code.map_or_else(|| "0000-0000-0000".to_owned(), |c| c.as_str().to_owned());
        let found = self.sign_ins.run(move |memory| {
            let decoy = [DECOY_HASH.to_owned()];
            let kept = if hashes.is_empty() { &decoy[..] } else { &hashes[..] };
            let mut computed: Vec<(PasswordHash<'_>, Output)> = Vec::new();
            let mut place = None;
            for (n, hash) in kept.iter().enumerate() {
                let kept = PasswordHash::new(hash).map_err(unhashed)?;
                let alike = computed.iter().find(|(one, _)| one.salt == kept.salt && one.params == kept.params);
                let output = if let Some((_, output)) = alike {
                    *output
                } else {
                    let salt = kept.salt.ok_or_else(|| unhashed("a hash without salt"))?;
                    let output = compute(Params::try_from(&kept).map_err(unhashed)?, &code, salt, memory)?;
                    computed.push((kept.clone(), output));
                    output
                };
                // `Output` compares in constant time.
                if kept.hash == Some(output) && has_code && !hashes.is_empty() {
                    place = Some(n);
                }
            }
            Ok(CodeMatch {
                place,
                computed: computed.len(),
            })
        });
        found.await
    }
}

impl HashQueue {
    fn new(waiting: usize) -> Self {
        let at_work = std::thread::available_parallelism().map_or(1, |n| n.get() / 2);
        Self {
            queue: BoundedQueue::new(at_work, waiting),
            memories: Arc::default(),
        }
    }

    /// Runs `work` when its queue position is reached. Returns [`ServiceError::Unavailable`] at once if the queue is full.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Vec<Block>) -> Result<T, ServiceError> + Send + 'static,
    ) -> Result<T, ServiceError> {
        let turn = self
            .queue
            .enter()
            .await
            .map_err(|_| ServiceError::busy("too many sign-ins at once"))?;
        let Self { queue, memories } = self.clone();
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let mut memory = memories.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
            let done = work(&mut memory);
            let mut memories = memories.lock().unwrap_or_else(PoisonError::into_inner);
            if queue.jobs() > 1 {
                memories.push(memory);
            } else {
                memories.clear();
            }
            done
        })
        .await
        .map_err(ServiceError::internal)?
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use record::entropy::SeededEntropy;

    #[tokio::test]
    async fn a_code_opens_its_own_hash_only() {
        let hashing = Hashing::default();
        let draft = Token::draw(&SeededEntropy::new(1));
        let (secret, case) = (Secret::new([7; 32]), Uuid::from_u128(1));
        let mine = derive_access_code(&secret, &draft, case);
        assert_eq!(mine, derive_access_code(&secret, &draft, case), "the same again after a crash");
        let others = [
            derive_access_code(&Secret::new([8; 32]), &draft, case),
            derive_access_code(&secret, &Token::draw(&SeededEntropy::new(2)), case),
            derive_access_code(&secret, &draft, Uuid::from_u128(2)),
        ];
        let hash = hashing.hash(&mine, [3; 16]).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=7168,t=5,p=1$"));
        assert!(hashing.verify(Some(&mine), Some(hash.clone())).await.unwrap());
        for other in &others {
            assert!(!hashing.verify(Some(other), Some(hash.clone())).await.unwrap());
        }
        assert!(!hashing.verify(None, Some(hash)).await.unwrap());
        assert!(
            !hashing.verify(Some(&mine), None).await.unwrap(),
            "the stand-in hash must be readable and match nothing"
        );
    }

    #[tokio::test]
    async fn sign_ins_wait_in_a_bounded_queue_and_new_codes_in_another() {
        let hashing = Hashing::default();
        let code = AccessCode::from_bits([1; 8]);
        let sign_ins = hashing.sign_ins.queue.free_places() + 20;
        let waiting: Vec<_> = (0..sign_ins)
            .map(|_| {
                let (hashing, code) = (hashing.clone(), code.clone());
                tokio::spawn(async move { hashing.verify(Some(&code), None).await })
            })
            .collect();
        // Lets every sign-in task enter the queue.
        for _ in 0..3 {
            tokio::task::yield_now().await;
        }
        hashing.hash(&code, [3; 16]).await.unwrap();
        let queued = waiting.iter().filter(|sign_in| !sign_in.is_finished()).count();
        assert!(
            queued > SIGN_INS_WAITING / 2,
            "a new code came before {queued} sign-ins that had asked first"
        );
        let mut refused = 0;
        for sign_in in waiting {
            match sign_in.await.unwrap() {
                Ok(is_theirs) => assert!(!is_theirs),
                Err(ServiceError::Unavailable(_)) => refused += 1,
                Err(error) => panic!("{error}"),
            }
        }
        assert!((1..=20).contains(&refused), "{refused} were refused");
        assert!(hashing.verify(Some(&code), None).await.is_ok(), "the queue is empty again");
    }

    #[tokio::test]
    async fn one_hash_is_computed_however_many_people_are_on_a_case() {
        let hashing = Hashing::default();
        let secret = Secret::new([7; 32]);
        let codes: Vec<_> = (0..4).map(|n| AccessCode::from_bits([n; 8])).collect();
        let salt = salt(&secret, Uuid::from_u128(1));
        let mut hashes = Vec::new();
        for code in &codes[..3] {
            hashes.push(hashing.hash(code, salt).await.unwrap());
        }
        for (n, code) in codes.iter().enumerate() {
            let found = hashing.find(Some(code), hashes.clone()).await.unwrap();
            assert_eq!((found.place, found.computed), ((n < 3).then_some(n), 1));
        }
        for (code, hashes) in [(None, hashes.clone()), (Some(&codes[0]), Vec::new()), (None, Vec::new())] {
            let found = hashing.find(code, hashes).await.unwrap();
            assert_eq!((found.place, found.computed), (None, 1));
        }
        // A hash with a salt of its own.
        hashes.push(hashing.hash(&codes[3], [3; 16]).await.unwrap());
        let found = hashing.find(Some(&codes[3]), hashes).await.unwrap();
        assert_eq!((found.place, found.computed), (Some(3), 2));
    }
}
