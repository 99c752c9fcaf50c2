//! Checks of forms about a case that need only what was typed. The server makes them before it looks anything up; the browser makes them before it
//! sends the form.

use time::Date;

use crate::case::representation::{Connection, Rights, Scope};
use crate::fields::form::{Choice, FieldError, Fields};
use crate::fields::{AccessCode, DateInput, DateProblem, PartialDate, Reference, email, one_time_code, return_code, text};

/// Checks the form for a reference and an access code: what is missing, and text that cannot be one. Such a form does not count as an attempt.
pub fn sign_in(fields: &Fields) -> Vec<FieldError> {
    let (reference, code) = (fields.line("reference"), fields.line("access_code"));
    let error = |typed: &str, field, missing, wrong| FieldError::new(field, if typed.is_empty() { missing } else { wrong });
    let mut errors = Vec::new();
    if Reference::parse(&reference).is_none() {
        errors.push(error(&reference, "reference", "reference_missing", "sign_in_failed"));
    }
    if AccessCode::parse(&code).is_none() {
        errors.push(error(&code, "access_code", "access_code_missing", "access_code_shape"));
    }
    errors
}

/// Checks the form that asks for a code by email. Returns the address.
pub fn sign_in_email(fields: &Fields) -> Result<String, Vec<FieldError>> {
    let (address, reference) = (fields.line("email"), fields.line("reference"));
    let read = if address.is_empty() {
        Err(FieldError::new("email", "sign_in_email_missing"))
    } else {
        email::read(&address).map_err(|problem| problem.at("email"))
    };
    let wrong = !reference.is_empty() && Reference::parse(&reference).is_none();
    let wrong = wrong.then(|| FieldError::new("reference", "reference_wrong"));
    match (read, wrong) {
        (Ok(email), None) => Ok(email),
        (read, wrong) => Err(read.err().into_iter().chain(wrong).collect()),
    }
}

/// Reads a one-time code. An incomplete code does not count as an attempt.
pub fn one_time_code(fields: &Fields, name: &'static str) -> Result<String, FieldError> {
    let typed = fields.line(name);
    if typed.is_empty() {
        return Err(FieldError::new(name, "email_code_missing"));
    }
    one_time_code::find(&typed).ok_or_else(|| FieldError::new(name, "email_code_shape"))
}

/// Checks the form for joining a case by a hand-over code.
pub fn join(fields: &Fields) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let code = fields.line("code");
    if code.is_empty() {
        errors.push(FieldError::new("code", "return_code_missing"));
    } else if return_code::ResumeCode::parse(&code).is_none() {
        errors.push(FieldError::new("code", "join_code_unknown"));
    }
    if fields.line("full_name").is_empty() {
        errors.push(FieldError::new("full_name", "your_name_missing"));
    }
    if Connection::parse(fields.raw("connection")).is_none() {
        errors.push(FieldError::new("connection", "connection_missing"));
    }
    errors
}

/// Reads the last day of a representation, which may be left empty. Only a day that is not a date is an error.
fn last_day(fields: &Fields) -> Result<Option<Date>, FieldError> {
    let part = |name: &str| fields.line(&format!("until-{name}"));
    let typed = DateInput {
        day: part("day"),
        month: part("month"),
        year: part("year"),
        unknown: false,
    };
    match typed.read() {
        Ok(date) => Ok(date.map(PartialDate::latest)),
        Err(DateProblem::Missing) => Ok(None),
        Err(problem) => {
            let not_real = || FieldError::new("until", "consent_until_not_real").at_input("until-day");
            Err(problem.error("until").unwrap_or_else(not_real))
        }
    }
}

/// Reads the ticked scopes and the last day of a representation.
pub fn rights(fields: &Fields, today: Date) -> Result<Rights, Vec<FieldError>> {
    let scopes = fields.all("scope").filter_map(Scope::parse).collect();
    let (until, not_a_date) = match last_day(fields) {
        Ok(until) => (until, None),
        Err(error) => (None, Some(error)),
    };
    let checked = Rights { scopes, until }.checked(today);
    match not_a_date {
        None => checked,
        Some(error) => Err(checked.err().into_iter().flatten().chain([error]).collect()),
    }
}

/// Reads the address to which the tenant is asked again; `None` for the one in the complaint. It is required after an email came back.
pub fn tenant_email(typed: &str, is_required: bool) -> Result<Option<String>, Vec<FieldError>> {
    let typed = text::line(typed);
    match typed.as_str() {
        "" if is_required => Err(vec![FieldError::new("email", "consent_email_came_back")]),
        "" => Ok(None),
        typed => email::read(typed).map(Some).map_err(|problem| vec![problem.at("email")]),
    }
}

/// Checks the tenant's answer to a request for consent.
pub fn consent(fields: &Fields, today: Date) -> Vec<FieldError> {
    match fields.raw("answer") {
        "agree" => rights(fields, today).err().unwrap_or_default(),
        "refuse" | "take_over" => Vec::new(),
        _ => vec![FieldError::new("answer", "consent_answer_missing")],
    }
}
