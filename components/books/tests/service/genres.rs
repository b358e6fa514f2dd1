//! Which genres a book may get: those that are known to be in use.

use lyceum_kit::{clock, ids, prelude::Uuid};
use lyceum_testing::Event;

use super::*;

/// Books hears that there is this genre.
pub(super) fn heard(app: &App, genre: &str) {
    app.deliver(&said("GenreAdded", genre.parse().unwrap(), false, 1)).unwrap();
}

fn said(kind: &str, genre: Uuid, archived: bool, sequence: u64) -> Event {
    let at = clock::now();
    let data = match kind {
        "GenreRemoved" => json!({ "genre_id": genre, "removed_at": at }),
        "GenreAdded" => {
            json!({ "genre_id": genre, "name": "Drama", "parent_id": null, "archived": archived, "added_at": at })
        }
        _ => {
            json!({ "genre_id": genre, "name": "Drama", "parent_id": null, "archived": archived, "changed_at": at })
        }
    };
    Event::new(&format!("lyceum.genres.{kind}.v1"), data).about("genre", &genre.to_string(), sequence)
}

fn add(app: &App, genre: Uuid) -> Answer {
    librarian(app).post(PATH).json(&json!({ "title": "A", "genre_id": genre })).send()
}

#[test]
fn a_genre_that_is_archived_gone_or_unknown_is_refused() {
    App::new(&SERVICE).on_each_database(|app| {
        let genre = ids::new();
        let refused = |answer: Answer, code: &str| {
            let problem = answer.expect(422).problem();
            assert_eq!(
                (problem.pointers(), problem.details[0]["code"].as_str()),
                (vec!["/genre_id"], Some(code))
            );
        };
        refused(add(app, genre), "GENRE_UNKNOWN");
        let without = path_of(&titled(app, "Without"));
        refused(changed(app, &without, &json!({ "genre_id": genre })), "GENRE_UNKNOWN");
        app.deliver(&said("GenreAdded", genre, false, 1)).unwrap();
        let path = path_of(&id_of(&add(app, genre).expect(201)));
        let archived = said("GenreChanged", genre, true, 2);
        for _ in 0..2 {
            app.deliver(&archived).unwrap();
        }
        // What is older changes nothing.
        app.deliver(&said("GenreAdded", genre, false, 1)).unwrap();
        refused(add(app, genre), "GENRE_NOT_IN_USE");
        // A book keeps it, and doesn't get it back.
        changed(app, &path, &json!({ "title": "B" })).expect(200);
        changed(app, &path, &json!({ "genre_id": null })).expect(200);
        refused(changed(app, &path, &json!({ "genre_id": genre })), "GENRE_NOT_IN_USE");
        app.deliver(&said("GenreChanged", genre, false, 3)).unwrap();
        changed(app, &path, &json!({ "genre_id": genre })).expect(200);
        app.deliver(&said("GenreRemoved", genre, false, 4)).unwrap();
        refused(add(app, genre), "GENRE_NOT_IN_USE");
    });
}
