//! What the library's clients send of an author: a form, and nothing in any other body.

use axum::extract::FromRequest;
use lyceum_kit::form::{Form, FormFile};
use lyceum_kit::prelude::*;
use lyceum_kit::violation::Invalid;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::domain::photo::{ImageType, Photo};
use crate::domain::{BIOGRAPHY_LIMIT, NAME_LIMIT};
use crate::photos;

/// The most bytes that the library took as a photo.
const PHOTO_LIMIT: usize = 20_000;
/// The types of body that are a form.
const FORMS: [&str; 2] = ["application/x-www-form-urlencoded", "multipart/form-data"];

/// The form, for the description of the API.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(dead_code, reason = "it is there for the description")]
pub(super) struct Sent {
    /// 1 to 150 letters of any script, digits, spaces, apostrophes and hyphens.
    name: Option<String>,
    /// 1 to 4,096 characters of HTML, of which formatting and links are shown.
    bio: Option<String>,
    /// PNG or JPEG of at most 20,000 bytes.
    #[schema(value_type = Option<String>, format = Binary)]
    photo: Option<Vec<u8>>,
}

/// The fields that are read; a client may send others. A field that is repeated is one text, as it was to the library.
#[derive(Clone, Debug, Default, Deserialize)]
struct Fields {
    #[serde(default)]
    name: Vec<String>,
    #[serde(default)]
    bio: Vec<String>,
}

/// What was sent. An extractor: a body of any other type has no fields.
#[derive(Clone, Debug, Default)]
pub(super) struct AuthorForm {
    name: Option<String>,
    bio: Option<String>,
    photo: Option<FormFile>,
}

impl<S: Send + Sync> FromRequest<S> for AuthorForm {
    type Rejection = Problem;

    async fn from_request(request: Request<Body>, state: &S) -> Result<Self, Problem> {
        let media_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = media_type.and_then(|text| text.split(';').next()).unwrap_or_default().trim();
        if !FORMS.iter().any(|form| form.eq_ignore_ascii_case(essence)) {
            return Ok(Self::default());
        }
        let form: Form<Fields> = Form::from_request(request, state).await?;
        let Form { fields: Fields { name, bio }, files } = form;
        let joined = |values: Vec<String>| (!values.is_empty()).then(|| values.join(","));
        let photo = files.into_iter().find(|file| file.field == "photo");
        Ok(Self { name: joined(name), bio: joined(bio), photo })
    }
}

impl AuthorForm {
    /// Name and biography of a new author.
    pub(super) fn required(&self) -> Result<(String, String), Problem> {
        let mut wrong = Vec::new();
        for (pointer, value, limit) in self.fields() {
            match value {
                Some(text) if !text.trim().is_empty() => wrong.extend(too_long(pointer, text, limit)),
                blank => {
                    let violation = Violation::new("REQUIRED", "must not be blank").at(pointer);
                    wrong.push(FieldViolation { rejected: blank.cloned(), ..violation });
                }
            }
        }
        match (&self.name, &self.bio) {
            (Some(name), Some(bio)) if wrong.is_empty() => Ok((name.clone(), bio.clone())),
            _ => Err(Problem::invalid(wrong).with_object("createAuthorRequest")),
        }
    }

    /// Fails if something is too long; a change needs nothing.
    pub(super) fn check_lengths(&self) -> Result<(), Problem> {
        let wrong: Vec<FieldViolation> = self
            .fields()
            .into_iter()
            .filter_map(|(pointer, value, limit)| too_long(pointer, value?, limit))
            .collect();
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(Problem::invalid(wrong).with_object("updateAuthorRequest"))
        }
    }

    fn fields(&self) -> [(&'static str, Option<&String>, usize); 2] {
        [("/name", self.name.as_ref(), NAME_LIMIT), ("/bio", self.bio.as_ref(), BIOGRAPHY_LIMIT)]
    }

    /// The name that was sent, or the present one.
    pub(super) fn name(&self, present: String) -> Result<String, Problem> {
        let Some(name) = &self.name else { return Ok(present) };
        check_name(name)?;
        Ok(name.clone())
    }

    /// The biography that was sent, or the present one.
    pub(super) fn biography(&self, present: Option<String>) -> Result<Option<String>, Problem> {
        match &self.bio {
            Some(bio) if bio.trim().is_empty() => Err(refused("Bio cannot be null or blank")),
            Some(bio) => Ok(Some(bio.clone())),
            None => Ok(present),
        }
    }

    /// The photo that was sent, with its content. What it is says its name, as with the library.
    pub(super) fn photo(&self) -> Result<Option<(Photo, Bytes)>, Problem> {
        let Some(FormFile { file_name, content_type, content, .. }) = &self.photo else { return Ok(None) };
        if content.len() > PHOTO_LIMIT {
            return Err(Problem::bad_request("FILE_REFUSED", "The photo has more than 20000 bytes."));
        }
        let known = content_type.as_deref().is_some_and(|stated| ImageType::from_name(stated).is_some());
        if !known {
            return Err(Problem::bad_request("FILE_REFUSED", "The photo must be image/png or image/jpeg."));
        }
        let kind = if file_name.ends_with("png") { ImageType::Png } else { ImageType::Jpeg };
        Ok(Some((photos::of_content(kind, content), content.clone())))
    }
}

fn too_long(pointer: &str, text: &str, limit: usize) -> Option<FieldViolation> {
    let message = format!("size must be between 1 and {limit}");
    (text.chars().count() > limit).then(|| Violation::new("TOO_LONG", message).at(pointer).rejecting(text))
}

/// Letters, digits, spaces, apostrophes and hyphens, and not spaces alone.
pub(super) fn check_name(name: &str) -> Result<(), Problem> {
    if name.trim().is_empty() {
        return Err(refused("Name cannot be null or blank"));
    }
    let fits = |sign: char| sign.is_alphanumeric() || sign.is_whitespace() || matches!(sign, '\'' | '-');
    // As it is stored: an accent that stands by itself becomes a letter's.
    if text_of(name).chars().all(fits) {
        Ok(())
    } else {
        Err(refused("Name can only contain alphanumeric characters"))
    }
}

/// The name in the form that is stored, or as it is if it can't be one.
fn text_of(name: &str) -> String {
    lyceum_kit::text::Name::within(name, NAME_LIMIT).map_or_else(|_| name.to_owned(), String::from)
}

fn refused(detail: &'static str) -> Problem {
    Problem::bad_request("ILLEGAL_ARGUMENT", detail)
}

/// What breaks a rule that the library didn't have.
pub(super) fn illegal(Invalid(violations): &Invalid) -> Problem {
    let detail = violations.first().map_or_else(String::new, |violation| violation.message.to_string());
    Problem::bad_request("ILLEGAL_ARGUMENT", detail)
}
