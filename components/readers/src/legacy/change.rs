//! A reader changes their record, and how they sign in.

use lyceum_kit::again::again;
use lyceum_kit::prelude::*;
use lyceum_kit::sql::Versioned as _;

use super::form::{self, Changed, ReaderForm, Sent};
use super::view::LibraryReader;
use super::{own, record_of, tag};
use crate::account::{self, AccountChange};
use crate::domain::{Reader, Rules, fields};
use crate::photos::PHOTOS;
use crate::{events, rules, store};

/// Changes the record of who asks, by a form: what is given replaces, and a consent that isn't given is taken back.
///
/// Auth keeps address, password and the name that others see, and changes them first: what it refuses changes nothing. Once it has
/// changed them, the record follows, also if somebody else changes it at that moment: of two that change how they sign in at
/// the same time, both do, one after the other.
#[utoipa::path(patch, operation_id = "library_change_reader", path = "/legacy/readers",
    params(("If-Match" = String, Header, description = "The version that was read")),
    request_body(content = Sent, content_type = "multipart/form-data"),
    responses(
        (status = 200, body = LibraryReader),
        (status = 400, description = "A field, the photo or `If-Match` is wrong or missing"),
        (status = 403, description = "The token names a username that its owner has left"),
        (status = 404, description = "Who asks has no record, or there is no such genre"),
        (status = 409, description = "The version is another one, or another account has this username"),
    ))]
pub(super) async fn change(
    context: Context,
    caller: Caller,
    if_match: IfMatch,
    form: ReaderForm,
) -> Result<Response, Problem> {
    let reader = own(&caller)?;
    let Changed { fields, email, password, birth_date } = form.fields.change(reader.fields())?;
    let photo = form.photo()?;
    if_match.check(&tag(&reader))?;
    // What names are forbidden is not asked again.
    let rules = Rules { forbidden_names: Vec::new(), ..rules::for_interests(&fields.interests)? };
    if let Some(date) = &birth_date {
        fields::birth_date(date, rules.minimum_age).map_err(|wrong| form::illegal(wrong.message.into()))?;
    }
    let changed = reader.with(fields, &rules).map_err(|invalid| form::refused(&invalid))?;
    let account = AccountChange {
        email: email.filter(|email| *email != reader.email),
        password,
        name: Some(&changed.full_name).filter(|name| **name != reader.full_name),
        kept_session_id: caller.session_id.as_deref(),
    };
    let told = account::change(reader.user_id, &account)
        .map_err(|error| form::account_refused(error, "updateReaderRequest", &changed.email))?;
    let address_version = told.filter(|_| account.email.is_some()).map(|account| account.version);
    let photo = photo.map(|photo| PHOTOS.write(&context, &photo.into())).transpose()?;
    let answer = |reader: &Reader| {
        let mut view = LibraryReader::of(&context, reader);
        view.birth_date = birth_date.clone().unwrap_or(view.birth_date);
        tagged(&tag(reader), Json(view))
    };
    // As with the older library, who has another username signs in again before they reach their record.
    let outdated = || {
        let session = told.filter(|account| account.token_names_former).and(caller.session_id.as_deref());
        session.map(|session| store::outdated::note(session, caller.user_id, clock::now()))
    };
    // What auth has done may have been told to the record already, which is another one then.
    let mut read = told.is_none().then_some((reader, changed));
    again(|| {
        let (reader, mut changed) = if let Some(read) = read.take() {
            read
        } else {
            // It may have changed since: what was sent is put in the place of what there is now.
            let reader = record_of(caller.user_id)?;
            if told.is_none() {
                if_match.check(&tag(&reader))?;
            }
            let Changed { fields, .. } = form.fields.change(reader.fields())?;
            let changed = reader.with(fields, &rules).map_err(|invalid| form::refused(&invalid))?;
            (reader, changed)
        };
        let mut followed = Vec::new();
        if let Some(version) = address_version {
            if store::addresses::followed(reader.user_id)? < version {
                followed.push(store::addresses::follow(reader.user_id, version));
            } else {
                changed = changed.at_address_of(&reader);
            }
        }
        if let Some(photo) = &photo {
            changed.photo = Some(photo.clone());
        } else if changed.fields() == reader.fields() {
            return match outdated() {
                None => Ok(answer(&reader)),
                Some(noted) => context.begin().execute(noted).respond(answer(&reader)).commit(),
            };
        }
        let somebody_was_quicker: fn() -> Problem =
            if told.is_some() { Problem::changed_meanwhile } else { Problem::precondition_failed };
        let mut transaction = context.begin().execute(changed.update()).on_missing(somebody_was_quicker);
        for statement in followed {
            transaction = transaction.execute(statement).on_missing(somebody_was_quicker);
        }
        transaction
            .execute_all(outdated())
            .execute_all(store::named(&changed))
            .execute_all(PHOTOS.replace(reader.photo.as_ref(), changed.photo.as_ref()))
            .publish(&events::changed(&changed))
            .respond(answer(&changed))
            .commit()
    })
}
