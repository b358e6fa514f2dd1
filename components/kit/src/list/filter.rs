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
};

/// A type that a filter's values are of.
pub trait FilterValue: DeserializeOwned + IntoValue + PartialSchema {}

impl<T: DeserializeOwned + IntoValue + PartialSchema> FilterValue for T {}

/// A filter: a parameter of the query and what it means.
#[derive(Clone, Copy)]
pub struct Filter {
    pub(super) name: &'static str,
    pub(super) description: Option<&'static str>,
    column: &'static str,
    kind: Kind,
    parse: fn(&str) -> Result<Value, String>,
    pub(super) schema: fn() -> RefOr<Schema>,
}

#[derive(Clone, Copy)]
enum Kind {
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
    const fn new<T: FilterValue>(name: &'static str, kind: Kind) -> Self {
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

    /// The column, if it isn't named like the parameter.
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
        given: &[Option<&str>],
        order: &super::Order,
    ) -> Result<Option<Condition>, (usize, String)> {
        let value = |at: usize| {
            given.get(at).copied().flatten().map(|text| (self.parse)(text).map_err(|why| (at, why)))
        };
        let first = value_of(&self.kind, given, value(0), self.parse)?;
        let Some(first) = first else {
            return match (self.kind, value(1).transpose()?) {
                (Kind::Range, Some(to)) => {
                    Ok(Some(self.row(Test::Range(self.column, None, Some(to)), false, order)))
                }
                _ => Ok(None),
            };
        };
        let (test, ordered) = match (self.kind, first) {
            (Kind::OneOf, First::Several(values)) => (Test::OneOf(self.column, values), false),
            (Kind::Range, First::One(from)) => {
                (Test::Range(self.column, Some(from), value(1).transpose()?), false)
            }
            (Kind::Exists, First::One(wanted)) => {
                let wanted = matches!(wanted, Value::Boolean(true));
                // Rows without a value stand together in an index, as those with the same value do.
                (Test::Exists(self.column, wanted), !wanted)
            }
            (Kind::Flag(_), First::One(Value::Boolean(false))) => return Ok(None),
            (Kind::Flag(condition), _) => (Test::Fixed(condition), true),
            (Kind::Among(terms), First::One(value)) => {
                let ordered = terms.is_ordered_by(order);
                let test = Test::Equal(terms.term, value);
                return Ok(Some(Condition { source: Source::Terms(terms), test, ordered }));
            }
            (_, First::One(value)) => (Test::Equal(self.column, value), true),
            (_, First::Several(_)) => return Ok(None),
        };
        Ok(Some(self.row(test, ordered, order)))
    }

    /// A range over what rows are ordered by is read in that order, too.
    fn row(&self, test: Test, ordered: bool, order: &super::Order) -> Condition {
        let ordered = ordered || (order.column == self.column && order.is_plain());
        Condition { source: Source::Rows, test, ordered }
    }
}

enum First {
    One(Value),
    Several(Vec<Value>),
}

fn value_of(
    kind: &Kind,
    given: &[Option<&str>],
    one: Option<Result<Value, (usize, String)>>,
    parse: fn(&str) -> Result<Value, String>,
) -> Result<Option<First>, (usize, String)> {
    let Kind::OneOf = kind else { return one.transpose().map(|value| value.map(First::One)) };
    let Some(text) = given.first().copied().flatten() else { return Ok(None) };
    let values: Vec<Value> = text.split(',').map(parse).collect::<Result<_, _>>().map_err(|why| (0, why))?;
    if values.len() > MAX_VALUES {
        return Err((0, format!("at most {MAX_VALUES} values")));
    }
    Ok(Some(First::Several(values)))
}

/// As in any query: numbers and truth values by their usual names, enums by theirs.
fn parse<T: DeserializeOwned + IntoValue>(text: &str) -> Result<Value, String> {
    if text.contains('\0') {
        return Err("must not contain the character NUL".into());
    }
    let encoded: String = form_urlencoded::Serializer::new(String::new()).append_pair("v", text).finish();
    let pairs: Vec<(String, T)> = serde_urlencoded::from_str(&encoded).map_err(|error| error.to_string())?;
    pairs.into_iter().next().map(|(_, value)| value.into_value()).ok_or_else(|| "must have a value".into())
}

fn uuid_schema() -> RefOr<Schema> {
    let format = SchemaFormat::KnownFormat(KnownFormat::Uuid);
    ObjectBuilder::new().schema_type(Type::String).format(Some(format)).into()
}
