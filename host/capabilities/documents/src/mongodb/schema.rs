//! Declared collections and their indexes.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use futures::TryStreamExt as _;
use mongodb::IndexModel;
use mongodb::bson::{Document, doc};
use mongodb::options::IndexOptions;

use super::Shared;
use super::ask::insist;
use crate::path::Path;
use crate::{Collection, Error, Index};

/// Where declared collections are noted: `_id` is the name, `indexes` maps names to fields.
const REGISTER: &str = "lyceum_collections";
const TIMEOUT: Duration = Duration::from_mins(5);

/// What is noted of one collection.
struct Noted {
    name: String,
    indexes: Document,
}

pub(super) async fn migrate(shared: &Shared, declared: &[Collection]) -> Result<Vec<String>, Error> {
    let missing = pending(shared, declared).await?;
    for collection in declared {
        let prefix = format!("{}.", collection.name);
        if !missing.iter().any(|step| *step == collection.name || step.starts_with(&prefix)) {
            continue;
        }
        let mut models =
            vec![hidden("lyceum_once", "_lyceum.once.key"), hidden("lyceum_waiting", "_lyceum.waiting")];
        for index in &collection.indexes {
            models.push(model(index)?);
        }
        let documents = shared.collection(&collection.name);
        let deadline = Instant::now() + TIMEOUT;
        // One at a time: not every server takes a list in which some are there already.
        for model in models {
            insist(deadline, || {
                let create = documents.create_index(model.clone());
                async { create.await.map(|_| ()) }
            })
            .await?;
        }
        note(shared, collection, deadline).await?;
    }
    Ok(missing)
}

pub(super) async fn pending(shared: &Shared, declared: &[Collection]) -> Result<Vec<String>, Error> {
    crate::check::collections(declared)?;
    let noted = noted(shared, Instant::now() + TIMEOUT).await?;
    let mut missing = Vec::new();
    for collection in declared {
        let found = noted.iter().find(|noted| noted.name == collection.name);
        if found.is_none() {
            missing.push(collection.name.clone());
        }
        for index in &collection.indexes {
            match found.and_then(|found| found.indexes.get_str(&index.name).ok()) {
                None => missing.push(format!("{}.{}", collection.name, index.name)),
                Some(fields) if fields != index.fields.join(" ") => {
                    return Err(Error::Invalid(format!(
                        "the index {}.{} was declared before with other fields; give the new one a new name",
                        collection.name, index.name
                    )));
                }
                Some(_) => {}
            }
        }
    }
    Ok(missing)
}

/// The names of all declared collections.
pub(super) async fn names(shared: &Shared, deadline: Instant) -> Result<Vec<String>, Error> {
    Ok(noted(shared, deadline).await?.into_iter().map(|noted| noted.name).collect())
}

/// All declared collections, with the fields of their indexes by name.
pub(super) async fn declared(
    shared: &Shared,
    deadline: Instant,
) -> Result<BTreeMap<String, BTreeMap<String, Vec<String>>>, Error> {
    let fields = |text: &str| text.split(' ').map(str::to_owned).collect();
    let indexes = |noted: &Noted| {
        let all = noted.indexes.iter();
        all.filter_map(|(name, found)| Some((name.clone(), fields(found.as_str()?)))).collect()
    };
    let all = noted(shared, deadline).await?;
    Ok(all.into_iter().map(|noted| (noted.name.clone(), indexes(&noted))).collect())
}

async fn noted(shared: &Shared, deadline: Instant) -> Result<Vec<Noted>, Error> {
    let register = shared.collection(REGISTER);
    let read = || async { register.find(doc! {}).await?.try_collect::<Vec<Document>>().await };
    let found = insist(deadline, read).await?;
    Ok(found
        .into_iter()
        .filter_map(|entry| {
            let name = entry.get_str("_id").ok()?.to_owned();
            Some(Noted { name, indexes: entry.get_document("indexes").cloned().unwrap_or_default() })
        })
        .collect())
}

/// Adds to what is noted; each index by itself, since another host may note others.
async fn note(shared: &Shared, collection: &Collection, deadline: Instant) -> Result<(), Error> {
    let register = shared.collection(REGISTER);
    let mut fields = doc! { "declared": true };
    for index in &collection.indexes {
        fields.insert(format!("indexes.{}", index.name), index.fields.join(" "));
    }
    insist(deadline, || {
        let update =
            register.update_one(doc! { "_id": &collection.name }, doc! { "$set": &fields }).upsert(true);
        async { update.await.map(|_| ()) }
    })
    .await
}

fn model(index: &Index) -> Result<IndexModel, Error> {
    let mut keys = Document::new();
    for field in &index.fields {
        keys.insert(Path::parse(field)?.for_mongodb(), 1);
    }
    keys.insert("_id", 1);
    Ok(IndexModel::builder()
        .keys(keys)
        .options(IndexOptions::builder().name(index.name.clone()).build())
        .build())
}

/// An index for this crate's own questions; it holds only the documents that have the field.
fn hidden(name: &str, field: &str) -> IndexModel {
    let options = IndexOptions::builder().name(name.to_owned()).sparse(true).build();
    IndexModel::builder().keys(doc! { field: 1 }).options(options).build()
}
