//! `/api/v1/sign-in-codes`: codes by email, to sign in with.

pub mod ask;
