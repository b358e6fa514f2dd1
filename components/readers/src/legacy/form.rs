//! What the library's clients send of a reader: a form, and nothing in any other body.

use std::collections::BTreeSet;

use lyceum_kit::dialect::{FormText, FormTexts, LibraryForm};
use lyceum_kit::http::CallError;
use lyceum_kit::prelude::*;
use lyceum_kit::text;
use lyceum_kit::violation::Invalid;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::domain::{ReaderFields, ReaderStatus, fields, standard};

/// The form, for the description of the API.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "it is there for the description")]
pub(super) struct Sent {
    /// A mail address, by which the reader signs in.
    username: Option<String>,
    /// 8 to 128 characters, with a lower-case and an upper-case letter and a digit or sign.
    #[schema(format = Password)]
    password: Option<String>,
    /// 1 to 150 letters, digits, spaces, apostrophes and hyphens; no word holds a name that the operator forbids.
    full_name: Option<String>,
    /// `YYYY-MM-DD`; a change doesn't keep it.
    birth_date: Option<String>,
    /// Nine characters, of which the first is `9` or `2`.
    phone_number: Option<String>,
    /// Must be true, and can't be changed.
    gdpr: Option<bool>,
    /// False if it isn't given, also in a change.
    marketing: Option<bool>,
    /// False if it isn't given, also in a change.
    third_party: Option<bool>,
    /// The names of genres.
    interest_list: Option<Vec<String>>,
    /// PNG or JPEG of at most 20,000 bytes.
    #[schema(value_type = Option<String>, format = Binary)]
    photo: Option<Vec<u8>>,
}

/// The fields that are read; a client may send others.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Fields {
    pub(super) username: FormText,
    pub(super) password: FormText,
    pub(super) full_name: FormText,
    pub(super) birth_date: FormText,
    pub(super) phone_number: FormText,
    pub(super) gdpr: FormText,
    pub(super) marketing: FormText,
    pub(super) third_party: FormText,
    pub(super) interest_list: FormTexts,
}

/// What was sent. An extractor.
pub(super) type ReaderForm = LibraryForm<Fields>;

/// A reader as they are to be, and how they sign in.
pub(super) struct New {
    pub(super) fields: ReaderFields,
    pub(super) password: String,
}

/// What changes about a reader.
pub(super) struct Changed {
    pub(super) fields: ReaderFields,
    /// Another one to sign in with.
    pub(super) email: Option<String>,
    pub(super) password: Option<String>,
    /// Another one, which is shown and not kept.
    pub(super) birth_date: Option<String>,
}

fn violation(field: &str, message: &'static str, rejected: Option<&String>) -> FieldViolation {
    FieldViolation {
        rejected: rejected.cloned(),
        ..Violation::new("INVALID", message).at(format!("/{field}"))
    }
}

/// A field that must be there.
fn required(field: &str, FormText(given): &FormText, wrong: &mut Vec<FieldViolation>) -> String {
    match given {
        Some(text) if !text.trim().is_empty() => text.clone(),
        blank => {
            wrong.push(violation(field, "must not be blank", blank.as_ref()));
            String::new()
        }
    }
}

/// A mail address, in the field that is called so.
fn check_username(given: &str, wrong: &mut Vec<FieldViolation>) {
    if fields::address(given).is_err() {
        wrong.push(violation("username", "must be a well-formed email address", Some(&given.to_owned())));
    }
}

/// As the framework read truth values; false if it isn't given.
fn truth(field: &str, FormText(given): &FormText, wrong: &mut Vec<FieldViolation>) -> bool {
    match given.as_deref().map(|text| text.trim().to_lowercase()).as_deref() {
        Some("true" | "on" | "yes" | "1") => true,
        None | Some("" | "false" | "off" | "no" | "0") => false,
        Some(_) => {
            wrong.push(violation(field, "must be true or false", given.as_ref()));
            false
        }
    }
}

/// The genres that were named, each once.
fn genres(names: &[String]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let given = names.iter().filter(|name| !name.trim().is_empty());
    given.filter(|name| seen.insert(text::fold(name))).cloned().collect()
}

