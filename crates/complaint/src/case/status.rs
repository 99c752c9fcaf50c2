//! The statuses of a case, who acts in each, and the allowed transitions.
//!
//! The list is this project's own, based on the steps that the Housing Ombudsman describes (enquiry, assessment, investigation,
//! decision, orders). The organisation's systems read the statuses as data.

use crate::fields::form::choices;

choices! {
    /// The status of a case. `locales/` has the text for each.
    #[derive(PartialOrd, Ord, Hash)]
    Status {
        Received = "received",
        AwaitingResident = "awaiting_resident",
        AwaitingAuthority = "awaiting_authority",
        LandlordStage1 = "landlord_stage1",
        LandlordStage2 = "landlord_stage2",
        LandlordOverdue = "landlord_overdue",
        Assessment = "assessment",
        ReferredBack = "referred_back",
        WaitingAllocation = "waiting_allocation",
        EvidenceRequested = "evidence_requested",
        Investigation = "investigation",
        DecisionMade = "decision_made",
        UnderReview = "under_review",
        OrdersOpen = "orders_open",
        Closed = "closed",
    }
}

choices! {
    /// Who has to act next.
    Actor {
        /// The organisation that runs the portal.
        Us = "us",
        /// The person who reads it.
        You = "you",
        /// The tenant, when another person reads it.
        Resident = "resident",
        /// A representative or claimant, when another person reads it.
        Representative = "representative",
        Landlord = "landlord",
        Nobody = "nobody",
    }
}

choices! {
    /// Why a case was closed.
    ClosedReason {
        Complied = "complied",
        Withdrawn = "withdrawn",
        OutsideRemit = "outside_remit",
        Resolved = "resolved",
        NoResponse = "no_response",
    }
}

impl Status {
    /// Returns who has to act next in this status.
    pub fn who_acts(self) -> Actor {
        match self {
            Self::Received
            | Self::Assessment
            | Self::WaitingAllocation
            | Self::Investigation
            | Self::UnderReview
            | Self::LandlordOverdue => Actor::Us,
            Self::AwaitingResident | Self::AwaitingAuthority => Actor::You,
            Self::LandlordStage1 | Self::LandlordStage2 | Self::ReferredBack | Self::EvidenceRequested | Self::OrdersOpen => {
                Actor::Landlord
            }
            Self::DecisionMade | Self::Closed => Actor::Nobody,
        }
    }

    /// Returns the statuses that may follow this one.
    pub fn may_become(self) -> &'static [Status] {
        use Status::{
            Assessment, AwaitingAuthority, AwaitingResident, Closed, DecisionMade, EvidenceRequested, Investigation, LandlordOverdue,
            LandlordStage1, LandlordStage2, OrdersOpen, ReferredBack, UnderReview, WaitingAllocation,
        };
        match self {
            Self::Received => &[
                AwaitingResident,
                AwaitingAuthority,
                LandlordStage1,
                LandlordStage2,
                LandlordOverdue,
                Assessment,
                Closed,
            ],
            Self::AwaitingResident | Self::AwaitingAuthority => &[
                AwaitingResident,
                AwaitingAuthority,
                LandlordStage1,
                LandlordStage2,
                LandlordOverdue,
                Assessment,
                WaitingAllocation,
                EvidenceRequested,
                Investigation,
                Closed,
            ],
            Self::LandlordStage1 | Self::LandlordStage2 | Self::LandlordOverdue => &[
                LandlordStage1,
                LandlordStage2,
                LandlordOverdue,
                AwaitingResident,
                AwaitingAuthority,
                Assessment,
                Closed,
            ],
            Self::Assessment => &[
                AwaitingResident,
                AwaitingAuthority,
                ReferredBack,
                WaitingAllocation,
                DecisionMade,
                Closed,
            ],
            Self::ReferredBack => &[LandlordOverdue, AwaitingResident, Assessment, Closed],
            Self::WaitingAllocation => &[EvidenceRequested, Investigation, AwaitingResident, Closed],
            Self::EvidenceRequested => &[EvidenceRequested, Investigation, AwaitingResident, LandlordOverdue, Closed],
            Self::Investigation => &[EvidenceRequested, AwaitingResident, DecisionMade, Closed],
            Self::DecisionMade => &[UnderReview, OrdersOpen, Closed],
            Self::UnderReview => &[DecisionMade, OrdersOpen, AwaitingResident, Closed],
            Self::OrdersOpen => &[OrdersOpen, UnderReview, Closed],
            // A case that was closed by mistake, or is reopened, is assessed again.
            Self::Closed => &[Assessment],
        }
    }

    /// Returns whether the organisation may move a case from this status to `to`.
    pub fn allows(self, to: Status) -> bool {
        self.may_become().contains(&to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::form::Choice;

    #[test]
    fn every_status_can_be_reached_and_left() {
        for status in Status::ALL {
            assert!(!status.may_become().is_empty(), "{status:?} must lead to another status");
            let reached = *status == Status::Received || Status::ALL.iter().any(|from| from.allows(*status));
            assert!(reached, "another status must lead to {status:?}");
        }
    }

    #[test]
    fn every_open_case_can_be_closed_but_nothing_returns_to_received() {
        for status in Status::ALL {
            assert!(*status == Status::Closed || status.allows(Status::Closed), "{status:?}");
            assert!(!status.allows(Status::Received));
        }
    }
}
