//! The rules of circulation; they know nothing of HTTP and SQL.

mod calendar;
mod decision;
mod fine;
mod hold;
mod lending;
mod owed;
mod rule;
mod seen;
mod taken_over;

pub(crate) use calendar::{ClosedDay, ClosedDayFields, ClosedDays};
pub(crate) use decision::{Case, Decision, Others, Reason};
pub(crate) use fine::{Fine, FineState, Late};
pub(crate) use hold::{Hold, HoldState};
pub(crate) use lending::{Lending, Terms};
pub(crate) use lyceum_kit::day::Day;
pub(crate) use owed::Owed;
pub(crate) use rule::{ANY, Rule, RuleFields, choose};
pub(crate) use seen::{BookSeen, ItemSeen, ReaderSeen};

#[cfg(test)]
mod tests;
