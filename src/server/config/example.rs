//! The commented example that `onrecord config example` prints. Values come from the defaults, so they cannot differ.

use std::fmt::Write;

use serde_json::Value;

use super::Config;

/// What stands above each name: its path, the comment, and the value shown (commented out) when there is no default.
const COMMENTS: &[(&str, &str, &str)] = &[
    ("listen", "Where the server listens. Port 0 takes a free one.", ""),
    (
        "data",
        "The folder of the embedded database, of uploaded files and of the server's key.",
        "",
    ),
    (
        "database_url",
        "A PostgreSQL database in place of the embedded SQLite. Better set as ONRECORD_DATABASE_URL: it holds a password.",
        "\"postgres://onrecord@localhost/onrecord\"",
    ),
    (
        "storage_url",
        "An S3-like storage for files in place of the data folder. Keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, its address from AWS_ENDPOINT_URL.",
        "\"s3://evidence/portal\"",
    ),
    ("site", "The folder of what browsers download: style sheets, script, Wasm.", ""),
    (
        "public_url",
        "How people reach the portal. Needed as soon as it listens for other machines.",
        "\"https://complaints.example.org\"",
    ),
    (
        "trusted_proxies",
        "Addresses or networks of the proxies in front, whose Forwarded and X-Forwarded-For are believed: [\"127.0.0.1\"].",
        "",
    ),
    (
        "languages",
        "The languages people can choose. The first is for whoever wants none of them. \"en-XA\" and \"ar-XB\" only try pages out.",
        "",
    ),
    (
        "organisation",
        "Who runs the portal. Shown on the start and help pages; what is not set is not shown.",
        "",
    ),
    ("organisation.name", "Its name.", "\"Example Housing Ombudsman\""),
    ("organisation.phone", "The telephone number people can call.", "\"01632 960 100\""),
    (
        "organisation.email",
        "The email address people can write to.",
        "\"help@example.org\"",
    ),
    (
        "organisation.post",
        "The postal address, one line for each line of it.",
        "\"1 Example Street\\nExampletown\"",
    ),
    (
        "organisation.hours",
        "When the telephone is answered.",
        "\"Monday to Friday, 9am to 5pm\"",
    ),
    ("service", "How long things are kept, and what is promised.", ""),
    ("service.draft_days", "Days a draft is kept after its last save.", ""),
    (
        "service.expiry_warning_days",
        "Days before a draft goes that the person is warned, and may keep it as long again.",
        "",
    ),
    (
        "service.return_link_days",
        "Days a link works that was sent to go on on another device.",
        "",
    ),
    (
        "service.return_code_hours",
        "Hours a code works that is read out to go on on another device.",
        "",
    ),
    (
        "service.consent_days",
        "Days a tenant has to say whether somebody may act for them.",
        "",
    ),
    (
        "service.receipt_hours",
        "Hours the receipt can be looked at again on the device that sent the complaint.",
        "",
    ),
    ("service.session_minutes", "Minutes a sign-in lasts.", ""),
    (
        "service.remember_days",
        "Days a sign-in lasts on a device that the person wants us to remember.",
        "",
    ),
    (
        "service.notice_gap_minutes",
        "Minutes between two messages to one person, at least. What happens meanwhile is one message.",
        "",
    ),
    (
        "service.contact_within_working_days",
        "Working days within which the organisation promises to get in touch after a complaint came in.",
        "",
    ),
    (
        "service.next_word_working_days",
        "Working days within which the next word comes in each status, where whoever moves a case says no day. A status left out gives none.",
        "",
    ),
    (
        "service.withdrawal_days",
        "Days within which somebody who took a complaint back may let it go on.",
        "",
    ),
    (
        "service.review_days",
        "Days within which a review of a decision can be asked for, where the decision names no day.",
        "",
    ),
    (
        "service.case_years",
        "Years a case is kept after it was closed. People are told; nothing is deleted by it.",
        "",
    ),
    (
        "service.bank_holidays_file",
        "A newer file of bank holidays than the one shipped, in the shape of GOV.UK's bank-holidays.json.",
        "\"bank-holidays.json\"",
    ),
    (
        "service.clock_rules_file",
        "Other time limits for the complaint clock than those of `onrecord config clock-rules`, in the same shape.",
        "\"clock-rules.json\"",
    ),
    (
        "service.landlords_file",
        "Another list of landlords, with the columns of the one shipped.",
        "\"landlords.csv\"",
    ),
    (
        "service.upload_hours",
        "Hours an upload is kept that broke off, after its last byte came.",
        "",
    ),
    (
        "service.contact_hours",
        "When text messages are welcome for people who chose a part of the day, on a clock in England. Who chose none gets them in all three.",
        "",
    ),
    ("service.contact_hours.morning", "The morning.", ""),
    ("service.contact_hours.afternoon", "The afternoon.", ""),
    ("service.contact_hours.evening", "The evening.", ""),
    ("service.evidence", "Limits on files.", ""),
    ("service.evidence.file_bytes", "The largest file, in bytes.", ""),
    ("service.evidence.recording_bytes", "The largest sound or film, in bytes.", ""),
    ("service.evidence.files", "Files of one complaint.", ""),
    ("service.evidence.total_bytes", "All files of one complaint together, in bytes.", ""),
    (
        "service.space",
        "Room for files, so that no one fills the disk that the database is on.",
        "",
    ),
    (
        "service.space.reserve_bytes",
        "Free space in bytes below which files of unsent complaints are refused; below half of it, files of cases too.",
        "",
    ),
    (
        "service.space.unsent_bytes",
        "Files of all unsent complaints together, in bytes.",
        "",
    ),
    (
        "service.space.unsent_bytes_per_address",
        "Those that came from one IPv4 address or one IPv6 network of 64 bits.",
        "",
    ),
    (
        "service.space.unsent_bytes_per_network",
        "Those that came from one IPv6 network of 48 bits.",
        "",
    ),
    (
        "limits",
        "How often one may try: this many at once, then this many in a minute.",
        "",
    ),
    (
        "limits.draft_creation",
        "Complaints started from one address. A library may be one address.",
        "",
    ),
    ("limits.sign_in", "Sign-in attempts from one address.", ""),
    (
        "limits.return_ticket",
        "Links and codes made for one draft, to go on on another device.",
        "",
    ),
    ("limits.return_try", "Codes and links tried from one address.", ""),
    (
        "limits.return_try_anywhere",
        "Codes tried from all addresses together. The first tries of an address are let through all the same.",
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
        "Sign-in attempts for one reference or mailbox, from anywhere. An address that has hardly tried is let through all the same.",
        "",
    ),
    ("limits.sign_in_code", "Sign-in codes asked for from one address.", ""),
    ("limits.complaint_clock", "Questions to the complaint clock from one address.", ""),
    (
        "limits.uploads",
        "Files announced from one address. A library may be one address.",
        "",
    ),
    (
        "limits.copies_without_place",
        "Copies of photos without the place, made for one address.",
        "",
    ),
    ("limits.acts", "Messages, entries and answers of one person on one case.", ""),
    ("limits.acts_on_case", "The same on one case, whoever does it.", ""),
    (
        "limits.case_files",
        "Files that one person brings to one case after it was sent.",
        "",
    ),
    ("limits.files_on_case", "The same to one case, whoever brings them.", ""),
    ("uploads", "Limits on one request that brings files.", ""),
    ("uploads.request_bytes", "All files of one request together, in bytes.", ""),
    (
        "uploads.stalled_seconds",
        "Seconds a request may stand still before it is given up.",
        "",
    ),
    ("uploads.at_once", "Files that may arrive at once.", ""),
    ("uploads.at_once_per_address", "The same from one address.", ""),
    ("pages", "How many pages are made at once.", ""),
    ("pages.at_once", "Pages that are drawn and compressed at once.", ""),
    ("pages.waiting", "Pages that wait for that; later ones are answered 503.", ""),
    ("connections", "How many connections may be open.", ""),
    (
        "connections.most",
        "Connections in all; fewer where the system allows fewer open files.",
        "",
    ),
    (
        "connections.per_address",
        "Connections of one IPv4 address, or of one IPv6 network of 64 bits. Those of trusted proxies are not counted by address.",
        "",
    ),
    (
        "connections.idle_seconds",
        "Seconds a connection may take to the whole head of its next request.",
        "",
    ),
    (
        "connections.proxy_idle_seconds",
        "The same for a trusted proxy. Longer than the proxy itself keeps a connection.",
        "",
    ),
    (
        "scanner",
        "Who looks at files before anybody may open them. Until clamd is named files wait, and nobody is served one.",
        "",
    ),
    (
        "scanner.mode",
        "\"on\", or \"off\": then files are served as they came, and shown as unscanned everywhere.",
        "",
    ),
    (
        "scanner.clamd",
        "Where ClamAV's daemon listens: tcp://host:port, or unix:// and the path of its socket.",
        "\"unix:///run/clamav/clamd.ctl\"",
    ),
    ("scanner.connect_seconds", "Seconds it may take to be reached.", ""),
    ("scanner.scan_seconds", "Seconds it may take over one file.", ""),
    (
        "scanner.retry_first_seconds",
        "Seconds before a file that got no verdict is shown again; then twice as long each time.",
        "",
    ),
    ("scanner.retry_longest_seconds", "The longest such wait, in seconds.", ""),
    ("safety", "What protects people whom somebody watches.", ""),
    (
        "safety.exit_url",
        "Where \"Exit this page\" leads: a page that shows nothing of the person and is nothing to explain.",
        "",
    ),
    (
        "mail",
        "How messages leave. Without a mail server they become files in the folder mail of the data folder.",
        "",
    ),
    (
        "mail.smtp_url",
        "The mail server. Better set as ONRECORD_MAIL__SMTP_URL: it holds a password.",
        "\"smtps://user:password@mail.example.org\"",
    ),
    (
        "mail.from",
        "The address messages are from. Needed with a mail server.",
        "\"no-reply@example.org\"",
    ),
    (
        "mail.sender",
        "The name messages are from. Others may see it on the person's screen, so it should not tell what they are about.",
        "\"Message service\"",
    ),
    (
        "mail.ehlo_name",
        "The name the server gives itself to the mail server. The host of public_url when it is not set.",
        "\"complaints.example.org\"",
    ),
    (
        "sms",
        "How text messages leave: each is posted to the organisation's own gateway. Without one none are sent.",
        "",
    ),
    (
        "sms.webhook_url",
        "The gateway, by https. Better set as ONRECORD_SMS__WEBHOOK_URL when it holds a key.",
        "\"https://sms.example.org/send\"",
    ),
    (
        "sms.webhook_secret",
        "What requests to it are signed with, as in Standard Webhooks. At least 24 characters. Better set as ONRECORD_SMS__WEBHOOK_SECRET.",
        "\"whsec_MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAw\"",
    ),
    ("deliveries", "Whether messages and news of cases leave.", ""),
    (
        "deliveries.hold",
        "Nothing leaves: emails, text messages and events wait. For a copy of a portal, and while one is restored.",
        "",
    ),
    ("metrics", "Figures about the server, for Prometheus and what reads the same.", ""),
    (
        "metrics.listen",
        "Where GET /metrics is answered, apart from the portal. Every machine that can connect reads the figures: take an address of this machine.",
        "\"127.0.0.1:9464\"",
    ),
    ("log", "What the server tells about itself, on standard error.", ""),
    ("log.format", "\"text\" for people or \"json\" for a log collector.", ""),
    (
        "log.level",
        "\"error\", \"warn\", \"info\", \"debug\", or a filter such as \"info,onrecord::server=debug\".",
        "",
    ),
    (
        "log.requests",
        "Whether each request is a line: its method, its route, its status and its time. Never its address.",
        "",
    ),
];

