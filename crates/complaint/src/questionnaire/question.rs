//! The type of a question: a page of the questionnaire, its fields, and when it is asked.
//!
//! The questions themselves are data in [`crate::questionnaire::questions`]. Checks, pages, the API schema and translations all
//! use that one table.

use crate::fields::form::{FieldError, choices};
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

/// One page of the questionnaire, which asks for something or only informs.
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

    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields().iter().find(|f| f.name == name)
    }
}

impl Field {
    const fn new(name: &'static str, input: Input) -> Self {
        Self {
            name,
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
}

pub fn yes_no_unsure(_: &Answers, _: u8) -> &'static [&'static str] {
    &["yes", "no", "not_sure"]
}

pub fn yes_no(_: &Answers, _: u8) -> &'static [&'static str] {
    &["yes", "no"]
}
