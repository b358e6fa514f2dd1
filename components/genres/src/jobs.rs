//! Genres as files: many are added at once, and all are taken out, also to be added elsewhere.

use lyceum_event_types::genres::JobContinued;
use lyceum_kit::{
    job::{self, Export, Import, JobView, Kind, RowWrites},
    periodic::{Job, every, minutes},
    prelude::*,
    sql::Table as _,
    tabular::{Cell, Format},
    violation::Invalid,
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::domain::{Genre, GenreFields, Misplaced};
use crate::events;
use crate::store::{self, Genres, name_taken};

/// What is done every minute.
pub(crate) const JOBS: &[Job] = &[every(minutes(1), "jobs", |by| job::run_due(by, KINDS))];

const KINDS: &[&dyn Kind] = &[&IMPORT, &EXPORT];

/// A row of a file that is added. The names are those of the columns, in an export as well.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GenreRow {
    /// That of the genre where the file comes from, so that others of the file can be below it; a new one if not said.
    id: Option<Uuid>,
    name: String,
    description: Option<String>,
    parent_id: Option<Uuid>,
    #[serde(default)]
    archived: bool,
}

static IMPORT: Import<GenreRow> = Import::new("import-genres", |row| {
    let GenreRow { id, name, description, parent_id, archived } = row;
    let genre = Genre::new(GenreFields { name, description, parent_id, archived })?;
    let genre = Genre { id: id.unwrap_or(genre.id), ..genre };
    if genre.parent_id == Some(genre.id) {
        return Err(Invalid::from(Misplaced::Cycle).into());
    }
    let exists = || Problem::conflict("GENRE_EXISTS", "There is a genre with this id.");
    Ok(placed(RowWrites::new(), &genre)
        .execute(genre.insert())
        .on_unique("genres.name_folded", name_taken())
        .on_unique("genres.id", exists())
        .execute_all(store::named(&genre))
        .publish(&events::added(&genre)))
});

/// Commits only if the genre may be where it is put: the one above it may be in the same file, before it.
fn placed(writes: RowWrites, genre: &Genre) -> RowWrites {
    let Some(parent_id) = genre.parent_id else { return writes };
    let or = |misplaced: Misplaced| Problem::from(Invalid::from(misplaced));
    let in_use = (!genre.archived).then(|| store::is_in_use(parent_id));
    writes
        .execute(store::exists(parent_id))
        .on_missing(or(Misplaced::Unknown))
        .execute(store::has_room_below(parent_id))
        .on_missing(or(Misplaced::TooDeep))
        .execute_all(in_use)
        .on_missing(or(Misplaced::Archived))
}

static EXPORT: Export<Genres> =
    Export::new("genres", &["id", "name", "description", "parent_id", "archived"], |genre: Genre| {
        vec![
            genre.id.to_string().into(),
            genre.name.into(),
            genre.description.into(),
            genre.parent_id.map(|id| id.to_string()).into(),
            Cell::Boolean(genre.archived),
        ]
    });

pub(crate) fn routes() -> Routes {
    let (create, export) = (Permission::new("genre:create"), Permission::new("genre:export"));
    Routes::new("", "")
        .add(Access::Permission(create), route!(import))
        .add(Access::Permission(export), route!(start_export))
        .add(Access::Permission(export), route!(result))
        .with(job::routes("genres"))
}

pub(crate) fn go_on(received: &Received, _: &JobContinued) -> Result<(), EventError> {
    job::on_continued(received, KINDS)
}

/// How to add the genres of a file.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ImportQuery {
    /// Only finds what is wrong with the file. A genre that is below another one of the file may be taken for wrong, as
    /// that one isn't added.
    #[serde(default)]
    dry_run: bool,
}

/// Adds the genres of a file.
///
/// Its columns are `name` and, if there are such, `id`, `description`, `parent_id` and `archived`. A genre that others of the
/// file are below comes before them, and has an `id`. What is wrong with a row is told by the job's `errors`, and stops
/// no other row.
#[utoipa::path(post, path = "/api/v1/genres/imports", operation_id = "import_genres", params(ImportQuery),
    request_body(content((String = "text/csv"), (String = "application/jsonl"))),
    responses(
        (status = 202, body = JobView, description = "It has begun; `Location` shows how far it is"),
        (status = 415, description = "The file has none of these formats"),
        (status = 422, description = "The file can't be read"),
    ))]
async fn import(
    context: Context,
    query: Query<ImportQuery>,
    headers: HeaderMap,
    WholeBody(file): WholeBody,
) -> Result<Response, Problem> {
    IMPORT.start(&headers, &file, query.0.dry_run)?.commit(context.begin())
}

/// What to export.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GenreExport {
    format: Format,
    /// The query of the list of genres, such as `archived=false`. If it isn't there, all genres in the order in which they
    /// were added: then those above others come first, but for those that were moved, and the file can be imported elsewhere.
    #[serde(default = "all")]
    query: String,
}

fn all() -> String {
    "sort=created_at".to_owned()
}

/// Begins to write genres to a file: those that the list shows for the same query.
#[utoipa::path(post, path = "/api/v1/genres/exports", operation_id = "export_genres", request_body = GenreExport,
    responses((status = 202, body = JobView, description = "It has begun; `Location` shows how far it is")))]
async fn start_export(
    context: Context,
    ValidJson(asked): ValidJson<GenreExport>,
) -> Result<Response, Problem> {
    EXPORT.start(asked.format, &asked.query)?.commit(context.begin())
}

/// The file, once the export is completed. It is kept for seven days.
#[utoipa::path(get, path = "/api/v1/jobs/genres-{id}/result", operation_id = "exported_genres",
    params(("id" = String, Path, description = "The rest of the job's id")),
    responses((status = 200, content_type = "text/csv", description = "In the format that was asked for")))]
async fn result(caller: Caller, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    job::result(&caller, id, &EXPORT)
}
