//! What is decided, what the landlord is told to do, and what people say to that.
//!
//! Findings are per thing complained of, not per case (the Housing Ombudsman's page on the findings it can make).

use serde::{Deserialize, Serialize};
use time::Date;

use super::fields::iso_date;
use super::form::choices;

choices! {
    /// What was found about one thing complained of.
    FindingKind {
        SevereMaladministration = "severe_maladministration",
        Maladministration = "maladministration",
        ServiceFailure = "service_failure",
        NoMaladministration = "no_maladministration",
        Mediation = "mediation",
        Redress = "redress",
        OutsideJurisdiction = "outside_jurisdiction",
        Withdrawn = "withdrawn",
    }
}

/// A finding about one thing complained of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Finding {
    /// Which thing, from 1, in the order of the case.
    pub issue: u8,
    pub finding: FindingKind,
}

/// Something the landlord has to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Order {
    /// What, in words the person reads.
    pub what: String,
    #[serde(with = "iso_date")]
    #[cfg_attr(feature = "ssr", schema(value_type = String, format = Date))]
    pub due: Date,
}

choices! {
    /// Whether the landlord has done what was ordered.
    Done {
        Yes = "yes",
        Partly = "partly",
        No = "no",
    }
}

choices! {
    /// Why a decision should be looked at again. That somebody disagrees is not enough (the Housing Ombudsman's guidance on
    /// requesting a review).
    ReviewGround {
        NewEvidence = "new_evidence",
        WrongEvidence = "wrong_evidence",
    }
}
