//! All the answers of one complaint, and one answer on its way in.

use serde::{Deserialize, Serialize};

use super::form::{Context, FieldError, Fields, Step, Valid};
use super::journey::{self, StepId};
use super::steps::{
    Category, Contact, Dates, Declaration, Evidence, HomeAddress, Landlord, PutRight, Representative, ResidentName, Role, Stage,
    WhatHappened, role::RoleKind, stage::StageKind,
};

/// Writes the types that hold one answer for each step, so that a new step is one line here.
macro_rules! answers {
    ($($step:ident : $field:ident,)+) => {
        /// The checked answers so far, by step. In JSON a step that was not answered is left out.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default)]
        #[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
        pub struct Answers {
            $(
                #[serde(skip_serializing_if = "Option::is_none")]
                #[cfg_attr(feature = "ssr", schema(value_type = Option<$step>))]
                pub $field: Option<Valid<$step>>,
            )+
        }

        /// One answer as it came in, nothing checked.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Answer { $($step($step),)+ }

        /// One answer whose rules were checked; only [`Answer::check`] makes it.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum CheckedAnswer { $($step(Valid<$step>),)+ }

        impl Answer {
            /// What a posted form says for a step.
            #[must_use]
            pub fn from_fields(step: StepId, fields: &Fields) -> Self {
                match step { $(StepId::$step => Self::$step($step::from_fields(fields)),)+ }
            }

            /// What a JSON body says for a step. Only the server is sent any.
            ///
            /// # Errors
            /// When the body is not of the step's shape; unknown members are refused.
            #[cfg(feature = "ssr")]
            pub fn from_json(step: StepId, body: &[u8]) -> Result<Self, serde_json::Error> {
                match step { $(StepId::$step => serde_json::from_slice::<$step>(body).map(|a| Self::$step(a)),)+ }
            }

            /// The step it answers.
            #[must_use]
            pub fn step(&self) -> StepId {
                match self { $(Self::$step(_) => StepId::$step,)+ }
            }

            /// Checks the answer against the rules of its step.
            ///
            /// # Errors
            /// Everything that is wrong, in the order of the page.
            pub fn check(self, context: &Context<'_>) -> Result<CheckedAnswer, Vec<FieldError>> {
                match self { $(Self::$step(a) => a.check(context).map(CheckedAnswer::$step),)+ }
            }
        }

        impl CheckedAnswer {
            /// The step it answers.
            #[must_use]
            pub fn step(&self) -> StepId {
                match self { $(Self::$step(_) => StepId::$step,)+ }
            }

            /// The answer as the JSON body that `PUT /api/v1/drafts/{id}/answers/{step}` takes.
            ///
            /// # Panics
            /// Never: answers are plain data.
            #[must_use]
            pub fn to_json(&self) -> String {
                match self { $(Self::$step(a) => serde_json::to_string(a).expect("answers are plain data"),)+ }
            }
        }

        impl Answers {
            /// Whether a step has an answer.
            #[must_use]
            pub fn has(&self, step: StepId) -> bool {
                match step { $(StepId::$step => self.$field.is_some(),)+ }
            }

            /// Puts an answer in, replacing the one before, and takes out what the journey now rules out.
            pub fn put(&mut self, answer: CheckedAnswer) {
                match answer { $(CheckedAnswer::$step(a) => self.$field = Some(a),)+ }
                journey::prune(self);
            }

            /// Each answer with the JSON body that saves it, in the order of the journey.
            ///
            /// # Panics
            /// Never: answers are plain data.
            #[must_use]
            pub fn bodies(&self) -> Vec<(StepId, String)> {
                let mut bodies = Vec::new();
                $(
                    if let Some(a) = &self.$field {
                        bodies.push((StepId::$step, serde_json::to_string(a).expect("answers are plain data")));
                    }
                )+
                bodies
            }

            /// Forgets one answer.
            pub(in crate::complaint) fn remove(&mut self, step: StepId) {
                match step { $(StepId::$step => self.$field = None,)+ }
            }
        }
    };
}

answers! {
    Role: role,
    Representative: representative,
    ResidentName: resident_name,
    HomeAddress: home_address,
    Contact: contact,
    Landlord: landlord,
    Stage: stage,
    Dates: dates,
    Category: category,
    WhatHappened: what_happened,
    PutRight: put_right,
    Evidence: evidence,
    Declaration: declaration,
}

impl Answers {
    /// Who is filling in the form, once that is answered.
    #[must_use]
    pub fn role_kind(&self) -> Option<RoleKind> {
        self.role.as_ref().and_then(|r| r.role)
    }

    /// Where the complaint has got to, once that is answered.
    #[must_use]
    pub fn stage_kind(&self) -> Option<StageKind> {
        self.stage.as_ref().and_then(|s| s.stage)
    }
}
