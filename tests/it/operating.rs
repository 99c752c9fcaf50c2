//! The portal as its operator meets it: the command line on wrong places, keys, holds, figures, a pooler, the samples.

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
