//! The commented example configuration that `onrecord config example` prints. Its values come from the defaults, so they cannot differ.

use std::fmt::Write;

use serde_json::Value;

use super::Config;

/// For each setting: its path, its comment, and the value shown (commented out) if it has no default.
const COMMENTS: &[(&str, &str, &str)] = &[
    ("listen", "The address on which the server listens. Port 0 takes a free port.", ""),
    (
        "data",
        "The folder of the embedded database, the uploaded files and the server's key.",
        "",
    ),
    (
        "database_url",
        "A PostgreSQL database to use instead of the embedded SQLite. It contains a password: set it as ONRECORD_DATABASE_URL.",
        "\"postgres://onrecord@localhost/onrecord\"",
    ),
    (
        "storage_url",
        "An S3-compatible storage for files, used instead of the data folder. Set its keys as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, its address as AWS_ENDPOINT_URL.",
        "\"s3://evidence/portal\"",
    ),
    (
        "site",
        "The folder of the files that browsers download: style sheets, scripts, Wasm.",
        "",
    ),
    (
        "public_url",
        "The public URL of the portal. Required if the server listens for other machines.",
        "\"https://complaints.example.org\"",
    ),
    (
        "trusted_proxies",
        "Addresses or networks of the trusted reverse proxies, whose Forwarded and X-Forwarded-For headers are used: [\"127.0.0.1\"].",
        "",
    ),
    (
        "languages",
        "The languages that people can choose. The first is the default for browsers that accept none of them. \"en-XA\" and \"ar-XB\" are for testing pages.",
        "",
    ),
    (
        "organisation",
        "The organisation that runs the portal, shown on the start and help pages. A value that is not set is not shown.",
        "",
    ),
    (
        "organisation.name",
        "The name of the organisation.",
        "\"Example Housing Ombudsman\"",
    ),
    (
        "organisation.phone",
        "The telephone number that people can call.",
        "\"01632 960 100\"",
    ),
    (
        "organisation.email",
        "The email address that people can write to.",
        "\"help@example.org\"",
    ),
    (
        "organisation.post",
        "The postal address, with \\n between its lines.",
        "\"1 Example Street\\nExampletown\"",
    ),
    (
        "organisation.hours",
        "The opening hours of the telephone.",
        "\"Monday to Friday, 9am to 5pm\"",
    ),
    ("service", "Retention periods, deadlines, and promises shown to people.", ""),
    ("service.draft_days", "Days for which a draft is kept after its last save.", ""),
    (
        "service.expiry_warning_days",
        "Days before a draft expires on which the person is warned and can extend it.",
        "",
    ),
    ("service.return_link_days", "Days for which a resume link works.", ""),
    ("service.return_code_hours", "Hours for which a resume code works.", ""),
    (
        "service.consent_days",
        "Days that a tenant has to answer a request for consent, and a representative to prove their authority.",
        "",
    ),
    (
        "service.receipt_hours",
        "Hours for which the device that sent the complaint can show the receipt again.",
        "",
    ),
    ("service.session_minutes", "Minutes for which a session lasts.", ""),
    (
        "service.remember_days",
        "Days for which a session lasts on a remembered device.",
        "",
    ),
    (
        "service.notice_gap_minutes",
        "The least number of minutes between two messages to one person. Events in between are combined in one message.",
        "",
    ),
    (
        "service.equality_smallest_total",
        "The smallest total of an equality question that is reported. Smaller totals could identify a person.",
        "",
    ),
    (
        "service.contact_within_working_days",
        "Working days within which the organisation promises to contact the person about a new complaint.",
        "",
    ),
    (
        "service.next_word_working_days",
        "Working days until the next update in each status, used if the desk sets no day. A status that is left out has no deadline.",
        "",
    ),
    ("service.withdrawal_days", "Days within which a withdrawal can be undone.", ""),
    (
        "service.review_days",
        "Days within which a review of a decision can be requested, used if the decision sets no day.",
        "",
    ),
    (
        "service.case_years",
        "Years for which a closed case is kept, as shown to people. Nothing is deleted automatically.",
        "",
    ),
    (
        "service.bank_holidays_file",
        "A file of bank holidays to use instead of the built-in one, in the format of GOV.UK's bank-holidays.json.",
        "\"bank-holidays.json\"",
    ),
    (
        "service.clock_rules_file",
        "A file of time limits for the complaint clock, used instead of the built-in ones, as `onrecord config clock-rules` prints them.",
        "\"clock-rules.json\"",
    ),
    (
        "service.landlords_file",
        "A list of landlords to use instead of the built-in one, with the same columns.",
        "\"landlords.csv\"",
    ),
    (
        "service.upload_hours",
        "Hours for which an unfinished upload is kept after its last byte arrived.",
        "",
    ),
    (
        "service.contact_hours",
        "Hours for text messages to people who chose a part of the day, in Europe/London time. All three apply to people who chose none.",
        "",
    ),
    ("service.contact_hours.morning", "The morning.", ""),
    ("service.contact_hours.afternoon", "The afternoon.", ""),
    ("service.contact_hours.evening", "The evening.", ""),
    ("service.evidence", "Limits on uploaded files.", ""),
    (
        "service.evidence.file_bytes",
        "The largest file other than a recording, in bytes.",
        "",
    ),
    (
        "service.evidence.recording_bytes",
        "The largest audio or video recording, in bytes.",
        "",
    ),
    ("service.evidence.files", "The number of files in one complaint.", ""),
    (
        "service.evidence.total_bytes",
        "The size of all files in one complaint together, in bytes.",
        "",
    ),
    (
        "service.space",
        "Disk budget for files, so that uploads cannot fill the disk of the database.",
        "",
    ),
    (
        "service.space.reserve_bytes",
        "Free disk space in bytes below which files of unsent complaints are refused; below half of it, files of cases are refused too.",
        "",
    ),
    (
        "service.space.unsent_bytes",
        "The size of the files of all unsent complaints together, in bytes.",
        "",
    ),
    (
        "service.space.unsent_bytes_per_address",
        "The size of the files of unsent complaints from one IPv4 address or IPv6 /64 network, in bytes.",
        "",
    ),
    (
        "service.space.unsent_bytes_per_network",
        "The size of the files of unsent complaints from one IPv6 /48 network, in bytes.",
        "",
    ),
    ("limits", "Rate limits: `burst` requests at once, then `per_minute`.", ""),
    (
        "limits.draft_creation",
        "Drafts created from one address. A library may be one address.",
        "",
    ),
    ("limits.sign_in", "Sign-in attempts from one address.", ""),
    ("limits.return_ticket", "Resume links and resume codes made for one draft.", ""),
    ("limits.return_try", "Codes and links entered from one address.", ""),
    (
        "limits.return_try_anywhere",
        "Codes entered from all addresses together. The first attempts of each address are always accepted.",
        "",
    ),
    ("limits.saves", "Saves of one draft.", ""),
    (
        "limits.sign_in_here",
        "Sign-in attempts from one address for one reference or mailbox.",
        "",
    ),
    (
        "limits.sign_in_reference",
        "Sign-in attempts for one reference or mailbox, from all addresses. The first attempts of each address are always accepted.",
        "",
    ),
    ("limits.sign_in_code", "Sign-in codes requested from one address.", ""),
    ("limits.complaint_clock", "Requests to the complaint clock from one address.", ""),
    (
        "limits.uploads",
        "Uploads started from one address. A library may be one address.",
        "",
    ),
    (
        "limits.copies_without_place",
        "Copies of photos without location metadata, made for one address.",
        "",
    ),
    ("limits.acts", "Messages, diary entries and answers of one person on one case.", ""),
    (
        "limits.acts_on_case",
        "Messages, diary entries and answers of all people on one case together.",
        "",
    ),
    ("limits.case_files", "Files that one person adds to one case.", ""),
    ("limits.files_on_case", "Files that all people on one case add together.", ""),
    ("uploads", "Limits on requests with files.", ""),
    (
        "uploads.request_bytes",
        "The size of all files in one request together, in bytes.",
        "",
    ),
    (
        "uploads.stalled_seconds",
        "Seconds without a byte after which a request is aborted.",
        "",
    ),
    ("uploads.at_once", "The number of simultaneous file uploads.", ""),
    (
        "uploads.at_once_per_address",
        "The number of simultaneous file uploads from one address.",
        "",
    ),
    ("pages", "Limits on rendering pages.", ""),
    ("pages.at_once", "Pages rendered and compressed at the same time.", ""),
    ("pages.waiting", "Pages that wait to be rendered; further ones get a 503.", ""),
    ("connections", "Limits on open connections.", ""),
    (
        "connections.most",
        "The number of open connections; fewer if the system allows fewer open files.",
        "",
    ),
    (
        "connections.per_address",
        "Connections per IPv4 address or IPv6 /64 network. Connections of trusted proxies do not count.",
        "",
    ),
    (
        "connections.idle_seconds",
        "Seconds until the complete head of the next request on a connection.",
        "",
    ),
    (
        "connections.proxy_idle_seconds",
        "The same for a trusted proxy. Must be longer than the proxy keeps a connection.",
        "",
    ),
    (
        "scanner",
        "The virus scanner. Until clamd is set, files wait for the scan and none is served.",
        "",
    ),
    (
        "scanner.mode",
        "\"on\" or \"off\". With \"off\", files are served unscanned, and shown as unscanned.",
        "",
    ),
    (
        "scanner.clamd",
        "The address of ClamAV's daemon: tcp://host:port, or unix:// and the path of its socket.",
        "\"unix:///run/clamav/clamd.ctl\"",
    ),
    ("scanner.connect_seconds", "Seconds to connect to the scanner.", ""),
    ("scanner.scan_seconds", "Seconds to scan one file.", ""),
    (
        "scanner.retry_first_seconds",
        "Seconds before a file without a verdict is scanned again; the wait doubles each time.",
        "",
    ),
    (
        "scanner.retry_longest_seconds",
        "The longest wait before a repeated scan, in seconds.",
        "",
    ),
    ("safety", "Protection of people who are being watched.", ""),
    (
        "safety.exit_url",
        "The target of \"Exit this page\": an inconspicuous page that shows nothing of the person.",
        "",
    ),
    (
        "mail",
        "The sending of email. Without a mail server, messages become files in the folder mail of the data folder.",
        "",
    ),
    (
        "mail.smtp_url",
        "The mail server. It contains a password: set it as ONRECORD_MAIL__SMTP_URL.",
        "\"smtps://user:password@mail.example.org\"",
    ),
    (
        "mail.from",
        "The sender address. Required with a mail server.",
        "\"no-reply@example.org\"",
    ),
    (
        "mail.sender",
        "The sender name. Other people may see it on the person's screen, so it should not reveal what the messages are about.",
        "\"Message service\"",
    ),
    (
        "mail.ehlo_name",
        "The host name for EHLO; the host of public_url when it is not set.",
        "\"complaints.example.org\"",
    ),
    (
        "sms",
        "The sending of text messages: each is posted to the organisation's own gateway. Without one, none are sent.",
        "",
    ),
    (
        "sms.webhook_url",
        "The gateway, with https. If it contains a key, set it as ONRECORD_SMS__WEBHOOK_URL.",
        "\"https://sms.example.org/send\"",
    ),
    (
        "sms.webhook_secret",
        "The secret with which requests to the gateway are signed, as in Standard Webhooks. At least 24 characters. Set it as ONRECORD_SMS__WEBHOOK_SECRET.",
        "\"whsec_MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAw\"",
    ),
    ("deliveries", "Whether messages and webhook events are delivered.", ""),
    (
        "deliveries.hold",
        "Holds all emails, text messages and events. For a copy of a portal, and during a restore.",
        "",
    ),
    ("metrics", "Metrics for Prometheus and compatible systems.", ""),
    (
        "metrics.listen",
        "The address of GET /metrics, separate from the portal. Not authenticated, so use an address that only this machine can reach.",
        "\"127.0.0.1:9464\"",
    ),
    ("log", "The server's log, on standard error.", ""),
    ("log.format", "\"text\" for people, or \"json\" for a log collector.", ""),
    (
        "log.level",
        "\"error\", \"warn\", \"info\", \"debug\", or a filter such as \"info,onrecord::server=debug\".",
        "",
    ),
    (
        "log.requests",
        "Whether each request is logged: method, route, status and duration. Never the path.",
        "",
    ),
];

