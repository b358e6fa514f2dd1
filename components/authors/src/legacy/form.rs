//! What the library's clients send of an author: a form, and nothing in any other body.

use axum::extract::FromRequest;
use lyceum_kit::dialect::{FormText, LibraryForm};
use lyceum_kit::pictures::NewPicture;
use lyceum_kit::prelude::*;
use lyceum_kit::violation::Invalid;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::domain::{BIOGRAPHY_LIMIT, NAME_LIMIT};

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

/// The fields that are read; a client may send others.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    name: FormText,
    bio: FormText,
}

/// What was sent.
pub(super) struct AuthorForm(LibraryForm<Fields>);

impl<S: Send + Sync> FromRequest<S> for AuthorForm {
    type Rejection = Problem;

    async fn from_request(request: Request<Body>, state: &S) -> Result<Self, Problem> {
        LibraryForm::from_request(request, state).await.map(Self)
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
        match (&self.0.fields.name.0, &self.0.fields.bio.0) {
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
        let Fields { name: FormText(name), bio: FormText(bio) } = &self.0.fields;
        [("/name", name.as_ref(), NAME_LIMIT), ("/bio", bio.as_ref(), BIOGRAPHY_LIMIT)]
    }

    /// The name that was sent, or the present one.
    pub(super) fn name(&self, present: String) -> Result<String, Problem> {
        let Some(name) = &self.0.fields.name.0 else { return Ok(present) };
        check_name(name)?;
        Ok(name.clone())
    }

    /// The biography that was sent, or the present one.
    pub(super) fn biography(&self, present: Option<String>) -> Result<Option<String>, Problem> {
        match &self.0.fields.bio.0 {
            Some(bio) if bio.trim().is_empty() => Err(refused("Bio cannot be null or blank")),
            Some(bio) => Ok(Some(bio.clone())),
            None => Ok(present),
        }
    }

    /// The photo that was sent.
    pub(super) fn photo(&self) -> Result<Option<NewPicture>, Problem> {
        Ok(self.0.photo()?.map(NewPicture::from))
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
