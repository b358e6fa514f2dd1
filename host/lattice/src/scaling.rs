//! Following the load: what it is, and how many instances it takes.

mod load;
mod rule;

pub(crate) use load::{Load, Loads};
pub(crate) use rule::{Rule, Scaler};
