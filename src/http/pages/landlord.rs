//! Finding a landlord in the register without JavaScript.

use axum::http::StatusCode;
use axum::response::Response;

use crate::app::draft_store::LANDLORD_BY_NAME as BY_NAME;
use crate::app::pages::FIND_LANDLORD;
use crate::app::portal::RejectedForm;
use crate::http::pages::visit::Visit;
use complaint::Fields;
use contract::LandlordMatch;
use service::{Services, landlords};
use text::Language;

/// The `action` of the button that searches the register.
pub(crate) const FIND: &str = FIND_LANDLORD;

/// How many landlords are shown at most.
const MOST: usize = 10;

const NUMBER: &str = "registration_number";

const ONS_CODE: &str = "ons_code";

/// Renders the page again with the landlords whose names match what was typed. Saves nothing.
pub(crate) async fn find(visit: &Visit, fields: Fields) -> Response {
    let found = named(visit.services(), visit.language(), &fields);
    let posted = RejectedForm {
        // An earlier choice says nothing about a new search.
        fields: without_number(fields),
        found: Some(found),
        ..RejectedForm::default()
    };
    visit.form_page(StatusCode::OK, visit.portal(), posted).await
}

/// Returns the landlords whose names match what was typed, with reasons in `language`.
pub(crate) fn named(services: &Services, language: Language, fields: &Fields) -> Vec<LandlordMatch> {
    landlords::search(services, language, fields.raw("name"), MOST)
}

/// Makes the name and the number agree. A landlord chosen from the list sets the name. A name that only one landlord has sets the
/// number, or for a council without one its code. A number that belongs to another name is dropped.
pub(crate) fn match_name_and_number(services: &Services, fields: Fields) -> Fields {
    let typed = fields.line("name");
    let offered = fields.all(NUMBER).count() > 1;
    let chosen = landlords::numbered(services, fields.raw(NUMBER));
    // Some councils have no number and are chosen by name.
    let named = fields.raw(NUMBER).strip_prefix(BY_NAME).map(str::to_owned);
    let mut fields = without_number(fields);
    match chosen {
        None if named.is_some() => {
            fields.0.retain(|(name, _)| name != "name");
            fields.0.extend(named.map(|name| ("name".to_owned(), name)));
            landlords::add_number(services, &mut fields);
        }
        Some(landlord) if offered => {
            fields.0.retain(|(name, _)| name != "name");
            fields.0.push(("name".into(), landlord.name));
            fields.0.push((NUMBER.into(), landlord.registration_number));
        }
        Some(landlord) if landlords::is_called(&landlord, &typed) => fields.0.push((NUMBER.into(), landlord.registration_number)),
        _ => landlords::add_number(services, &mut fields),
    }
    fields
}

fn without_number(mut fields: Fields) -> Fields {
    fields.0.retain(|(name, _)| name != NUMBER && name != ONS_CODE);
    fields
}