/// The example, as TOML.
#[must_use]
pub fn example() -> String {
    let mut defaults = serde_json::to_value(Config::default()).unwrap_or_default();
    if let Some(fields) = defaults.as_object_mut() {
        fields.insert("database_url".into(), Value::Null);
    }
    let mut out = String::from(
        "# On Record: everything that can be set, with its default. Environment variables win over this file\n# (ONRECORD_LISTEN, ONRECORD_LOG__FORMAT), flags of the command line over both.\n",
    );
    for (path, comment, shown) in COMMENTS {
        let value = defaults.pointer(&format!("/{}", path.replace('.', "/"))).unwrap_or(&Value::Null);
        let name = path.rsplit('.').next().unwrap_or(path);
        // Writing to a string does not fail.
        let _ = match value {
            Value::Object(_) if !is_quota(value) => write!(out, "\n# {comment}\n[{path}]\n"),
            Value::Null => write!(out, "\n# {comment}\n# {name} = {shown}\n"),
            value => write!(out, "\n# {comment}\n{name} = {}\n", toml(value)),
        };
    }
    out
}

/// A quota, and the days of each status, read best on one line.
fn is_quota(value: &Value) -> bool {
    value.get("per_minute").or_else(|| value.get("awaiting_resident")).is_some()
}

/// A value as TOML writes it: JSON's scalars and arrays are the same there, tables are not.
fn toml(value: &Value) -> String {
    match value.as_object() {
        Some(fields) => {
            let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{name} = {value}")).collect();
            format!("{{ {} }}", fields.join(", "))
        }
        None => value.to_string(),
    }
}
