//! Genres that come from the older library.

use super::*;

const IMPORTS: &str = "/api/v1/genres/library-imports";

/// What became of each row: the outcome, with the code of what was refused.
fn take_over(app: &App, rows: &Value, dry_run: bool) -> Vec<String> {
    let body = json!({ "rows": rows, "dry_run": dry_run });
    let answer = app.as_role(Role::Admin).post(IMPORTS).json(&body).send().expect(200).json();
    let told = |row: &Value| {
        let texts = [&row["outcome"], &row["code"]].into_iter().filter_map(Value::as_str);
        texts.collect::<Vec<_>>().join(" ")
    };
    answer["rows"].as_array().unwrap().iter().map(told).collect()
}

#[test]
fn genres_of_the_older_library_are_added_once_and_a_wrong_one_stops_no_other() {
    App::new(&SERVICE).on_each_database(|app| {
        named(app, "Poésie");
        let rows = json!([
            { "name": "Drama" }, { "name": "" }, { "name": "poesie" }, { "name": "Poésie" }, { "title": "X" }, [],
            { "name": "drama" }, { "name": "Prose" },
        ]);
        let said = take_over(app, &rows, true);
        let refused = ["refused REQUIRED", "refused GENRE_NAME_TAKEN", "present", "refused UNKNOWN_FIELD"];
        assert_eq!((said[0].as_str(), &said[1..5], said[5].as_str()), ("valid", &refused.map(String::from)[..], "refused WRONG_TYPE"));
        assert_eq!(app.events().len(), 1, "a dry run writes nothing");
        let said = take_over(app, &rows, false);
        assert_eq!((said[0].as_str(), said[6].as_str(), said[7].as_str()), ("added", "refused GENRE_NAME_TAKEN", "added"));
        let again = take_over(app, &rows, false);
        assert_eq!((again[0].as_str(), again[7].as_str()), ("present", "present"));
        assert_eq!(names(&list(app, "")), ["Drama", "Poésie", "Prose"]);
        assert_eq!(names(&list(app, "?q=dra")), ["Drama"]);
        assert_eq!(app.events_of("lyceum.genres.GenreAdded.v1").len(), 3);
        app.explain().assert_indexed(&[]);
    });
}

#[test]
fn administrators_alone_take_genres_over_and_no_more_than_500_at_once() {
    App::new(&SERVICE).on_each_database(|app| {
        let body = |count: usize| json!({ "rows": vec![json!({ "name": "Drama" }); count] });
        librarian(app).post(IMPORTS).json(&body(1)).send().expect(403);
        app.anonymous().post(IMPORTS).json(&body(1)).send().expect(401);
        for count in [0, 501] {
            app.as_role(Role::Admin).post(IMPORTS).json(&body(count)).send().expect(422);
        }
        app.set_database_outage(true);
        app.as_role(Role::Admin).post(IMPORTS).json(&body(1)).send().expect(503);
    });
}
