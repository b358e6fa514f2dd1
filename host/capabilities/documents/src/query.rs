//! What is found, in which order, and where the next page begins: alike on every backend.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::check::collection_name;
use crate::path::{Path, Place};
use crate::scalar::Scalar;
use crate::{Document, Error, Filter, Find, Page};

/// How many documents a page has when nobody says.
const LIMIT: u32 = 50;
const LARGEST_LIMIT: u32 = 200;
/// How many bytes of bodies a page has; but always one document.
pub(crate) const PAGE_BYTES: usize = 4 * 1024 * 1024;
const CURSOR_BYTES: usize = 4 * 1024 * 1024;

/// A checked [`Find`].
#[derive(Clone, Debug)]
pub(crate) struct Query {
    pub(crate) collection: String,
    pub(crate) filter: Filter,
    pub(crate) order: Order,
    pub(crate) limit: usize,
    pub(crate) after: Option<Key>,
    digest: String,
}

/// By a field and then by id, or only by id.
///
/// An order by a field leaves out the documents that have no place in it: those where the field is an object or an
/// array or lies in an array. Those without the field are as if it was null.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) field: Option<Path>,
    pub(crate) descending: bool,
}

/// Where a document stands in an order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Key {
    /// Null without a field to sort by.
    pub(crate) value: Scalar,
    pub(crate) id: String,
}

impl Query {
    pub(crate) fn check(find: &Find) -> Result<Self, Error> {
        collection_name(&find.collection)?;
        let filter = Filter::parse(if find.filter.is_empty() { "{}" } else { &find.filter })?;
        let order = match &find.sort {
            None => Order { field: None, descending: false },
            Some(sort) => Order { field: Some(Path::parse(&sort.field)?), descending: sort.descending },
        };
        let limit = find.limit.unwrap_or(LIMIT);
        if !(1..=LARGEST_LIMIT).contains(&limit) {
            return Err(Error::Invalid(format!("the limit {limit} is not from 1 to {LARGEST_LIMIT}")));
        }
        let digest = digest(find);
        let after = find.cursor.as_ref().map(|cursor| Key::read(cursor, &digest)).transpose()?;
        Ok(Self {
            collection: find.collection.clone(),
            filter,
            order,
            limit: usize::try_from(limit).unwrap_or(1),
            after,
            digest,
        })
    }

    /// Cuts what was found to a page. `asked` is how many were asked for, at most one more than the limit: fewer
    /// means that there are no more.
    pub(crate) fn page(&self, mut documents: Vec<Document>, asked: usize) -> Result<Page, Error> {
        let mut bytes = 0;
        let fit = documents.iter().take(self.limit.min(asked.saturating_sub(1))).take_while(|document| {
            bytes += document.body.len();
            bytes <= PAGE_BYTES
        });
        let count = fit.count().max(1);
        if documents.len() <= count {
            return Ok(Page { documents, next: None });
        }
        documents.truncate(count);
        let next = documents.last().map(|last| self.order.key(last)).transpose()?;
        Ok(Page { documents, next: next.map(|key| key.write(&self.digest)) })
    }
}

impl Order {
    /// Where a document stands in this order.
    pub(crate) fn key(&self, document: &Document) -> Result<Key, Error> {
        let value = match &self.field {
            None => Scalar::Null,
            Some(field) => {
                let body: Map<String, Value> = serde_json::from_str(&document.body)
                    .map_err(|error| Error::Unavailable(format!("a stored document is not JSON: {error}")))?;
                match field.resolve(&body) {
                    Place::Missing => Scalar::Null,
                    Place::Value(value) => Scalar::of(value).unwrap_or(Scalar::Null),
                }
            }
        };
        Ok(Key { value, id: document.id.clone() })
    }
}

impl Key {
    fn write(&self, digest: &str) -> String {
        URL_SAFE_NO_PAD.encode(
            Value::from(vec![digest.into(), self.value.to_json(), self.id.clone().into()]).to_string(),
        )
    }

    fn read(cursor: &str, digest: &str) -> Result<Self, Error> {
        let wrong = |why: &str| Error::Invalid(format!("the cursor {why}"));
        if cursor.len() > CURSOR_BYTES {
            return Err(wrong("is not one that was given out"));
        }
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| wrong("is not one that was given out"))?;
        let parts: Vec<Value> =
            serde_json::from_slice(&bytes).map_err(|_| wrong("is not one that was given out"))?;
        let [Value::String(found), value, Value::String(id)] = parts.as_slice() else {
            return Err(wrong("is not one that was given out"));
        };
        if found != digest {
            return Err(wrong("is of another collection, filter or order"));
        }
        let value = Scalar::of(value).ok_or_else(|| wrong("is not one that was given out"))?;
        Ok(Self { value, id: id.clone() })
    }
}

/// What has to be the same for a cursor to make sense.
fn digest(find: &Find) -> String {
    let sort = find.sort.as_ref().map(|sort| format!("{} {}", sort.descending, sort.field));
    let mut digest = Sha256::new();
    for part in [&find.collection, &find.filter, &sort.unwrap_or_default()] {
        digest.update(part.len().to_le_bytes());
        digest.update(part);
    }
    URL_SAFE_NO_PAD.encode(digest.finalize().get(..9).unwrap_or_default())
}
