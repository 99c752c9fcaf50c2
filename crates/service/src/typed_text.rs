//! Text that a person has typed into a form and not submitted yet. A closed tab or a lost phone loses none of it.
//!
//! The text is stored unchecked, field by field; of two devices, the later one wins in each field. It is given back only to
//! the holder of the draft, or to the person on the case who typed it. It is deleted when the form is submitted, and never
//! becomes part of the record.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::Duration;
use uuid::Uuid;

use crate::access::{token::DraftToken, viewer::Viewer};
use crate::{ServiceError, Services, drafts, error::from_record_error, london::date, stored};
use complaint::case::actions::CaseActionKind;
use complaint::questionnaire::file_description::{CAPTION, Description, SHOWS};
use complaint::questionnaire::steps;
use complaint::{Answers, Context, Fields, QuestionRef, check_page, seen_beside};
use record::store::Write;
use record::typed_text::{self as rows, Holder};
use record::uploads::{self, State};
use record::{Instant, RecordError, cases};

/// The largest text of one page, in bytes of its stored form. The longest answer has 30,000 characters.
pub const PAGE_BYTES: usize = 192 * 1024;

/// The largest text of one draft, or of one person on a case.
pub const ALL_BYTES: usize = 1024 * 1024;

/// The most fields of one page.
const PAGE_FIELDS: usize = 100;

/// What the name of a file's page begins with.
const FILE_PAGE: &str = "about-file-";

/// The pages of a case, besides its actions, whose forms take text.
const OTHER_CASE_PAGES: [&str; 2] = ["people", "contact"];

/// The values of a form's fields by their names. A field may have several values, as checkboxes do; a cleared one has none.
pub type TypedFields = BTreeMap<String, Vec<String>>;

/// The text of a draft or of a person on a case, by the name of the page. That is the name of a [`DraftPage`], or the last
/// part of a case page's address.
pub type TypedText = BTreeMap<String, TypedFields>;

/// A page of a draft whose form takes text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DraftPage {
    Question(QuestionRef),
    /// The page with the caption and description of a file.
    File(Uuid),
}

impl DraftPage {
    pub fn parse(name: &str) -> Option<Self> {
        match name.strip_prefix(FILE_PAGE) {
            Some(file) => Uuid::try_parse(file).ok().map(Self::File),
            None => QuestionRef::parse(name).map(Self::Question),
        }
    }

    /// Returns the name under which the page's text is stored.
    pub fn name(self) -> String {
        match self {
            Self::Question(place) => place.code(),
            Self::File(file) => format!("{FILE_PAGE}{file}"),
        }
    }
}

/// Why text was not stored.
#[derive(Debug, thiserror::Error)]
pub enum TypedTextError {
    /// The draft or the page does not exist.
    #[error("no such draft or page")]
    NotFound,
    /// The complaint was sent already.
    #[error("the complaint was sent already")]
    AlreadySent,
    /// The text is longer than [`PAGE_BYTES`] or [`ALL_BYTES`].
    #[error("the text is too long")]
    TooLong,
    #[error(transparent)]
    Service(#[from] ServiceError),
}

from_record_error!(TypedTextError);

/// The stored form of a page's fields.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct StoredPage(BTreeMap<String, StoredField>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct StoredField {
    values: Vec<String>,
    /// When it was typed, in microseconds since 1970.
    at: i64,
}

impl StoredPage {
    fn read(row: &rows::Model) -> Result<Self, RecordError> {
        serde_json::from_str(&row.fields).map_err(|_| RecordError::corrupt("typed text is not readable"))
    }

    /// Takes each field that was typed later than the stored one.
    fn merge(&mut self, fields: TypedFields, at: Instant) {
        let at = at.micros();
        for (name, values) in fields {
            if self.0.get(&name).is_none_or(|stored| stored.at <= at) {
                self.0.insert(name, StoredField { values, at });
            }
        }
    }

