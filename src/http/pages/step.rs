//! The form of a question.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::app::draft_store::{SEEN, THEIRS};
use crate::app::portal::{NotProcessed, PortalError, RejectedForm, ResumePage};
use crate::http::client::ClientAddress;
use crate::http::draft_number::{DraftNumber, STATE};
use crate::http::limits::RetryAfter;
use crate::http::pages::accepted::{address, is_checking, see_other};
use crate::http::pages::body::FormBody;
use crate::http::pages::portal::ServicePortal;
use crate::http::pages::render::{Render, wrong};
use crate::http::pages::show;
use crate::http::pages::{Forms, draft_devices, landlord, language, trouble};
use complaint::questionnaire::question::Field;
use complaint::{Answers, CheckedAnswer, Context, FieldError, Fields, Page, QuestionRef, StepId, check, questionnaire::steps};
use contract::DraftView;
use service::ServiceError;
use service::access::token::DraftToken;
use service::cases::submission::{self, SubmitError};
use service::drafts::{self, AnswerError, SaveError, SeenVersion, devices};
use service::idempotency::IdempotencyKey;

/// One posted form: its sender and its page.
pub(crate) struct Form<'a> {
    pub(crate) forms: &'a Forms,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) uri: &'a Uri,
    pub(crate) from: ClientAddress,
}

/// Why a form is rejected.
pub(crate) enum Refused {
    /// The answers are invalid.
    Wrong(Vec<FieldError>, Option<DraftView>),
    /// Another device saved a different answer since the page was rendered. Both are shown, neither is lost.
    Changed(DraftView),
    /// Too many requests; with the draft if the page needs it.
    TooMany(RetryAfter, Option<DraftView>),
    Failed(ServiceError),
    /// The complaint was sent already.
    Sent,
    /// Another device has closed the draft on this one.
    Closed,
}

impl From<ServiceError> for Refused {
    fn from(failure: ServiceError) -> Self {
        Self::Failed(failure)
    }
}

