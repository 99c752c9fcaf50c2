//! The form of a question.

use axum::extract::Path;
use axum::http::{StatusCode, Uri};
use axum::response::Response;

use crate::app::draft_store::{SEEN, THEIRS, TO_LATER, TO_TASKS};
use crate::app::portal::{RejectedForm, ResumePage};
use crate::http::draft_number::{DraftNumber, STATE};
use crate::http::pages::accepted::{address, is_checking, see_other};
use crate::http::pages::body::FormBody;
use crate::http::pages::trouble::PageResult;
use crate::http::pages::visit::{Rejection, Visit};
use crate::http::pages::{draft_devices, landlord, language};
use complaint::questionnaire::steps;
use complaint::{Answers, CheckedAnswer, Context, FieldError, Fields, Page, QuestionRef, StepId, check, check_page, seen_beside};
use contract::DraftView;
use service::ServiceError;
use service::access::token::DraftToken;
use service::cases::submission::{self, SubmitError};
use service::drafts::{self, AnswerError, SaveError, SeenVersion, devices};
use service::idempotency::IdempotencyKey;
use service::typed_text::{self, DraftPage, TypedFields, TypedTextError};
use time::Duration;

/// Why an answer is not saved.
pub(crate) enum AnswerRejection {
    /// The page is rendered again, with the draft if the page needs it.
    Form(Rejection, Option<DraftView>),
    /// The complaint was sent already.
    Sent,
    /// Another device has closed the draft on this one.
    Closed,
}

impl<R: Into<Rejection>> From<R> for AnswerRejection {
    fn from(rejection: R) -> Self {
        Self::Form(rejection.into(), None)
    }
}

/// A saved answer.
pub(crate) struct Saved {
    pub(crate) draft: DraftView,
    pub(crate) token: DraftToken,
    /// The draft was created for this answer: it does not contain the person's earlier answers.
    pub(crate) is_new: bool,
}

impl Saved {
    /// Marks the draft as created for this answer.
    pub(crate) fn made_new(self) -> Self {
        Self { is_new: true, ..self }
    }
}

/// `POST /complaint/{slug}`: saves one answer. The declaration also sends the complaint.
pub(crate) async fn post(visit: Visit, Path(slug): Path<String>, FormBody(mut fields): FormBody) -> Response {
    let Some(place) = QuestionRef::from_slug(&slug) else {
        return visit.not_found().await;
    };
    fields.0.retain(|(name, _)| is_asked(place, name));
    if let Some(chosen) = language::chosen(visit.http(), &fields) {
        return language::render_in_language(&visit, place, chosen, fields).await;
    }
    if fields.raw("action") == THEIRS {
        // The answer that another device saved stays; nothing of this page is stored.
        return see_other(&Page::Tasks.path(), None);
    }
    fields.0.retain(|(name, _)| name != STATE);
    let fields = match place.step {
        StepId::Landlord if fields.raw("action") == landlord::FIND => return landlord::find(&visit, fields).await,
        StepId::Landlord => landlord::match_name_and_number(visit.services(), fields),
        _ => fields,
    };
    let leaving = leaving(&fields);
    let outcome = match visit.save_page(place, &fields).await {
        Ok(saved) if let Some(to) = leaving => Ok(see_other(to, [visit.draft_cookie(&saved.token)])),
        Err(AnswerRejection::Form(Rejection::Invalid(_), _)) if let Some(to) = leaving => visit.leave_unfinished(place, &fields, to).await,
        Ok(saved) if place.step == StepId::Declaration && !saved.is_new => match steps::asked_before_send(&saved.draft.answers) {
            Some(open) => Ok(see_other(&address(Page::Step(open), true), [visit.draft_cookie(&saved.token)])),
            None => visit.send(saved, &fields).await,
        },
        Ok(saved) => Ok(visit.redirect_to_next(place, &saved)),
        Err(rejection) => Err(rejection),
    };
    match outcome {
        Ok(response) => response,
        Err(rejection) => visit.reject_answer(fields, rejection).await,
    }
}

