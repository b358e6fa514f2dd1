//! What a client may filter a list by.

use std::fmt;

use serde::de::DeserializeOwned;
use utoipa::{
    PartialSchema,
    openapi::{
        KnownFormat, ObjectBuilder, RefOr, SchemaFormat,
        schema::{Schema, Type},
    },
};
use uuid::Uuid;

use super::condition::{Condition, Source, Test};
use crate::{
    search::Terms,
    sql::{IntoValue, Value},
    wording,
};

/// A type that a filter's values are of.
pub trait FilterValue: DeserializeOwned + IntoValue + PartialSchema {}

impl<T: DeserializeOwned + IntoValue + PartialSchema> FilterValue for T {}

/// A filter: a parameter of the query and what it means.
#[derive(Clone, Copy)]
pub struct Filter {
    pub(super) name: &'static str,
    pub(super) description: Option<&'static str>,
    pub(super) column: &'static str,
    pub(super) kind: Kind,
    parse: fn(&str) -> Result<Value, String>,
    pub(super) schema: fn() -> RefOr<Schema>,
}

#[derive(Clone, Copy)]
pub(super) enum Kind {
    Equal,
    OneOf,
    Range,
    Exists,
    Flag(&'static str),
    Among(Terms),
}

impl fmt::Debug for Filter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Filter").field("name", &self.name).finish_non_exhaustive()
    }
}

/// How many values of a `one_of` may be given.
const MAX_VALUES: usize = 20;

impl Filter {
    pub(super) const fn new<T: FilterValue>(name: &'static str, kind: Kind) -> Self {
        Self { name, description: None, column: name, kind, parse: parse::<T>, schema: T::schema }
    }

    /// Like [`Filter::equal`], for an id.
    pub const fn id(name: &'static str) -> Self {
        let (kind, parse) = (Kind::Equal, parse::<Uuid>);
        Self { name, description: None, column: name, kind, parse, schema: uuid_schema }
    }

    /// `?genre=poetry`: the column has this value. Index: (column, order, key).
    pub const fn equal<T: FilterValue>(name: &'static str) -> Self {
        Self::new::<T>(name, Kind::Equal)
    }

    /// `?genre=poetry,drama`: the column has one of these values. Index: (column).
    pub const fn one_of<T: FilterValue>(name: &'static str) -> Self {
        Self::new::<T>(name, Kind::OneOf)
    }

    /// `?year_from=1990&year_to=1999`, both inclusive, each optional. Index: (column).
    pub const fn range<T: FilterValue>(name: &'static str) -> Self {
        Self::new::<T>(name, Kind::Range)
    }

    /// `?returned_at=true`: the column has a value; `false`: it has none. Index: (column, order, key).
    pub const fn exists(name: &'static str) -> Self {
        Self::new::<bool>(name, Kind::Exists)
    }

    /// `?unread=true`: the row fulfils a condition of portable SQL without parameters; `false` asks for nothing.
    /// Index: a partial one on (order, key) with that condition, written like that.
    pub const fn flag(name: &'static str, condition: &'static str) -> Self {
        Self::new::<bool>(name, Kind::Flag(condition))
    }

    /// `?role=admin`: the value is one of several that a row has, which are kept in a table of terms.
    pub const fn among<T: FilterValue>(name: &'static str, terms: Terms) -> Self {
        Self::new::<T>(name, Kind::Among(terms))
    }

    /// The column, if it isn't named like the parameter. Of a [`Filter::flag`], the one that its condition is about.
    #[must_use]
    pub const fn column(self, column: &'static str) -> Self {
        Self { column, ..self }
    }

    /// What OpenAPI says of it.
    #[must_use]
    pub const fn describe(self, description: &'static str) -> Self {
        Self { description: Some(description), ..self }
    }

    /// The names of its parameters.
    pub(super) fn parameters(&self) -> Vec<String> {
        match self.kind {
            Kind::Range => vec![format!("{}_from", self.name), format!("{}_to", self.name)],
            _ => vec![self.name.to_owned()],
        }
    }

