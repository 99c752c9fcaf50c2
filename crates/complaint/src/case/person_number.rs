//! The numbers of the people on a case.

use std::fmt;
use std::num::TryFromIntError;

use serde::{Deserialize, Serialize};

/// The number of a person on one case, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonNumber(pub u8);

/// The person number of the complaint's sender.
pub const SENDER: PersonNumber = PersonNumber(1);

/// The person number of the tenant, when a representative sent the complaint.
pub const TENANT_BEHIND: PersonNumber = PersonNumber(2);

impl fmt::Display for PersonNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// As the database stores it: neither SQLite nor PostgreSQL has a type for one byte.
impl From<PersonNumber> for i32 {
    fn from(number: PersonNumber) -> Self {
        number.0.into()
    }
}

impl TryFrom<i32> for PersonNumber {
    type Error = TryFromIntError;

    fn try_from(stored: i32) -> Result<Self, Self::Error> {
        stored.try_into().map(Self)
    }
}