    fn into_fields(self) -> TypedFields {
        self.0.into_iter().map(|(name, field)| (name, field.values)).collect()
    }
}

/// Returns the fields of a question's page: the stored answers to all questions on it, under what was typed since.
pub fn page_fields(place: QuestionRef, answers: &Answers, typed: &TypedFields) -> Fields {
    let mut fields = answers.get(place).map(|answer| answer.to_fields(place)).unwrap_or_default();
    steps::add_stored_beside(&mut fields, place, answers);
    fields.replace(typed);
    fields
}

/// Stores what is being typed on a page of a draft. `ago` is the time since it was typed.
pub async fn store_for_draft(
    services: &Services,
    token: &DraftToken,
    page: DraftPage,
    mut typed: TypedFields,
    ago: Duration,
) -> Result<(), TypedTextError> {
    typed.retain(|field, _| match page {
        DraftPage::Question(place) => steps::has_field(place, field),
        DraftPage::File(_) => [CAPTION, SHOWS].contains(&field.as_str()),
    });
    let write = services.store().begin().await?;
    let draft = drafts::lock(services, &write, token).await?.ok_or(TypedTextError::NotFound)?.draft;
    if draft.case_id.is_some() {
        return Err(TypedTextError::AlreadySent);
    }
    let (holder, name) = (Holder::Draft(draft.id), page.name());
    match page {
        DraftPage::Question(place) => {
            let answers = stored::answers(&draft.answers)?;
            // A page that was only looked at is not unfinished.
            let is_stored = |typed: &TypedFields| is_blank(typed) && !answers.has(place) || is_answered(services, place, typed, &answers);
            store(services, &write, holder, &name, typed, ago, &is_stored).await?;
        }
        DraftPage::File(id) => {
            let file = uploads::lookup(&write.tx(), id).await?;
            let own = file.filter(|file| file.draft_id == Some(draft.id) && file.state != State::Receiving);
            let file = own.ok_or(TypedTextError::NotFound)?;
            let described = Description {
                caption: file.caption.unwrap_or_default(),
                shows: file.shows.unwrap_or_default(),
            };
            let is_stored = |typed: &TypedFields| {
                let mut fields = described.to_fields();
                fields.replace(typed);
                Description::from_fields(&fields).check().as_ref() == Ok(&described)
            };
            store(services, &write, holder, &name, typed, ago, &is_stored).await?;
        }
    }
    write.commit().await?;
    Ok(())
}

/// Stores what a person is typing on a page of their case. `ago` is the time since it was typed.
pub async fn store_for_person(
    services: &Services,
    viewer: &Viewer,
    page: &str,
    typed: TypedFields,
    ago: Duration,
) -> Result<(), TypedTextError> {
    if !is_case_page(page) {
        return Err(TypedTextError::NotFound);
    }
    let write = services.store().begin().await?;
    // Two devices of one person may type at once: the later call must merge with what the earlier one stored.
    cases::lock(&write, viewer.reference()).await?;
    store(services, &write, holder(viewer), page, typed, ago, &TypedFields::is_empty).await?;
    write.commit().await?;
    Ok(())
}

/// Returns all text of a draft.
pub async fn list_of_draft(services: &Services, token: &DraftToken) -> Result<TypedText, ServiceError> {
    match drafts::find(services, token).await? {
        Some(held) if held.draft.case_id.is_none() => list(services, Holder::Draft(held.draft.id)).await,
        _ => Ok(TypedText::new()),
    }
}

/// Returns what a person has typed on one page of their case.
pub async fn list_of_person(services: &Services, viewer: &Viewer) -> Result<TypedText, ServiceError> {
    list(services, holder(viewer)).await
}

/// Deletes what a person has typed on a page of their case.
pub async fn remove_of_person(services: &Services, viewer: &Viewer, page: &str) -> Result<(), ServiceError> {
    let write = services.store().begin().await?;
    rows::remove_page(&write, holder(viewer), page).await?;
    write.commit().await?;
    Ok(())
}

