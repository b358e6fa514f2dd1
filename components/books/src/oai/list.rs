//! Lists, a page at a time.

use lyceum_kit::prelude::*;

use super::answer::{Answer, write_header, write_record};
use super::arguments::{Call, List};
use super::datestamp::Bound;
use super::selection::Selection;
use super::token::Token;
use super::{Fault, Stop};
use crate::store::records::{self, Span};

/// Records in one answer.
const PAGE: usize = 100;
/// The last moment that anything is stored at.
const END: Timestamp = Timestamp::from_micros(i64::MAX);

/// The page that is asked for.
pub(super) fn answer(
    context: &Context,
    base: &str,
    host: &str,
    call: &Call,
    list: List,
) -> Result<Answer, Stop> {
    let (selection, moment, after, given) = match list {
        // The next harvest begins at the time of this answer: what is written later must be later than it says.
        List::New(selection) => (selection, records::moment(context)?, None, 0),
        List::Next(Token { selection, moment, after, given }) => (selection, moment, Some(after), given),
    };
    let begun = if after.is_none() { moment } else { clock::now() };
    let mut answer = Answer::new(begun, base, &call.pairs());
    let Selection { whole, format, from, until, set } = &selection;
    let first = from.as_ref().map_or(Timestamp::from_micros(0), Bound::first);
    let span = Span {
        after: after.map_or((first, None), |(at, book)| (at, Some(book))),
        until: until.as_ref().map_or(END, Bound::last).min(moment),
        moment,
        language: set.as_deref(),
    };
    let mut page = records::page(&span, PAGE + 1)?;
    if page.is_empty() {
        return Err(Fault::new("noRecordsMatch", "No record is like that.").into());
    }
    let more = page.len() > PAGE;
    page.truncate(PAGE);
    let ids =
        page.iter().filter(|listed| *whole && !listed.header.deleted).map(|listed| listed.header.book_id);
    let books = records::books(&ids.collect::<Vec<_>>())?;
    for listed in &page {
        let header = &listed.header;
        if *whole {
            write_record(&mut answer.xml, host, header, books.get(&header.book_id), *format)?;
        } else {
            write_header(&mut answer.xml, host, header, header.deleted);
        }
    }
    let cursor = given.to_string();
    let given = given.saturating_add(u64::try_from(page.len()).unwrap_or(0));
    match page.pop() {
        Some(end) if more => {
            let token = Token { selection, moment, after: (end.position, end.header.book_id), given };
            answer.resume(&token, &cursor)?;
        }
        // The last of several pages says that it is the last.
        _ if after.is_some() => answer.end(&cursor),
        _ => {}
    }
    Ok(answer)
}
