//! Who is filling in the questionnaire, and on what basis they represent the resident.

use crate::fields::form::choices;
use crate::questionnaire::answers::Answers;
use crate::questionnaire::question::Purpose;
use crate::questionnaire::question::{Body, DateRule, Field, Question, Section};
use crate::questionnaire::steps::StepId;

choices! {
    /// Who is filling in the questionnaire.
    RoleKind {
        /// The person whose home it is about.
        Resident = "resident",
        /// A person who represents the resident.
        Representative = "representative",
        /// A person who works for the landlord: the questionnaire asks them to use the contact details instead.
        LandlordStaff = "landlord_staff",
    }
}

const ROLE: fn(&Answers, u8) -> &'static [&'static str] = |_, _| RoleKind::CODES;

/// The bases on which a person may represent the resident.
///
/// Under the Housing Ombudsman Scheme a representative may complain who is authorised, or who represents a person without
/// capacity. So may a representative with authority for a person who has died. Source: memorandum of understanding between the
/// LGSCO and the Housing Ombudsman, on who may complain.
const WHY: fn(&Answers, u8) -> &'static [&'static str] =
    |_, _| &["permission", "no_capacity", "died", "parent", "councillor", "adviser", "other"];

const CAPACITY: fn(&Answers, u8) -> &'static [&'static str] = |_, _| &["attorney", "deputy", "appointee", "other"];

const ESTATE: fn(&Answers, u8) -> &'static [&'static str] = |_, _| &["executor", "administrator", "next_of_kin", "other"];

const CONNECTION: fn(&Answers, u8) -> &'static [&'static str] =
    |_, _| &["family", "friend", "adviser", "solicitor", "councillor", "support_worker", "other"];

/// Offers `ask_resident` only for bases for which the authority table accepts a link; a test compares the two. The authority
/// table itself is not part of the browser build.
const AUTHORITY: fn(&Answers, u8) -> &'static [&'static str] = |answers, _| {
    if cannot_agree(answers) || answers.has_choice_once(StepId::RepresentativeWhy, "why", "councillor") {
        &["upload", "later"]
    } else {
        &["upload", "ask_resident", "later"]
    }
};

const SCOPE: fn(&Answers, u8) -> &'static [&'static str] = |_, _| &["see", "speak", "letters", "decide"];

fn is_representative(answers: &Answers) -> bool {
    answers.has_choice_once(StepId::Role, "role", "representative")
}

fn cannot_agree(answers: &Answers) -> bool {
    ["no_capacity", "died"]
        .iter()
        .any(|why| answers.has_choice_once(StepId::RepresentativeWhy, "why", why))
}

const FOR_ANOTHER: fn(&Answers, u8) -> bool = |answers, _| is_representative(answers);

pub(crate) const QUESTIONS: [Question; 10] = [
    Question::new(
        StepId::Role,
        "who-are-you",
        Section::AboutYou,
        Body::Fields(&[Field::one("role", ROLE).required("role_missing")]),
    )
    .needed(),
    Question::new(StepId::LandlordStaffNotice, "your-work", Section::AboutYou, Body::Notice).follows(StepId::Role, |answers, _| {
        answers.has_choice_once(StepId::Role, "role", "landlord_staff")
    }),
    Question::new(
        StepId::RepresentativeWhy,
        "why-you",
        Section::AboutYou,
        Body::Fields(&[Field::one("why", WHY).required("representative_why_missing")]),
    )
    .follows(StepId::Role, FOR_ANOTHER)
    .needed_to_continue(),
    Question::new(
        StepId::CapacityBasis,
        "your-right-to-act",
        Section::AboutYou,
        Body::Fields(&[Field::one("basis", CAPACITY).required("capacity_basis_missing")]),
    )
    .follows(StepId::RepresentativeWhy, |answers, _| {
        answers.has_choice_once(StepId::RepresentativeWhy, "why", "no_capacity")
    })
    .needed_to_continue()
    .beside(StepId::Representative),
    Question::new(
        StepId::EstateBasis,
        "your-place",
        Section::AboutYou,
        Body::Fields(&[Field::one("basis", ESTATE).required("estate_basis_missing")]),
    )
    .follows(StepId::RepresentativeWhy, |answers, _| {
        answers.has_choice_once(StepId::RepresentativeWhy, "why", "died")
    })
    .needed_to_continue()
    .beside(StepId::Representative),
    Question::new(
        StepId::Representative,
        "about-you",
        Section::AboutYou,
        Body::Fields(&[
            Field::own_line("full_name", "name").required("your_name_missing"),
            Field::own_line("organisation", "organization"),
            Field::one("connection", CONNECTION).required("connection_missing"),
            Field::own_line("own_reference", "off"),
        ]),
    )
    .follows(StepId::Role, FOR_ANOTHER)
    .needed(),
    Question::new(
        StepId::Authority,
        "permission",
        Section::AboutYou,
        Body::Fields(&[Field::one("how", AUTHORITY).required("authority_missing")]),
    )
    .follows(StepId::Role, FOR_ANOTHER)
    .needed_to_continue(),
    Question::new(
        StepId::AuthorityScope,
        "what-you-may-do",
        Section::AboutYou,
        Body::Fields(&[
            Field::many("scope", SCOPE).required("authority_scope_missing"),
            Field::date("until", DateRule::Any),
        ]),
    )
    .follows(StepId::RepresentativeWhy, |answers, _| {
        is_representative(answers) && !cannot_agree(answers)
    })
    .needed_to_continue()
    .beside(StepId::Authority),
    Question::new(
        StepId::AskResident,
        "ask-the-resident",
        Section::AboutYou,
        Body::Fields(&[Field::email("email"), Field::phone("phone")]),
    )
    .follows(StepId::Authority, |answers, _| {
        answers.has_choice_once(StepId::Authority, "how", "ask_resident")
    }),
    Question::new(
        StepId::AuthorityFile,
        "your-papers",
        Section::AboutYou,
        Body::Files(Purpose::Authority),
    )
    .follows(StepId::Authority, |answers, _| {
        answers.has_choice_once(StepId::Authority, "how", "upload")
    }),
];
