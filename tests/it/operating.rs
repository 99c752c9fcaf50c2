//! The portal as its operator uses it: command line, server key, holds, metrics, `PgBouncer`, and the samples in `deploy/`.

#[path = "operating/command_line.rs"]
mod command_line;
#[path = "operating/deploy.rs"]
mod deploy;
#[path = "operating/figures.rs"]
mod figures;
#[path = "operating/forgotten.rs"]
mod forgotten;
#[path = "operating/holds.rs"]
mod holds;
#[path = "operating/key.rs"]
mod key;
#[path = "operating/pooler.rs"]
mod pooler;
