//! The upload progress of files after their complaint was sent: how many have arrived, and which have not. The numbers are those of
//! when the page was opened; `public/uploads.js` continues with the files on this device, and counts.

use leptos::prelude::*;

use crate::app::words::{say, say_with};
use contract::FilesProgress as Files;

/// "3 of 5 files received". Nothing when there are no files.
#[component]
pub fn Arriving(files: Files) -> impl IntoView {
    let all = files.all();
    if all == 0 {
        return ().into_any();
    }
    let values = [("here", files.here.to_string()), ("all", all.to_string())];
    let count = say_with(
        if all == 1 {
            "upload_progress.received_one"
        } else {
            "upload_progress.received"
        },
        &values,
    );
    let coming = files
        .coming
        .into_iter()
        .map(|file| view! { <li class="or-user-text" id=format!("coming-{}", file.id)>{file.filename}</li> })
        .collect_view();
    let has_coming = files.here + (files.missing.len() as u64) < all;
    let missing: Vec<_> = files
        .missing
        .into_iter()
        .map(|name| view! { <li class="or-user-text">{name}</li> })
        .collect();
    view! {
        <h2 class="govuk-heading-m">{say("files.yours")}</h2>
        <p class="govuk-body" id="files-received" role="status" data-here=files.here data-all=all>{count}</p>
        <div id="uploads"></div>
        {has_coming
            .then(|| {
                view! {
                    <div id="coming">
                        <p class="govuk-body">{say("files_progress.elsewhere")}</p>
                        <ul class="govuk-list govuk-list--bullet">{coming}</ul>
                    </div>
                }
            })}
        {(!missing.is_empty())
            .then(|| {
                view! {
                    <p class="govuk-body">{say("files_progress.missing")}</p>
                    <ul class="govuk-list govuk-list--bullet">{missing}</ul>
                }
            })}
    }
    .into_any()
}
