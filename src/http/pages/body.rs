//! Reading a posted form.

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use futures::StreamExt;

use complaint::Fields;

/// The longest form, in bytes. The longest accepted answer is 30,000 characters, about 360 KB when URL-encoded.
pub(crate) const FORM_MAX: usize = 1_000_000;

/// The most fields of one form. The largest page, a message with all files of a case, has fewer than half as many.
pub(crate) const FIELDS_MAX: usize = 200;

/// How many bytes of a form that is too long are read. A browser shows the response only once it has sent everything.
const READ_ON: usize = 20_000_000;

/// Why a form cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum NoForm {
    #[error("the form is longer than {FORM_MAX} bytes")]
    TooLong,
    #[error("the form has more than {FIELDS_MAX} fields")]
    TooMany,
    #[error("the form arrived incomplete")]
    Interrupted,
}

impl NoForm {
    fn status(self) -> StatusCode {
        match self {
            Self::TooLong | Self::TooMany => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Interrupted => StatusCode::BAD_REQUEST,
        }
    }
}

/// The fields of a posted form, in page order. Must be the last argument of a handler. The form is read to its end before anything else
/// is checked.
pub(crate) struct FormBody(pub Fields);

impl<S: Send + Sync> FromRequest<S> for FormBody {
    type Rejection = StatusCode;

    async fn from_request(request: Request, _: &S) -> Result<Self, StatusCode> {
        fields(request.into_body()).await.map(Self).map_err(NoForm::status)
    }
}

async fn fields(body: Body) -> Result<Fields, NoForm> {
    let mut stream = body.into_data_stream();
    let mut form = Vec::new();
    let mut length = 0;
    while let Some(piece) = stream.next().await {
        let piece = piece.map_err(|_| NoForm::Interrupted)?;
        length += piece.len();
        if length > READ_ON {
            break;
        }
        if length <= FORM_MAX {
            form.extend_from_slice(&piece);
        }
    }
    if length > FORM_MAX {
        return Err(NoForm::TooLong);
    }
    let fields: Vec<_> = form_urlencoded::parse(&form).take(FIELDS_MAX + 1).collect();
    if fields.len() > FIELDS_MAX {
        return Err(NoForm::TooMany);
    }
    Ok(Fields(
        fields
            .into_iter()
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_form_is_read_as_it_was_typed() {
        let form = "name=Si%C3%A2n+O%27Neill&what=%3C%2Ftextarea%3E%0D%0A%00&empty=";
        let fields = fields(Body::from(form)).await.unwrap();
        assert_eq!(fields.raw("name"), "Siân O'Neill");
        assert_eq!(fields.raw("what"), "</textarea>\r\n\0");
        assert_eq!(fields.0.len(), 3);
    }

    #[tokio::test]
    async fn a_form_that_is_too_long_is_refused() {
        assert_eq!(fields(Body::from(vec![b'a'; FORM_MAX + 1])).await, Err(NoForm::TooLong));
        assert!(fields(Body::from(vec![b'a'; FORM_MAX])).await.is_ok());
    }

    #[tokio::test]
    async fn a_form_of_too_many_fields_is_refused() {
        assert!(fields(Body::from("f=v&".repeat(FIELDS_MAX))).await.is_ok());
        assert_eq!(fields(Body::from("f=v&".repeat(FIELDS_MAX + 1))).await, Err(NoForm::TooMany));
    }
}
