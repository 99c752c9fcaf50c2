//! The drafts that a browser holds side by side: listing them, deleting one, beginning another.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::app::pages::{SURE, whose_words};
use crate::app::portal::{BrowserDraft, BrowserDrafts, Confirmation};
use crate::http::client::ClientAddress;
use crate::http::draft_number::{DRAFTS_PATH, DraftNumber, MAX_DRAFTS};
use crate::http::pages::accepted::see_other;
use crate::http::pages::body::FormBody;
use crate::http::pages::portal::ServicePortal;
use crate::http::pages::render::{Render, wrong};
use crate::http::pages::resume::PageRequest;
use crate::http::pages::step::{Form, Refused};
use crate::http::pages::{Forms, trouble};
use crate::http::query;
use complaint::{Answers, CheckedAnswer, Context, FieldError, Fields, StepId, check, questionnaire::steps};
use contract::browser_drafts::OwnDetails;
use service::ServiceError;
use service::drafts::{self, browser_drafts};

/// The address at which a page asks which complaint it is about.
pub(crate) const WHOSE: &str = "/complaint/whose";

/// The field of the list's form with the draft's number.
const NUMBER: &str = "number";

impl PageRequest<'_> {
    /// Returns the drafts of this browser that can be opened, and cookies that clear those that cannot.
    async fn held(&self) -> Result<(Vec<BrowserDraft>, Vec<HeaderValue>), ServiceError> {
        let cookies = &self.forms.http.cookies;
        let (mut drafts, mut gone) = (Vec::new(), Vec::new());
        for (number, token) in cookies.held_drafts(self.headers) {
            match browser_drafts::describe(self.services(), &token).await? {
                Some(line) => drafts.push(BrowserDraft {
                    number: number.to_string(),
                    line,
                }),
                // Another device has closed the draft here. The cookie stays, so that the draft's page can say so.
                None if drafts::devices::was_ended(self.services(), &token).await? => {}
                None => gone.push(cookies.clear_draft_of(&number)),
            }
        }
        drafts.sort_by(|one, other| other.line.begun.at.cmp(&one.line.begun.at));
        Ok((drafts, gone))
    }

    fn is_shared(&self) -> bool {
        self.forms.http.cookies.is_shared(self.headers)
    }

    fn portal_of(&self, shows: BrowserDrafts) -> ServicePortal {
        ServicePortal::new(&self.forms.http, self.headers).with_draft(None).with_held(shows)
    }
}

