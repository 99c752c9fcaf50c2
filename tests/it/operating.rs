//! The portal as its operator uses it: command line, server key, holds, metrics, `PgBouncer`, and the samples in `deploy/`.

mod command_line;
mod deploy;
mod figures;
mod forgotten;
mod holds;
mod key;
mod pooler;
