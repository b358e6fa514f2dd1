//! A file's content.

use lyceum_kit::prelude::*;

use super::digest;
use super::{FileView, answer, find};
use crate::domain::error::FileError;
use crate::domain::range::{Wanted, wanted};
use crate::domain::{File, Status, disposition, kind};
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
    let stated = digest::stated(request.headers())?;
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
    let (object, checksum) = file.content()?;
    let tag = EntityTag::of_digest(&checksum);
    // They come before `Range` (RFC 9110, 13.2.2); the kit makes the 304.
    conditions.check(&tag)?;
    let unread = *method == Method::HEAD || conditions.has(&tag);
    let (size, object) = (file.size(), object.to_string());
    let ranged = !unread && conditions.range_applies(&tag);
    let (status, range) = match if ranged { wanted(headers, size) } else { Wanted::Whole } {
        Wanted::Whole => (StatusCode::OK, None),
        Wanted::Part(range) => (StatusCode::PARTIAL_CONTENT, Some(range)),
        Wanted::Unsatisfiable => {
            let detail = format!("The content has {size} bytes.");
            let range = HeaderValue::from_str(&format!("bytes */{size}")).map_err(|_| Problem::internal())?;
            let problem = Problem::new(StatusCode::RANGE_NOT_SATISFIABLE, "RANGE_NOT_SATISFIABLE", detail);
            return Err(problem.with_header(header::CONTENT_RANGE, range));
        }
    };
    let wanted = range.clone().map_or(0..size, |range| *range.start()..range.end().saturating_add(1));
    let body = if unread { Body::empty() } else { container()?.get(&object, wanted)? };
    let mut response = tagged(&tag, Response::new(body));
    *response.status_mut() = status;
    let answer = response.headers_mut();
    answer.insert(header::CONTENT_TYPE, served_type(&file.mime_type));
    answer.insert(header::CONTENT_DISPOSITION, disposition::attachment(&file.original_filename));
    answer.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    answer.insert(HeaderName::from_static("repr-digest"), digest::header(checksum));
    if let Some(range) = range {
        let value = format!("bytes {}-{}/{size}", range.start(), range.end());
        answer.insert(header::CONTENT_RANGE, HeaderValue::from_str(&value).map_err(|_| Problem::internal())?);
    }
    Ok(response)
}

fn served_type(mime_type: &str) -> HeaderValue {
    HeaderValue::from_str(mime_type).unwrap_or_else(|_| HeaderValue::from_static("application/octet-stream"))
}
