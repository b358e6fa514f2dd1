//! Forms, as browsers and older clients send them.
//!
//! [`Form`] is for fields alone and for small files; [`FormParts`] streams what is larger.

use axum::{
    body::Body,
    extract::{FromRequest, Request},
};
use bytes::Bytes;
use form_urlencoded::Serializer;
use http::{HeaderMap, header};
use multer::{Field, Multipart};
use serde::de::DeserializeOwned;

use crate::{
    body::{collect, limit},
    problem::Problem,
    violation::{FieldViolation, Violation},
    wording,
};

const URLENCODED: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";
const EITHER: &str = "application/x-www-form-urlencoded, multipart/form-data";
/// Fields of one form, files among them; more would only cost time.
const FIELDS: usize = 1000;

/// The fields of a form: `application/x-www-form-urlencoded`, or `multipart/form-data` (RFC 7578), with its files in
/// memory. An extractor: 415 for any other type, 413 above the service's limit, 422 naming the field that is wrong.
///
/// A list is a field that is repeated, whether it is called `authors`, `authors[]` or `authors[0]`. Put
/// `#[serde(deny_unknown_fields)]` on `T`, unless its clients send what nobody reads.
#[derive(Clone, Debug, Default)]
pub struct Form<T> {
    /// All but the files.
    pub fields: T,
    /// In the order in which they were sent.
    pub files: Vec<FormFile>,
}

/// A file in a form.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct FormFile {
    /// The field's name.
    pub field: String,
    /// What the client calls it: for people, never a path.
    pub file_name: String,
    /// What the client says that it is.
    pub content_type: Option<String>,
    /// Its content.
    pub content: Bytes,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let mut fields = Vec::new();
        let mut files = Vec::new();
        if essence(request.headers()) == URLENCODED {
            let body = collect(request.into_body()).await?;
            let pairs =
                form_urlencoded::parse(&body).map(|(name, value)| (name.into_owned(), value.into_owned()));
            fields.extend(pairs);
        } else {
            let mut parts = FormParts::of(request).map_err(|_| Problem::unsupported_media_type(EITHER))?;
            let mut room = limit();
            while let Some(mut part) = parts.next().await? {
                let content = part.read(&mut room).await?;
                match part.file_name() {
                    Some(file_name) => files.push(FormFile {
                        field: part.name().to_owned(),
                        file_name: file_name.to_owned(),
                        content_type: part.content_type(),
                        content,
                    }),
                    None => fields.push((part.name().to_owned(), part.utf8(content)?)),
                }
            }
        }
        if fields.len() > FIELDS {
            return Err(wrong("", "TOO_MANY", "The form has too many fields."));
        }
        Ok(Self { fields: parse(&fields)?, files })
    }
}

/// The parts of a `multipart/form-data` body, one after the other.
#[derive(Debug)]
pub struct FormParts {
    form: Multipart<'static>,
    seen: usize,
}

/// One part: the value of a field, or a file.
#[derive(Debug)]
pub struct FormPart(Field<'static>);

impl FormParts {
    /// Of this request; 415 if it is no such form.
    pub fn of(request: Request) -> Result<Self, Problem> {
        let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let boundary = content_type.and_then(|value| multer::parse_boundary(value).ok());
        let boundary = boundary.ok_or_else(|| Problem::unsupported_media_type(MULTIPART))?;
        Ok(Self { form: Multipart::new(request.into_body().into_data_stream(), boundary), seen: 0 })
    }

    /// The next one, once the one before was read.
    pub async fn next(&mut self) -> Result<Option<FormPart>, Problem> {
        self.seen += 1;
        if self.seen > FIELDS {
            return Err(wrong("", "TOO_MANY", "The form has too many fields."));
        }
        Ok(self.form.next_field().await.map_err(|error| broken(&error))?.map(FormPart))
    }
}

impl FormPart {
    /// The field's name; empty if it has none.
    pub fn name(&self) -> &str {
        self.0.name().unwrap_or_default()
    }

    /// What the client calls the file; `None` if this is no file.
    pub fn file_name(&self) -> Option<&str> {
        self.0.file_name()
    }

    /// What the client says that it is.
    pub fn content_type(&self) -> Option<String> {
        self.0.content_type().map(ToString::to_string)
    }

    /// Its content, streamed.
    pub fn into_body(self) -> Body {
        Body::from_stream(self.0)
    }

    /// Its text of at most `limit` bytes; 422 naming the field otherwise.
    pub async fn text(mut self, limit: usize) -> Result<String, Problem> {
        let mut room = limit;
        let too_long = |name: &str| wrong(name, "TOO_LONG", "Is too long.");
        let name = self.name().to_owned();
        let content = self.read(&mut room).await.map_err(|problem| match problem.status() {
            http::StatusCode::PAYLOAD_TOO_LARGE => too_long(&name),
            _ => problem,
        })?;
        self.utf8(content)
    }

    /// All of it, as long as there is room.
    async fn read(&mut self, room: &mut usize) -> Result<Bytes, Problem> {
        let mut content = Vec::new();
        while let Some(chunk) = self.0.chunk().await.map_err(|error| broken(&error))? {
            let too_large = || Problem::too_large(u64::try_from(limit()).unwrap_or(u64::MAX));
            *room = room.checked_sub(chunk.len()).ok_or_else(too_large)?;
            content.extend_from_slice(&chunk);
        }
        Ok(content.into())
    }

    fn utf8(&self, content: Bytes) -> Result<String, Problem> {
        String::from_utf8(content.into()).map_err(|_| wrong(self.name(), "MALFORMED", "Must be UTF-8."))
    }
}

fn essence(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// `authors[]` and `authors[0]` are `authors`.
fn name_of(field: &str) -> &str {
    let list = field.strip_suffix(']').and_then(|field| field.rsplit_once('['));
    list.filter(|(_, index)| index.bytes().all(|byte| byte.is_ascii_digit())).map_or(field, |(name, _)| name)
}

fn parse<T: DeserializeOwned>(fields: &[(String, String)]) -> Result<T, Problem> {
    let mut encoded = Serializer::new(String::new());
    for (name, value) in fields {
        let name = name_of(name);
        if name.contains('\0') || value.contains('\0') {
            return Err(wrong(name, "CONTROL_CHARACTER", "No text may contain the character NUL."));
        }
        encoded.append_pair(name, value);
    }
    let encoded = encoded.finish();
    let deserializer = serde_html_form::Deserializer::new(form_urlencoded::parse(encoded.as_bytes()));
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let path = error.path().iter().next().map(ToString::to_string).unwrap_or_default();
        Problem::invalid(vec![violation(&path, &error.inner().to_string())])
    })
}

fn violation(path: &str, message: &str) -> FieldViolation {
    let named = [
        ("missing field `", "REQUIRED"),
        ("unknown field `", "UNKNOWN_FIELD"),
        ("duplicate field `", "REPEATED"),
    ];
    let named =
        named.iter().find_map(|(start, code)| Some((message.strip_prefix(start)?.split('`').next()?, *code)));
    let (field, code) = named.unwrap_or((path, "WRONG_TYPE"));
    Violation::new(code, wording::plain(message)).at(format!("/{field}"))
}

fn wrong(field: &str, code: &'static str, message: &'static str) -> Problem {
    let pointer = if field.is_empty() { String::new() } else { format!("/{field}") };
    Problem::invalid(vec![Violation::new(code, message).at(pointer)])
}

fn broken(error: &multer::Error) -> Problem {
    crate::log::debug(error.to_string());
    Problem::bad_request("FORM_MALFORMED", "The form broke off, or is not multipart/form-data.")
}

#[cfg(test)]
mod tests;
