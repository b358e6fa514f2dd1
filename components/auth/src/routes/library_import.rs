//! Users that are taken over from the older library, with their numbers and the hashes of their passwords.
//!
//! A hash is kept as it came, and made anew when its owner signs in for the first time. Nobody is greeted.

use std::collections::{BTreeMap, BTreeSet};

use lyceum_event_types::auth::UserCreated;
use lyceum_event_types::users;
use lyceum_kit::job::RowWrites;
use lyceum_kit::prelude::*;
use lyceum_kit::takeover::{self, Judged, Moment, Slice, SliceAnswer, Verdict, address_key};
use lyceum_kit::text::Name;

use super::registration::taken;
use crate::domain::address::{Address, InvalidAddress};
use crate::domain::library_import::{Grants, LibraryUser, bcrypt};
use crate::{first_admin, store};

/// The most characters that a full name had there.
const NAME_LIMIT: usize = 150;

pub(super) fn routes() -> Routes {
    Routes::new("", "").add(takeover::ACCESS, route!(take_over).without_idempotency())
}

/// Takes users over from the older library: a slice of its records. Those that are there already stay as they are, and new
/// accounts get higher numbers on its face from then on.
#[utoipa::path(post, path = "/api/v1/auth/library-imports", operation_id = "import_library_users", params(Grants),
    request_body = Slice, responses(
        (status = 200, body = SliceAnswer, description = "What became of each row"),
        (status = 422, description = "It is no slice of 1 to 500 rows"),
    ))]
async fn take_over(
    context: Context,
    Query(grants): Query<Grants>,
    ValidJson(slice): ValidJson<Slice>,
) -> Result<Response, Problem> {
    slice.take(&context, |rows| judge(rows, grants)).map(IntoResponse::into_response)
}

/// What is known of those whom a slice names.
struct Known {
    by_address: BTreeMap<String, Option<i64>>,
    numbers: BTreeSet<i64>,
}

fn judge(rows: Vec<LibraryUser>, grants: Grants) -> Result<Vec<Judged>, Problem> {
    let addresses: Vec<Result<Address, InvalidAddress>> =
        rows.iter().map(|row| row.username.parse()).collect();
    let stored = addresses.iter().flatten().flat_map(Address::stored_forms).map(ToOwned::to_owned);
    let by_address = store::library_import::numbers_by_address(&stored.collect())?;
    let numbers = store::library_import::numbers_in_use(&rows.iter().map(|row| row.id).collect())?;
    let known = Known { by_address, numbers };
    let judged = addresses.into_iter().zip(rows).map(|(address, row)| {
        let judged = Judged::new(address_key(&row.username), user(&row, address, grants, &known));
        // Nothing is kept of who was erased but the number that they had.
        judged.remembered_as(row.id.to_string())
    });
    Ok(judged.collect())
}

fn number_taken() -> Problem {
    Problem::conflict("USER_ID_TAKEN", "Another account has this id on the older library's face.")
}

fn user(
    row: &LibraryUser,
    address: Result<Address, InvalidAddress>,
    grants: Grants,
    known: &Known,
) -> Result<Verdict, Problem> {
    let mut valid = Validation::new();
    valid.take("/id", takeover::counted(row.id));
    let not_an_address = |error: InvalidAddress| Violation::new("NOT_AN_ADDRESS", error.to_string());
    let address = valid.take("/username", address.map_err(not_an_address));
    let hash = valid.take("/password_hash", bcrypt(&row.password_hash));
    let full_name = valid.take("/full_name", Name::within(&row.full_name, NAME_LIMIT));
    let roles = valid.take("/roles", grants.roles(&row.roles));
    let (Some(address), Some(hash), Some(full_name), Some((roles, librarian))) =
        (address, hash, full_name, roles)
    else {
        return Err(valid.problem());
    };
    valid.finish()?;
    match address.stored_forms().into_iter().find_map(|form| known.by_address.get(form)) {
        Some(number) if *number == Some(row.id) => return Ok(Verdict::Present),
        Some(_) => return Err(taken()),
        None if first_admin::is_reserved(&address)? => return Err(taken()),
        None if known.numbers.contains(&row.id) => return Err(number_taken()),
        None => {}
    }
    let user = UserCreated {
        user_id: ids::new().into(),
        email: address.as_str().to_owned(),
        display_name: Name::nearest(full_name.as_str()).into(),
        first_name: None,
        last_name: None,
        roles,
        created_at: row.created_at.map_or_else(clock::now, |Moment(moment)| moment),
        imported: true,
        status: (!row.enabled).then_some(users::Status::Inactive),
    };
    let writes = RowWrites::new()
        .execute_all(store::library_import::add(&user, full_name.as_str(), &address, hash))
        .on_unique("accounts.email_folded", taken())
        .execute(store::add_library_user(user.user_id.uuid(), row.id, librarian))
        .on_unique("library_users.number", number_taken())
        .execute(store::library_import::count_on_after(row.id))
        .publish(&user);
    Ok(Verdict::Add(writes))
}
