//! The equality questions about the people who complain, asked after sending.
//!
//! They are not part of the complaint. Caseworkers do not see the answers, which are only counted, not stored. The questions and
//! choices shorten the Government Statistical Service's harmonised standards. They cover what the Housing Ombudsman says it asks
//! (its privacy notice for dispute resolution); see `docs/sources.md`.

/// An equality question. Its sentences are at `equality.questions.<code>` in `locales/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    /// The question's name in the form and in the database.
    pub code: &'static str,
    /// The question's own choices. Each question also offers [`NOT_SAID`].
    pub answers: &'static [&'static str],
}

/// The choice "I prefer not to say". It is counted like any other choice, unlike a question left empty.
pub const NOT_SAID: &str = "not_said";

/// All questions, in the order of the page.
pub const QUESTIONS: [Question; 7] = [
    Question {
        code: "age",
        answers: &["under_25", "25_34", "35_44", "45_54", "55_64", "65_74", "75_over"],
    },
    Question {
        code: "sex",
        answers: &["female", "male"],
    },
    Question {
        code: "ethnic_group",
        answers: &["asian", "black", "mixed", "white", "other_group"],
    },
    Question {
        code: "illness",
        answers: &["yes", "no"],
    },
    Question {
        code: "religion",
        answers: &[
            "no_religion",
            "christian",
            "buddhist",
            "hindu",
            "jewish",
            "muslim",
            "sikh",
            "other_religion",
        ],
    },
    Question {
        code: "orientation",
        answers: &["heterosexual", "gay_lesbian", "bisexual", "other_orientation"],
    },
    Question {
        code: "marriage",
        answers: &["single", "married", "civil_partnership", "separated", "divorced", "widowed"],
    },
];

impl Question {
    /// Returns the question's choices, with [`NOT_SAID`] as the last.
    pub fn choices(self) -> impl Iterator<Item = &'static str> {
        self.answers.iter().copied().chain([NOT_SAID])
    }
}

/// Returns each answered question with its answer. A text that is not a choice of its question is ignored.
pub fn given<'a>(answer: impl Fn(&str) -> &'a str) -> Vec<(&'static str, &'static str)> {
    let chosen = |question: &Question| {
        let typed = answer(question.code);
        question
            .choices()
            .find(|choice| *choice == typed)
            .map(|choice| (question.code, choice))
    };
    QUESTIONS.iter().filter_map(chosen).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_choices_of_a_question_are_answers_to_it() {
        let typed = |question: &str| match question {
            "age" | "sex" => "25_34",
            "illness" => NOT_SAID,
            "religion" => "none of our business",
            _ => "",
        };
        assert_eq!(given(typed), [("age", "25_34"), ("illness", NOT_SAID)]);
    }
}