/// `GET /unfinished`: the drafts of this browser. On a shared device they are not listed.
pub(crate) async fn list(State(forms): State<Forms>, headers: HeaderMap, uri: Uri) -> Response {
    let visit = PageRequest {
        forms: &forms,
        headers: &headers,
        uri: &uri,
    };
    let (drafts, gone) = match visit.held().await {
        Ok(held) if !visit.is_shared() => held,
        Ok(_) => (Vec::new(), Vec::new()),
        Err(failure) => return trouble::status(&failure).into_response(),
    };
    let shows = BrowserDrafts::List {
        drafts,
        is_shared: visit.is_shared(),
        is_full: (query::value(&uri, "full").as_deref() == Some("yes")).then_some(MAX_DRAFTS),
        is_deleted: query::done(&uri, &["yes"]).is_some(),
    };
    let mut response = visit.render(visit.portal_of(shows), None).page().await;
    for cookie in gone {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// `POST /unfinished`: deletes one draft, once the person has confirmed it. A sent complaint stays; only its receipt is hidden.
pub(crate) async fn delete(State(forms): State<Forms>, headers: HeaderMap, uri: Uri, FormBody(fields): FormBody) -> Response {
    let visit = PageRequest {
        forms: &forms,
        headers: &headers,
        uri: &uri,
    };
    let asked = DraftNumber::parse(fields.raw(NUMBER));
    let held = forms.http.cookies.held_drafts(&headers);
    let Some((number, token)) = held.into_iter().find(|(number, _)| asked.as_ref() == Some(number)) else {
        return see_other(DRAFTS_PATH, None);
    };
    let line = match browser_drafts::describe(visit.services(), &token).await {
        Ok(line) => line,
        Err(failure) => return trouble::status(&failure).into_response(),
    };
    if let Some(line) = line {
        if fields.raw(SURE).is_empty() {
            let sure = Confirmation {
                act: if line.is_sent { "hide_sent" } else { "delete_draft" },
                name: whose_words(forms.http.language(&headers), &line),
                fields: vec![(NUMBER, number.to_string())],
                back: DRAFTS_PATH.to_owned(),
            };
            let portal = ServicePortal::new(&forms.http, &headers).with_draft(None).with_sure(sure);
            return visit.render(portal, None).page().await;
        }
        if !line.is_sent
            && let Err(failure) = drafts::forget(visit.services(), &token).await
        {
            return trouble::status(&failure).into_response();
        }
    }
    see_other(&format!("{DRAFTS_PATH}?done=yes"), [forms.http.cookies.clear_draft_of(&number)])
}

/// `GET /complaint/whose`: a line of text that tells the page's complaint from the browser's others. Empty if there is no other.
pub(crate) async fn whose(State(forms): State<Forms>, headers: HeaderMap) -> Response {
    let line = line_of(&forms, &headers).await.unwrap_or_default();
    (
        [
            (header::CACHE_CONTROL, "no-store"),
            (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        ],
        line,
    )
        .into_response()
}

/// Returns the line that tells the request's complaint from the others of this browser; `None` if there is no other.
pub(crate) async fn line_of(forms: &Forms, headers: &HeaderMap) -> Option<String> {
    let cookies = &forms.http.cookies;
    if cookies.held_drafts(headers).len() < 2 {
        return None;
    }
    let token = cookies.draft_token(headers)?;
    let line = browser_drafts::describe(&forms.http.services, &token).await.ok()??;
    Some(whose_words(forms.http.language(headers), &line))
}

/// `GET /complaint/new`: redirects to the first question of another complaint. A representative is first asked whether to use their own
/// details again.
pub(crate) async fn another(State(forms): State<Forms>, headers: HeaderMap, uri: Uri) -> Response {
    let visit = PageRequest {
        forms: &forms,
        headers: &headers,
        uri: &uri,
    };
    let (drafts, gone) = match visit.held().await {
        Ok(held) => held,
        Err(failure) => return trouble::status(&failure).into_response(),
    };
    if drafts.len() >= MAX_DRAFTS {
        return see_other(&format!("{DRAFTS_PATH}?full=yes"), gone);
    }
    match own(&visit).await {
        Ok(Some(own)) => again(&visit, own, Fields::default(), Vec::new()).await,
        Ok(None) => see_other(&first_page(&forms.http.fresh_number()), gone),
        Err(failure) => trouble::status(&failure).into_response(),
    }
}

/// `POST /complaint/new`: begins another complaint, with the representative's own details if they choose so.
pub(crate) async fn begin(
    State(forms): State<Forms>,
    from: ClientAddress,
    headers: HeaderMap,
    uri: Uri,
    FormBody(fields): FormBody,
) -> Response {
    let visit = PageRequest {
        forms: &forms,
        headers: &headers,
        uri: &uri,
    };
    let number = forms.http.fresh_number();
    if !forms.http.has_room(&headers) {
        return see_other(&format!("{DRAFTS_PATH}?full=yes"), None);
    }
    let own = match own(&visit).await {
        Ok(own) => own,
        Err(failure) => return trouble::status(&failure).into_response(),
    };
    let Some(own) = own.filter(|_| fields.raw("own") == "yes") else {
        return see_other(&first_page(&number), None);
    };
    let first = match first_answers(&forms, &own, &fields) {
        Ok(first) => first,
        Err(errors) => return again(&visit, own, fields, errors).await,
    };
    let form = Form {
        forms: &forms,
        headers: &headers,
        uri: &uri,
        from,
    };
    let token = match form.new_draft().await {
        Ok(token) => token,
        Err(Refused::TooMany(wait, _)) => return visit.too_many(fields, wait, None).await,
        Err(Refused::Failed(failure)) => return trouble::status(&failure).into_response(),
        Err(_) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    };
    if let Err(failure) = browser_drafts::begin_with(visit.services(), &token, first).await {
        return trouble::status(&failure).into_response();
    }
    let answers = match drafts::open(visit.services(), &token).await {
        Ok(draft) => draft.map(|draft| draft.answers).unwrap_or_default(),
        Err(failure) => return trouble::status(&failure).into_response(),
    };
    let days = time::Duration::days(visit.services().settings().draft_days.into());
    let to = steps::next_page(StepId::Role.into(), &answers, false).path();
    see_other(
        &number.add_to_address(&to),
        [forms.http.cookies.set_draft_of(&number, &token, days)],
    )
}

/// Returns the representative's own details. On a shared device they are not offered to the next person.
async fn own(visit: &PageRequest<'_>) -> Result<Option<OwnDetails>, ServiceError> {
    if visit.is_shared() {
        return Ok(None);
    }
    let held = visit.forms.http.cookies.held_drafts(visit.headers);
    let tokens: Vec<_> = held.into_iter().map(|(_, token)| token).collect();
    browser_drafts::own_details(visit.services(), &tokens).await
}

fn first_page(number: &DraftNumber) -> String {
    number.add_to_address(&StepId::Role.path())
}

/// The page that offers the representative's own details, and asks for the details that may differ for this tenant.
async fn again(visit: &PageRequest<'_>, own: OwnDetails, fields: Fields, errors: Vec<FieldError>) -> Response {
    let first_page = first_page(&visit.forms.http.fresh_number());
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let portal = visit.portal_of(BrowserDrafts::Another { own, first_page });
    visit.render(portal, None).render_rejected(status, wrong(fields, errors)).await
}

/// Returns the first answers of the complaint, checked like any other.
fn first_answers(forms: &Forms, own: &OwnDetails, typed: &Fields) -> Result<Vec<CheckedAnswer>, Vec<FieldError>> {
    let given = |pairs: &[(&str, &str)]| {
        Fields(
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        )
    };
    let pages = [
        (StepId::Role, given(&[("role", "representative")])),
        (
            StepId::Representative,
            given(&[
                ("full_name", &own.name),
                ("organisation", &own.organisation),
                ("connection", typed.raw("connection")),
            ]),
        ),
        (StepId::Contact, given(&[("email", &own.email), ("phone", &own.phone)])),
    ];
    let mut answers = Answers::default();
    let mut first = Vec::new();
    for (step, fields) in pages {
        if step == StepId::Contact && own.email.is_empty() && own.phone.is_empty() {
            continue;
        }
        let context = Context {
            today: forms.http.services.today(),
            answers: &answers,
        };
        let checked = check(step.into(), &fields, &context)?;
        answers.put(checked.clone());
        first.push(checked);
    }
    Ok(first)
}

/// The page for a browser that opens a draft's page without any cookie of ours: it keeps none, or has lost them.
pub(crate) async fn no_cookies(forms: &Forms, headers: &HeaderMap) -> Response {
    let uri = Uri::from_static(crate::app::NO_COOKIES);
    let render = Render {
        forms,
        headers,
        uri: &uri,
        portal: ServicePortal::new(&forms.http, headers).with_draft(None),
    };
    render.page().await
}
