//! The equality questions: who the people are that complain, asked after sending. They are no part of the complaint: nobody who
//! works on it sees the answers, which are counted and not kept.
//!
//! The questions and their choices follow the Government Statistical Service's harmonised standards, shortened, and cover what
//! the Housing Ombudsman says it asks (its privacy notice for dispute resolution); see `docs/sources.md`.

/// One question. Its sentences are `equality.questions.<code>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    /// Its name in the form, and on the record.
    pub code: &'static str,
    /// Its answers. [`NOT_SAID`] is offered with each question besides.
    pub answers: &'static [&'static str],
}

/// "I do not want to say": an answer like any other, and not the same as none.
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
    /// Its answers with [`NOT_SAID`] as the last.
    pub fn choices(self) -> impl Iterator<Item = &'static str> {
        self.answers.iter().copied().chain([NOT_SAID])
    }
}

/// What was answered: question and answer, for the questions that have one of their own choices.
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
