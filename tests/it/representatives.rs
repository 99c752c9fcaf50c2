//! Cases of a representative, with the rights that the tenant has given.

use std::collections::BTreeSet;

use complaint::case::person_number::SENDER;
use complaint::case::representation::Rights;
use service::access::token::Token;
use service::representation::{
    self, AnsweringBrowser,
    request::{self, Decision},
};
use service::{Services, access::sessions};

use crate::answers::send_as_representative;
use crate::mail::{delivered, link};
use crate::world::{World, viewer};

/// A case, and the session tokens of the people on it.
pub struct RepresentedCase {
    pub reference: String,
    /// The representative's session.
    pub representative_session: String,
    /// The tenant's session, if the tenant has answered and signed in.
    pub tenant: Option<String>,
}

async fn session(services: &Services, reference: &str, code: &str) -> String {
    let new = sessions::sign_in(services, reference, code).await.unwrap();
    new.expect("signed in").token.to_string()
}

/// Makes a case that Robin sent for this tenant. The tenant has given `rights` (`None`: has not answered yet), and has ended
/// them again if `ended`.
pub async fn representative(world: &World, tenant: &str, rights: Option<Rights>, ended: bool) -> RepresentedCase {
    let (services, folder) = (&world.services, world.folder.path());
    let before: BTreeSet<String> = delivered(services, folder).await.into_iter().collect();
    let (_, receipt) = send_as_representative(services, "ask_resident", "Robin Example", tenant).await;
    let mut made = RepresentedCase {
        representative_session: session(services, &receipt.reference, &receipt.access_code).await,
        reference: receipt.reference,
        tenant: None,
    };
    let Some(rights) = rights else { return made };
    let new = delivered(services, folder).await.into_iter();
    let new = new.filter(|message| !before.contains(message));
    let asked = new
        .into_iter()
        .find(|message| message.contains("/consent/"))
        .expect("a message to the tenant");
    let path = link(&asked);
    let token = Token::parse(path.strip_prefix("/consent/").expect("a link")).expect("a token");
    request::decide(services, &token, Decision::Agree(rights), &AnsweringBrowser::default())
        .await
        .unwrap();
    let way_in = request::grant_access(services, &token).await.unwrap();
    let tenant = session(services, &way_in.reference, &way_in.access_code).await;
    if ended {
        let wren = sessions::session(services, &tenant).await.unwrap().expect("a session");
        representation::end(services, &viewer(services, &wren, &made.reference).await, SENDER)
            .await
            .unwrap();
    }
    made.tenant = Some(tenant);
    made
}
