//! The form of a question.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use super::accepted::{address, go, is_checking};
use super::body::FormBody;
use super::portal::ServicePortal;
use super::render::{Render, wrong};
use super::{Forms, draft_devices, landlord, language, pages, trouble};
use crate::app::pages::{SEEN, THEIRS};
use crate::app::portal::{PortalError, Posted, Returning, Trouble};
use crate::door::client::ClientAddress;
use crate::door::draft_number::{DraftNumber, STATE};
use crate::door::limits::RetryAfter;
use complaint::question::Field;
use complaint::{Answers, CheckedAnswer, Context, FieldError, Fields, Page, Place, StepId, check, journey};
use contract::DraftView;
use service::ServiceError;
use service::drafts::{self, AnswerError, Basis, SaveError, devices};
use service::idempotency::IdempotencyKey;
use service::submission::{self, SubmitError};
use service::token::DraftToken;

/// One posted form: its sender and its page.
pub(super) struct Form<'a> {
    pub(super) forms: &'a Forms,
    pub(super) headers: &'a HeaderMap,
    pub(super) uri: &'a Uri,
    pub(super) from: ClientAddress,
}

/// Why a form is rejected.
pub(super) enum Refused {
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
pub(super) struct Saved {
    pub(super) draft: DraftView,
    pub(super) token: DraftToken,
    /// The draft was created for this answer: it does not contain the person's earlier answers.
    pub(super) is_new: bool,
}

impl Saved {
    /// Marks the draft as created for this answer.
    pub(super) fn made_new(self) -> Self {
        Self { is_new: true, ..self }
    }
}

/// `POST /complaint/{slug}`: saves one answer. The declaration also sends the complaint.
pub(super) async fn post(
    State(forms): State<Forms>,
    Path(slug): Path<String>,
    from: ClientAddress,
    headers: HeaderMap,
    uri: Uri,
    FormBody(mut fields): FormBody,
) -> Response {
    let Some(place) = Place::from_slug(&slug) else {
        return pages::not_found(State(forms), headers, uri).await;
    };
    let form = Form {
        forms: &forms,
        headers: &headers,
        uri: &uri,
        from,
    };
    fields.0.retain(|(name, _)| is_asked(place, name));
    if let Some(chosen) = language::chosen(&forms.door, &fields) {
        return language::again(&form, place, chosen, fields).await;
    }
    if fields.raw("action") == THEIRS {
        // The answer that another device saved stays; nothing of this page is stored.
        return go(&Page::Tasks.path(), None);
    }
    fields.0.retain(|(name, _)| name != STATE);
    let fields = match place.step {
        StepId::Landlord if fields.raw("action") == landlord::FIND => return landlord::find(&form, fields).await,
        StepId::Landlord => landlord::settle(&form.forms.door.services, fields),
        _ => fields,
    };
    let outcome = match form.save(place, &fields).await {
        Ok(saved) if place.step == StepId::Declaration && !saved.is_new => form.send(saved, &fields).await,
        Ok(saved) => Ok(form.on(place, &saved)),
        Err(refused) => Err(refused),
    };
    match outcome {
        Ok(response) => response,
        Err(refused) => form.again(fields, refused).await,
    }
}

/// Whether a question's form has a field of this name. Other fields are dropped, because a page rendered again would contain them.
fn is_asked(place: Place, name: &str) -> bool {
    let of_form = ["action", "key", "language", SEEN, STATE];
    let of_field = |field: &Field| {
        name.strip_prefix(field.name)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    of_form.contains(&name) || journey::question(place.step).fields().iter().any(of_field)
}

impl Form<'_> {
    /// Checks an answer and saves it, in a new draft if there is none.
    pub(super) async fn save(&self, place: Place, fields: &Fields) -> Result<Saved, Refused> {
        let services = &self.forms.door.services;
        let token = self.forms.door.cookies.draft_token(self.headers);
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
    pub(super) async fn save_for(&self, token: DraftToken, place: Place, fields: &Fields) -> Result<Saved, Refused> {
        match drafts::open(&self.forms.door.services, &token).await? {
            Some(draft) => self.save_in(token, draft, place, fields).await,
            None => self.save_in_new(place, fields).await,
        }
    }

    async fn save_in(&self, token: DraftToken, draft: DraftView, place: Place, fields: &Fields) -> Result<Saved, Refused> {
        if let Err(wait) = self.forms.door.limits.save(token.id) {
            return Err(Refused::TooMany(wait, Some(draft)));
        }
        let seen = fields.0.iter().find(|(name, _)| name == SEEN);
        let basis = Basis {
            mark: seen.map(|(_, mark)| mark.as_str()),
            revisions: None,
        };
        match drafts::save_answer(&self.forms.door.services, &token, draft, place, fields, basis).await {
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
    async fn save_without(&self, token: &DraftToken, place: Place, fields: &Fields) -> Result<Saved, Refused> {
        if devices::was_ended(&self.forms.door.services, token).await? {
            return Err(Refused::Closed);
        }
        self.save_in_new(place, fields).await
    }

    /// Saves an answer whose draft is gone in a new draft, so that what was typed is kept.
    async fn save_in_new(&self, place: Place, fields: &Fields) -> Result<Saved, Refused> {
        let services = &self.forms.door.services;
        let answer = self
            .check(place, fields, &Answers::default())
            .map_err(|errors| Refused::Wrong(errors, None))?;
        let token = self.new_draft().await?;
        let draft = match drafts::save_step(services, &token, answer, None).await {
            Ok(saved) => saved,
            Err(SaveError::Service(failure)) => return Err(failure.into()),
            Err(error) => return Err(ServiceError::internal(format!("a new draft: {error}")).into()),
        };
        Ok(Saved {
            draft,
            token,
            is_new: true,
        })
    }

    /// Creates a draft, unless the sender has created too many.
    pub(super) async fn new_draft(&self) -> Result<DraftToken, Refused> {
        self.forms.door.limits.draft_creation(self.from)?;
        let device = self.forms.door.device_name(self.headers);
        Ok(drafts::create_on(&self.forms.door.services, device).await?.token)
    }

    pub(super) fn check(&self, place: Place, fields: &Fields, answers: &Answers) -> Result<CheckedAnswer, Vec<FieldError>> {
        let today = self.forms.door.services.today();
        check(place, fields, &Context { today, answers })
    }

    /// Redirects to the page after a question. A draft created for an answer in the middle continues at its first open question, which says
    /// that the earlier answers are gone.
    pub(super) fn on(&self, place: Place, saved: &Saved) -> Response {
        let checking = is_checking(self.uri.query());
        let cookie = self.cookie(&saved.token);
        if saved.is_new && place.step != StepId::Role {
            let open = journey::unanswered(&saved.draft.answers)
                .next()
                .map_or(Page::CheckAnswers, Page::Step);
            return go(&format!("{}?kept=1", open.path()), [cookie]);
        }
        let next = journey::next(place, &saved.draft.answers, checking);
        go(&address(next, checking), [cookie])
    }

    /// The cookie of a draft that was just saved, which restarts its retention period.
    pub(super) fn cookie(&self, token: &DraftToken) -> HeaderValue {
        let days = self.forms.door.services.settings().draft_days;
        self.forms.door.cookies.set_draft(token, time::Duration::days(days.into()))
    }

    /// Sends the complaint, once: the idempotency key tells a second press from another complaint. The key is the page's, else the
    /// draft's id.
    async fn send(&self, saved: Saved, fields: &Fields) -> Result<Response, Refused> {
        let key = IdempotencyKey::parse(fields.raw("key")).or_else(|| IdempotencyKey::parse(&saved.token.id.to_string()));
        let key = key.ok_or_else(|| ServiceError::internal("an id is a key"))?;
        let language = self.forms.door.language(self.headers);
        let to = match submission::submit_in(&self.forms.door.services, &saved.token, &key, language).await {
            // If another device sent it, the page says so.
            Ok(_) | Err(SubmitError::SentElsewhere) => Page::Sent,
            Err(SubmitError::Incomplete(_) | SubmitError::NotFound) => Page::CheckAnswers,
            Err(SubmitError::Service(failure)) => return Err(failure.into()),
        };
        Ok(go(&to.path(), [self.cookie(&saved.token)]))
    }

    /// Renders the page again, with everything typed and why it was rejected.
    pub(super) async fn again(&self, fields: Fields, refused: Refused) -> Response {
        let portal = ServicePortal::new(&self.forms.door, self.headers);
        let closed = Uri::from_static(draft_devices::CLOSED);
        let mut uri = self.uri;
        let (status, portal, posted, wait) = match refused {
            Refused::Sent => return go(&Page::Sent.path(), None),
            Refused::Closed => {
                let place = self.uri.path().split('/').find_map(Place::from_slug);
                uri = &closed;
                let returning = Some(Returning::Closed { place });
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
                in_trouble(fields, Trouble::ChangedElsewhere),
                None,
            ),
            Refused::TooMany(RetryAfter { seconds }, draft) => (
                StatusCode::TOO_MANY_REQUESTS,
                portal.with_draft(draft),
                in_trouble(fields, Trouble::TooMany { seconds }),
                Some(seconds),
            ),
            Refused::Failed(failure) => (
                trouble::status(&failure),
                portal.without_draft(PortalError::Unavailable),
                in_trouble(fields, Trouble::NotSaved),
                None,
            ),
        };
        let render = Render {
            forms: self.forms,
            headers: self.headers,
            uri,
            portal,
        };
        let mut response = render.again(status, posted).await;
        if let Some(seconds) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

fn in_trouble(fields: Fields, trouble: Trouble) -> Posted {
    Posted {
        fields,
        errors: Vec::new(),
        trouble: Some(trouble),
        found: None,
    }
}

/// `POST /remove-thing/{issue}`: removes one of several issues. An issue that does not exist counts as removed.
pub(super) async fn remove_issue(State(forms): State<Forms>, Path(issue): Path<u8>, headers: HeaderMap) -> Response {
    let Some(token) = forms.door.cookies.draft_token(&headers) else {
        return go("/", None);
    };
    match drafts::remove_issue(&forms.door.services, &token, issue).await {
        Err(SaveError::Service(failure)) => trouble::status(&failure).into_response(),
        Err(SaveError::AlreadySent { .. }) => go(&Page::Sent.path(), None),
        Ok(_) | Err(SaveError::NotFound | SaveError::Changed(_)) => go(&Page::CheckAnswers.path(), None),
    }
}

/// `POST /complaint/start-again`: deletes the draft that the address names, and its files. A sent complaint and its receipt stay. Without
/// a draft in the address nothing is deleted, because the page cannot know which draft the browser holds by now.
pub(super) async fn start_again(State(forms): State<Forms>, headers: HeaderMap, uri: Uri) -> Response {
    if DraftNumber::of_query(uri.query()).is_none() {
        return go("/", None);
    }
    let services = &forms.door.services;
    if let Some(token) = forms.door.cookies.draft_token(&headers) {
        let forgotten = match drafts::open(services, &token).await {
            Ok(Some(draft)) if draft.sent.is_none() => drafts::forget(services, &token).await.map(|_| ()),
            Ok(Some(_)) => return go("/", None),
            Ok(None) => Ok(()),
            Err(failure) => Err(failure),
        };
        if let Err(failure) = forgotten {
            return trouble::status(&failure).into_response();
        }
    }
    go("/", [forms.door.cookies.clear_draft()])
}