/// Returns where the person goes without completing the page: to the task list, or to save and come back later.
pub(crate) fn leaving(fields: &Fields) -> Option<&'static str> {
    match fields.raw("action") {
        TO_TASKS => Some("/complaint/tasks"),
        TO_LATER => Some("/save-and-return"),
        _ => None,
    }
}

/// Whether the form of a question's page has a field of this name. Other fields are dropped, because a page rendered again would contain
/// them.
fn is_asked(place: QuestionRef, name: &str) -> bool {
    let of_form = ["action", "key", "language", SEEN, STATE];
    of_form.contains(&name) || steps::has_field(place, name) || steps::all_beside(place.step).any(|other| name == seen_beside(other))
}

impl Visit {
    /// Stores what was typed on a page that is not complete yet, and lets the person leave it.
    async fn leave_unfinished(&self, place: QuestionRef, fields: &Fields, to: &str) -> Result<Response, AnswerRejection> {
        let mut typed = TypedFields::new();
        for (name, value) in &fields.0 {
            typed.entry(name.clone()).or_default().push(value.clone());
        }
        let is_open = match self.draft_token() {
            Some(token) => drafts::open(self.services(), &token).await?.map(|_| token),
            None => None,
        };
        let token = match is_open {
            Some(token) => token,
            None => self.new_draft().await?,
        };
        match typed_text::store_for_draft(self.services(), &token, DraftPage::Question(place), typed, Duration::ZERO).await {
            Ok(()) => Ok(see_other(to, [self.draft_cookie(&token)])),
            Err(TypedTextError::AlreadySent) => Err(AnswerRejection::Sent),
            Err(TypedTextError::NotFound) => Err(Rejection::NotSaved(StatusCode::NOT_FOUND).into()),
            Err(TypedTextError::TooLong) => Err(Rejection::NotSaved(StatusCode::PAYLOAD_TOO_LARGE).into()),
            Err(TypedTextError::Service(failure)) => Err(failure.into()),
        }
    }

    /// Checks every question of a page, then saves each answer as its own. A page that was left empty saves nothing.
    async fn save_page(&self, place: QuestionRef, fields: &Fields) -> Result<Saved, AnswerRejection> {
        let Some(mut token) = self.draft_token() else {
            return self.save_in_new(place, fields).await;
        };
        let Some(mut draft) = drafts::open(self.services(), &token).await? else {
            return self.save_without(&token, place, fields).await;
        };
        if draft.sent.is_some() {
            return Err(AnswerRejection::Sent);
        }
        if let Err(wait) = self.limits().save(token.id) {
            return Err(AnswerRejection::Form(wait.into(), Some(draft)));
        }
        let checked = match self.check_page(place, fields, &draft.answers) {
            Ok(checked) => checked,
            Err(errors) => return Err(AnswerRejection::Form(errors.into(), Some(draft))),
        };
        let mut is_new = false;
        for answer in checked {
            let there = answer.place();
            let seen = if there == place { SEEN.to_owned() } else { seen_beside(there.step) };
            let mut own = answer.answer().to_fields(there);
            own.0.extend(fields.all(&seen).map(|mark| (SEEN.to_owned(), mark.to_owned())));
            let saved = self.store(token, draft, there, &own).await?;
            (token, draft, is_new) = (saved.token, saved.draft, is_new || saved.is_new);
        }
        Ok(Saved { draft, token, is_new })
    }

    /// Checks an answer and saves it, in a new draft if there is none.
    pub(crate) async fn save(&self, place: QuestionRef, fields: &Fields) -> Result<Saved, AnswerRejection> {
        let token = self.draft_token();
        let draft = match &token {
            Some(token) => drafts::open(self.services(), token).await?,
            None => None,
        };
        match (token, draft) {
            (Some(token), Some(draft)) => self.save_in(token, draft, place, fields).await,
            (Some(token), None) => self.save_without(&token, place, fields).await,
            (None, _) => self.save_in_new(place, fields).await,
        }
    }

