//! The outcome of a case: findings, orders to the landlord and reports about them, grounds for a review.
//!
//! Findings are per issue, not per case (the Housing Ombudsman's page on the findings it can make).

use serde::{Deserialize, Serialize};
use time::Date;

use crate::fields::form::choices;
use crate::fields::iso_date;

choices! {
    /// What the organisation found about one issue.
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

/// A finding about one issue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Finding {
    /// The issue's number, from 1, in the order of the case.
    pub issue: u8,
    pub finding: FindingKind,
}

/// An order: something that the landlord has to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Order {
    /// What the landlord has to do, as the people on the case read it.
    pub what: String,
    #[serde(with = "iso_date")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub due: Date,
}

choices! {
    /// Whether the landlord has complied with an order.
    Done {
        Yes = "yes",
        Partly = "partly",
        No = "no",
    }
}

choices! {
    /// The ground for reviewing a decision. Disagreeing with it is not enough (the Housing Ombudsman's guidance on requesting a
    /// review).
    ReviewGround {
        NewEvidence = "new_evidence",
        WrongEvidence = "wrong_evidence",
    }
}
