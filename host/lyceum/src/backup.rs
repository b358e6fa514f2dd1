//! Backups: the folder that one is, what is copied into it, and how that is put back.
//!
//! What is restored is as if the platform had been stopped at one moment, [`moment`]:
//! - each service's data are as of that moment;
//! - each event that they published is in the log or in their outbox, [`known`];
//! - no consumer is further in the log than its data, since progress is copied before the moment. What it is given once
//!   more, it recognises.
//!
//! The commands [`crate::commands::backup`] and [`crate::commands::restore`] say in which order.

pub(crate) mod blobs;
pub(crate) mod databases;
pub(crate) mod description;
pub(crate) mod documents;
pub(crate) mod folder;
pub(crate) mod known;
pub(crate) mod lines;
pub(crate) mod log;
pub(crate) mod moment;
pub(crate) mod unfinished;