    /// Checks an answer and saves it in a draft that the request's cookie does not name yet.
    pub(crate) async fn save_for(&self, token: DraftToken, place: QuestionRef, fields: &Fields) -> Result<Saved, AnswerRejection> {
        match drafts::open(self.services(), &token).await? {
            Some(draft) => self.save_in(token, draft, place, fields).await,
            None => self.save_in_new(place, fields).await,
        }
    }

    async fn save_in(&self, token: DraftToken, draft: DraftView, place: QuestionRef, fields: &Fields) -> Result<Saved, AnswerRejection> {
        if let Err(wait) = self.limits().save(token.id) {
            return Err(AnswerRejection::Form(wait.into(), Some(draft)));
        }
        self.store(token, draft, place, fields).await
    }

    async fn store(&self, token: DraftToken, draft: DraftView, place: QuestionRef, fields: &Fields) -> Result<Saved, AnswerRejection> {
        let seen = fields.0.iter().find(|(name, _)| name == SEEN);
        let basis = SeenVersion {
            mark: seen.map(|(_, mark)| mark.as_str()),
            revisions: None,
        };
        match drafts::save_answer(self.services(), &token, draft, place, fields, basis).await {
            Ok(saved) => Ok(Saved {
                draft: saved.draft,
                token,
                is_new: false,
            }),
            // The draft expired, was deleted in another tab or closed by another device this very moment.
            Err(AnswerError::NotFound) => self.save_without(&token, place, fields).await,
            Err(AnswerError::AlreadySent) => Err(AnswerRejection::Sent),
            Err(AnswerError::Wrong(errors, draft)) => Err(AnswerRejection::Form(errors.into(), Some(*draft))),
            Err(AnswerError::Changed(draft)) => Err(AnswerRejection::Form(Rejection::ChangedElsewhere, Some(*draft))),
            Err(AnswerError::Service(failure)) => Err(failure.into()),
        }
    }

    /// Saves an answer whose token opens no draft. If another device has closed the draft on this device, returns
    /// [`AnswerRejection::Closed`]. Otherwise the person, who expects to be in that draft, would continue in a new one without noticing.
    async fn save_without(&self, token: &DraftToken, place: QuestionRef, fields: &Fields) -> Result<Saved, AnswerRejection> {
        if devices::was_ended(self.services(), token).await? {
            return Err(AnswerRejection::Closed);
        }
        self.save_in_new(place, fields).await
    }

    /// Saves a page whose draft is gone in a new draft, so that what was typed is kept.
    async fn save_in_new(&self, place: QuestionRef, fields: &Fields) -> Result<Saved, AnswerRejection> {
        let mut checked = self.check_page(place, fields, &Answers::default())?;
        if checked.is_empty() {
            // A draft needs an answer, so the page that was left empty is refused.
            checked.push(self.check(place, fields, &Answers::default())?);
        }
        let token = self.new_draft().await?;
        let mut saved = None;
        for answer in checked {
            saved = Some(match drafts::save_step(self.services(), &token, answer, None).await {
                Ok(draft) => draft,
                Err(SaveError::Service(failure)) => return Err(failure.into()),
                Err(error) => return Err(ServiceError::internal(format!("the first answer of a new draft was not saved: {error}")).into()),
            });
        }
        let draft = saved.ok_or_else(|| ServiceError::internal("a page without answers was saved"))?;
        Ok(Saved {
            draft,
            token,
            is_new: true,
        })
    }

    /// Creates a draft, unless the sender has created too many.
    pub(crate) async fn new_draft(&self) -> Result<DraftToken, Rejection> {
        self.limits().draft_creation(self.from)?;
        let device = self.http().device_name(&self.headers);
        Ok(drafts::create_on(self.services(), device).await?.token)
    }

    pub(crate) fn check(&self, place: QuestionRef, fields: &Fields, answers: &Answers) -> Result<CheckedAnswer, Vec<FieldError>> {
        let today = self.services().today();
        check(place, fields, &Context { today, answers })
    }

    pub(crate) fn check_page(&self, place: QuestionRef, fields: &Fields, answers: &Answers) -> Result<Vec<CheckedAnswer>, Vec<FieldError>> {
        let today = self.services().today();
        check_page(place, fields, &Context { today, answers })
    }

