//! Filters that code fills in, too.

use std::fmt;

use uuid::Uuid;

use super::{
    Filter, FilterValue,
    filter::{Given, Kind},
};
use crate::{
    search::Terms,
    sql::{IntoValue, Value},
};

/// A [`Filter`] together with the type of what it takes, for a [`ListRequest`](super::ListRequest) to fill in: a value
/// of another type doesn't compile. The list declares it by [`Field::filter`].
pub struct Field<V> {
    filter: Filter,
    given: fn(V) -> Given,
}

/// From one value to another, both inside; without one of them, that end is open.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Between<T> {
    /// The smallest one, if there is a smallest.
    pub from: Option<T>,
    /// The largest one, if there is a largest.
    pub to: Option<T>,
}

impl<V> fmt::Debug for Field<V> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.filter.fmt(formatter)
    }
}

impl<V> Clone for Field<V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V> Copy for Field<V> {}

fn one<T: IntoValue>(value: T) -> Given {
    Given::One(value.into_value())
}

impl<V> Field<V> {
    /// The filter, to declare it and to describe it.
    pub const fn filter(self) -> Filter {
        self.filter
    }

    /// The column, if it isn't named like the parameter.
    #[must_use]
    pub const fn column(self, column: &'static str) -> Self {
        Self { filter: self.filter.column(column), ..self }
    }

    pub(super) fn given(&self, value: V) -> Given {
        (self.given)(value)
    }
}

impl<T: FilterValue> Field<T> {
    /// See [`Filter::equal`].
    pub const fn equal(name: &'static str) -> Self {
        Self { filter: Filter::new::<T>(name, Kind::Equal), given: one }
    }

    /// See [`Filter::among`].
    pub const fn among(name: &'static str, terms: Terms) -> Self {
        Self { filter: Filter::new::<T>(name, Kind::Among(terms)), given: one }
    }
}

impl Field<Uuid> {
    /// See [`Filter::id`].
    pub const fn id(name: &'static str) -> Self {
        Self { filter: Filter::id(name), given: one }
    }
}

impl Field<bool> {
    /// See [`Filter::exists`].
    pub const fn exists(name: &'static str) -> Self {
        Self { filter: Filter::exists(name), given: one }
    }

    /// See [`Filter::flag`].
    pub const fn flag(name: &'static str, condition: &'static str) -> Self {
        Self { filter: Filter::flag(name, condition), given: one }
    }
}

impl<T: FilterValue> Field<Vec<T>> {
    /// See [`Filter::one_of`].
    pub const fn one_of(name: &'static str) -> Self {
        let given = |values: Vec<T>| Given::Several(values.into_iter().map(T::into_value).collect());
        Self { filter: Filter::new::<T>(name, Kind::OneOf), given }
    }
}

impl<T: FilterValue> Field<Between<T>> {
    /// See [`Filter::range`].
    pub const fn range(name: &'static str) -> Self {
        fn end<T: IntoValue>(end: Option<T>) -> Option<Value> {
            end.map(T::into_value)
        }
        let given = |Between { from, to }: Between<T>| Given::Between(end(from), end(to));
        Self { filter: Filter::new::<T>(name, Kind::Range), given }
    }
}