    /// What the given texts ask for, one for each of its parameters; an error says which one is wrong, and why.
    pub(super) fn condition(
        &self,
        texts: &[Option<&str>],
        order: &super::Order,
    ) -> Result<Option<Condition>, (usize, String)> {
        let text = |at: usize| texts.get(at).copied().flatten();
        let value = |at: usize| text(at).map(|text| (self.parse)(text).map_err(|why| (at, why))).transpose();
        let given = match self.kind {
            Kind::Range => match (value(0)?, value(1)?) {
                (None, None) => None,
                (from, to) => Some(Given::Between(from, to)),
            },
            Kind::OneOf => text(0)
                .map(|text| text.split(',').map(self.parse).collect::<Result<_, _>>().map(Given::Several))
                .transpose()
                .map_err(|why| (0, why))?,
            _ => value(0)?.map(Given::One),
        };
        given.map_or(Ok(None), |given| self.asks(given, order).map_err(|why| (0, why)))
    }

    /// What is asked for by values; nothing, if they ask for whatever there is.
    pub(super) fn asks(&self, given: Given, order: &super::Order) -> Result<Option<Condition>, String> {
        let (test, ordered) = match (self.kind, given) {
            (_, Given::Several(values)) if values.len() > MAX_VALUES => {
                return Err(format!("at most {MAX_VALUES} values"));
            }
            (_, Given::Several(values)) => (Test::OneOf(self.column, values), false),
            (_, Given::Between(None, None)) | (Kind::Flag(_), Given::One(Value::Boolean(false))) => {
                return Ok(None);
            }
            (_, Given::Between(from, to)) => (Test::Range(self.column, from, to), false),
            (Kind::Exists, Given::One(wanted)) => {
                let wanted = matches!(wanted, Value::Boolean(true));
                // Rows without a value stand together in an index, as those with the same value do.
                (Test::Exists(self.column, wanted), !wanted)
            }
            (Kind::Flag(condition), _) => (Test::Fixed(condition, self.column), true),
            (Kind::Among(terms), Given::One(value)) => {
                let ordered = terms.is_ordered_by(order);
                let test = Test::Equal(terms.term, value);
                return Ok(Some(Condition { source: Source::Terms(terms), test, ordered }));
            }
            (_, Given::One(value)) => (Test::Equal(self.column, value), true),
        };
        Ok(Some(self.row(test, ordered, order)))
    }

    /// Whether both are the same parameter of the same column.
    pub(super) fn is(&self, other: &Self) -> bool {
        (self.name, self.column) == (other.name, other.column)
            && std::mem::discriminant(&self.kind) == std::mem::discriminant(&other.kind)
    }

    /// A range over what rows are ordered by is read in that order, too.
    fn row(&self, test: Test, ordered: bool, order: &super::Order) -> Condition {
        let ordered = ordered || (order.column == self.column && order.is_plain());
        Condition { source: Source::Rows, test, ordered }
    }
}

/// The values that a filter is given.
#[derive(Clone, Debug)]
pub(super) enum Given {
    One(Value),
    Several(Vec<Value>),
    /// Both ends are inside.
    Between(Option<Value>, Option<Value>),
}

impl Given {
    /// As the filter's parameters would have them, one for each.
    pub(super) fn texts(&self) -> Vec<Option<String>> {
        match self {
            Self::One(value) => vec![Some(text(value))],
            Self::Several(values) => vec![Some(values.iter().map(text).collect::<Vec<_>>().join(","))],
            Self::Between(from, to) => vec![from.as_ref().map(text), to.as_ref().map(text)],
        }
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Integer(integer) => integer.to_string(),
        Value::Boolean(truth) => truth.to_string(),
        other => format!("{other:?}"),
    }
}

/// As in any query: numbers and truth values by their usual names, enums by theirs.
fn parse<T: DeserializeOwned + IntoValue>(text: &str) -> Result<Value, String> {
    if text.contains('\0') {
        return Err("must not contain the character NUL".into());
    }
    let encoded: String = form_urlencoded::Serializer::new(String::new()).append_pair("v", text).finish();
    let pairs: Vec<(String, T)> =
        serde_urlencoded::from_str(&encoded).map_err(|error| wording::plain(&error.to_string()))?;
    pairs.into_iter().next().map(|(_, value)| value.into_value()).ok_or_else(|| "must have a value".into())
}

fn uuid_schema() -> RefOr<Schema> {
    let format = SchemaFormat::KnownFormat(KnownFormat::Uuid);
    ObjectBuilder::new().schema_type(Type::String).format(Some(format)).into()
}
