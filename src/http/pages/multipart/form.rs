//! Reading a form with files part by part, within limits.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;
use futures::{Stream, StreamExt};

use crate::http::body_arrival::TakesFiles;
use crate::http::pages::multipart::Broken;

/// The most parts of one form: more than its fields and the files that one complaint takes.
const PARTS_MAX: usize = 400;

/// How many bytes may arrive before a part's header is complete. The parser buffers them all and scans them again with each chunk.
const HEAD_MAX: usize = 64 * 1024;

/// A posted form with files. Rejected on a route that is not marked as one that takes files: its deadline would cut off a slow upload.
pub(crate) struct FilesForm {
    form: Multipart,
    heads: Heads,
    parts: usize,
}

impl<S: Send + Sync> FromRequest<S> for FilesForm {
    type Rejection = StatusCode;

    async fn from_request(request: Request, _: &S) -> Result<Self, StatusCode> {
        if request.extensions().get::<TakesFiles>().is_none() {
            tracing::error!("a route that reads files is not declared with takes_files");
            return Err(StatusCode::INTERNAL_SERVER_ERROR);
        }
        let heads = Heads::default();
        let bounded = heads.clone();
        let request = request.map(|body| Body::from_stream(bounded.bound(body)));
        let form = Multipart::from_request(request, &()).await.map_err(|_| StatusCode::BAD_REQUEST)?;
        Ok(Self { form, heads, parts: 0 })
    }
}

impl FilesForm {
    /// Returns the next part. The part before must have been read to its end, see [`read_on`].
    pub(crate) async fn next(&mut self) -> Result<Option<Field<'_>>, Broken> {
        self.parts += 1;
        if self.parts > PARTS_MAX {
            return Err(Broken::TooLong);
        }
        let heads = self.heads.clone();
        heads.begin();
        let field = self.form.next_field().await;
        heads.end();
        Ok(field?)
    }

    /// Reads the form to its end and discards it: a browser shows the response only once it has sent everything.
    pub(crate) async fn drain(mut self) {
        while let Ok(Some(mut field)) = self.next().await {
            if read_on(&mut field).await.is_err() {
                break;
            }
        }
    }
}

/// Reads a part to its end and discards it.
pub(crate) async fn read_on(field: &mut Field<'_>) -> Result<(), MultipartError> {
    while field.chunk().await?.is_some() {}
    Ok(())
}

/// Limits what arrives while a part's header is incomplete.
#[derive(Clone, Debug, Default)]
struct Heads(Arc<Awaited>);

#[derive(Debug, Default)]
struct Awaited {
    is_awaited: AtomicBool,
    bytes: AtomicUsize,
}

impl Heads {
    fn begin(&self) {
        self.0.bytes.store(0, Ordering::Relaxed);
        self.0.is_awaited.store(true, Ordering::Relaxed);
    }

    fn end(&self) {
        self.0.is_awaited.store(false, Ordering::Relaxed);
    }

    fn bound(self, body: Body) -> impl Stream<Item = Result<Bytes, axum::BoxError>> + Send {
        let mut body = body.into_data_stream();
        let mut has_given = false;
        futures::stream::poll_fn(move |context: &mut Context<'_>| {
            let is_awaited = self.0.is_awaited.load(Ordering::Relaxed);
            // The parser takes all it can get before it looks for the end of the header, so it gets one chunk at a time.
            if is_awaited && std::mem::take(&mut has_given) {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            let piece = body.poll_next_unpin(context);
            if let Poll::Ready(Some(Ok(bytes))) = &piece
                && is_awaited
            {
                has_given = true;
                if self.0.bytes.fetch_add(bytes.len(), Ordering::Relaxed) > HEAD_MAX {
                    let error = io::Error::new(io::ErrorKind::InvalidData, "the header of a part is too long");
                    return Poll::Ready(Some(Err(error.into())));
                }
            }
            piece.map_err(Into::into)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::header;
    use futures::stream;
    use std::convert::Infallible;

    async fn form(body: Body) -> FilesForm {
        let mut request = Request::new(body);
        request
            .headers_mut()
            .insert(header::CONTENT_TYPE, "multipart/form-data; boundary=x".parse().unwrap());
        request.extensions_mut().insert(TakesFiles);
        FilesForm::from_request(request, &()).await.unwrap()
    }

    fn pieces(pieces: impl Iterator<Item = Vec<u8>> + Send + 'static) -> Body {
        Body::from_stream(stream::iter(pieces.map(Ok::<_, Infallible>)))
    }

    #[tokio::test]
    async fn a_head_that_does_not_end_is_not_kept() {
        let given = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&given);
        let endless = (0..100_000).map(move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
            vec![b'a'; 1024]
        });
        let start = b"--x\r\nContent-Disposition: form-data; name=\"".to_vec();
        let mut form = form(pieces(std::iter::once(start).chain(endless))).await;
        assert!(matches!(form.next().await, Err(Broken::Form(_))));
        assert!(given.load(Ordering::Relaxed) < 80, "{} KB were read", given.load(Ordering::Relaxed));
    }

    #[tokio::test]
    async fn a_long_file_is_read_whatever_its_pieces() {
        let start = b"--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a\"\r\n\r\n".to_vec();
        let file = (0..500).map(|_| vec![b'a'; 1024]);
        let end = b"\r\n--x\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\nc\r\n--x--\r\n".to_vec();
        let parts: Vec<_> = std::iter::once(start).chain(file).chain([end]).collect();
        for body in [Body::from(parts.concat()), pieces(parts.into_iter())] {
            let mut form = form(body).await;
            let mut first = form.next().await.unwrap().unwrap();
            assert_eq!(first.file_name(), Some("a"));
            read_on(&mut first).await.unwrap();
            drop(first);
            assert_eq!(form.next().await.unwrap().unwrap().text().await.unwrap(), "c");
            assert!(form.next().await.unwrap().is_none());
        }
    }

    #[tokio::test]
    async fn a_form_of_too_many_parts_is_refused() {
        let part = b"--x\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\nc\r\n".to_vec();
        let mut form = form(pieces((0..=PARTS_MAX).map(move |_| part.clone()))).await;
        for _ in 0..PARTS_MAX {
            read_on(&mut form.next().await.unwrap().unwrap()).await.unwrap();
        }
        assert!(matches!(form.next().await, Err(Broken::TooLong)));
    }

    #[tokio::test]
    async fn a_route_that_is_not_marked_reads_no_files() {
        let refused = FilesForm::from_request(Request::new(Body::empty()), &()).await.err();
        assert_eq!(refused, Some(StatusCode::INTERNAL_SERVER_ERROR));
    }
}
