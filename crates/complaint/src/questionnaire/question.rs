//! The type of a question: a page of the questionnaire, its fields, and when it is asked.
//!
//! The questions themselves are data in [`crate::questionnaire::questions`]. Checks, pages, the API schema and translations all
//! use that one table.

use crate::fields::form::{FieldError, Fields, choices};
use crate::questionnaire::answers::Answers;
use crate::questionnaire::steps::StepId;

use time::Date;

/// Returns whether the answers so far require something. The number is that of the issue, from 1, or 0 outside the issues.
pub type Condition = fn(&Answers, u8) -> bool;

/// Returns a field's choices for the answers so far.
pub type Options = fn(&Answers, u8) -> &'static [&'static str];

/// What a rule may need besides the answer itself.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Today in Europe/London. The server computes it and passes it to the browser.
    pub today: Date,
    /// The other answers so far.
    pub answers: &'a Answers,
}

/// Checks several fields of a page together and adds errors. It receives the answer as it would be stored.
pub type Rule = fn(&crate::Answer, &Context<'_>, &mut Vec<FieldError>);

choices! {
    /// What an uploaded file is for.
    Purpose {
        Evidence = "evidence",
        LandlordLetter = "landlord_letter",
        Authority = "authority",
    }
}

choices! {
    /// A section of the questionnaire, as the task list shows it.
    #[derive(PartialOrd, Ord, Hash)]
    Section {
        AboutYou = "about_you",
        Home = "home",
        Contact = "contact",
        Landlord = "landlord",
        Problem = "problem",
        PutRight = "put_right",
        Support = "support",
        Evidence = "evidence",
        Send = "send",
    }
}

/// Where a question is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// On a page of its own on the way to Send.
    OnTheWay,
    /// On the page of another question. Its own page is only for changing the answer.
    Beside(StepId),
    /// Only where the person looks for more to add: on the task list.
    Extra,
}

/// One question of the questionnaire, which asks for something or only informs.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    pub step: StepId,
    /// The last segment of the page's path. It does not reveal the answers.
    pub slug: &'static str,
    pub section: Section,
    /// The question whose answer leads to this one, if there is one.
    pub follows: Option<StepId>,
    /// Whether the answers require the question.
    pub when: Condition,
    /// Whether a complaint can be sent only with an answer to it. All other questions may stay open, so that no one is turned
    /// away.
    pub required_to_send: bool,
    /// Whether Continue needs an answer, because the person may be unsafe or may not be represented without one. Any other
    /// question that is not needed for sending can be passed by leaving it empty.
    pub required_to_continue: bool,
    pub asked: Asked,
    /// The first field if only its Yes asks for the others.
    pub opened_by: Option<&'static str>,
    pub body: Body,
    pub rule: Option<Rule>,
}

/// The content of a question's page.
#[derive(Clone, Copy, Debug)]
pub enum Body {
    /// Fields to fill in.
    Fields(&'static [Field]),
    /// Only text to read; Continue records that the person saw it.
    Notice,
    /// Files to upload.
    Files(Purpose),
}

/// One field of a page.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name in the form and in JSON.
    pub name: &'static str,
    /// Its name in the form of another question's page.
    pub name_beside: &'static str,
    pub input: Input,
    /// The error code if the field is left empty; `None` if it may be empty.
    pub required_error: Option<&'static str>,
    pub when: Condition,
}

/// The kind of input that a field has.
#[derive(Clone, Copy, Debug)]
pub enum Input {
    /// One line. `autocomplete` lets the browser fill in details of the person who is typing; `about` says which person the field
    /// is about.
    Line {
        autocomplete: &'static str,
        about: FieldSubject,
        width: Width,
    },
    /// A long text.
    Block,
    Email,
    Phone,
    Postcode,
    /// One choice from a list.
    One(Options),
    /// Any choices from a list. `none`, where the list has it, excludes all others.
    Many(Options),
    /// A checkbox.
    Tick,
    /// A day, a month, or "I do not know".
    Date(DateRule),
    /// A value that the page's script sets; without the script the field stays empty.
    Hidden,
}

/// The person a field is about: a browser may fill in only the details of the person who is typing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldSubject {
    /// The person who is typing.
    Typist,
    Resident,
}

/// The expected length of an answer; longer answers fit too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    Full,
    Half,
    Short,
}

/// Which days a date may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateRule {
    /// Today or earlier, and not before the dates above it on the page.
    InOrder,
    /// Today or earlier.
    Past,
    /// Any day.
    Any,
}

pub const fn always(_: &Answers, _: u8) -> bool {
    true
}

impl Question {
    /// Creates a question that is always asked and may stay open.
    pub const fn new(step: StepId, slug: &'static str, section: Section, body: Body) -> Self {
        Self {
            step,
            slug,
            section,
            follows: None,
            when: always,
            required_to_send: false,
            required_to_continue: false,
            asked: Asked::OnTheWay,
            opened_by: None,
            body,
            rule: None,
        }
    }

    /// Asks the question only if the answer to another question requires it.
    #[must_use]
    pub const fn follows(mut self, step: StepId, when: Condition) -> Self {
        self.follows = Some(step);
        self.when = when;
        self
    }

    /// Makes an answer necessary for sending.
    #[must_use]
    pub const fn needed(mut self) -> Self {
        self.required_to_send = true;
        self.required_to_continue = true;
        self
    }

    /// Makes an answer necessary for leaving the page by Continue.
    #[must_use]
    pub const fn needed_to_continue(mut self) -> Self {
        self.required_to_continue = true;
        self
    }