impl Fields {
    /// A new reader, who has an account of this id.
    pub(super) fn new_reader(&self, user_id: UserId) -> Result<New, Problem> {
        let mut wrong = Vec::new();
        let email = required("username", &self.username, &mut wrong);
        if !email.is_empty() {
            check_username(&email, &mut wrong);
        }
        let password = required("password", &self.password, &mut wrong);
        let fields = ReaderFields {
            user_id,
            full_name: required("fullName", &self.full_name, &mut wrong),
            email,
            birth_date: required("birthDate", &self.birth_date, &mut wrong),
            phone_number: Some(required("phoneNumber", &self.phone_number, &mut wrong)),
            category: standard(),
            interests: self.interest_list.0.as_deref().map(genres).unwrap_or_default(),
            gdpr_consent: truth("gdpr", &self.gdpr, &mut wrong),
            marketing_consent: truth("marketing", &self.marketing, &mut wrong),
            third_party_consent: truth("thirdParty", &self.third_party, &mut wrong),
            status: ReaderStatus::Active,
            blocked_reason: None,
        };
        told("createReaderRequest", wrong)?;
        Ok(New { fields, password })
    }

    /// A reader's fields with what was sent in their place. Consents that aren't given are taken back.
    pub(super) fn change(&self, mut fields: ReaderFields) -> Result<Changed, Problem> {
        let mut wrong = Vec::new();
        let mut given = |field: &str, text: &FormText| {
            text.0.is_some().then(|| required(field, text, &mut wrong)).filter(|text| !text.is_empty())
        };
        let email = given("username", &self.username);
        let password = given("password", &self.password);
        let birth_date = given("birthDate", &self.birth_date);
        if let Some(name) = given("fullName", &self.full_name) {
            fields.full_name = name;
        }
        if let Some(number) = given("phoneNumber", &self.phone_number) {
            fields.phone_number = Some(number);
        }
        if let Some(email) = &email {
            check_username(email, &mut wrong);
            fields.email.clone_from(email);
        }
        if let Some(names) = &self.interest_list.0 {
            fields.interests = genres(names);
        }
        fields.marketing_consent = truth("marketing", &self.marketing, &mut wrong);
        fields.third_party_consent = truth("thirdParty", &self.third_party, &mut wrong);
        told("updateReaderRequest", wrong)?;
        Ok(Changed { fields, email, password, birth_date })
    }
}

fn told(object: &'static str, wrong: Vec<FieldViolation>) -> Result<(), Problem> {
    if wrong.is_empty() { Ok(()) } else { Err(Problem::invalid(wrong).with_object(object)) }
}

/// What breaks a rule: one text, and 404 if it is a genre that there isn't.
pub(super) fn refused(Invalid(violations): &Invalid) -> Problem {
    let is_genre = |violation: &&FieldViolation| violation.pointer.starts_with("/interests/");
    match violations.iter().find(|violation| !is_genre(violation)).or(violations.first()) {
        Some(genre) if is_genre(&genre) => Problem::not_found("Could not find one of the genres."),
        other => illegal(other.map_or_else(String::new, |violation| violation.message.to_string())),
    }
}

pub(super) fn illegal(detail: String) -> Problem {
    Problem::bad_request("ILLEGAL_ARGUMENT", detail)
}

pub(super) fn taken() -> Problem {
    Problem::conflict("USERNAME_TAKEN", "Username already exists!")
}

/// What auth says of an account.
pub(super) fn account_refused(error: CallError, object: &'static str, username: &str) -> Problem {
    let CallError::Refused(refusal) = error else { return error.into() };
    match (refusal.code.as_str(), refusal.violations.first()) {
        ("EMAIL_TAKEN", _) => taken(),
        (_, Some(field)) if field.pointer == "/email" => {
            let given = username.to_owned();
            let wrong = vec![violation("username", "must be a well-formed email address", Some(&given))];
            Problem::invalid(wrong).with_object(object)
        }
        (_, Some(field)) => illegal(field.message.clone()),
        _ => CallError::Refused(refusal).into(),
    }
}
