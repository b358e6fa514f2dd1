//! Contents of lessons, as documents that are never changed.
//!
//! A document and a row can't be written together. So a document's id is noted as loose before it is written; the
//! transaction of the lesson that refers to it takes the note away. What stays loose for a day is deleted.

use std::time::Duration;

use lyceum_kit::documents::{Collection, Declaration, DocumentsError};
use lyceum_kit::periodic;
use lyceum_kit::prelude::*;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::domain::bank::BankContent;
use crate::domain::content::Content;

pub(crate) static CONTENTS: Collection<Content> = Collection::new("lesson_contents");
pub(crate) static BANK_CONTENTS: Collection<BankContent> = Collection::new("bank_contents");

/// So long somebody may still be about to refer to it.
const LOOSE: Duration = Duration::from_hours(24);

pub(crate) fn collections() -> Vec<Declaration> {
    vec![Declaration::new(&CONTENTS), Declaration::new(&BANK_CONTENTS)]
}

/// Writes a content, to which the request's transaction then refers by this id: see [`held`].
pub(crate) fn write<T: Serialize + DeserializeOwned>(
    collection: &Collection<T>,
    context: &Context,
    document: &T,
) -> Result<String, Problem> {
    let step = context.step("content");
    let id = collection.new_id(&step);
    context.step("loose").begin().execute(note(&id)).commit()?;
    collection.put(&step, &id, document).expect_version(0).commit()?;
    Ok(id)
}

/// Writes a content for a job, to whose part a row then refers. What is written again is the same.
pub(crate) fn write_again<T: Serialize + DeserializeOwned>(
    collection: &Collection<T>,
    by: &WithoutOnce,
    id: &str,
    document: &T,
) -> Result<(), Problem> {
    by.begin().execute(note(id)).commit()?;
    match collection.put(by, id, document).expect_version(0).commit() {
        Ok(_) | Err(DocumentsError::Expectation(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn note(id: &str) -> Statement {
    let text = "INSERT INTO loose_contents (content_id, since) VALUES ($1, $2) \
                ON CONFLICT (content_id) DO NOTHING";
    statement(text, params![id, clock::now()])
}

/// The content of this id.
pub(crate) fn read<T: Serialize + DeserializeOwned>(
    collection: &Collection<T>,
    id: &str,
) -> Result<T, Problem> {
    let found = collection.get(id)?;
    found.map(|stored| stored.body).ok_or_else(|| {
        log::error(format!("there is no content {id}, to which a lesson refers"));
        Problem::internal()
    })
}

/// A lesson refers to it now; misses its row if it was given up meanwhile.
pub(crate) fn held(id: &str) -> Statement {
    statement("DELETE FROM loose_contents WHERE content_id = $1", params![id]).expect_rows(1)
}

/// A draft doesn't refer any more to the contents of its lessons that fulfil this condition, of which `$1` is the
/// parameter. Those that a version refers to stay.
pub(crate) fn loosen(condition: &str, parameter: Uuid) -> Statement {
    let text = format!(
        "INSERT INTO loose_contents (content_id, since) SELECT l.content_id, CAST($2 AS BIGINT) FROM lessons l \
         WHERE l.{condition} = $1 \
         AND NOT EXISTS (SELECT 1 FROM version_lessons v WHERE v.content_id = l.content_id) \
         ON CONFLICT (content_id) DO NOTHING"
    );
    statement(text, params![parameter, clock::now()])
}

/// The same of the draft's question banks.
pub(crate) fn loosen_banks(condition: &str, parameter: Uuid) -> Statement {
    let text = format!(
        "INSERT INTO loose_contents (content_id, since) SELECT b.content_id, CAST($2 AS BIGINT) FROM question_banks b \
         WHERE b.{condition} = $1 \
         AND NOT EXISTS (SELECT 1 FROM version_banks v WHERE v.content_id = b.content_id) \
         ON CONFLICT (content_id) DO NOTHING"
    );
    statement(text, params![parameter, clock::now()])
}

/// No version of the course refers any more to its contents, nor to its banks.
pub(crate) fn loosen_versions(course_id: Uuid) -> [Statement; 2] {
    ["version_lessons", "version_banks"].map(|table| {
        let text = format!(
            "INSERT INTO loose_contents (content_id, since) \
             SELECT DISTINCT v.content_id, CAST($2 AS BIGINT) FROM {table} v WHERE v.course_id = $1 \
             ON CONFLICT (content_id) DO NOTHING"
        );
        statement(text, params![course_id, clock::now()])
    })
}

struct Loose {
    content_id: String,
    since: Timestamp,
}
lyceum_kit::from_row!(Loose { content_id, since });

/// Deletes what nothing has referred to for a day.
pub(crate) fn sweep(by: &WithoutOnce) -> Result<(), EventError> {
    let before = clock::now().minus(LOOSE);
    periodic::each(
        |loose: &Loose| format!("deleting the content {}", loose.content_id),
        |last| {
            let (since, id) =
                last.map_or((Timestamp::from_micros(0), ""), |last| (last.since, last.content_id.as_str()));
            let text = "SELECT content_id, since FROM loose_contents \
                        WHERE (since > $1 OR (since = $1 AND content_id > $2)) AND since < $3 \
                        ORDER BY since, content_id LIMIT $4";
            Ok(query_all(statement(text, params![since, id, before, periodic::BATCH]))?)
        },
        |loose| {
            delete(&CONTENTS, by, &loose.content_id)?;
            delete(&BANK_CONTENTS, by, &loose.content_id)?;
            let text = "DELETE FROM loose_contents WHERE content_id = $1";
            by.begin().execute(statement(text, params![&loose.content_id])).commit()?;
            Ok(())
        },
    )?;
    Ok(())
}

/// It was noted before it was to be written, in one collection of the two.
fn delete<T: Serialize + DeserializeOwned>(
    collection: &Collection<T>,
    by: &WithoutOnce,
    id: &str,
) -> Result<(), EventError> {
    match collection.delete(by, id).commit() {
        Ok(_) | Err(DocumentsError::NotFound) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
