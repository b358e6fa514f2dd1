//! Readers: a page, a search that fills one, one by number on the older face, and somebody who becomes a reader there by
//! themselves: account and record in one answer, with the hash of a password.

use serde_json::{Value, json};

use super::on_kit::Subject;
use crate::bench::import::HASH;

const PATH: &str = "/api/v1/readers";
const OLDER: &str = "/api/readers";
/// Readers who are there before.
const READERS: u32 = 1_000;
const FORM: &str = "username={unique}%40example.org&password=Compiler1&fullName=Grace+Hopper&birthDate=1990-12-09\
                    &phoneNumber=912345678&gdpr=true";

pub(super) fn prepare(subject: &mut Subject<'_>) -> anyhow::Result<String> {
    let numbers = 1..=READERS;
    let records: Vec<Value> = numbers.clone().map(user).chain(numbers.map(reader)).collect();
    subject.import(&records)?;
    subject.reads("a page of 50", &format!("{PATH}?limit=50"));
    subject.reads("a search of two words that fills a page of 50", &format!("{PATH}?q=rui+duar&limit=50"));
    subject.reads("the older face: a reader by number", &format!("{OLDER}/2025/7"));
    subject.adds_by_form("the older face: somebody becomes a reader", OLDER, FORM);
    Ok(format!("Readers: `{PATH}` and `{OLDER}`, with {READERS} readers at the beginning"))
}

fn address(number: u32) -> String {
    format!("reader-{number}@example.org")
}

/// A user of the older library.
pub(super) fn user(number: u32) -> Value {
    json!({
        "kind": "user", "id": number, "username": address(number), "password_hash": HASH,
        "full_name": format!("Rui Duarte {number}"), "roles": ["READER"],
    })
}

/// Their record.
pub(super) fn reader(number: u32) -> Value {
    json!({
        "kind": "reader", "number": format!("2025/{number}"), "username": address(number),
        "full_name": format!("Rui Duarte {number}"), "birth_date": "1990-01-31", "phone_number": "912345678",
        "gdpr_consent": true,
    })
}
