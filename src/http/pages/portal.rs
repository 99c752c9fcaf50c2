//! The pages' data on the server: reads from the services, for the person behind the request.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use axum::http::{HeaderMap, HeaderName, StatusCode};
use tokio::sync::OnceCell;

use crate::app::portal::{
    BrowserDrafts, CasePage, Confirmation, ContactPage, PageData, PortalError, RepresentationPage, ResumePage, SentPage, Unfinished,
};
use crate::http::HttpState;
use crate::http::pages::trouble;
use complaint::case::actions::CaseActionKind;
use complaint::case::event::ActorRole;
use complaint::clock::{Clock, ClockInput};
use complaint::{Page, StepId, questionnaire::steps};
use contract::people::{CasePeople, NoAccess};
use contract::sessions::SignIn;
use contract::{CaseLine, DraftView};
use service::access::token::DraftToken;
use service::files::unfinished;
use service::{
    ServiceError, Services,
    access::{
        sessions::{self, Session},
        viewer::{self, Viewer},
    },
    cases::{self, CaseDetails, complaint_clock, equality, news, submission},
    drafts,
    typed_text::{self, DraftPage, TypedText},
};

/// The header of a request that `public/portal.js` makes before or without the person opening the page. Such a request is no reading: a
/// person who could not be notified may have left an open page alone.
const IN_BACKGROUND: HeaderName = HeaderName::from_static("x-in-background");

/// The data of one request. Data that the handler has read already is not read again.
#[derive(Clone, Debug)]
pub(crate) struct ServicePortal {
    services: Services,
    token: Option<DraftToken>,
    session_token: Option<String>,
    /// The session, once it was looked up.
    session: Arc<OnceCell<Option<Session>>>,
    /// Whether a script has asked for the page, to have it in hand.
    is_in_background: bool,
    draft: Option<Result<Option<Arc<DraftView>>, PortalError>>,
    viewer: Option<Arc<Viewer>>,
    case: Option<CasePage>,
    cases: Option<Vec<CaseLine>>,
    pub(crate) returning: Option<ResumePage>,
    pub(crate) acting: Option<RepresentationPage>,
    pub(crate) contact: Option<ContactPage>,
    pub(crate) sure: Option<Confirmation>,
    pub(crate) held: Option<BrowserDrafts>,
    /// Text typed on pages of the draft and not submitted.
    pub(crate) typed: TypedText,
    failed: Arc<AtomicU16>,
}

impl ServicePortal {
    /// Takes the draft token and the session token from the request's cookies.
    pub(crate) fn new(door: &HttpState, headers: &HeaderMap) -> Self {
        Self {
            services: door.services.clone(),
            token: door.cookies.draft_token(headers),
            session_token: door.cookies.session_token(headers),
            session: Arc::default(),
            is_in_background: headers.contains_key(IN_BACKGROUND),
            draft: None,
            viewer: None,
            case: None,
            cases: None,
            returning: None,
            acting: None,
            contact: None,
            sure: None,
            held: None,
            typed: TypedText::new(),
            failed: Arc::default(),
        }
    }

    /// Uses the draft that the handler has looked up.
    pub(crate) fn with_draft(mut self, draft: Option<DraftView>) -> Self {
        // The page computes its steps itself, so they need not be sent with it.
        let without_journey = |draft| DraftView {
            journey: Vec::new(),
            ..draft
        };
        self.draft = Some(Ok(draft.map(without_journey).map(Arc::new)));
        self
    }

    /// Reports the draft as unavailable without asking the database.
    pub(crate) fn without_draft(mut self, failure: PortalError) -> Self {
        self.draft = Some(Err(failure));
        self
    }

    /// Uses the case as the handler has read it for this person, and reads on from there.
    pub(crate) fn with_viewer(mut self, viewer: Option<Arc<Viewer>>) -> Self {
        self.viewer = viewer;
        self
    }

    /// Uses the case that the handler has looked up.
    pub(crate) fn with_case(mut self, case: CasePage) -> Self {
        self.case = Some(case);
        self
    }

    /// Adds what the save and resume pages show.
    pub(crate) fn with_returning(mut self, returning: Option<ResumePage>) -> Self {
        self.returning = returning;
        self
    }

    /// Adds what the pages about representation show.
    pub(crate) fn with_acting(mut self, acting: RepresentationPage) -> Self {
        self.acting = Some(acting);
        self
    }

    /// Adds what the contact pages show.
    pub(crate) fn with_contact(mut self, contact: ContactPage) -> Self {
        self.contact = Some(contact);
        self
    }

