//! Somebody becomes a reader by themselves, as the library's clients ask for it: account and record in one answer.

use axum::extract::FromRequest as _;
use lyceum_kit::dialect::LibraryProfile;
use lyceum_kit::idempotency;
use lyceum_kit::prelude::*;
use lyceum_kit::settings;
use lyceum_kit::sql::Table as _;

use super::form::{self, Fields, New, ReaderForm, Sent};
use super::json::ReaderSent;
use super::{PATH, answer};
use crate::account;
use crate::domain::Reader;
use crate::joining::{self, Ended};
use crate::legacy::view::LibraryReader;
use crate::photos::PHOTOS;
use crate::rules;

/// Adds a reader and their account, of a form; of JSON at an address of the library's successor. Anybody may do so.
///
/// Both are there at the end, or neither. Where that takes longer than a request may, the answer is 202 without a body, which
/// it always is for the successor's clients. The same request again, by its `Idempotency-Key`, gets the same reader.
#[utoipa::path(post, operation_id = "library_create_reader", path = "/legacy/readers", request_body(content((Sent = "multipart/form-data"), (ReaderSent = "application/json"))),
    responses(
        (status = 201, body = LibraryReader),
        (status = 202, description = "Account and record are being made: another service is away, or it was the successor's address"),
        (status = 400, description = "A field or the photo is wrong"),
        (status = 404, description = "There is no such genre"),
        (status = 409, description = "Another account has this username"),
    ))]
pub(super) async fn create(
    context: Context,
    profile: LibraryProfile,
    headers: HeaderMap,
    request: Request<Body>,
) -> Result<Response, Problem> {
    let user_id = ids::new().into();
    let (New { fields, password }, form) = match profile {
        LibraryProfile::Reference => {
            let form = ReaderForm::from_request(request, &()).await?;
            (form.fields.new_reader(user_id)?, Some(form))
        }
        LibraryProfile::Successor => {
            let ValidJson(sent) = ValidJson::<ReaderSent>::from_request(request, &()).await?;
            (Fields::from(sent).new_reader(user_id)?, None)
        }
    };
    let repeated = id_of(&headers, &fields.email, &password)?;
    if let Some(id) = repeated {
        // It was made, and the host died before that was answered; or it isn't made yet.
        match joining::ended(id)? {
            Ended::TakenBack => {}
            ended => return told(&context, profile, &headers, ended),
        }
    }
    let photo = form.map_or(Ok(None), |form| form.photo())?;
    let rules = rules::for_interests(&fields.interests)?;
    let reader = Reader::new(fields, &rules).map_err(|invalid| form::refused(&invalid))?;
    let reader = Reader { id: repeated.unwrap_or(reader.id), ..reader };
    if let Err(error) = account::propose_by_library(&reader, &password) {
        let refused = form::account_refused(error, "createReaderRequest", &reader.email);
        // The same request may have been quicker by a moment.
        return match repeated.map(joining::ended).transpose()? {
            None | Some(Ended::TakenBack) => Err(refused),
            Some(ended) => told(&context, profile, &headers, ended),
        };
    }
    let photo = photo.map(|photo| PHOTOS.write(&context, &photo.into())).transpose()?;
    let ended = joining::at_once(&context, Reader { photo, ..reader })?;
    told(&context, profile, &headers, ended)
}

/// The record that this very request makes, also when it comes again: it follows from the key and from who is to sign in how. None
/// without a key.
fn id_of(headers: &HeaderMap, email: &str, password: &str) -> Result<Option<Uuid>, Problem> {
    let Some(key) = headers.get(idempotency::HEADER).and_then(|key| key.to_str().ok()) else {
        return Ok(None);
    };
    let digest = settings::derived_key(&format!("library-reader/1 {key}\n{email}\n{password}"))?;
    Ok(Some(Uuid::new_v5(&Uuid::nil(), &digest)))
}

/// What is answered, and remembered for who has a key.
fn told(
    context: &Context,
    profile: LibraryProfile,
    headers: &HeaderMap,
    ended: Ended,
) -> Result<Response, Problem> {
    let reader = match ended {
        Ended::Added(reader) => reader,
        Ended::UnderWay => return Ok(StatusCode::ACCEPTED.into_response()),
        // Somebody took the address after it was proposed.
        Ended::TakenBack => return Err(form::taken()),
    };
    let location = context.outside(&format!("{PATH}/{}", reader.number)).absolute();
    let answer = match profile {
        LibraryProfile::Reference => created(&location, answer(context, &reader)),
        LibraryProfile::Successor => StatusCode::ACCEPTED.into_response(),
    };
    if !headers.contains_key(idempotency::HEADER) {
        return Ok(answer);
    }
    let there = Reader::select("WHERE id = $1", params![reader.id]);
    context.begin().execute(there).expect_rows(1).respond(answer).commit()
}
