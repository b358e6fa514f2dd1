//! Which genres a book may get: those of which nothing else was heard.

use lyceum_kit::{clock, ids, prelude::Uuid};
use lyceum_testing::Event;

use super::*;

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
fn a_genre_that_is_archived_or_gone_is_refused_and_one_that_is_not_known_yet_is_taken() {
    App::new(&SERVICE).on_each_database(|app| {
        let genre = ids::new();
        add(app, genre).expect(201);
        app.deliver(&said("GenreAdded", genre, false, 1)).unwrap();
        let path = path_of(&id_of(&add(app, genre).expect(201)));
        let archived = said("GenreChanged", genre, true, 2);
        for _ in 0..2 {
            app.deliver(&archived).unwrap();
        }
        // What is older changes nothing.
        app.deliver(&said("GenreAdded", genre, false, 1)).unwrap();
        let refused = add(app, genre).expect(422).problem();
        assert_eq!(
            (refused.pointers(), refused.details[0]["code"].as_str()),
            (vec!["/genre_id"], Some("GENRE_NOT_IN_USE"))
        );
        // A book keeps it, and doesn't get it back.
        changed(app, &path, &json!({ "title": "B" })).expect(200);
        changed(app, &path, &json!({ "genre_id": null })).expect(200);
        changed(app, &path, &json!({ "genre_id": genre })).expect(422);
        app.deliver(&said("GenreChanged", genre, false, 3)).unwrap();
        changed(app, &path, &json!({ "genre_id": genre })).expect(200);
        app.deliver(&said("GenreRemoved", genre, false, 4)).unwrap();
        add(app, genre).expect(422);
    });
}