    /// Adds the drafts of the browser.
    pub(crate) fn with_held(mut self, held: BrowserDrafts) -> Self {
        self.held = Some(held);
        self
    }

    /// Adds what was typed on pages of the draft and not submitted.
    pub(crate) fn with_typed(mut self, typed: TypedText) -> Self {
        self.typed = typed;
        self
    }

    /// Returns the pages of the draft that have such text.
    pub(crate) fn unfinished(&self) -> Unfinished {
        let mut unfinished = Unfinished::default();
        for page in self.typed.keys().filter_map(|name| DraftPage::parse(name)) {
            match (page, &self.draft) {
                (DraftPage::Question(place), _) => unfinished.questions.push(place),
                (DraftPage::File(id), Some(Ok(Some(draft)))) => {
                    let id = id.to_string();
                    unfinished.files.extend(draft.files.iter().find(|file| file.id == id).cloned());
                }
                (DraftPage::File(_), _) => {}
            }
        }
        unfinished
    }

    /// Adds the confirmation of an action that cannot be undone.
    pub(crate) fn with_sure(mut self, sure: Confirmation) -> Self {
        self.sure = Some(sure);
        self
    }

    /// Whether the page at this address has a question that is answered by typing or choosing. Either its form was rejected, or its draft
    /// is there.
    pub(crate) fn has_question_form(&self, path: &str, came_back: bool) -> bool {
        let Some(Page::Step(place)) = path.rsplit('/').next().and_then(Page::from_slug) else {
            return false;
        };
        let has_draft = matches!(self.draft, Some(Ok(Some(_))));
        let has_begun = has_draft || place.step == StepId::Role && matches!(self.draft, None | Some(Ok(None)));
        path.starts_with(steps::ROOT) && !steps::takes_files(place.step) && (came_back || has_begun)
    }

    /// Whether the page addresses a representative, about another person's case.
    pub(crate) fn is_for_another(&self) -> bool {
        let acts = |people: &CasePeople| {
            let me = people.people.iter().find(|person| person.number == people.me);
            me.is_some_and(|me| me.role == ActorRole::Representative)
        };
        let case = self
            .case
            .as_ref()
            .is_some_and(|page| page.case.my_role == ActorRole::Representative);
        case || matches!(&self.acting, Some(RepresentationPage::People { people, .. }) if acts(people))
            || matches!(&self.acting, Some(RepresentationPage::NoAccess(_) | RepresentationPage::Joined(_)))
    }

    /// Returns the status of a page rendered from this data, if some data could not be read.
    pub(crate) fn failure(&self) -> Option<StatusCode> {
        StatusCode::from_u16(self.failed.load(Ordering::Acquire)).ok()
    }

    /// Returns the signed-in session.
    pub(crate) async fn session(&self) -> Result<Option<&Session>, ServiceError> {
        let look_up = async || match &self.session_token {
            Some(token) => sessions::session(&self.services, token).await,
            None => Ok(None),
        };
        Ok(self.session.get_or_try_init(look_up).await?.as_ref())
    }

    /// Returns the case with its timeline; `None` if it is not this session's.
    pub(crate) async fn find_case(&self, reference: &str, typed_on: Option<&str>) -> Result<Option<CasePage>, ServiceError> {
        let services = &self.services;
        let Some(session) = self.session().await? else { return Ok(None) };
        let viewer = match &self.viewer {
            Some(viewer) => viewer::read_on(services, viewer).await?,
            None => viewer::viewer(services, session, reference).await?,
        };
        let Some(viewer) = viewer else { return Ok(None) };
        let typed = match typed_on {
            Some(page) => typed_text::list_of_person(services, &viewer).await?.remove(page),
            None => None,
        };
        if !self.is_in_background {
            cases::record_reading(services, &viewer).await?;
        }
        let CaseDetails { case, timeline, arriving } = cases::details(services, &viewer).await?;
        Ok(Some(CasePage {
            typed: typed.unwrap_or_default(),
            version: news::version_of(&case, &timeline)?,
            case,
            timeline,
            arriving,
            clock: cases::clock(services, &viewer)?,
            form_key: services.request_id().to_string(),
            years: services.settings().case_years,
            is_one_of_many: cases::count(services, session).await? > 1,
        }))
    }

    async fn find_cases(&self) -> Result<Vec<CaseLine>, ServiceError> {
        match self.session().await? {
            Some(session) => cases::list(&self.services, session).await,
            None => Ok(Vec::new()),
        }
    }