/// Returns the example as TOML.
pub fn example() -> String {
    let mut defaults = serde_json::to_value(Config::default()).unwrap_or_default();
    if let Some(fields) = defaults.as_object_mut() {
        fields.insert("database_url".into(), Value::Null);
    }
    let mut out = String::from(
        "# On Record: all settings with their defaults. Environment variables override this file\n# (ONRECORD_LISTEN, ONRECORD_LOG__FORMAT); command-line flags override both.\n",
    );
    for (path, comment, shown) in COMMENTS {
        let value = defaults.pointer(&format!("/{}", path.replace('.', "/"))).unwrap_or(&Value::Null);
        let name = path.rsplit('.').next().unwrap_or(path);
        // Writing to a String cannot fail.
        let _ = match value {
            Value::Object(_) if !is_quota(value) => write!(out, "\n# {comment}\n[{path}]\n"),
            Value::Null => write!(out, "\n# {comment}\n# {name} = {shown}\n"),
            value => write!(out, "\n# {comment}\n{name} = {}\n", toml(value)),
        };
    }
    out
}

/// Returns true for a table written on one line: a quota, or the days for each status.
fn is_quota(value: &Value) -> bool {
    value.get("per_minute").or_else(|| value.get("awaiting_resident")).is_some()
}

/// Writes a value as TOML, whose scalars and arrays are those of JSON; tables differ.
fn toml(value: &Value) -> String {
    match value.as_object() {
        Some(fields) => {
            let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{name} = {value}")).collect();
            format!("{{ {} }}", fields.join(", "))
        }
        None => value.to_string(),
    }
}
