//! Forms of the library's clients.

use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use http::header;
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    form::{Form, FormFile},
    problem::Problem,
};

/// The types of body that are a form.
const FORMS: [&str; 2] = ["application/x-www-form-urlencoded", "multipart/form-data"];
/// The most bytes that a photo had.
const PHOTO_LIMIT: usize = 20_000;

/// A form as the library took it. An extractor: a body of any other type, JSON among them, is a form without fields, and
/// fields that nobody reads are ignored. Make the fields of `T` [`FormText`] and [`FormTexts`], with `#[serde(default)]`.
#[derive(Clone, Debug, Default)]
pub struct LibraryForm<T> {
    /// All but the photo.
    pub fields: T,
    photo: Option<FormFile>,
}

/// A photo that was sent, within the library's limits.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LibraryPhoto {
    /// Whether it is answered as PNG; as JPEG otherwise. The file's name decides, as it did for the library.
    pub is_png: bool,
    /// At most 20,000 bytes.
    pub content: Bytes,
}

/// A field of one text, if it was sent. One that is repeated is one text with commas between.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(from = "Vec<String>")]
pub struct FormText(pub Option<String>);

/// A list, if it was sent: as a repeated field, or with commas between.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(from = "Vec<String>")]
pub struct FormTexts(pub Option<Vec<String>>);

impl From<Vec<String>> for FormText {
    fn from(values: Vec<String>) -> Self {
        Self((!values.is_empty()).then(|| values.join(",")))
    }
}

impl From<Vec<String>> for FormTexts {
    fn from(values: Vec<String>) -> Self {
        let split = |value: &String| value.split(',').map(|text| text.trim().to_owned()).collect::<Vec<_>>();
        Self((!values.is_empty()).then(|| match values.as_slice() {
            [one] => split(one),
            _ => values,
        }))
    }
}

impl<T: Default + DeserializeOwned, S: Send + Sync> FromRequest<S> for LibraryForm<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let media_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = media_type.and_then(|text| text.split(';').next()).unwrap_or_default().trim();
        if !FORMS.iter().any(|form| form.eq_ignore_ascii_case(essence)) {
            return Ok(Self::default());
        }
        let Form { fields, files } = Form::from_request(request, state).await?;
        Ok(Self { fields, photo: files.into_iter().find(|file| file.field == "photo") })
    }
}

impl<T> LibraryForm<T> {
    /// The photo that was sent. 400 in the library's words if it is larger than 20,000 bytes, or said to be neither PNG nor
    /// JPEG.
    pub fn photo(&self) -> Result<Option<LibraryPhoto>, Problem> {
        let Some(FormFile { file_name, content_type, content, .. }) = &self.photo else { return Ok(None) };
        if content.len() > PHOTO_LIMIT {
            return Err(Problem::bad_request("FILE_REFUSED", "The photo has more than 20000 bytes."));
        }
        if !matches!(content_type.as_deref(), Some("image/png" | "image/jpeg")) {
            return Err(Problem::bad_request("FILE_REFUSED", "The photo must be image/png or image/jpeg."));
        }
        Ok(Some(LibraryPhoto { is_png: file_name.ends_with("png"), content: content.clone() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_a_repeated_field_or_one_with_commas() {
        let texts =
            |values: &[&str]| FormTexts::from(values.iter().map(ToString::to_string).collect::<Vec<_>>()).0;
        let numbers = || Some(vec!["1".to_owned(), "2".to_owned()]);
        assert_eq!(texts(&[]), None);
        assert_eq!((texts(&["1, 2"]), texts(&["1", "2"])), (numbers(), numbers()));
        assert_eq!(FormText::from(vec!["a".to_owned(), "b".to_owned()]).0.as_deref(), Some("a,b"));
    }
}
