//! A file's content.

use lyceum_kit::blobs::{Download, Sha256Digest};
use lyceum_kit::prelude::*;

use super::{FileView, answer, find};
use crate::domain::error::FileError;
use crate::domain::{File, Status, kind};
use crate::storing::{self, container};

/// Sends a file's content in one request. Without `Content-Digest` or `Repr-Digest` it is held against the announced
/// checksum only; with the same digest it may be repeated after it was stored.
#[utoipa::path(put, path = "/api/v1/files/{id}/content",
    params(("id" = Uuid, Path),
        ("Repr-Digest" = Option<String>, Header, description = "RFC 9530: `sha-256=:...:`")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 200, body = FileView),
        (status = 404, description = "The caller has no such file"),
        (status = 409, description = "It has its content"),
        (status = 412, description = "`If-Match` or `If-None-Match` was given and does not hold for the content"),
        (status = 422, description = "The content has another size or checksum; nothing was stored"),
    ))]
pub(super) async fn put(
    context: Context,
    caller: Caller,
    Path(id): Path<Uuid>,
    conditions: Conditions,
    request: Request<Body>,
) -> Result<Response, Problem> {
    let stated = Sha256Digest::stated(request.headers())?;
    let file = find(&caller, id)?;
    conditions.check(file.content_tag().as_ref())?;
    if file.status == Status::Available && stated.is_some() && stated == file.checksum {
        return Ok(answer(file));
    }
    file.must_be_uploading()?;
    check_type(request.headers(), &file)?;
    let (body, limit) = (request.into_body(), file.file_size);
    let stored = storing::receive(&context, file.id, body, limit, &[stated, file.checksum], true)?;
    let file = storing::with_content(file, &stored);
    storing::publish(&context, &stored, &file, file.file_size).respond(answer(file)).commit()
}

fn check_type(headers: &HeaderMap, file: &File) -> Result<(), Problem> {
    let stated = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if stated.is_none_or(|stated| kind::agrees(stated, &file.mime_type)) {
        return Ok(());
    }
    Err(FileError::TypeMismatch(file.mime_type.clone()).into())
}

/// A file's content, or a range of it (RFC 9110, section 14).
#[utoipa::path(get, path = "/api/v1/files/{id}/content",
    params(("id" = Uuid, Path), ("Range" = Option<String>, Header), ("If-Range" = Option<String>, Header)),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 206, description = "The range"),
        (status = 404, description = "The caller has no such file"),
        (status = 409, description = "The content has not come yet"),
        (status = 412, description = "`If-Match` was given and is not the content's"),
        (status = 416, description = "The content ends before the range begins"),
    ))]
pub(super) async fn get(
    caller: Caller,
    Path(id): Path<Uuid>,
    method: Method,
    conditions: Conditions,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    send(&find(&caller, id)?, &method, &conditions, &headers)
}

/// Answers with the content.
pub(super) fn send(
    file: &File,
    method: &Method,
    conditions: &Conditions,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let (object, digest) = file.content()?;
    let download = Download {
        object: &object.to_string(),
        size: file.size(),
        digest,
        media_type: &file.mime_type,
        file_name: &file.original_filename,
    };
    download.answer(container, method, conditions, headers)
}
