//! Jobs that write what a list shows to a file.

use std::fmt;

use http::Uri;

use super::{Kind, Started, State, record::Record};
use crate::{
    list::{ListQuery, Listing, Scope},
    log,
    once::WithoutOnce,
    params,
    problem::Problem,
    sql::{self, AsJson, Begin as _, TransactionError, Versioned as _, statement},
    tabular::{Cell, Format},
    violation::Violation,
};

/// Writes the rows of a list, with the filters, searches and the order that its clients know. Rows that are changed
/// meanwhile are there as they are when it comes to them.
pub struct Export<L: Listing> {
    name: &'static str,
    columns: &'static [&'static str],
    cells: fn(L::Row) -> Vec<Cell>,
}

impl<L: Listing> fmt::Debug for Export<L> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Export").field("name", &self.name).finish_non_exhaustive()
    }
}

impl<L: Listing> Export<L> {
    /// An export of this name, which is never changed: the columns' names, and the cells of a row in their order.
    pub const fn new(
        name: &'static str,
        columns: &'static [&'static str],
        cells: fn(L::Row) -> Vec<Cell>,
    ) -> Self {
        Self { name, columns, cells }
    }

    /// Begins one of the list's rows that this query asks for: `status=active&sort=name`, without `limit` and `cursor`.
    /// 400 if the list doesn't know it, 422 if it asks for a page or the service doesn't know the format.
    pub fn start(&self, format: Format, query: &str) -> Result<Started, Problem> {
        format.check_known()?;
        check_without_page(query)?;
        page_uri::<L>(query, None)?;
        let record = Record { query: query.to_owned(), ..Record::new(self.name, format) };
        Ok(Started { record, rows: Vec::new() })
    }
}

/// Fails with 422 and the field `query` if it asks for a page: the job itself goes from page to page.
fn check_without_page(query: &str) -> Result<(), Problem> {
    let mut names = form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name);
    let Some(name) = names.find(|name| ["limit", "cursor"].contains(&name.as_ref())) else { return Ok(()) };
    let paged =
        Violation::new("PAGE_NOT_ALLOWED", format!("Must not have `{name}`: all pages are exported."));
    Err(Problem::invalid(vec![paged.at("/query")]))
}

fn page_uri<L: Listing>(query: &str, cursor: Option<&str>) -> Result<ListQuery<L>, Problem> {
    let mut serializer = form_urlencoded::Serializer::new(String::new());
    serializer.extend_pairs(form_urlencoded::parse(query.as_bytes()));
    serializer.append_pair("limit", &L::LIST.max_limit().to_string());
    if let Some(cursor) = cursor {
        serializer.append_pair("cursor", cursor);
    }
    let uri: Uri = format!("/?{}", serializer.finish()).parse().map_err(|_| Problem::internal())?;
    ListQuery::of(&uri)
}

impl<L: Listing> Kind for Export<L> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn columns(&self) -> &'static [&'static str] {
        self.columns
    }

    fn part(&self, job: &Record, by: &WithoutOnce) -> Result<(), TransactionError> {
        let page = page_uri::<L>(&job.query, job.cursor.as_deref())
            .and_then(|query| query.page_by(&Scope::all(), &mut sql::query));
        let (rows, next) = page.map_err(TransactionError::Mapped)?;
        let cells: Vec<Vec<Cell>> = rows.into_iter().map(self.cells).collect();
        let mut moved = job.changed();
        moved.position += i64::try_from(cells.len()).unwrap_or(0);
        (moved.attempts, moved.problem) = (0, None);
        if next.is_none() {
            moved.total = Some(moved.position);
            moved.end(State::Completed);
        }
        let most = job.file_format().max_rows(self.columns.len());
        if usize::try_from(moved.position).is_ok_and(|rows| rows > most) {
            log::warn(format!("job {} {} has more rows than fit into a file", job.name, job.id));
            let format = &job.format;
            moved.problem = Some(format!("There are more than the {most} rows that fit into {format}."));
            moved.end(State::Failed);
        }
        moved.cursor = next;
        let text = "INSERT INTO job_rows (job_id, first_row, content) VALUES ($1, $2, $3)";
        let rows = statement(text, params![job.id, job.position, AsJson(&cells)]);
        let rows = (!cells.is_empty()).then_some(rows);
        by.begin().execute(moved.update()).execute_all(rows).commit()?;
        Ok(())
    }
}
