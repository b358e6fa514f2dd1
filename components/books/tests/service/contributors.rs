//! Which authors a book may name: those that are known to have a record. And by whom it stays known when it is imported again.

use lyceum_kit::{ids, prelude::Uuid};
use lyceum_testing::Event;

use super::*;

const CHANGED: &str = "lyceum.books.BookChanged.v1";

/// Books hears that there is this author.
pub(super) fn heard(app: &App, author: &str) {
    app.deliver(&said("AuthorAdded", author.parse().unwrap(), 1)).unwrap();
}

fn said(kind: &str, author: Uuid, sequence: u64) -> Event {
    let data = json!({
        "author_id": author, "number": 7, "name": "A", "sort_name": "A", "variants": [], "birth_year": null,
        "death_year": null, "viaf": null, "isni": null, "orcid": null,
        "added_at": "2026-01-01T00:00:00Z", "removed_at": "2026-01-01T00:00:00Z",
    });
    Event::new(&format!("lyceum.authors.{kind}.v1"), data).about("author", &author.to_string(), sequence)
}

#[test]
fn an_author_who_is_gone_or_unknown_is_refused_by_the_field_and_one_that_the_book_names_stays() {
    App::new(&SERVICE).on_each_database(|app| {
        let (author, other) = (ids::new(), ids::new());
        let named = |ids: &[Uuid]| {
            let people = ids.iter().enumerate();
            people.map(|(at, id)| json!({ "name": format!("P{at}"), "author_id": id })).collect::<Value>()
        };
        let add = |ids: &[Uuid]| {
            let book = json!({ "title": "A", "contributors": named(ids) });
            librarian(app).post(PATH).json(&book).send()
        };
        let refused = |answer: Answer, code: &str, pointers: &[&str]| {
            let problem = answer.expect(422).problem();
            assert_eq!(
                (problem.pointers(), problem.details[0]["code"].as_str()),
                (pointers.to_vec(), Some(code))
            );
        };
        let (first, second) = ("/contributors/0/author_id", "/contributors/1/author_id");
        refused(add(&[author, other]), "AUTHOR_UNKNOWN", &[first, second]);
        heard(app, &author.to_string());
        refused(add(&[author, other]), "AUTHOR_UNKNOWN", &[second]);
        let path = path_of(&id_of(&add(&[author]).expect(201)));
        let both = json!({ "contributors": named(&[author, other]) });
        refused(changed(app, &path, &both), "AUTHOR_UNKNOWN", &[second]);
        app.deliver(&said("AuthorRemoved", author, 2)).unwrap();
        refused(add(&[author]), "AUTHOR_REMOVED", &[first]);
        heard(app, &other.to_string());
        changed(app, &path, &both).expect(200);
        changed(app, &path, &json!({ "contributors": [] })).expect(200);
        refused(changed(app, &path, &both), "AUTHOR_REMOVED", &[first]);
        app.explain().assert_indexed(&[]);
    });
}

#[test]
fn a_row_that_names_an_unknown_author_fails() {
    let app = App::new(&SERVICE).sqlite();
    let row = json!({ "title": "A", "contributors": format!("Eça [{NOBODY}]") }).to_string();
    let (path, _) = jobs::import(&app, "", "application/jsonl", row.clone());
    let errors = librarian(&app).get(&format!("{path}/errors")).send().expect(200).json();
    let details = &errors["items"][0]["details"][0];
    assert_eq!((&details["pointer"], &details["code"]), (&json!("/contributors"), &json!("AUTHOR_UNKNOWN")));
    heard(&app, NOBODY);
    let (_, job) = jobs::import(&app, "", "application/jsonl", row);
    assert_eq!(job["failed"], 0);
}

#[test]
fn who_is_imported_without_a_record_keeps_the_one_that_they_had_by_name_and_role() {
    App::new(&SERVICE).on_each_database(|app| {
        genres::heard(app, GENRE);
        heard(app, NOBODY);
        let path = path_of(&added(app, &maias()));
        let before = shown(app, &path);
        for (format, media_type) in
            [("marc", "application/marc"), ("marcxml", "application/marcxml+xml"), ("csv", "text/csv")]
        {
            let file = jobs::export(app, format, "").replace(&format!(" [{NOBODY}]"), "");
            let (_, job) = jobs::import(app, "?on_match=update", media_type, file);
            assert_eq!(job["failed"], 0, "{format}");
            let now = shown(app, &path).json()["contributors"].clone();
            assert_eq!(now, before.json()["contributors"], "{format}");
        }
        // Somebody else, and the same person in another role, have no record.
        let row = |contributors: &str| {
            let row = json!({ "isbn": "9780804429573", "contributors": contributors }).to_string();
            let (_, job) = jobs::import(app, "?on_match=update", "application/jsonl", row);
            assert_eq!(job["failed"], 0);
            shown(app, &path).json()["contributors"].clone()
        };
        let now = row("Eça de Queirós (editor) | EÇA DE QUEIROS | Eça");
        let ids: Vec<&Value> = now.as_array().unwrap().iter().map(|who| &who["author_id"]).collect();
        assert_eq!(ids, [&Value::Null, &json!(NOBODY), &Value::Null]);
        assert_eq!(titles(&list(app, &format!("?author_id={NOBODY}"))), ["Os Maias"]);
        assert!(!app.events_of(CHANGED).is_empty());
        assert_eq!(row("Eça")[0]["author_id"], Value::Null);
    });
}