    /// Reads the cases of this session. If there are none, also reads why the person has no access to their own.
    pub(crate) async fn with_cases(mut self) -> Result<Self, ServiceError> {
        let cases = self.find_cases().await?;
        if cases.is_empty() {
            self.acting = self.find_no_access(None).await?.map(RepresentationPage::NoAccess);
        }
        self.cases = Some(cases);
        Ok(self)
    }

    async fn find_sign_ins(&self) -> Result<Vec<SignIn>, ServiceError> {
        match self.session().await? {
            Some(session) => sessions::devices::list(&self.services, session).await,
            None => Ok(Vec::new()),
        }
    }

    /// Returns why the person of this session may do nothing on a case, or on their own case if none is named.
    pub(crate) async fn find_no_access(&self, reference: Option<&str>) -> Result<Option<NoAccess>, ServiceError> {
        match self.session().await? {
            Some(session) => viewer::no_access(&self.services, session, reference).await,
            None => Ok(None),
        }
    }

    fn note_failure<T>(&self, found: Result<T, ServiceError>) -> Result<T, PortalError> {
        found.map_err(|failure| {
            let error = trouble::portal_error(&failure);
            self.note(error);
            error
        })
    }

    fn note(&self, error: PortalError) {
        let status = match error {
            PortalError::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            PortalError::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        };
        self.failed.store(status.as_u16(), Ordering::Release);
    }
}

/// What a page is rendered from, by its address.
impl ServicePortal {
    /// Reads the data of the page at this path, and the complaint clock if the page shows it for the draft.
    pub(crate) async fn page_data(&self, path: &str) -> (PageData, Option<Clock>) {
        let has_no_access = matches!(self.acting, Some(RepresentationPage::NoAccess(_)));
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let data = match parts.as_slice() {
            ["complaint", "sent"] => PageData::Sent(self.sent().await),
            ["complaint", slug] => {
                let draft = self.draft().await;
                let shows_clock = Page::from_slug(slug) == Some(Page::Step(StepId::WhatNext.into()));
                let answers = draft
                    .as_ref()
                    .ok()
                    .and_then(Option::as_ref)
                    .filter(|_| shows_clock)
                    .map(|draft| &draft.answers);
                let clock = answers.map(|answers| complaint_clock::clock(&self.services, &ClockInput::from(answers)));
                return (PageData::Draft(draft), clock);
            }
            ["" | "save-and-return"] | ["remove-thing" | "about-file", _] => PageData::Draft(self.draft().await),
            ["signed-in-devices"] if self.sure.is_none() => PageData::SignIns(self.note_failure(self.find_sign_ins().await)),
            ["cases"] if !has_no_access => PageData::Cases(match &self.cases {
                Some(cases) => Ok(cases.clone()),
                None => self.note_failure(self.find_cases().await),
            }),
            ["cases", reference] | ["cases", reference, "as-sent" | "add-more"] | ["cases", reference, "add-more", _] if !has_no_access => {
                PageData::Case(self.case(reference).await)
            }
            ["cases", reference, act] if CaseActionKind::from_slug(act).is_some() => PageData::Case(self.case(reference).await),
            _ => PageData::Nothing,
        };
        (data, None)
    }

    async fn draft(&self) -> Result<Option<DraftView>, PortalError> {
        match (&self.draft, &self.token) {
            (Some(Ok(known)), _) => Ok(known.as_deref().cloned()),
            (Some(Err(error)), _) => {
                self.note(*error);
                Err(*error)
            }
            (None, Some(token)) => self.note_failure(drafts::open_for_page(&self.services, token).await),
            (None, None) => Ok(None),
        }
    }

    async fn sent(&self) -> Result<SentPage, PortalError> {
        let (services, draft) = (&self.services, self.draft().await?);
        let Some(token) = &self.token else {
            return Ok(SentPage {
                draft,
                ..SentPage::default()
            });
        };
        Ok(SentPage {
            receipt: self.note_failure(submission::receipt(services, token).await)?,
            clock: self.note_failure(complaint_clock::of_sent(services, token).await)?,
            arriving: self.note_failure(unfinished::of_sent(services, token).await)?,
            is_equality_open: self.note_failure(equality::is_open(services, token).await)?,
            draft,
        })
    }

    async fn case(&self, reference: &str) -> Result<Option<CasePage>, PortalError> {
        match &self.case {
            Some(case) => Ok(Some(case.clone())),
            None => self.note_failure(self.find_case(reference, None).await),
        }
    }
}
