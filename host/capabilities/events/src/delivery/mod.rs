//! Delivery to one consumer, whatever keeps the log: in order per aggregate, with backoff and dead letters.
//!
//! [`Driver`] is the task, [`Lanes`] are its decisions without any I/O, and a [`Store`] is what a bus has to give.

mod driver;
mod lane;
mod lanes;
#[cfg(test)]
mod lanes_model;
mod outage;
mod progress;
mod record;
mod store;
mod tick_lane;
mod waiting;

pub(crate) use driver::{Driver, End};
pub(crate) use progress::{Cursor, Dead, Progress, Replayed, Update};
pub(crate) use record::{Aggregate, Logged, Slice};
pub(crate) use store::{Pace, Store, Wanted};
pub(crate) use tick_lane::TickLane;
