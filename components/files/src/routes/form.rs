//! Uploads as `multipart/form-data` (RFC 7578), as browsers' forms and the older system's clients send them.

use lyceum_kit::form::FormParts;
use lyceum_kit::prelude::*;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{FileView, answer_created};
use crate::domain::File;
use crate::domain::error::FileError;
use crate::domain::new_file::NewFile;
use crate::domain::rules::Rules;
use crate::store::{self, Content};
use crate::storing;
use crate::sweeping;

/// Longest value of a field other than the file, in bytes.
const FIELD_LIMIT: usize = 1024;

/// The fields of the form.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code, reason = "it is there for the description")]
pub(super) struct Form {
    /// The file, with its name. Exactly one.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// As when a file is announced.
    service_name: Option<String>,
    entity_type: Option<String>,
    entity_id: Option<String>,
    /// SHA-256 in hexadecimal, in front of the file or behind it.
    checksum: Option<String>,
}

/// Uploads a file in one request, as a form.
#[utoipa::path(post, path = "/api/v1/files/upload",
    request_body(content = Form, content_type = "multipart/form-data"),
    responses(
        (status = 201, body = FileView),
        (status = 409, description = "The caller's files would have too many bytes in all"),
        (status = 413, description = "Larger than files may be"),
        (status = 415, description = "A type that isn't taken"),
    ))]
pub(super) async fn upload(
    context: Context,
    caller: Caller,
    request: Request<Body>,
) -> Result<Response, Problem> {
    let rules = Rules::get()?;
    // The form is a little larger than the file in it.
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse().ok());
    let bound = length.unwrap_or(rules.largest).min(rules.largest);
    let mut form = FormParts::of(request)?;
    let mut received = Received { texts: Texts::default(), file: None };
    let outcome = receive(&context, &caller, &rules, bound, &mut form, &mut received).await;
    let Received { texts, file } = received;
    match (outcome, file) {
        (Ok(()), Some((file, Some(stored)))) => finish(&context, &rules, file, &stored, &texts),
        (Ok(()), _) => {
            let violation = Violation::new("REQUIRED", "Must be a file.");
            Err(Problem::invalid(vec![violation.at("/file")]))
        }
        (Err(problem), Some((file, _))) => {
            give_up(&context, &file);
            Err(problem)
        }
        (Err(problem), None) => Err(problem),
    }
}

/// What has come of the form.
struct Received {
    texts: Texts,
    /// The file's row, and its content once that is stored.
    file: Option<(File, Option<Content>)>,
}

#[derive(Default)]
struct Texts {
    service_name: Option<String>,
    entity_type: Option<String>,
    entity_id: Option<String>,
    checksum: Option<String>,
}

impl Texts {
    /// Where the value of this field goes, if there is such a field.
    fn place(&mut self, name: &str) -> Option<&mut Option<String>> {
        match name {
            "service_name" => Some(&mut self.service_name),
            "entity_type" => Some(&mut self.entity_type),
            "entity_id" => Some(&mut self.entity_id),
            "checksum" => Some(&mut self.checksum),
            _ => None,
        }
    }

    /// The file that these announce.
    fn announce(&self, name: &str, size: i64, mime_type: Option<String>) -> NewFile {
        NewFile {
            original_filename: name.to_owned(),
            file_size: size,
            mime_type,
            checksum: self.checksum.clone(),
            service_name: self.service_name.clone(),
            entity_type: self.entity_type.clone(),
            entity_id: self.entity_id.clone(),
        }
    }
}

async fn receive(
    context: &Context,
    caller: &Caller,
    rules: &Rules,
    bound: i64,
    form: &mut FormParts,
    received: &mut Received,
) -> Result<(), Problem> {
    while let Some(part) = form.next().await? {
        let name = part.name().to_owned();
        let once = || {
            Problem::invalid(vec![Violation::new("REPEATED", "Must be given once.").at(format!("/{name}"))])
        };
        if name == "file" {
            if received.file.is_some() {
                return Err(once());
            }
            let file_name = part.file_name().unwrap_or_default().to_owned();
            let mime_type = part.content_type();
            let file =
                received.texts.announce(&file_name, bound, mime_type).checked(caller.user_id, rules)?;
            store::insert(context.without_once().begin(), &file, rules.quota).commit()?;
            let (id, stated) = (file.id, file.checksum);
            received.file = Some((file, None));
            let outcome = storing::receive(context, id, part.into_body(), bound, &[stated], false);
            let stored = outcome.map_err(|problem| match problem.status() {
                StatusCode::PAYLOAD_TOO_LARGE => FileError::TooLarge(rules.largest).into(),
                _ => problem,
            })?;
            if let Some((_, place)) = &mut received.file {
                *place = Some(stored);
            }
        } else {
            let place = received.texts.place(&name).ok_or_else(|| {
                let violation = Violation::new("UNKNOWN_FIELD", "There is no such field.");
                Problem::invalid(vec![violation.at(format!("/{name}"))])
            })?;
            if place.replace(part.text(FIELD_LIMIT).await?).is_some() {
                return Err(once());
            }
        }
    }
    Ok(())
}

/// The rules apply to what came behind the file too.
fn finish(
    context: &Context,
    rules: &Rules,
    file: File,
    stored: &Content,
    texts: &Texts,
) -> Result<Response, Problem> {
    let announced = texts.announce(&file.original_filename, stored.size, None).checked(file.user_id, rules);
    let agreed = announced.and_then(|announced| match announced.checksum {
        Some(stated) if stated != stored.checksum => {
            Err(FileError::ChecksumMismatch { came: stored.checksum, stated })
        }
        _ => Ok(announced),
    });
    let announced = agreed.inspect_err(|_| give_up(context, &file))?;
    let reserved = file.file_size;
    let File { service_name, entity_type, entity_id, .. } = announced;
    let file = File { service_name, entity_type, entity_id, ..storing::with_content(file, stored) };
    storing::publish(context, stored, &file, reserved).respond(answer_created(file)).commit()
}

/// Takes the row back whose content can't come any more. If that fails, it expires.
fn give_up(context: &Context, file: &File) {
    let deleted = sweeping::delete(context.without_once().begin(), file, clock::now()).commit();
    if let Err(error) = deleted {
        log::warn(format!("the upload of file {} is given up later: {error}", file.id));
    }
}
