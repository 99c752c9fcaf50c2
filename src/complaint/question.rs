//! What a question is: a page of the journey, the fields it has, and when it is asked. The questions themselves are data, in
//! [`super::questions`]: one table says what is asked, checked, drawn, described in the API and translated.

use super::answers::Answers;
use super::form::{Context, FieldError, choices};
use super::journey::StepId;
use super::view::Purpose;

/// Whether the answers so far call for something; the number is that of the issue, from 1, or 0 outside the issues.
pub type When = fn(&Answers, u8) -> bool;

/// What a field's choices are, given the answers so far.
pub type Options = fn(&Answers, u8) -> &'static [&'static str];

/// A rule over several fields of a page: adds what is wrong. It gets the answer as it would be stored.
pub type Rule = fn(&super::Answer, &Context<'_>, &mut Vec<FieldError>);

choices! {
    /// A part of the journey, as the task list shows it.
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

/// One page of the journey that asks or tells something.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    pub step: StepId,
    /// The last part of its page's address. Says nothing about what was answered.
    pub slug: &'static str,
    pub section: Section,
    /// The question whose answer brings this one up, where one does.
    pub follows: Option<StepId>,
    /// Whether the answers call for it.
    pub when: When,
    /// Whether a complaint can be sent only with an answer to it. All others may stay open: nobody is turned away.
    pub needed: bool,
    pub body: Body,
    pub rule: Option<Rule>,
}

/// What stands on the page of a question.
#[derive(Clone, Copy, Debug)]
pub enum Body {
    /// Fields to fill in.
    Fields(&'static [Field]),
    /// Only something to read; Continue says it was seen.
    Notice,
    /// Files to add.
    Files(Purpose),
}

/// One field of a page.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name in the form and in JSON.
    pub name: &'static str,
    pub input: Input,
    /// The code of the error when it is left empty; `None` when it may be.
    pub missing: Option<&'static str>,
    pub when: When,
}

/// What kind of answer a field takes.
#[derive(Clone, Copy, Debug)]
pub enum Input {
    /// One line. The token says what a browser may fill in about the person who is typing, `about` whom it asks.
    Line {
        autocomplete: &'static str,
        about: About,
        width: Width,
    },
    /// A long text.
    Block,
    Email,
    Phone,
    Postcode,
    /// One of a list.
    One(Options),
    /// Any of a list. `none`, where the list has it, stands alone.
    Many(Options),
    /// A box to tick.
    Tick,
    /// A day, a month, or "I do not know".
    Date(Tense),
    /// A value the page's script sets; without it the field stays empty.
    Hidden,
}

/// Whom a field asks about: only a person's own details may be filled in by their browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// The one who is typing.
    Typist,
    /// The resident.
    Resident,
}

/// How long an answer is expected to be; longer ones fit too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    Full,
    Half,
    Short,
}

/// Which days a date may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tense {
    /// Today or before; not before the dates that stand above it.
    InOrder,
    /// Today or before.
    Past,
    /// Any day.
    Any,
}

/// Always.
#[must_use]
pub const fn always(_: &Answers, _: u8) -> bool {
    true
}

impl Question {
    /// A question that is always asked and may stay open.
    #[must_use]
    pub const fn new(step: StepId, slug: &'static str, section: Section, body: Body) -> Self {
        Self {
            step,
            slug,
            section,
            follows: None,
            when: always,
            needed: false,
            body,
            rule: None,
        }
    }

    /// The same, asked only when another question's answer calls for it.
    #[must_use]
    pub const fn follows(mut self, step: StepId, when: When) -> Self {
        self.follows = Some(step);
        self.when = when;
        self
    }

    /// The same, needed for sending.
    #[must_use]
    pub const fn needed(mut self) -> Self {
        self.needed = true;
        self
    }

    /// The same with a rule over its fields.
    #[must_use]
    pub const fn rule(mut self, rule: Rule) -> Self {
        self.rule = Some(rule);
        self
    }

    /// Whether it is asked once for each thing complained of.
    #[must_use]
    pub fn repeats(&self) -> bool {
        self.section == Section::Problem
    }

    /// Its fields; none on a page that only tells something or takes files.
    #[must_use]
    pub fn fields(&self) -> &'static [Field] {
        match self.body {
            Body::Fields(fields) => fields,
            Body::Notice | Body::Files(_) => &[],
        }
    }

    /// One of its fields.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields().iter().find(|f| f.name == name)
    }
}

impl Field {
    const fn new(name: &'static str, input: Input) -> Self {
        Self {
            name,
            input,
            missing: None,
            when: always,
        }
    }

    /// One line about the resident.
    #[must_use]
    pub const fn line(name: &'static str, autocomplete: &'static str, width: Width) -> Self {
        Self::new(
            name,
            Input::Line {
                autocomplete,
                about: About::Resident,
                width,
            },
        )
    }

    /// One line about the one who is typing.
    #[must_use]
    pub const fn own_line(name: &'static str, autocomplete: &'static str) -> Self {
        Self::new(
            name,
            Input::Line {
                autocomplete,
                about: About::Typist,
                width: Width::Full,
            },
        )
    }

    #[must_use]
    pub const fn block(name: &'static str) -> Self {
        Self::new(name, Input::Block)
    }

    #[must_use]
    pub const fn email(name: &'static str) -> Self {
        Self::new(name, Input::Email)
    }

    #[must_use]
    pub const fn phone(name: &'static str) -> Self {
        Self::new(name, Input::Phone)
    }

    #[must_use]
    pub const fn postcode(name: &'static str) -> Self {
        Self::new(name, Input::Postcode)
    }

    #[must_use]
    pub const fn one(name: &'static str, options: Options) -> Self {
        Self::new(name, Input::One(options))
    }

    #[must_use]
    pub const fn many(name: &'static str, options: Options) -> Self {
        Self::new(name, Input::Many(options))
    }

    #[must_use]
    pub const fn tick(name: &'static str) -> Self {
        Self::new(name, Input::Tick)
    }

    #[must_use]
    pub const fn date(name: &'static str, tense: Tense) -> Self {
        Self::new(name, Input::Date(tense))
    }

    #[must_use]
    pub const fn hidden(name: &'static str) -> Self {
        Self::new(name, Input::Hidden)
    }

    /// The same, not to be left empty.
    #[must_use]
    pub const fn required(mut self, code: &'static str) -> Self {
        self.missing = Some(code);
        self
    }

    /// The same, there only when the answers so far call for it.
    #[must_use]
    pub const fn when(mut self, when: When) -> Self {
        self.when = when;
        self
    }
}

/// Yes, no, not sure.
#[must_use]
pub fn yes_no_unsure(_: &Answers, _: u8) -> &'static [&'static str] {
    &["yes", "no", "not_sure"]
}

/// Yes or no.
#[must_use]
pub fn yes_no(_: &Answers, _: u8) -> &'static [&'static str] {
    &["yes", "no"]
}
