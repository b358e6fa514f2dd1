//! The filter language: a subset of MongoDB's query language.
//!
//! A filter is a JSON object. Its members all have to hold; `{}` holds for every document.
//!
//! | member | holds if |
//! |---|---|
//! | `"field": value` | the same as `{"$eq": value}` |
//! | `"field": {"$eq": value}` | the field equals the value |
//! | `"field": {"$gt": value}`, `$gte`, `$lt`, `$lte` | the field is of the value's kind and is larger, ...; the value is a number or a text |
//! | `"field": {"$in": [value, ...]}` | `$eq` holds for one of the values |
//! | `"field": {"$ne": value}`, `{"$nin": [...]}` | `$eq`, `$in` doesn't hold: so also where there is no such field |
//! | `"field": {"$exists": true}` | there is such a field, be it null; with `false`, there is none |
//! | `"field": {"$not": {...}}` | the operators in it don't all hold |
//! | `"$and": [filter, ...]`, `$or`, `$nor` | all, one, none of the filters hold |
//!
//! Several operators on one field all have to hold, each for itself.
//!
//! **Fields** are dotted paths such as `author.name`, of one to eight names of letters, digits, `_` and `-`. A path
//! leads through objects; it does not enter arrays: where there is one on the way, there is no such field.
//!
//! **Values** are null, numbers, texts and booleans. Values of two kinds are never equal, and neither is larger.
//! Numbers compare by value, whether they are written as integers or not, without rounding; texts by their bytes in
//! UTF-8, so upper case sorts before lower case. `{"$eq": null}` also holds where there is no such field. An object
//! or an array can't be compared with.
//!
//! **Arrays.** Where the field is an array, `$eq` and the comparisons hold if they hold for one of its elements. An
//! element that is itself an array or an object equals nothing. So two comparisons on one field may be met by two
//! elements, and `$ne` holds if no element is equal.
//!
//! MongoDB's `$elemMatch` is not among the operators, since not every server that speaks MongoDB's protocol gives
//! it the same meaning.

mod matches;
mod parse;

use crate::path::Path;
use crate::scalar::{Number, Scalar};

/// A filter that was understood; there is no wrong one. See the crate's documentation for the language.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter(pub(crate) Condition);

/// What holds or doesn't for a document.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Condition {
    /// All hold; true if there are none.
    All(Vec<Condition>),
    /// At least one holds; false if there are none.
    Any(Vec<Condition>),
    /// It doesn't hold.
    Not(Box<Condition>),
    /// Something about one field.
    Field(Path, Test),
}

/// What a field is asked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Test {
    /// It is there.
    Exists,
    /// It, or one of its elements, equals this. A field that is not there equals null.
    Equals(Scalar),
    /// It, or one of its elements, is on this side of the bound.
    Compare(Comparison, Bound),
}

/// Which side of a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

/// What has a larger and a smaller.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Bound {
    Number(Number),
    Text(String),
}
