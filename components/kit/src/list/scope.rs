//! What a service adds to every page of a list, whatever the client asks for.

use crate::sql::{IntoValue, Value};

/// Conditions that a client can't take away, such as whose rows they are. They belong to what a cursor fits.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    pub(super) equal: Vec<(&'static str, Value)>,
    pub(super) fixed: Vec<&'static str>,
}

impl Scope {
    /// All rows.
    pub const fn all() -> Self {
        Self { equal: Vec::new(), fixed: Vec::new() }
    }

    /// Only rows with this value. The column comes first in the index of each filter and order.
    #[must_use]
    pub fn equal(mut self, column: &'static str, value: impl IntoValue) -> Self {
        self.equal.push((column, value.into_value()));
        self
    }

    /// Only rows that fulfil a condition of portable SQL without parameters, such as `deleted_at IS NULL`. It
    /// is best the condition of partial indexes, written like that.
    #[must_use]
    pub fn only(mut self, condition: &'static str) -> Self {
        self.fixed.push(condition);
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.equal.is_empty() && self.fixed.is_empty()
    }
}