    /// Redirects to the page after a question. A draft created for an answer in the middle continues at its first open question, which says
    /// that the earlier answers are gone.
    pub(crate) fn redirect_to_next(&self, place: QuestionRef, saved: &Saved) -> Response {
        let checking = is_checking(self.uri.query());
        let cookie = self.draft_cookie(&saved.token);
        if saved.is_new && place.step != StepId::Role {
            let open = steps::unanswered(&saved.draft.answers)
                .next()
                .map_or(Page::CheckAnswers, Page::Step);
            return see_other(&format!("{}?kept=1", open.path()), [cookie]);
        }
        let next = steps::next_page(place, &saved.draft.answers, checking);
        see_other(&address(next, checking), [cookie])
    }

    /// Sends the complaint, once: the idempotency key tells a second press from another complaint. The key is the page's, else the
    /// draft's id.
    async fn send(&self, saved: Saved, fields: &Fields) -> Result<Response, AnswerRejection> {
        let key = IdempotencyKey::parse(fields.raw("key")).or_else(|| IdempotencyKey::parse(&saved.token.id.to_string()));
        let key = key.ok_or_else(|| ServiceError::internal("a draft's id is not a valid idempotency key"))?;
        let to = match submission::submit_in(self.services(), &saved.token, &key, self.language()).await {
            // If another device sent it, the page says so.
            Ok(_) | Err(SubmitError::SentElsewhere) => Page::Sent,
            Err(SubmitError::Incomplete(_) | SubmitError::NotFound) => Page::CheckAnswers,
            Err(SubmitError::Service(failure)) => return Err(failure.into()),
        };
        Ok(see_other(&to.path(), [self.draft_cookie(&saved.token)]))
    }

    /// Renders the page again, with everything typed and why the answer is not saved.
    pub(crate) async fn reject_answer(&self, fields: Fields, rejection: AnswerRejection) -> Response {
        match rejection {
            AnswerRejection::Form(rejection, draft) => self.reject(self.portal().with_draft(draft), fields, rejection).await,
            AnswerRejection::Sent => see_other(&Page::Sent.path(), None),
            AnswerRejection::Closed => {
                let place = self.uri.path().split('/').find_map(QuestionRef::from_slug);
                let portal = self.portal().with_returning(Some(ResumePage::Closed { place }));
                let posted = RejectedForm {
                    fields,
                    ..RejectedForm::default()
                };
                let closed = self.at(Uri::from_static(draft_devices::CLOSED));
                closed.form_page(StatusCode::GONE, portal, posted).await
            }
        }
    }
}

/// `POST /remove-thing/{issue}`: removes one of several issues. An issue that does not exist counts as removed.
pub(crate) async fn remove_issue(visit: Visit, Path(issue): Path<u8>) -> PageResult {
    let Some(token) = visit.draft_token() else {
        return Ok(see_other("/", None));
    };
    match drafts::remove_issue(visit.services(), &token, issue).await {
        Err(SaveError::Service(failure)) => Err(failure.into()),
        Err(SaveError::AlreadySent { .. }) => Ok(see_other(&Page::Sent.path(), None)),
        Ok(_) | Err(SaveError::NotFound | SaveError::Changed(_)) => Ok(see_other(&Page::CheckAnswers.path(), None)),
    }
}

/// `POST /complaint/start-again`: deletes the draft that the address names, and its files. A sent complaint and its receipt stay. Without
/// a draft in the address nothing is deleted, because the page cannot know which draft the browser holds by now.
pub(crate) async fn start_again(visit: Visit) -> PageResult {
    if DraftNumber::from_query(visit.uri.query()).is_none() {
        return Ok(see_other("/", None));
    }
    if let Some(token) = visit.draft_token()
        && let Some(draft) = drafts::open(visit.services(), &token).await?
    {
        if draft.sent.is_some() {
            return Ok(see_other("/", None));
        }
        drafts::forget(visit.services(), &token).await?;
    }
    Ok(see_other("/", [visit.cookies().clear_draft()]))
}
