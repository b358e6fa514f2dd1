//! Lendings that are taken over from the older library, with their numbers and days.
//!
//! They are of no copy in particular, as copies were not counted there. What is asked of new lendings is not asked of them: how
//! many a reader has, and whether one is late. What has ended reminds nobody, and of what is out nobody is reminded on the day
//! on which it is taken over.

use std::collections::{BTreeMap, BTreeSet};

use lyceum_event_types::lendings::Settlement;
use lyceum_kit::erasure;
use lyceum_kit::job::RowWrites;
use lyceum_kit::prelude::*;
use lyceum_kit::sql::Table as _;
use lyceum_kit::takeover::{self, Judged, Numbered, Slice, SliceAnswer, Verdict, reference};
use serde::Deserialize;

use crate::domain::{BookSeen, Day, Fine, FineState, Lending, ReaderSeen, Rule};
use crate::events::{self, Borrower};
use crate::legacy::{COMMENTARY_LIMIT, thirteen_digits};
use crate::routes::refusal::no_rule;
use crate::store::{lendings, library_import as store};

/// The most that a lending costs: what there is room for a thousand times over.
const MOST_CENTS: i64 = 1_000_000_000;

/// A lending as the file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LibraryLending {
    /// `YYYY/SEQ`.
    number: String,
    isbn: String,
    reader_number: String,
    start_date: Day,
    /// As the rule has it that holds for the reader, if it isn't said.
    limit_date: Option<Day>,
    /// None while it is out.
    returned_date: Option<Day>,
    commentary: Option<String>,
    /// What it cost to be late; as the rule has it, if it isn't said.
    fine_cents: Option<i64>,
    fine_state: Option<FineState>,
}

pub(crate) fn routes() -> Routes {
    Routes::new("", "").add(takeover::ACCESS, route!(take_over).without_idempotency())
}

/// Takes lendings over from the older library: a slice of its records. Those that are there already stay as they are, and new
/// lendings of a year get higher numbers from then on. What names a book or a reader of whom nothing was heard yet waits.
#[utoipa::path(post, path = "/api/v1/lendings/library-imports", operation_id = "import_library_lendings", request_body = Slice, responses(
    (status = 200, body = SliceAnswer, description = "What became of each row"),
    (status = 422, description = "It is no slice of 1 to 500 rows"),
))]
async fn take_over(context: Context, ValidJson(slice): ValidJson<Slice>) -> Result<Response, Problem> {
    slice.take(&context, judge).map(IntoResponse::into_response)
}

/// What is known of that which a slice names.
struct Known {
    books: BTreeMap<String, BookSeen>,
    readers: BTreeMap<String, ReaderSeen>,
    lendings: BTreeMap<String, (Uuid, Day)>,
    /// The rules that decide, by the category of readers.
    rules: BTreeMap<String, Rule>,
}

fn judge(rows: Vec<LibraryLending>) -> Result<Vec<Judged>, Problem> {
    let isbns: BTreeSet<String> = rows.iter().filter_map(|row| thirteen_digits(&row.isbn)).collect();
    let readers = store::readers(&rows.iter().map(|row| row.reader_number.clone()).collect())?;
    let categories: BTreeSet<&str> = readers.values().map(|reader| reader.category.as_str()).collect();
    let mut rules = BTreeMap::new();
    for category in categories {
        rules.insert(category.to_owned(), store::rule(category)?.ok_or_else(no_rule)?);
    }
    let lendings = store::lendings(&rows.iter().map(|row| row.number.clone()).collect())?;
    let known = Known { books: store::books(&isbns)?, readers, lendings, rules };
    let judged = rows.into_iter().map(|row| Judged::new(row.number.clone(), lending(row, &known)));
    Ok(judged.collect())
}

