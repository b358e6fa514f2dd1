//! Readers that are taken over from the older library, with their numbers, each to the account that was taken over before.
//!
//! What holds for new readers only is not asked of them: how old they are, and what they may be called.

use std::collections::{BTreeMap, BTreeSet};

use lyceum_kit::erasure;
use lyceum_kit::job::RowWrites;
use lyceum_kit::prelude::*;
use lyceum_kit::sql::Table as _;
use lyceum_kit::takeover::{
    self, Judged, Moment, Numbered, Slice, SliceAnswer, Verdict, address_key, name_key, reference,
};
use lyceum_kit::text;
use serde::Deserialize;

use crate::domain::{Reader, ReaderFields, ReaderStatus, Rules, standard};
use crate::{events, store};

/// A reader as the file has them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LibraryReader {
    /// `YYYY/SEQ`.
    number: String,
    /// The mail address of their account.
    username: String,
    full_name: String,
    birth_date: String,
    phone_number: Option<String>,
    gdpr_consent: bool,
    #[serde(default)]
    marketing_consent: bool,
    #[serde(default)]
    third_party_sharing_consent: bool,
    /// Names of genres.
    #[serde(default)]
    interest_list: Vec<String>,
    /// Now if it isn't known.
    created_at: Option<Moment>,
}

pub(crate) fn routes() -> Routes {
    Routes::new("", "").add(takeover::ACCESS, route!(take_over).without_idempotency())
}

/// Takes readers over from the older library: a slice of its records. Those that are there already stay as they are, and new
/// readers of a year get higher numbers from then on. Who names an account or a genre of which nothing was heard yet waits.
#[utoipa::path(post, path = "/api/v1/readers/library-imports", operation_id = "import_library_readers", request_body = Slice, responses(
    (status = 200, body = SliceAnswer, description = "What became of each row"),
    (status = 422, description = "It is no slice of 1 to 500 rows"),
))]
async fn take_over(context: Context, ValidJson(slice): ValidJson<Slice>) -> Result<Response, Problem> {
    slice.take(&context, judge).map(IntoResponse::into_response)
}

/// What is known of those whom a slice names.
struct Known {
    accounts: BTreeMap<String, UserId>,
    /// Readers by their numbers and by their accounts.
    by_number: BTreeMap<String, UserId>,
    by_account: BTreeMap<UserId, String>,
    rules: Rules,
}

fn judge(rows: Vec<LibraryReader>) -> Result<Vec<Judged>, Problem> {
    let addresses: BTreeSet<String> = rows.iter().map(|row| address_key(&row.username)).collect();
    let accounts = store::accounts_of(&addresses)?;
    let numbers: BTreeSet<&str> = rows.iter().map(|row| row.number.as_str()).collect();
    let readers = store::readers_among(&numbers, &accounts)?;
    let interests: Vec<String> =
        rows.iter().flat_map(|row| &row.interest_list).map(|name| name_key(name)).collect();
    let known = Known {
        accounts,
        by_number: readers.iter().cloned().collect(),
        by_account: readers.into_iter().map(|(number, user_id)| (user_id, number)).collect(),
        rules: Rules { genres: store::genres_in_use(&interests)?, ..Rules::default() },
    };
    let judged =
        rows.into_iter().map(|row| Judged::new(row.number.clone(), reader(row, &known)).remembered());
    Ok(judged.collect())
}

fn number_taken() -> Problem {
    Problem::conflict("READER_NUMBER_TAKEN", "Another reader has this number.")
}

fn reader(row: LibraryReader, known: &Known) -> Result<Verdict, Problem> {
    let mut valid = Validation::new();
    let number = valid.take("/number", Numbered::parse(&row.number));
    valid.finish()?;
    let account = address_key(&row.username);
    let user_id = known.accounts.get(&account).copied();
    let there = known.by_number.get(&row.number);
    match user_id {
        Some(user_id) if there == Some(&user_id) => return Ok(Verdict::Present),
        _ if there.is_some() => return Err(number_taken()),
        Some(user_id) if known.by_account.contains_key(&user_id) => return Err(exists()),
        _ => {}
    }
    let interests: Vec<String> = row.interest_list.iter().map(|name| name_key(name)).collect();
    let mut missing: Vec<_> = interests
        .iter()
        .filter(|key| !known.rules.genres.contains_key(*key))
        .map(|key| reference("genre", key))
        .collect();
    if user_id.is_none() {
        missing.push(reference("user", account));
    }
    let created_at = row.created_at.map(|Moment(moment)| moment);
    // Whether those genres are in use is said already, and what else is wrong with the row is told at once.
    let folded = row.interest_list.iter().map(|name| text::fold(name));
    let spelled = |key: String| {
        let name = known.rules.genres.get(&key).cloned().flatten();
        (key, name)
    };
    let genres = folded.chain(interests.clone()).map(spelled).collect();
    let rules = Rules { genres, ..known.rules.clone() };
    let reader = Reader::new(fields(row, user_id.unwrap_or_else(|| ids::new().into())), &rules)?;
    let (Some(number), true) = (number, missing.is_empty()) else { return Ok(Verdict::Waits(missing)) };
    let created_at = created_at.unwrap_or(reader.created_at);
    let reader = Reader { number: number.to_string(), created_at, updated_at: created_at, ..reader };
    let gone = || Problem::conflict("ACCOUNT_GONE", "The account was erased.");
    let writes = RowWrites::new()
        .execute(store::has_account(reader.user_id))
        .on_missing(gone())
        .execute(erasure::unless_erased(reader.user_id))
        .on_missing(gone())
        .execute(reader.insert())
        .on_unique("readers.user_id", exists())
        .on_unique("readers.number", number_taken())
        .execute_all(store::named(&reader))
        .execute(store::NUMBERS.at_least(number.year, number.count))
        .publish(&events::added(&reader));
    Ok(Verdict::Add(writes))
}

fn exists() -> Problem {
    Problem::conflict("READER_EXISTS", "This person is a reader already, with another number.")
}

fn fields(row: LibraryReader, user_id: UserId) -> ReaderFields {
    ReaderFields {
        user_id,
        full_name: row.full_name,
        email: row.username,
        birth_date: row.birth_date,
        phone_number: row.phone_number,
        category: standard(),
        interests: row.interest_list,
        gdpr_consent: row.gdpr_consent,
        marketing_consent: row.marketing_consent,
        third_party_consent: row.third_party_sharing_consent,
        status: ReaderStatus::Active,
        blocked_reason: None,
    }
}
