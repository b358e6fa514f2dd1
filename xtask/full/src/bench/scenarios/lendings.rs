//! Circulation: the list of a reader who borrowed much, a checkout with its return, whether a copy could be lent, and a book by
//! its ISBN on the older face.

use anyhow::Context;
use serde_json::{Value, json};

use super::on_kit::Subject;
use super::readers::{reader, user};
use crate::bench::import::isbn;

const PATH: &str = "/api/v1/lendings";
/// Who lend at once. Each number is given to one of them at a time, so that more only wait for each other.
const DESKS: u32 = 4;
/// What the reader with the number 1 has borrowed.
const LENDINGS: u32 = 400;

pub(super) fn prepare(subject: &mut Subject<'_>) -> anyhow::Result<String> {
    let pairs = subject.plenty();
    // The first reader is the one with many lendings.
    let readers = 1..=pairs + 1;
    let (genre, author) = ("Romance", 1);
    let book = json!({
        "kind": "book", "isbn": isbn(1), "title": "The rooms of a quiet house", "genre": genre, "authors": [author],
    });
    let mut records = vec![
        json!({ "kind": "genre", "name": genre }),
        json!({ "kind": "author", "number": author, "name": "Ana Maria Campos" }),
    ];
    records.extend(readers.clone().map(user).chain(readers.map(reader)));
    records.push(book);
    records.extend((1..=LENDINGS).map(lending));
    subject.import(&records)?;

    let book = first_id(&subject.librarian().get(&format!("/api/v1/books?isbn={}", isbn(1)))?)?;
    let barcodes: Vec<String> = (1..=pairs).map(barcode).collect();
    subject.fill_with(&format!("/api/v1/books/{book}/items"), &json!({ "barcode": "{value}" }), &barcodes)?;
    // Lendings hears of copies and readers by events.
    let check = format!("{PATH}/check");
    for number in 1..=pairs {
        let pair = json!({ "barcode": barcode(number), "reader_number": format!("2025/{}", number + 1) });
        subject.librarian().until_answered(&check, &pair)?;
    }
    let of_first = first_id(&subject.librarian().get("/api/v1/readers?email=reader-1@example.org")?)?;
    subject.reads("a page of 50 of a reader with 400", &format!("{PATH}?reader_id={of_first}&limit=50"));
    subject.beside_native(None, None)?;
    let copies = pairs;
    let pairs: Vec<String> = (1..=pairs).map(pair).collect();
    let title = "a checkout and its return, at four desks";
    subject.begins_and_ends(title, (PATH, "{{value}}"), &pairs, "/return", DESKS)?;
    subject.lends_beside_native(copies)?;
    subject.reads("the older face: a book by its ISBN", &format!("/api/books/{}", isbn(1)));
    subject.beside_native(None, None)?;
    Ok(format!("Lendings: circulation, `{PATH}`, with a reader of {LENDINGS} lendings at the beginning"))
}

fn barcode(number: u32) -> String {
    format!("copy-{number}")
}

/// The members of a checkout that lends one copy to one reader.
fn pair(number: u32) -> String {
    format!(r#""barcode":"{}","reader_number":"2025/{}""#, barcode(number), number + 1)
}

fn lending(number: u32) -> Value {
    json!({
        "kind": "lending", "number": format!("2025/{number}"), "isbn": isbn(1), "reader_number": "2025/1",
        "start_date": "2025-03-01", "returned_date": "2025-03-10",
    })
}

/// The id of the first thing of a list.
fn first_id(list: &Value) -> anyhow::Result<String> {
    let id = list.pointer("/items/0/id").and_then(Value::as_str);
    id.map(ToOwned::to_owned).context("the list is empty")
}
