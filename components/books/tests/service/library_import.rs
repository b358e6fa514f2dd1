//! Books that come from the older library.

use lyceum_kit::ids;
use lyceum_testing::Event;

use super::*;

const IMPORTS: &str = "/api/v1/books/library-imports";

fn take_over(app: &App, rows: &Value) -> Vec<Value> {
    let body = json!({ "rows": rows });
    let answer = app.as_role(Role::Admin).post(IMPORTS).json(&body).send().expect(200).json();
    answer["rows"].as_array().unwrap().clone()
}

fn outcomes(rows: &[Value]) -> Vec<String> {
    let told = |row: &Value| {
        let texts = [&row["outcome"], &row["code"]].into_iter().filter_map(Value::as_str);
        texts.collect::<Vec<_>>().join(" ")
    };
    rows.iter().map(told).collect()
}

fn genre_added(app: &App, name: &str) {
    let id = ids::new();
    let data = json!({
        "genre_id": id, "name": name, "parent_id": null, "archived": false, "added_at": "2026-01-01T00:00:00Z",
    });
    app.deliver(&Event::new("lyceum.genres.GenreAdded.v1", data).about("genre", &id.to_string(), 1)).unwrap();
}

fn author_added(app: &App, number: i64, name: &str) {
    let id = ids::new();
    let data = json!({
        "author_id": id, "number": number, "name": name, "sort_name": name, "variants": [], "birth_year": null,
        "death_year": null, "viaf": null, "isni": null, "orcid": null, "added_at": "2026-01-01T00:00:00Z",
    });
    app.deliver(&Event::new("lyceum.authors.AuthorAdded.v1", data).about("author", &id.to_string(), 1))
        .unwrap();
}

#[test]
fn a_book_of_the_older_library_waits_for_its_genre_and_authors_and_keeps_its_isbn_as_it_was() {
    App::new(&SERVICE).on_each_database(|app| {
        let rows = json!([{
            "isbn": "0141439580", "title": "Emma", "genre": "Romance", "authors": [7, 8], "description": "<b>Em</b>",
        }]);
        let waits = take_over(app, &rows);
        assert_eq!(
            waits,
            [json!({ "outcome": "waiting", "key": "9780141439587", "missing": [
                { "kind": "genre", "key": "romance" }, { "kind": "author", "key": "7" }, { "kind": "author", "key": "8" },
            ] })]
        );
        genre_added(app, "Romance");
        author_added(app, 8, "Rui");
        author_added(app, 7, "Jane");
        assert_eq!(outcomes(&take_over(app, &rows)), ["added"]);
        // The same book, by the other form of its ISBN.
        let again = json!([{ "isbn": "9780141439587", "title": "Emma", "genre": "Romance", "authors": [7] }]);
        assert_eq!(outcomes(&take_over(app, &again)), ["present"]);
        let seen = app.as_role(Role::Reader).get("/legacy/books/9780141439587").send().expect(200);
        let book = seen.json();
        assert_eq!((seen.tag(), &book["isbn"], &book["genre"]), ("\"0\"", &json!("0141439580"), &json!("Romance")));
        assert_eq!((&book["authors"], &book["description"]), (&json!(["Jane", "Rui"]), &json!("<b>Em</b>")));
        assert_eq!(app.events_of("lyceum.books.BookAdded.v1").len(), 1);
        assert_eq!(titles(&list(app, "?q=jane")), ["Emma"]);
        app.explain().assert_indexed(&[]);
    });
}

#[test]
fn what_is_no_book_is_refused_and_stops_no_other() {
    App::new(&SERVICE).on_each_database(|app| {
        genre_added(app, "Romance");
        author_added(app, 7, "Jane");
        let row = |isbn: &str, title: &str, authors: &[i64]| json!({ "isbn": isbn, "title": title, "genre": "Romance", "authors": authors });
        let rows = json!([
            row("9780141439580", "Emma", &[7]),
            row("9782826012092", " ", &[7]),
            row("9782826012092", "Emma", &[]),
            row("9782826012092", "Emma", &[7]),
            row("9782826012092", "Emma", &[7]),
            row("9780141439587", "Persuasion", &[7]),
        ]);
        let expected =
            ["refused ISBN", "refused REQUIRED", "refused REQUIRED", "added", "refused ISBN_TAKEN", "added"];
        assert_eq!(outcomes(&take_over(app, &rows)), expected);
        librarian(app).post(IMPORTS).json(&json!({ "rows": rows })).send().expect(403);
    });
}

#[test]
fn a_book_that_was_taken_over_and_deleted_here_stays_deleted_and_its_isbn_is_read_with_hyphens() {
    App::new(&SERVICE).on_each_database(|app| {
        genre_added(app, "Romance");
        author_added(app, 7, "Jane");
        let row = |isbn: &str| json!({ "isbn": isbn, "title": "Emma", "genre": "Romance", "authors": [7] });
        let rows = json!([row(" 0-14-143958\u{2010}0 "), row("978-2-8260-1209-2")]);
        assert_eq!(outcomes(&take_over(app, &rows)), ["added", "added"]);
        let book = app.as_role(Role::Reader).get("/legacy/books/0141439580").send().expect(200).json();
        assert_eq!(book["isbn"], "0141439580");
        let id = list(app, "?isbn=9780141439587")["items"][0]["id"].as_str().unwrap().to_owned();
        leaving::of_nobody(app);
        librarian(app).delete(&path_of(&id)).send().expect(204);
        let again = take_over(app, &rows);
        assert_eq!(outcomes(&again), ["deleted", "present"]);
        assert_eq!(again[0]["key"], "9780141439587");
        let body = json!({ "rows": rows, "dry_run": true });
        let told = app.as_role(Role::Admin).post(IMPORTS).json(&body).send().expect(200).json();
        assert_eq!(told["rows"][0]["outcome"], "deleted");
        // Whoever wants it back adds it.
        added(app, &json!({ "title": "Emma", "isbn": "9780141439587" }));
        assert_eq!(outcomes(&take_over(app, &rows)), ["present", "present"]);
    });
}