    /// Asks the question on the page of another one.
    #[must_use]
    pub const fn beside(mut self, step: StepId) -> Self {
        self.asked = Asked::Beside(step);
        self
    }

    /// Asks for the other fields only if the first one, which is named, is Yes.
    #[must_use]
    pub const fn opened_by(mut self, field: &'static str) -> Self {
        self.opened_by = Some(field);
        self
    }

    /// Takes the question off the way to Send.
    #[must_use]
    pub const fn extra(mut self) -> Self {
        self.asked = Asked::Extra;
        self
    }

    /// Adds a rule over several fields.
    #[must_use]
    pub const fn rule(mut self, rule: Rule) -> Self {
        self.rule = Some(rule);
        self
    }

    /// Returns whether the question is asked for each issue.
    pub fn repeats(&self) -> bool {
        self.section == Section::Problem
    }

    /// Returns the fields; a page that only informs, or takes files, has none.
    pub fn fields(&self) -> &'static [Field] {
        match self.body {
            Body::Fields(fields) => fields,
            Body::Notice | Body::Files(_) => &[],
        }
    }

    /// Returns the fields of another question's posted page that belong to this question, under their own names.
    pub fn fields_beside(&self, posted: &Fields) -> Fields {
        self.renamed(posted, |field| (field.name_beside, field.name))
    }

    /// Returns the fields of a posted page that belong to this question.
    pub fn own_fields(&self, posted: &Fields) -> Fields {
        self.renamed(posted, |field| (field.name, field.name))
    }

    /// Returns the fields of this question under the names that they have on the page of another question.
    pub fn fields_for_page(&self, own: &Fields) -> Fields {
        self.renamed(own, |field| (field.name, field.name_beside))
    }

    /// Returns the fields of this question among others, each under the second of its two names. Boxes of a date keep their
    /// endings.
    fn renamed(&self, fields: &Fields, names: fn(&Field) -> (&'static str, &'static str)) -> Fields {
        let mut renamed = Vec::new();
        for (name, value) in &fields.0 {
            for field in self.fields() {
                let (before, after) = names(field);
                if let Some(rest) = name.strip_prefix(before)
                    && (rest.is_empty() || rest.starts_with('-'))
                {
                    renamed.push(([after, rest].concat(), value.clone()));
                }
            }
        }
        Fields(renamed)
    }

    /// Renames the field of an error for the page of another question.
    pub(crate) fn rename_error(&self, error: &mut FieldError) {
        if let Some(field) = self.fields().iter().find(|f| error.field == f.name) {
            error.field = field.name_beside.into();
            error.pointer = ["/", field.name_beside].concat().into();
        }
    }

    /// Returns whether all fields of the question were left empty.
    pub(crate) fn is_blank(&self, posted: &Fields) -> bool {
        let of_question = |name: &str| self.fields().iter().any(|f| name.starts_with(f.name));
        !posted.0.iter().any(|(name, value)| of_question(name) && !value.trim().is_empty())
    }

    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields().iter().find(|f| f.name == name)
    }
}

impl Field {
    const fn new(name: &'static str, input: Input) -> Self {
        Self {
            name,
            name_beside: name,
            input,
            required_error: None,
            when: always,
        }
    }

    /// Creates a one-line field about the resident.
    pub const fn line(name: &'static str, autocomplete: &'static str, width: Width) -> Self {
        Self::new(
            name,
            Input::Line {
                autocomplete,
                about: FieldSubject::Resident,
                width,
            },
        )
    }

    /// Creates a one-line field about the person who is typing.
    pub const fn own_line(name: &'static str, autocomplete: &'static str) -> Self {
        Self::new(
            name,
            Input::Line {
                autocomplete,
                about: FieldSubject::Typist,
                width: Width::Full,
            },
        )
    }

    pub const fn block(name: &'static str) -> Self {
        Self::new(name, Input::Block)
    }

    pub const fn email(name: &'static str) -> Self {
        Self::new(name, Input::Email)
    }

    pub const fn phone(name: &'static str) -> Self {
        Self::new(name, Input::Phone)
    }

    pub const fn postcode(name: &'static str) -> Self {
        Self::new(name, Input::Postcode)
    }

    pub const fn one(name: &'static str, options: Options) -> Self {
        Self::new(name, Input::One(options))
    }

    pub const fn many(name: &'static str, options: Options) -> Self {
        Self::new(name, Input::Many(options))
    }

    pub const fn tick(name: &'static str) -> Self {
        Self::new(name, Input::Tick)
    }

    pub const fn date(name: &'static str, tense: DateRule) -> Self {
        Self::new(name, Input::Date(tense))
    }

    pub const fn hidden(name: &'static str) -> Self {
        Self::new(name, Input::Hidden)
    }

    /// Makes the field required, with the error code for an empty one.
    #[must_use]
    pub const fn required(mut self, code: &'static str) -> Self {
        self.required_error = Some(code);
        self
    }

    /// Asks for the field only if the answers so far require it.
    #[must_use]
    pub const fn when(mut self, when: Condition) -> Self {
        self.when = when;
        self
    }

    /// Gives the field another name on the page of another question, which has a field of the same name.
    #[must_use]
    pub const fn named_beside(mut self, name: &'static str) -> Self {
        self.name_beside = name;
        self
    }
}

pub fn yes_no_unsure(_: &Answers, _: u8) -> &'static [&'static str] {
    &["yes", "no", "not_sure"]
}

pub fn yes_no(_: &Answers, _: u8) -> &'static [&'static str] {
    &["yes", "no"]
}
