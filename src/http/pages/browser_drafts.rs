//! The drafts that a browser holds side by side: listing them, deleting one, beginning another.

use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::app::pages::{SURE, whose_words};
use crate::app::portal::{BrowserDraft, BrowserDrafts, Confirmation};
use crate::http::draft_number::{DRAFTS_PATH, DraftNumber, MAX_DRAFTS};
use crate::http::pages::accepted::see_other;
use crate::http::pages::body::FormBody;
use crate::http::pages::portal::ServicePortal;
use crate::http::pages::trouble::PageResult;
use crate::http::pages::visit::{Rejection, Visit};
use crate::http::query;
use complaint::{Answers, CheckedAnswer, Context, FieldError, Fields, StepId, check, questionnaire::steps};
use contract::browser_drafts::OwnDetails;
use service::ServiceError;
use service::drafts::{self, browser_drafts};

/// The address at which a page asks which complaint it is about.
pub(crate) const WHOSE: &str = "/complaint/whose";

/// The field of the list's form with the draft's number.
const NUMBER: &str = "number";

impl Visit {
    /// Returns the drafts of this browser that can be opened, and cookies that clear those that cannot.
    async fn held(&self) -> Result<(Vec<BrowserDraft>, Vec<HeaderValue>), ServiceError> {
        let cookies = self.cookies();
        let (mut drafts, mut gone) = (Vec::new(), Vec::new());
        for (number, token) in cookies.held_drafts(&self.headers) {
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

    fn portal_of(&self, shows: BrowserDrafts) -> ServicePortal {
        self.portal().with_draft(None).with_held(shows)
    }

    /// Returns the line that tells the request's complaint from the others of this browser; `None` if there is no other.
    pub(crate) async fn draft_label(&self) -> Option<String> {
        if self.cookies().held_drafts(&self.headers).len() < 2 {
            return None;
        }
        let token = self.draft_token()?;
        let line = browser_drafts::describe(self.services(), &token).await.ok()??;
        Some(whose_words(self.language(), &line))
    }

    /// Returns the representative's own details. On a shared device they are not offered to the next person.
    async fn own_details(&self) -> Result<Option<OwnDetails>, ServiceError> {
        if self.is_shared() {
            return Ok(None);
        }
        let held = self.cookies().held_drafts(&self.headers);
        let tokens: Vec<_> = held.into_iter().map(|(_, token)| token).collect();
        browser_drafts::own_details(self.services(), &tokens).await
    }

    /// Returns the data of the page that offers the representative's own details, and asks for those that may differ for this tenant.
    fn portal_with_own(&self, own: OwnDetails) -> ServicePortal {
        let first_page = first_page(&self.http().fresh_number());
        self.portal_of(BrowserDrafts::Another { own, first_page })
    }

    /// The page for a browser that opens a draft's page without any cookie of ours: it keeps none, or has lost them.
    pub(crate) async fn no_cookies(&self) -> Response {
        let page = self.at(Uri::from_static(crate::app::NO_COOKIES));
        page.page(self.portal().with_draft(None)).await
    }
}

/// `GET /unfinished`: the drafts of this browser. On a shared device they are not listed.
pub(crate) async fn list(visit: Visit) -> PageResult {
    let (drafts, gone) = match visit.held().await? {
        _ if visit.is_shared() => (Vec::new(), Vec::new()),
        held => held,
    };
    let shows = BrowserDrafts::List {
        drafts,
        is_shared: visit.is_shared(),
        is_full: (query::value(&visit.uri, "full").as_deref() == Some("yes")).then_some(MAX_DRAFTS),
        is_deleted: query::done(&visit.uri, &["yes"]).is_some(),
    };
    let mut response = visit.page(visit.portal_of(shows)).await;
    for cookie in gone {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// `POST /unfinished`: deletes one draft, once the person has confirmed it. A sent complaint stays; only its receipt is hidden.
pub(crate) async fn delete(visit: Visit, FormBody(fields): FormBody) -> PageResult {
    let asked = DraftNumber::parse(fields.raw(NUMBER));
    let held = visit.cookies().held_drafts(&visit.headers);
    let Some((number, token)) = held.into_iter().find(|(number, _)| asked.as_ref() == Some(number)) else {
        return Ok(see_other(DRAFTS_PATH, None));
    };
    if let Some(line) = browser_drafts::describe(visit.services(), &token).await? {
        if fields.raw(SURE).is_empty() {
            let sure = Confirmation {
                act: if line.is_sent { "hide_sent" } else { "delete_draft" }.into(),
                name: whose_words(visit.language(), &line),
                fields: vec![(NUMBER.to_owned(), number.to_string())],
                back: DRAFTS_PATH.to_owned(),
            };
            return Ok(visit.page(visit.portal().with_draft(None).with_sure(sure)).await);
        }
        if !line.is_sent {
            drafts::forget(visit.services(), &token).await?;
        }
    }
    let cookie = visit.cookies().clear_draft_of(&number);
    Ok(see_other(&format!("{DRAFTS_PATH}?done=yes"), [cookie]))
}

/// `GET /complaint/whose`: a line of text that tells the page's complaint from the browser's others. Empty if there is no other.
pub(crate) async fn whose(visit: Visit) -> Response {
    let line = visit.draft_label().await.unwrap_or_default();
    (
        [
            (header::CACHE_CONTROL, "no-store"),
            (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        ],
        line,
    )
        .into_response()
}

/// `GET /complaint/new`: redirects to the first question of another complaint. A representative is first asked whether to use their own
/// details again.
pub(crate) async fn another(visit: Visit) -> PageResult {
    let (drafts, gone) = visit.held().await?;
    if drafts.len() >= MAX_DRAFTS {
        return Ok(see_other(&format!("{DRAFTS_PATH}?full=yes"), gone));
    }
    Ok(match visit.own_details().await? {
        Some(own) => visit.filled_page(visit.portal_with_own(own), Fields::default()).await,
        None => see_other(&first_page(&visit.http().fresh_number()), gone),
    })
}

/// `POST /complaint/new`: begins another complaint, with the representative's own details if they choose so.
pub(crate) async fn begin(visit: Visit, FormBody(fields): FormBody) -> PageResult {
    let number = visit.http().fresh_number();
    if !visit.http().has_room(&visit.headers) {
        return Ok(see_other(&format!("{DRAFTS_PATH}?full=yes"), None));
    }
    let own = visit.own_details().await?;
    let Some(own) = own.filter(|_| fields.raw("own") == "yes") else {
        return Ok(see_other(&first_page(&number), None));
    };
    let first = match first_answers(&visit, &own, &fields) {
        Ok(first) => first,
        Err(errors) => return Ok(visit.reject(visit.portal_with_own(own), fields, errors).await),
    };
    let token = match visit.new_draft().await {
        Ok(token) => token,
        Err(Rejection::NotSaved(status)) => return Err(status.into()),
        Err(rejection) => return Ok(visit.reject(visit.portal(), fields, rejection).await),
    };
    browser_drafts::begin_with(visit.services(), &token, first).await?;
    let draft = drafts::open(visit.services(), &token).await?;
    let answers = draft.map(|draft| draft.answers).unwrap_or_default();
    let days = time::Duration::days(visit.services().settings().draft_days.into());
    let to = steps::next_page(StepId::Role.into(), &answers, false).path();
    let cookie = visit.cookies().set_draft_of(&number, &token, days);
    Ok(see_other(&number.add_to_address(&to), [cookie]))
}

fn first_page(number: &DraftNumber) -> String {
    number.add_to_address(&StepId::Role.path())
}

/// Returns the first answers of the complaint, checked like any other.
fn first_answers(visit: &Visit, own: &OwnDetails, typed: &Fields) -> Result<Vec<CheckedAnswer>, Vec<FieldError>> {
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
            today: visit.services().today(),
            answers: &answers,
        };
        let checked = check(step.into(), &fields, &context)?;
        answers.put(checked.clone());
        first.push(checked);
    }
    Ok(first)
}
