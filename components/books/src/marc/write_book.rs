//! A book as a record: full enough to be read by any catalogue, and to be read here again.

use lyceum_kit::prelude::*;

use super::{Field, Record, xml};
use crate::domain::{Book, BookFields, Language};

/// A language material, a monograph, in Unicode; lengths and places are filled in when it is written.
const LEADER: &str = "00000nam a2200000 i 4500";

/// The record of a book that was added at this time.
pub(crate) fn record(id: &str, book: &BookFields, added_at: Timestamp) -> Result<Record, String> {
    let mut record = Record::with_leader(LEADER)?;
    let language = book.language.as_deref().and_then(|tag| Language::parse(tag).ok());
    let language = language.as_ref().map(Language::bibliographic);
    record.fields.push(Field::Control { tag: "001".to_owned(), text: id.to_owned() });
    let fixed = fixed(&added_at.to_string(), book.year, language);
    record.fields.push(Field::Control { tag: "008".to_owned(), text: fixed });
    let mut add = |tag: &str, indicators: [char; 2], subfields: Vec<(char, Option<String>)>| {
        let subfields = subfields.into_iter().filter_map(|(code, text)| Some((code, text?)));
        let subfields: Vec<_> = subfields.collect();
        if !subfields.is_empty() {
            record.fields.push(Field::Data { tag: tag.to_owned(), indicators, subfields });
        }
    };
    add("020", [' ', ' '], vec![('a', book.isbn.clone())]);
    add("041", ['0', ' '], vec![('a', language.map(ToOwned::to_owned))]);
    let mut people = book.contributors.iter();
    // The first one is what the book is entered under if it is an author; everybody else is added.
    let first = book.contributors.first().filter(|who| who.is_author());
    if let Some(who) = first {
        people.next();
        add("100", ['1', ' '], vec![('a', Some(who.name.clone())), ('4', Some(who.relator().to_owned()))]);
    }
    let entered = if first.is_some() { '1' } else { '0' };
    let title = if book.subtitle.is_some() { format!("{} :", book.title) } else { book.title.clone() };
    add("245", [entered, '0'], vec![('a', Some(title)), ('b', book.subtitle.clone())]);
    let year = book.year.map(|year| year.to_string());
    let publisher = book.publisher.clone().map(|name| if year.is_some() { format!("{name},") } else { name });
    add("264", [' ', '1'], vec![('b', publisher), ('c', year)]);
    add("520", [' ', ' '], vec![('a', book.description.clone())]);
    for subject in &book.subjects {
        add("653", [' ', ' '], vec![('a', Some(subject.clone()))]);
    }
    for who in people {
        add("700", ['1', ' '], vec![('a', Some(who.name.clone())), ('4', Some(who.relator().to_owned()))]);
    }
    Ok(record)
}

/// The MARCXML of a book, as an element that stands alone in other XML.
pub(crate) fn alone(book: &Book) -> Result<String, Problem> {
    let record =
        record(&book.id.to_string(), &book.fields(), book.created_at).map_err(|_| Problem::internal())?;
    xml::write_alone(&record).map_err(|_| Problem::internal())
}

/// Field 008, 40 characters: when it was added, the year, nothing said of the rest, and the language.
fn fixed(added_at: &str, year: Option<i64>, language: Option<&str>) -> String {
    let date: String = added_at.chars().filter(char::is_ascii_digit).skip(2).take(6).collect();
    let year = year.map_or_else(|| "nuuuu".to_owned(), |year| format!("s{year:04}"));
    format!("{date:0<6}{year}    xx {}{} d", "|".repeat(17), language.unwrap_or("und"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::marc::{iso2709, row};

    fn book() -> BookFields {
        serde_json::from_value(serde_json::json!({
            "isbn": "9780804429573", "title": "Os Maias & more", "subtitle": "episódios", "year": 1888,
            "description": "Two\nlines <b>", "language": "de", "publisher": "Chardron",
            "subjects": ["Families -- Lisbon", "a|b"],
            "contributors": [{ "name": "Eça de Queirós" }, { "name": "Costa, M. J.", "role": "translator" }],
        }))
        .unwrap()
    }

    #[test]
    fn a_book_that_is_written_in_either_form_is_read_again() {
        let record = record("b1", &book(), clock::now()).unwrap();
        let fixed = record.control("008").unwrap();
        assert_eq!((fixed.len(), &fixed[35..38]), (40, "ger"));
        let exchanged = iso2709::write(&record).unwrap();
        assert_eq!(exchanged[..5], *format!("{:05}", exchanged.len()).as_bytes());
        let twice = [exchanged.as_slice(), b"\n", &exchanged].concat();
        let mut read: Vec<Record> = iso2709::read(&twice).map(Result::unwrap).collect();
        let in_xml = format!("{}{}{}", xml::BEGIN, xml::write(&record).unwrap(), xml::END);
        let mut take = |record: Result<Record, String>| record.map(|record| read.push(record));
        xml::read(&in_xml, &mut take).unwrap();
        assert_eq!(read.len(), 3);
        for read in &read {
            assert_eq!(read.fields, record.fields);
            let row = row(read).unwrap();
            assert_eq!(row["title"], "Os Maias & more");
            assert_eq!(row["subtitle"], "episódios");
            assert_eq!(row["description"], "Two\nlines <b>");
            assert_eq!(row["subjects"], r"Families -- Lisbon | a\|b");
            assert_eq!(row["contributors"], "Eça de Queirós (author) | Costa, M. J. (translator)");
            assert_eq!(
                (&row["language"], &row["year"], &row["publisher"]),
                (&"de".into(), &"1888".into(), &"Chardron".into())
            );
        }
    }

    #[test]
    fn what_the_exchange_format_has_no_room_for_is_refused_by_name() {
        let long = BookFields { description: Some("é".repeat(5_000)), ..book() };
        let record = record("b1", &long, clock::now()).unwrap();
        let wrong = iso2709::write(&record).unwrap_err();
        assert!(wrong.contains("520") && wrong.contains("9,999"), "{wrong}");
        assert!(xml::write(&record).unwrap().contains("éé"));
        let many = BookFields { subjects: vec!["x".repeat(9_000); 12], ..book() };
        let wrong = iso2709::write(&super::record("b1", &many, clock::now()).unwrap()).unwrap_err();
        assert!(wrong.contains("99,999"), "{wrong}");
    }
}
