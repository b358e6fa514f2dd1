//! Uploads in parts, which can be taken up again where they broke off.

use lyceum_kit::blobs::Sha256Digest;
use lyceum_kit::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use super::{FileView, answer, find};
use crate::domain::error::FileError;
use crate::domain::rules::PARTS;
use crate::store;
use crate::store::parts::Part;
use crate::storing;

/// A part that has come.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PartView {
    /// From 1; the parts' order in the file.
    number: u16,
    /// In bytes.
    size: i64,
    /// SHA-256 in hexadecimal.
    checksum: String,
}

impl From<Part> for PartView {
    fn from(part: Part) -> Self {
        Self { number: part.number, size: part.size, checksum: part.checksum.to_string() }
    }
}

/// All parts that have come.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PartsView {
    items: Vec<PartView>,
    /// Bytes in all of them.
    received: i64,
    /// Bytes of the whole file.
    file_size: i64,
}

/// Sends a part of a file, from number 1 to 100, in any order. It replaces one of the same number.
#[utoipa::path(put, path = "/api/v1/files/{id}/parts/{number}",
    params(("id" = Uuid, Path), ("number" = u16, Path, minimum = 1, maximum = 100),
        ("Content-Digest" = Option<String>, Header, description = "RFC 9530: `sha-256=:...:`")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 200, body = PartView),
        (status = 404, description = "The caller has no such file"),
        (status = 409, description = "The file has its content"),
        (status = 422, description = "The part has another checksum, or the parts too many bytes; it was not stored"),
    ))]
pub(super) async fn put(
    context: Context,
    caller: Caller,
    Path((id, number)): Path<(Uuid, u16)>,
    request: Request<Body>,
) -> Result<Response, Problem> {
    if !(1..=PARTS).contains(&number) {
        let violation = Violation::new("OUT_OF_RANGE", format!("Must be from 1 to {PARTS}."));
        return Err(Problem::malformed(violation.at("/path/number")));
    }
    let stated = Sha256Digest::stated(request.headers())?;
    let file = find(&caller, id)?;
    file.must_be_uploading()?;
    let stored = storing::receive(&context, file.id, request.into_body(), file.file_size, &[stated], false)?;
    let view = PartView { number, size: stored.size, checksum: stored.checksum.to_string() };
    store::parts::put(context.begin(), file.id, number, &stored, clock::now()).respond(Json(view)).commit()
}

/// The parts that have come.
#[utoipa::path(get, path = "/api/v1/files/{id}/parts", params(("id" = Uuid, Path)), responses(
    (status = 200, body = PartsView),
    (status = 404, description = "The caller has no such file"),
    (status = 409, description = "The file has its content"),
))]
pub(super) async fn list(caller: Caller, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let file = find(&caller, id)?;
    file.must_be_uploading()?;
    let parts = store::parts::all(file.id)?;
    let received = parts.iter().map(|part| part.size).sum();
    let items = parts.into_iter().map(PartView::from).collect();
    Ok(Json(PartsView { items, received, file_size: file.file_size }).into_response())
}

/// Joins the parts to the file's content.
#[utoipa::path(post, path = "/api/v1/files/{id}/complete", params(("id" = Uuid, Path)), responses(
    (status = 200, body = FileView),
    (status = 404, description = "The caller has no such file"),
    (status = 409, description = "The file has its content"),
    (status = 412, description = "`If-Match` was given and is no longer the file's state"),
    (status = 422, description = "Parts are missing, or the whole has another checksum; the parts are still there"),
))]
pub(super) async fn complete(
    context: Context,
    caller: Caller,
    Path(id): Path<Uuid>,
    conditions: Conditions,
) -> Result<Response, Problem> {
    let file = find(&caller, id)?;
    conditions.check(&file.tag())?;
    file.must_be_uploading()?;
    let parts = store::parts::all(file.id)?;
    let gap = parts.iter().zip(1..).any(|(part, number)| part.number != number);
    if gap || parts.iter().map(|part| part.size).sum::<i64>() != file.file_size {
        return Err(FileError::PartsMissing.into());
    }
    if file.file_size > crate::domain::rules::Rules::get()?.largest {
        return Err(FileError::TooLarge(file.file_size).into());
    }
    let stored = storing::join(&context, &file, &parts)?;
    let file = storing::with_content(file, &stored);
    storing::publish(&context, &stored, &file, file.file_size).respond(answer(file)).commit()
}
