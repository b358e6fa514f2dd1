//! Filters and orders as MongoDB takes them.

use mongodb::bson::{Bson, Document, doc};

use super::convert::of_scalar;
use crate::filter::{Comparison, Condition, Test};
use crate::path::Path;
use crate::query::{Key, Order, Query};
use crate::scalar::Scalar;

/// What a query finds: deleted documents are not among it.
pub(super) fn wanted(query: &Query) -> Document {
    let mut all = vec![doc! { "body": { "$exists": true } }, condition(&query.filter.0)];
    if let Some(field) = &query.order.field {
        all.extend(in_no_array(field));
        all.extend([not(doc! { field.for_mongodb(): { "$type": "array" } })]);
        all.extend([not(doc! { field.for_mongodb(): { "$type": "object" } })]);
    }
    if let Some(after) = &query.after {
        all.push(beyond(&query.order, after));
    }
    doc! { "$and": all }
}

/// The order, ids last.
pub(super) fn sort(order: &Order) -> Document {
    let direction = if order.descending { -1 } else { 1 };
    let mut sort = Document::new();
    if let Some(field) = &order.field {
        sort.insert(field.for_mongodb(), direction);
    }
    sort.insert("_id", direction);
    sort
}

fn condition(of: &Condition) -> Document {
    match of {
        // MongoDB refuses empty lists.
        Condition::All(parts) if parts.is_empty() => doc! {},
        Condition::All(parts) => doc! { "$and": list(parts) },
        Condition::Any(parts) => doc! { "$or": list(parts) },
        Condition::Not(inner) => not(condition(inner)),
        Condition::Field(path, asked) => test(path, asked),
    }
}

fn list(conditions: &[Condition]) -> Vec<Document> {
    conditions.iter().map(condition).collect()
}

fn not(condition: Document) -> Document {
    doc! { "$nor": [condition] }
}

/// MongoDB's paths enter arrays; ours don't. So what contains the field must not be one.
fn in_no_array(path: &Path) -> Vec<Document> {
    path.parents().map(|parent| not(doc! { parent.for_mongodb(): { "$type": "array" } })).collect()
}

fn test(path: &Path, test: &Test) -> Document {
    let field = path.for_mongodb();
    let asked = match test {
        Test::Exists => doc! { field: { "$exists": true } },
        Test::Equals(Scalar::Null) => {
            // In an array it is missing, and so null.
            let mut any = vec![doc! { field: { "$eq": Bson::Null } }];
            any.extend(path.parents().map(|parent| doc! { parent.for_mongodb(): { "$type": "array" } }));
            return doc! { "$or": any };
        }
        Test::Equals(wanted) => doc! { field: { "$eq": of_scalar(wanted) } },
        Test::Compare(comparison, bound) => {
            let operator = match comparison {
                Comparison::Greater => "$gt",
                Comparison::GreaterOrEqual => "$gte",
                Comparison::Less => "$lt",
                Comparison::LessOrEqual => "$lte",
            };
            doc! { field: { operator: of_scalar(&bound.to_scalar()) } }
        }
    };
    let mut all = in_no_array(path);
    all.push(asked);
    doc! { "$and": all }
}

/// What comes after a key.
fn beyond(order: &Order, key: &Key) -> Document {
    let operator = if order.descending { "$lt" } else { "$gt" };
    let later_id = doc! { "_id": { operator: key.id.clone() } };
    let Some(field) = &order.field else { return later_id };
    let field = field.for_mongodb();
    let value = of_scalar(&key.value);
    let mut any = vec![doc! { "$and": [{ field.clone(): { "$eq": value.clone() } }, later_id] }];
    if key.value != Scalar::Null {
        any.push(match (&key.value, order.descending) {
            // Comparisons of booleans are written out: not every server makes them.
            (Scalar::Boolean(true), false) | (Scalar::Boolean(false), true) => {
                doc! { "_id": { "$exists": false } }
            }
            (Scalar::Boolean(truth), _) => doc! { field.clone(): { "$eq": !*truth } },
            _ => doc! { field.clone(): { operator: value } },
        });
    }
    let rank = key.value.rank();
    for (other, kinds) in [(0_u8, "null"), (1, "number"), (2, "string"), (3, "bool")] {
        if (other > rank) != order.descending && other != rank {
            any.push(match kinds {
                "null" => doc! { field.clone(): { "$eq": Bson::Null } },
                kind => doc! { field.clone(): { "$type": kind } },
            });
        }
    }
    doc! { "$or": any }
}