/// Returns whether text of this page of a case is stored. It may be the page of an action, of the contact details, or of a
/// question under "Add more". The name may end in the number of an order.
pub fn is_case_page(page: &str) -> bool {
    let is_number = |end: &str| (1..=3).contains(&end.len()) && end.bytes().all(|byte| byte.is_ascii_digit());
    let slug = page
        .rsplit_once('-')
        .filter(|(_, end)| is_number(end))
        .map_or(page, |(slug, _)| slug);
    OTHER_CASE_PAGES.contains(&slug) || CaseActionKind::from_slug(slug).is_some() || QuestionRef::from_slug(page).is_some()
}

fn holder(viewer: &Viewer) -> Holder {
    Holder::Person {
        case: viewer.case.id,
        number: viewer.person.number.into(),
    }
}

async fn list(services: &Services, of: Holder) -> Result<TypedText, ServiceError> {
    let rows = rows::list(&services.store().read, of).await?;
    let pages = rows
        .into_iter()
        .map(|row| Ok((row.page.clone(), StoredPage::read(&row)?.into_fields())));
    Ok(pages.collect::<Result<_, RecordError>>()?)
}

async fn store(
    services: &Services,
    write: &Write,
    of: Holder,
    page: &str,
    typed: TypedFields,
    ago: Duration,
    is_stored: &(dyn Fn(&TypedFields) -> bool + Sync),
) -> Result<(), TypedTextError> {
    let mut others = 0;
    let mut fields = StoredPage::default();
    for row in rows::list(&write.tx(), of).await? {
        if row.page == page {
            fields = StoredPage::read(&row)?;
        } else {
            others += row.fields.len();
        }
    }
    let now = services.now();
    fields.merge(typed, (now - ago).into());
    let json = serde_json::to_string(&fields).map_err(ServiceError::internal)?;
    if fields.0.len() > PAGE_FIELDS || json.len() > PAGE_BYTES || others + json.len() > ALL_BYTES {
        return Err(TypedTextError::TooLong);
    }
    if is_stored(&fields.into_fields()) {
        rows::remove_page(write, of, page).await?;
    } else {
        rows::put(write, of, page, json, now.into()).await?;
    }
    Ok(())
}

fn is_blank(typed: &TypedFields) -> bool {
    typed.values().flatten().all(|value| value.trim().is_empty())
}

/// Returns whether the page would save exactly the answers that are stored: then nothing of it is unsubmitted. That is so
/// when the text arrives after the answer that it became.
fn is_answered(services: &Services, place: QuestionRef, typed: &TypedFields, answers: &Answers) -> bool {
    let mut fields = page_fields(place, answers, typed);
    for beside in steps::beside(place, answers) {
        fields.0.push((seen_beside(beside.step), String::new()));
    }
    let context = Context {
        today: date(services.now()),
        answers,
    };
    check_page(place, &fields, &context)
        .is_ok_and(|checked| checked.iter().all(|answer| answers.get(answer.place()) == Some(answer.answer())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(name: &str, value: &str) -> TypedFields {
        TypedFields::from([(name.to_owned(), vec![value.to_owned()])])
    }

    #[test]
    fn in_each_field_the_later_text_wins_in_whatever_order_it_arrives() {
        let writings = [("a", "one", 1), ("a", "two", 3), ("b", "three", 2), ("b", "four", 1)];
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 0, 3, 2], [2, 3, 1, 0]] {
            let mut page = StoredPage::default();
            for n in order {
                let (name, value, at) = writings[n];
                page.merge(typed(name, value), Instant::from_micros(at));
            }
            let expected: TypedFields = typed("a", "two").into_iter().chain(typed("b", "three")).collect();
            assert_eq!(page.into_fields(), expected, "{order:?}");
        }
    }
}
