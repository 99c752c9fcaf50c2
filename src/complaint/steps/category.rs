//! What the complaint is about.

use serde::{Deserialize, Serialize};

use crate::complaint::form::{Checker, Context, FieldError, Fields, Step, Valid, choices};

choices! {
    /// What a complaint can be about: the categories of the Housing Ombudsman's published statistics, the commonest first.
    CategoryKind {
        PropertyCondition = "property_condition",
        HealthSafety = "health_safety",
        Asb = "asb",
        ComplaintHandling = "complaint_handling",
        Charges = "charges",
        InformationData = "information_data",
        Moving = "moving",
        OccupancyRights = "occupancy_rights",
        EstateManagement = "estate_management",
        ReimbursementPayments = "reimbursement_payments",
        Staff = "staff",
        Leasehold = "leasehold",
        BuyingSelling = "buying_selling",
        ResidentInvolvement = "resident_involvement",
        Other = "other",
    }
}

/// What the complaint is mostly about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Category {
    pub category: Option<CategoryKind>,
}

impl Step for Category {
    fn from_fields(fields: &Fields) -> Self {
        Self {
            category: fields.choice("category"),
        }
    }

    fn check(self, _: &Context<'_>) -> Result<Valid<Self>, Vec<FieldError>> {
        let mut checker = Checker::default();
        checker.require(self.category.is_some(), "category", "category_missing");
        checker.finish(self)
    }
}
