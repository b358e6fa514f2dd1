//! Grades of an item in one file.

use lyceum_kit::again::again;
use lyceum_kit::prelude::*;
use lyceum_kit::tabular::{Format, RowIn};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::entering::{check_learner, check_points};
use super::no_item;
use crate::domain::gradebook::grade::Grade;
use crate::domain::gradebook::item::{Item, ItemKind};
use crate::domain::grading::points::Points;
use crate::grading::book;
use crate::routes::seeing::given;
use crate::store::gradebook::items;

/// Rows of one file.
const ROWS: usize = 500;

#[derive(Deserialize)]
struct RowOfFile {
    user_id: UserId,
    points: Option<String>,
    comment: Option<String>,
}

/// A row that was not taken.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RowRefused {
    /// Counted from 1, without the header.
    row: usize,
    code: String,
    message: String,
}

/// What became of the rows.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Entered {
    written: usize,
    refused: Vec<RowRefused>,
}

fn write(context: &Context, caller: &Caller, item: &Item, row: &RowIn) -> Result<(), Problem> {
    let RowOfFile { user_id, points, comment } = row.read()?;
    let mut valid = Validation::new();
    let read = points.map(|text| text.trim().parse::<Points>()).transpose();
    let points = valid.take("/points", read.map_err(|error| Violation::new("MALFORMED", error.to_string())));
    valid.take("/points", check_points(points.flatten()));
    let words =
        lyceum_kit::text::optional(comment.as_ref(), |text| lyceum_kit::text::paragraphs(text, 2_000));
    valid.take("/comment", words);
    valid.finish()?;
    check_learner(item.course_id, user_id)?;
    let points = points.flatten().map(Into::into);
    again(|| {
        let change = |before: &Grade, _: &Item| {
            let entered = before.entered(points.clone());
            Grade { comment: comment.clone().or(entered.comment.clone()), ..entered }
        };
        let by = Some(caller.user_id);
        let (transaction, _) = book::write(context.without_once().begin(), user_id, item, by, change)?;
        transaction.commit()?;
        Ok(())
    })
}

/// Enters the points of an item that instructors grade themselves from a file: CSV with the columns `user_id`, `points` and perhaps `comment`, or
/// JSON Lines; at most 500 rows. A row without points takes them away. A row that is wrong stops no other; to send the file again
/// changes nothing else.
#[utoipa::path(put, path = "/api/v1/progress/courses/{course_id}/gradebook/items/{item_id}/grades",
    params(("course_id" = Uuid, Path), ("item_id" = Uuid, Path)), operation_id = "enter_grades",
    request_body(content = String, content_type = "text/csv"), responses(
        (status = 200, body = Entered),
        (status = 404, description = "The caller gives no course with such an item"),
        (status = 409, description = "`NOT_MANUAL`: a quiz or an assignment has its own points"),
        (status = 415, description = "It is neither CSV nor JSON Lines"),
        (status = 422, description = "It has no header, or more than 500 rows"),
    ))]
pub(super) async fn enter(
    context: Context,
    caller: Caller,
    Path((course_id, item_id)): Path<(Uuid, Uuid)>,
    headers: HeaderMap,
    WholeBody(file): WholeBody,
) -> Result<Response, Problem> {
    given(&caller, course_id)?;
    let item = items::find(course_id, item_id)?.ok_or_else(no_item)?;
    if item.kind != ItemKind::Manual {
        return Err(Problem::conflict("NOT_MANUAL", "A quiz or an assignment has its own points."));
    }
    let rows = Format::of(&headers)?.read(&file)?;
    if rows.len() > ROWS {
        return Err(Problem::unprocessable("TOO_MANY_ROWS", "At most 500 rows."));
    }
    let mut entered = Entered { written: 0, refused: Vec::new() };
    for (row, at) in rows.iter().zip(1..) {
        match write(&context, &caller, &item, row) {
            Ok(()) => entered.written += 1,
            Err(problem) if problem.status().is_server_error() => return Err(problem),
            Err(problem) => {
                let first = problem.violations().first();
                let code = first.map_or_else(|| problem.code().to_owned(), |one| one.code.to_owned());
                let message = first.map_or_else(
                    || problem.detail().to_owned(),
                    |one| format!("{}: {}", one.pointer, one.message),
                );
                entered.refused.push(RowRefused { row: at, code, message });
            }
        }
    }
    Ok(Json(entered).into_response())
}
