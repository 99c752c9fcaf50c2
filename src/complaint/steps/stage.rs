//! Where the complaint has got to with the landlord.

use serde::{Deserialize, Serialize};

use crate::complaint::form::{Checker, Context, FieldError, Fields, Step, Valid, choices};

choices! {
    /// The stages of a landlord's complaints process (Complaint Handling Code 2024: exactly two).
    StageKind {
        NotComplained = "not_complained",
        WaitingStage1 = "waiting_stage_1",
        AnsweredStage1 = "answered_stage_1",
        WaitingStage2 = "waiting_stage_2",
        FinalResponse = "final_response",
        Refused = "refused",
        NotSure = "not_sure",
    }
}

/// Where the complaint has got to with the landlord. None of the answers turns a person away.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Stage {
    pub stage: Option<StageKind>,
}

impl Step for Stage {
    fn from_fields(fields: &Fields) -> Self {
        Self {
            stage: fields.choice("stage"),
        }
    }

    fn check(self, _: &Context<'_>) -> Result<Valid<Self>, Vec<FieldError>> {
        let mut checker = Checker::default();
        checker.require(self.stage.is_some(), "stage", "stage_missing");
        checker.finish(self)
    }
}