impl From<RetryAfter> for Refused {
    fn from(wait: RetryAfter) -> Self {
        Self::TooMany(wait, None)
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
pub(crate) async fn post(
    State(forms): State<Forms>,
    Path(slug): Path<String>,
    from: ClientAddress,
    headers: HeaderMap,
    uri: Uri,
    FormBody(mut fields): FormBody,
) -> Response {
    let Some(place) = QuestionRef::from_slug(&slug) else {
        return show::not_found(State(forms), headers, uri).await;
    };
    let form = Form {
        forms: &forms,
        headers: &headers,
        uri: &uri,
        from,
    };
    fields.0.retain(|(name, _)| is_asked(place, name));
    if let Some(chosen) = language::chosen(&forms.http, &fields) {
        return language::render_in_language(&form, place, chosen, fields).await;
    }
    if fields.raw("action") == THEIRS {
        // The answer that another device saved stays; nothing of this page is stored.
        return see_other(&Page::Tasks.path(), None);
    }
    fields.0.retain(|(name, _)| name != STATE);
    let fields = match place.step {
        StepId::Landlord if fields.raw("action") == landlord::FIND => return landlord::find(&form, fields).await,
        StepId::Landlord => landlord::match_name_and_number(&form.forms.http.services, fields),
        _ => fields,
    };
    let outcome = match form.save(place, &fields).await {
        Ok(saved) if place.step == StepId::Declaration && !saved.is_new => form.send(saved, &fields).await,
        Ok(saved) => Ok(form.redirect_to_next(place, &saved)),
        Err(refused) => Err(refused),
    };
    match outcome {
        Ok(response) => response,
        Err(refused) => form.render_rejected(fields, refused).await,
    }
}

/// Whether a question's form has a field of this name. Other fields are dropped, because a page rendered again would contain them.
fn is_asked(place: QuestionRef, name: &str) -> bool {
    let of_form = ["action", "key", "language", SEEN, STATE];
    let of_field = |field: &Field| {
        name.strip_prefix(field.name)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    of_form.contains(&name) || steps::question(place.step).fields().iter().any(of_field)
}

impl Form<'_> {
    /// Checks an answer and saves it, in a new draft if there is none.
    pub(crate) async fn save(&self, place: QuestionRef, fields: &Fields) -> Result<Saved, Refused> {
        let services = &self.forms.http.services;
        let token = self.forms.http.cookies.draft_token(self.headers);
        let draft = match &token {
            Some(token) => drafts::open(services, token).await?,
            None => None,
        };
        match (token, draft) {
            (Some(token), Some(draft)) => self.save_in(token, draft, place, fields).await,
            (Some(token), None) => self.save_without(&token, place, fields).await,
            (None, _) => self.save_in_new(place, fields).await,
        }
    }

    /// Checks an answer and saves it in a draft that the request's cookie does not name yet.
    pub(crate) async fn save_for(&self, token: DraftToken, place: QuestionRef, fields: &Fields) -> Result<Saved, Refused> {
        match drafts::open(&self.forms.http.services, &token).await? {
            Some(draft) => self.save_in(token, draft, place, fields).await,
            None => self.save_in_new(place, fields).await,
        }
    }

    async fn save_in(&self, token: DraftToken, draft: DraftView, place: QuestionRef, fields: &Fields) -> Result<Saved, Refused> {
        if let Err(wait) = self.forms.http.limits.save(token.id) {
            return Err(Refused::TooMany(wait, Some(draft)));
        }
        let seen = fields.0.iter().find(|(name, _)| name == SEEN);
        let basis = SeenVersion {
            mark: seen.map(|(_, mark)| mark.as_str()),
            revisions: None,
        };
        match drafts::save_answer(&self.forms.http.services, &token, draft, place, fields, basis).await {
            Ok(saved) => Ok(Saved {
                draft: saved.draft,
                token,
                is_new: false,
            }),
            // The draft expired, was deleted in another tab or closed by another device this very moment.
            Err(AnswerError::NotFound) => self.save_without(&token, place, fields).await,
            Err(AnswerError::AlreadySent) => Err(Refused::Sent),
            Err(AnswerError::Wrong(errors, draft)) => Err(Refused::Wrong(errors, Some(*draft))),
            Err(AnswerError::Changed(draft)) => Err(Refused::Changed(*draft)),
            Err(AnswerError::Service(failure)) => Err(failure.into()),
        }
    }

    /// Saves an answer whose token opens no draft. If another device has closed the draft on this device, returns [`Refused::Closed`].
    /// Otherwise the person, who expects to be in that draft, would continue in a new one without noticing.
    async fn save_without(&self, token: &DraftToken, place: QuestionRef, fields: &Fields) -> Result<Saved, Refused> {
        if devices::was_ended(&self.forms.http.services, token).await? {
            return Err(Refused::Closed);
        }
        self.save_in_new(place, fields).await
    }

    /// Saves an answer whose draft is gone in a new draft, so that what was typed is kept.
    async fn save_in_new(&self, place: QuestionRef, fields: &Fields) -> Result<Saved, Refused> {
        let services = &self.forms.http.services;
        let answer = self
            .check(place, fields, &Answers::default())
            .map_err(|errors| Refused::Wrong(errors, None))?;
        let token = self.new_draft().await?;
        let draft = match drafts::save_step(services, &token, answer, None).await {
            Ok(saved) => saved,
            Err(SaveError::Service(failure)) => return Err(failure.into()),
            Err(error) => return Err(ServiceError::internal(format!("the first answer of a new draft was not saved: {error}")).into()),
        };
        Ok(Saved {
            draft,
            token,
            is_new: true,
        })
    }

    /// Creates a draft, unless the sender has created too many.
    pub(crate) async fn new_draft(&self) -> Result<DraftToken, Refused> {
        self.forms.http.limits.draft_creation(self.from)?;
        let device = self.forms.http.device_name(self.headers);
        Ok(drafts::create_on(&self.forms.http.services, device).await?.token)
    }

    pub(crate) fn check(&self, place: QuestionRef, fields: &Fields, answers: &Answers) -> Result<CheckedAnswer, Vec<FieldError>> {
        let today = self.forms.http.services.today();
        check(place, fields, &Context { today, answers })
    }

    /// Redirects to the page after a question. A draft created for an answer in the middle continues at its first open question, which says
    /// that the earlier answers are gone.
    pub(crate) fn redirect_to_next(&self, place: QuestionRef, saved: &Saved) -> Response {
        let checking = is_checking(self.uri.query());
        let cookie = self.cookie(&saved.token);
        if saved.is_new && place.step != StepId::Role {
            let open = steps::unanswered(&saved.draft.answers)
                .next()
                .map_or(Page::CheckAnswers, Page::Step);
            return see_other(&format!("{}?kept=1", open.path()), [cookie]);
        }
        let next = steps::next_page(place, &saved.draft.answers, checking);
        see_other(&address(next, checking), [cookie])
    }

    /// The cookie of a draft that was just saved, which restarts its retention period.
    pub(crate) fn cookie(&self, token: &DraftToken) -> HeaderValue {
        let days = self.forms.http.services.settings().draft_days;
        self.forms.http.cookies.set_draft(token, time::Duration::days(days.into()))
    }

    /// Sends the complaint, once: the idempotency key tells a second press from another complaint. The key is the page's, else the
    /// draft's id.
    async fn send(&self, saved: Saved, fields: &Fields) -> Result<Response, Refused> {
        let key = IdempotencyKey::parse(fields.raw("key")).or_else(|| IdempotencyKey::parse(&saved.token.id.to_string()));
        let key = key.ok_or_else(|| ServiceError::internal("a draft's id is not a valid idempotency key"))?;
        let language = self.forms.http.language(self.headers);
        let to = match submission::submit_in(&self.forms.http.services, &saved.token, &key, language).await {
            // If another device sent it, the page says so.
            Ok(_) | Err(SubmitError::SentElsewhere) => Page::Sent,
            Err(SubmitError::Incomplete(_) | SubmitError::NotFound) => Page::CheckAnswers,
            Err(SubmitError::Service(failure)) => return Err(failure.into()),
        };
        Ok(see_other(&to.path(), [self.cookie(&saved.token)]))
    }

    /// Renders the page again, with everything typed and why it was rejected.
    pub(crate) async fn render_rejected(&self, fields: Fields, refused: Refused) -> Response {
        let portal = ServicePortal::new(&self.forms.http, self.headers);
        let closed = Uri::from_static(draft_devices::CLOSED);
        let mut uri = self.uri;
        let (status, portal, posted, wait) = match refused {
            Refused::Sent => return see_other(&Page::Sent.path(), None),
            Refused::Closed => {
                let place = self.uri.path().split('/').find_map(QuestionRef::from_slug);
                uri = &closed;
                let returning = Some(ResumePage::Closed { place });
                (StatusCode::GONE, portal.with_returning(returning), wrong(fields, Vec::new()), None)
            }
            Refused::Wrong(errors, draft) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                portal.with_draft(draft),
                wrong(fields, errors),
                None,
            ),
            Refused::Changed(draft) => (
                StatusCode::CONFLICT,
                portal.with_draft(Some(draft)),
                in_trouble(fields, NotProcessed::ChangedElsewhere),
                None,
            ),
            Refused::TooMany(RetryAfter { seconds }, draft) => (
                StatusCode::TOO_MANY_REQUESTS,
                portal.with_draft(draft),
                in_trouble(fields, NotProcessed::TooMany { seconds }),
                Some(seconds),
            ),
            Refused::Failed(failure) => (
                trouble::status(&failure),
                portal.without_draft(PortalError::Unavailable),
                in_trouble(fields, NotProcessed::NotSaved),
                None,
            ),
        };
        let render = Render {
            forms: self.forms,
            headers: self.headers,
            uri,
            portal,
        };
        let mut response = render.render_rejected(status, posted).await;
        if let Some(seconds) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

fn in_trouble(fields: Fields, trouble: NotProcessed) -> RejectedForm {
    RejectedForm {
        fields,
        errors: Vec::new(),
        trouble: Some(trouble),
        found: None,
    }
}

/// `POST /remove-thing/{issue}`: removes one of several issues. An issue that does not exist counts as removed.
pub(crate) async fn remove_issue(State(forms): State<Forms>, Path(issue): Path<u8>, headers: HeaderMap) -> Response {
    let Some(token) = forms.http.cookies.draft_token(&headers) else {
        return see_other("/", None);
    };
    match drafts::remove_issue(&forms.http.services, &token, issue).await {
        Err(SaveError::Service(failure)) => trouble::status(&failure).into_response(),
        Err(SaveError::AlreadySent { .. }) => see_other(&Page::Sent.path(), None),
        Ok(_) | Err(SaveError::NotFound | SaveError::Changed(_)) => see_other(&Page::CheckAnswers.path(), None),
    }
}

/// `POST /complaint/start-again`: deletes the draft that the address names, and its files. A sent complaint and its receipt stay. Without
/// a draft in the address nothing is deleted, because the page cannot know which draft the browser holds by now.
pub(crate) async fn start_again(State(forms): State<Forms>, headers: HeaderMap, uri: Uri) -> Response {
    if DraftNumber::from_query(uri.query()).is_none() {
        return see_other("/", None);
    }
    let services = &forms.http.services;
    if let Some(token) = forms.http.cookies.draft_token(&headers) {
        let forgotten = match drafts::open(services, &token).await {
            Ok(Some(draft)) if draft.sent.is_none() => drafts::forget(services, &token).await.map(|_| ()),
            Ok(Some(_)) => return see_other("/", None),
            Ok(None) => Ok(()),
            Err(failure) => Err(failure),
        };
        if let Err(failure) = forgotten {
            return trouble::status(&failure).into_response();
        }
    }
    see_other("/", [forms.http.cookies.clear_draft()])
}
