//! The address of the page: on the server of the request, in the browser of the page in view.

use leptos::prelude::*;

/// A path with its query, for example `/complaint/damp?from=check`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    path: String,
    /// Without the question mark; empty if there is none.
    query: String,
}

impl Address {
    /// Splits a path with its query.
    pub fn new(address: &str) -> Self {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        Self {
            path: path.to_owned(),
            query: query.to_owned(),
        }
    }

    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the path with the query.
    #[cfg(feature = "ssr")]
    pub fn whole(&self) -> String {
        let mark = if self.query.is_empty() { "" } else { "?" };
        [&self.path, mark, &self.query].concat()
    }

    /// Returns the last part of the path, which names the page in its folder.
    pub fn slug(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// Returns the value of a field of the query as it stands there. Fields of pages are codes and numbers, which no browser encodes.
    pub fn query(&self, name: &str) -> Option<&str> {
        let mut fields = self.query.split('&').map(|field| field.split_once('=').unwrap_or((field, "")));
        fields.find_map(|(field, value)| (field == name).then_some(value))
    }
}

/// The address in context. It changes only in the browser.
#[derive(Clone, Copy)]
pub struct CurrentAddress(pub RwSignal<Address>);

/// Returns the address of the page.
pub fn address() -> Address {
    use_context()
        .map(|CurrentAddress(address)| address.get_untracked())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_split_into_its_parts() {
        let address = Address::new("/complaint/damp?from=check&kept&order=2");
        assert_eq!((address.path(), address.slug()), ("/complaint/damp", "damp"));
        assert_eq!(address.query("from"), Some("check"));
        assert_eq!(address.query("kept"), Some(""));
        assert_eq!(address.query("order"), Some("2"));
        assert_eq!(address.query("fro"), None);
        assert_eq!(Address::new("/").query("from"), None);
    }
}
