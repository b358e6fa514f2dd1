//! Imports and exports of the catalogue, which go on as jobs.

use lyceum_event_types::books::JobContinued;
use lyceum_kit::job::{self, Export, Kind};
use lyceum_kit::prelude::*;
use lyceum_kit::tabular::Format;
use lyceum_kit::text_enum;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::domain::table;
use crate::files::{self, AsLines, Form};
use crate::importing::{OnMatch, REFUSING, SKIPPING, UPDATING};
use crate::store::books::Books;

static EXPORT: Export<Books> = Export::new("books", table::COLUMNS, |book| table::cells(&book));

// Which form the records have, the job's name says: its rows are kept as those of JSON Lines.
static MARC: Export<Books> = Export::new("books-marc", files::KEPT, |book| files::kept(&book));
static MARCXML: Export<Books> = Export::new("books-marcxml", files::KEPT, |book| files::kept(&book));

/// All kinds of jobs of this service.
pub(crate) const KINDS: &[&dyn Kind] = &[&SKIPPING, &UPDATING, &REFUSING, &EXPORT, &MARC, &MARCXML];

/// An import or export is to go on.
pub(crate) fn go_on(received: &Received, _: &JobContinued) -> Result<(), EventError> {
    job::on_continued(received, KINDS)
}

/// How a file is imported.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ImportQuery {
    /// What becomes of a row whose book is there already, by its ISBN, else by the barcode of a copy, else by title and
    /// year.
    #[serde(default)]
    #[param(inline)]
    on_match: OnMatch,
    /// Finds what would fail, and keeps nothing.
    #[serde(default)]
    dry_run: bool,
}

/// Imports books from CSV, JSON Lines or MARC 21.
///
/// The columns are those of an export, in any order, and any of them may be absent; `barcodes`, `location`, `call_number`
/// and `item_type` add copies. Several subjects, contributors or barcodes have `|` between them; a contributor is written
/// `Name (role) [author id]`. Each record of MARC is a row, in the order of the file; text in MARC-8 is refused.
#[utoipa::path(post, path = "/api/v1/books/imports", operation_id = "import_books", params(ImportQuery),
    request_body(content(
        (String = "text/csv"), (String = "application/jsonl"),
        (Vec<u8> = "application/marc"), (String = "application/marcxml+xml"),
    )),
    responses(
        (status = 202, body = job::JobView, description = "It goes on where `Location` says"),
        (status = 415, description = "None of these formats"),
        (status = 422, description = "A file that can't be read as a table, or has more than 100,000 rows"),
    ))]
pub(super) async fn import(
    context: Context,
    Query(asked): Query<ImportQuery>,
    headers: HeaderMap,
    WholeBody(file): WholeBody,
) -> Result<Response, Problem> {
    let import = asked.on_match.import();
    let started = match files::rows(&headers, &file)? {
        Some(AsLines { form, headers, file: rows }) => {
            // Their rows are in memory in its place.
            drop(file);
            import.start(&headers, &rows, asked.dry_run)?.of_form(form.name())
        }
        None => import.start(&headers, &file, asked.dry_run).map_err(or_of_records)?,
    };
    started.commit(context.begin())
}

/// The kit knows tables alone.
fn or_of_records(problem: Problem) -> Problem {
    if problem.status() == StatusCode::UNSUPPORTED_MEDIA_TYPE {
        Problem::unsupported_media_type(files::TAKEN)
    } else {
        problem
    }
}

text_enum! {
    /// How books are written.
    pub(super) enum ExportFormat {
        /// Comma-separated values with a header.
        Csv = "csv",
        /// An object a line.
        JsonLines = "jsonl",
        /// MARC 21 in the exchange format of ISO 2709, in UTF-8: what is longer than it allows can't be written.
        Marc = "marc",
        /// MARC 21 as XML.
        MarcXml = "marcxml",
    }
}

/// What is to be exported.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ExportAsked {
    format: ExportFormat,
    /// Filters, searches and the order of `GET /api/v1/books`, such as `language=pt&sort=-year`; all books if absent.
    #[serde(default)]
    query: String,
}

/// Exports books to CSV, JSON Lines or MARC 21.
#[utoipa::path(post, path = "/api/v1/books/exports", operation_id = "export_books", request_body = ExportAsked,
    responses((status = 202, body = job::JobView, description = "It goes on where `Location` says")))]
pub(super) async fn export(
    context: Context,
    ValidJson(asked): ValidJson<ExportAsked>,
) -> Result<Response, Problem> {
    let (export, format) = match asked.format {
        ExportFormat::Csv => (&EXPORT, Format::Csv),
        ExportFormat::JsonLines => (&EXPORT, Format::JsonLines),
        ExportFormat::Marc => (&MARC, Format::JsonLines),
        ExportFormat::MarcXml => (&MARCXML, Format::JsonLines),
    };
    export.start(format, &asked.query)?.of_form(asked.format.name()).commit(context.begin())
}

/// The file that an export made.
#[utoipa::path(get, path = "/api/v1/jobs/books-{id}/result", operation_id = "exported_books",
    params(("id" = String, Path, description = "The rest of the job's id")),
    responses(
        (status = 200, content(
            (String = "text/csv"), (String = "application/jsonl"),
            (Vec<u8> = "application/marc"), (String = "application/marcxml+xml"),
        )),
        (status = 404, description = "The caller has no such export"),
        (status = 409, description = "It isn't completed"),
        (status = 422, description = "A record is too long for ISO 2709"),
    ))]
pub(super) async fn result(caller: Caller, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let is_another = |problem: &Problem| problem.status() == StatusCode::NOT_FOUND;
    match job::result(&caller, id, &EXPORT) {
        Err(problem) if is_another(&problem) => {}
        answer => return answer,
    }
    match job::exported(&caller, id, &MARC) {
        Err(problem) if is_another(&problem) => {}
        rows => return files::answer(rows?, Form::Exchange),
    }
    files::answer(job::exported(&caller, id, &MARCXML)?, Form::Xml)
}