impl LibraryLending {
    /// The number and the ISBN, if all that is said of it fits together.
    fn checked(&self) -> Result<(Numbered, String), Problem> {
        let mut valid = Validation::new();
        let number = valid.take("/number", Numbered::parse(&self.number));
        let isbn = thirteen_digits(&self.isbn).ok_or_else(|| Violation::new("ISBN", "It is no ISBN."));
        let isbn = valid.take("/isbn", isbn);
        let today = Day::today();
        valid.check("/start_date", self.start_date <= today, "IN_FUTURE", "Must not be after today.");
        let limit = self.limit_date.is_none_or(|day| day >= self.start_date);
        valid.check("/limit_date", limit, "BEFORE_START", "Must not be before the start.");
        let back = self.returned_date.is_none_or(|day| (self.start_date..=today).contains(&day));
        valid.check("/returned_date", back, "OUT_OF_RANGE", "Must be from the start to today.");
        let short = self.commentary.as_ref().is_none_or(|text| text.chars().count() <= COMMENTARY_LIMIT);
        valid.check("/commentary", short, "TOO_LONG", "At most 1,024 characters.");
        let cents = self.fine_cents.is_none_or(|cents| (0..=MOST_CENTS).contains(&cents));
        valid.check("/fine_cents", cents, "OUT_OF_RANGE", "Must be from 0 to 1,000,000,000.");
        let over = self.returned_date.is_some() || (self.fine_cents.is_none() && self.fine_state.is_none());
        valid.check("/fine_cents", over, "NOT_RETURNED", "What is out costs nothing yet.");
        match (number, isbn) {
            (Some(number), Some(isbn)) => valid.finish().map(|()| (number, isbn)),
            _ => Err(valid.problem()),
        }
    }
}

fn taken() -> Problem {
    Problem::conflict("LENDING_NUMBER_TAKEN", "Another lending has this number.")
}

fn lending(row: LibraryLending, known: &Known) -> Result<Verdict, Problem> {
    let (number, isbn) = row.checked()?;
    let (book, reader) = (known.books.get(&isbn), known.readers.get(&row.reader_number));
    if let Some((book_id, started_on)) = known.lendings.get(&row.number) {
        let same = *started_on == row.start_date && book.is_none_or(|book| book.book_id == *book_id);
        return if same { Ok(Verdict::Present) } else { Err(taken()) };
    }
    let (Some(book), Some(reader)) = (book, reader) else {
        let book = book.is_none().then(|| reference("book", isbn));
        let reader = reader.is_none().then(|| reference("reader", row.reader_number));
        return Ok(Verdict::Waits(book.into_iter().chain(reader).collect()));
    };
    let rule = known.rules.get(&reader.category).ok_or_else(no_rule)?;
    let begun = Lending::begun(row.number, (book, reader, rule), row.start_date, row.limit_date);
    let lending = match row.returned_date {
        Some(day) => begun.over(day, row.fine_cents, row.commentary),
        None => Lending { commentary: row.commentary, ..begun },
    };
    let (year, count) = (number.year, number.count);
    let fine = fine(&lending, row.fine_state.unwrap_or(FineState::Unpaid));
    let writes = writes(&lending, fine.as_ref(), reader).execute(lendings::NUMBERS.at_least(year, count));
    Ok(Verdict::Add(writes))
}

/// What it cost to be late, in the state in which that is.
fn fine(lending: &Lending, state: FineState) -> Option<Fine> {
    let fine = Fine::of(lending)?;
    let settled_at = (state != FineState::Unpaid).then_some(fine.charged_at);
    Some(Fine { state, settled_at, ..fine })
}

fn writes(lending: &Lending, fine: Option<&Fine>, reader: &ReaderSeen) -> RowWrites {
    let borrower: Borrower = (reader.reader_id, reader.user_id);
    let gone = Problem::conflict("READER_GONE", "The reader was erased.");
    let writes = RowWrites::new()
        .execute(erasure::unless_erased(reader.user_id))
        .on_missing(gone)
        .execute(lending.insert())
        .on_unique("lendings.number", taken())
        .publish(&events::started(lending, borrower));
    let Some(returned_at) = lending.returned_at else {
        return writes
            .execute(store::account(reader, 1, 0))
            .execute(store::not_reminded_today(lending.id, Day::today()));
    };
    let day = Day::of(returned_at);
    let writes = writes
        .execute(lendings::count_return(day, day.days_since(lending.started_on)))
        .publish(&events::returned(lending, borrower));
    let Some(fine) = fine else { return writes };
    let writes = writes.execute(fine.insert()).publish(&events::charged(fine, borrower));
    let settled = |settlement| events::settled(fine, settlement, fine.charged_at, borrower);
    match fine.state {
        FineState::Unpaid => writes.execute(store::account(reader, 0, fine.amount_cents)),
        FineState::Paid => writes.publish(&settled(Settlement::Paid)),
        FineState::Waived => writes.publish(&settled(Settlement::Waived)),
    }
}
