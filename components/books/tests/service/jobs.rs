//! Imports and exports.

use super::*;

const IMPORTS: &str = "/api/v1/books/imports";
const CONTINUED: &str = "lyceum.books.JobContinued.v1";

/// Delivers the events that drive jobs, as long as there are any.
fn drive(app: &App) {
    for at in 0.. {
        let Some(event) = app.events_of(CONTINUED).get(at).map(lyceum_testing::Published::to_deliver) else {
            return;
        };
        app.deliver(&event).unwrap();
        // A second delivery does nothing.
        app.deliver(&event).unwrap();
    }
}

/// Works on a job to its end: its path, and what is shown of it.
fn run(app: &App, answer: Answer) -> (String, Value) {
    let path = answer.expect(202).header("location").unwrap().to_owned();
    drive(app);
    let job = librarian(app).get(&path).send().expect(200).json();
    assert_eq!(job["state"], "completed", "{job}");
    (path, job)
}

pub(super) fn import(app: &App, query: &str, media_type: &str, file: impl Into<String>) -> (String, Value) {
    let file: String = file.into();
    run(app, librarian(app).post(&format!("{IMPORTS}{query}")).body(media_type, file).send())
}

fn lines(rows: &[Value]) -> String {
    rows.iter().map(Value::to_string).collect::<Vec<_>>().join("\n")
}

fn counts(job: &Value) -> (i64, i64) {
    (job["done"].as_i64().unwrap(), job["failed"].as_i64().unwrap())
}

/// The rows that failed, with their codes.
fn errors(app: &App, job: &str) -> Vec<(i64, String)> {
    let list = librarian(app).get(&format!("{job}/errors")).send().expect(200).json();
    let error =
        |error: &Value| (error["row"].as_i64().unwrap(), error["error_code"].as_str().unwrap().to_owned());
    list["items"].as_array().unwrap().iter().map(error).collect()
}

pub(super) fn export(app: &App, format: &str, query: &str) -> String {
    let asked = json!({ "format": format, "query": query });
    let (path, job) = run(app, librarian(app).post("/api/v1/books/exports").json(&asked).send());
    assert_eq!(job["format"], format);
    librarian(app).get(&format!("{path}/result")).send().expect(200).text().to_owned()
}

#[test]
fn rows_become_books_with_their_copies_and_those_that_are_wrong_stop_no_other() {
    App::new(&SERVICE).on_each_database(|app| {
        let file = "\u{feff}isbn,title,contributors,subjects,year,language,barcodes,location\n\
            0-8044-2957-X,Os Maias,\"Eça de Queirós | Costa, Margaret (translator)\",Lisbon|Families,1888,por,b1|b2,Main\n\
            978-0-8044-2957-4,Wrong number,,,,,,\n\
            ,Émile,Jean-Jacques Rousseau,,1762,fr,,\n\
            ,,,,,,,\n\
            ,Wrong year,,,MDCC,,,\n\
            ,Wrong copy,,,,,two words,\n";
        let (path, job) = import(app, "", "text/csv", file);
        assert_eq!(counts(&job), (6, 4));
        let failed: Vec<i64> = errors(app, &path).into_iter().map(|(row, _)| row).collect();
        assert_eq!(failed, [2, 4, 5, 6]);
        let books = list(app, "");
        assert_eq!(titles(&books), ["Émile", "Os Maias"]);
        let maias = &books["items"][1];
        assert_eq!((&maias["isbn"], &maias["language"]), (&json!("9780804429573"), &json!("pt")));
        assert_eq!((&maias["item_count"], &maias["available_count"]), (&json!(2), &json!(2)));
        assert_eq!(maias["contributors"][1]["role"], "translator");
        assert_eq!(titles(&list(app, "?q=costa+families")), ["Os Maias"]);
        assert_eq!(app.events_of("lyceum.books.BookAdded.v1").len(), 2);
        assert_eq!(app.events_of("lyceum.books.ItemAdded.v1").len(), 2);
        app.explain().assert_indexed(&[]);
    });
}

#[test]
fn a_book_that_is_there_is_refused_skipped_or_updated_as_the_client_says() {
    App::new(&SERVICE).on_each_database(|app| {
        let book = added(
            app,
            &json!({ "title": "Os Maias", "isbn": "9780804429573", "year": 1888, "publisher": "C" }),
        );
        let barcode = json!({ "barcode": "b1" });
        librarian(app).post(&format!("{}/items", path_of(&book))).json(&barcode).send().expect(201);
        let other = added(app, &json!({ "title": "Émile", "year": 1762 }));
        let third = titled(app, "Third");
        let path = format!("{}/items", path_of(&third));
        librarian(app).post(&path).json(&json!({ "barcode": "b3" })).send().expect(201);
        let rows = [
            json!({ "isbn": "080442957X", "title": "The Maias", "barcodes": "b1|b2" }),
            json!({ "barcodes": "b3", "title": "The Third" }),
            json!({ "title": " émile", "year": 1762, "language": "fr" }),
            // Another edition of it, and another year.
            json!({ "title": "Os Maias", "year": 1888, "isbn": "9780140449136" }),
            json!({ "title": "Émile", "year": 1763 }),
        ];
        let file = lines(&rows);
        let (path, job) = import(app, "?dry_run=true", "application/jsonl", file.clone());
        assert_eq!(counts(&job), (5, 3));
        let exists = |row| (row, "BOOK_EXISTS".to_owned());
        assert_eq!(errors(app, &path), [exists(1), exists(2), exists(3)]);
        assert_eq!(list(app, "")["items"].as_array().unwrap().len(), 3);
        let (_, job) = import(
            app,
            "?on_match=skip",
            "application/jsonl",
            file.lines().take(3).collect::<Vec<_>>().join("\n"),
        );
        assert_eq!((counts(&job), shown(app, &path_of(&other)).tag()), ((3, 0), "\"1\""));
        let (_, job) = import(app, "?on_match=update", "application/jsonl", file);
        assert_eq!(counts(&job), (5, 0));
        let seen = shown(app, &path_of(&book)).json();
        assert_eq!((&seen["title"], &seen["publisher"]), (&json!("The Maias"), &json!("C")));
        assert_eq!((&seen["item_count"], &seen["year"]), (&json!(2), &json!(1888)));
        assert_eq!(shown(app, &path_of(&other)).json()["language"], "fr");
        let third = shown(app, &path_of(&third)).json();
        assert_eq!((&third["title"], &third["item_count"]), (&json!("The Third"), &json!(1)));
        assert_eq!(
            titles(&list(app, "?sort=created_at")),
            ["The Maias", "émile", "The Third", "Os Maias", "Émile"]
        );
    });
}

#[test]
fn a_row_that_may_mean_two_books_or_takes_a_copy_of_another_fails() {
    App::new(&SERVICE).on_each_database(|app| {
        titled(app, "Emma");
        titled(app, "Emma");
        let book = titled(app, "Other");
        let path = format!("{}/items", path_of(&book));
        librarian(app).post(&path).json(&json!({ "barcode": "b1" })).send().expect(201);
        let isbn = json!({ "title": "A", "isbn": "9780804429573" });
        added(app, &isbn);
        let rows =
            [json!({ "title": "Emma" }), json!({ "title": "A", "isbn": "9780804429573", "barcodes": "b1" })];
        let file = lines(&rows);
        let (path, _) = import(app, "?on_match=update", "application/jsonl", file);
        let code = |row, code: &str| (row, code.to_owned());
        assert_eq!(errors(app, &path), [code(1, "BOOK_AMBIGUOUS"), code(2, "BARCODE_TAKEN")]);
    });
}

#[test]
fn rows_of_one_file_that_are_in_each_others_way_fail_alone() {
    App::new(&SERVICE).on_each_database(|app| {
        let book = titled(app, "Emma");
        let rows = [
            json!({ "title": "A", "isbn": "9780804429573" }),
            json!({ "title": "B", "isbn": "080442957X" }),
            json!({ "title": "C", "barcodes": "b1", "location": "Main", "item_type": "dvd" }),
            json!({ "title": "D", "barcodes": "b1" }),
            json!({ "title": "Emma", "year": null, "language": "en" }),
            json!({ "title": "Emma", "publisher": "Murray" }),
            json!({ "title": "E" }),
        ];
        let (path, job) = import(app, "?on_match=update", "application/jsonl", lines(&rows));
        let code = |row, code: &str| (row, code.to_owned());
        assert_eq!(
            errors(app, &path),
            [code(2, "ISBN_TAKEN"), code(4, "BARCODE_TAKEN"), code(6, "BOOK_CHANGED")]
        );
        assert_eq!(counts(&job), (7, 3));
        assert_eq!(titles(&list(app, "")), ["A", "C", "E", "Emma"]);
        let seen = shown(app, &path_of(&book)).json();
        assert_eq!((&seen["language"], &seen["publisher"]), (&json!("en"), &Value::Null));
        let copies = shown(app, "/api/v1/items").json();
        assert_eq!(
            (&copies["items"][0]["location"], &copies["items"][0]["item_type"]),
            (&json!("Main"), &json!("dvd"))
        );
    });
}

#[test]
fn a_job_is_the_librarians_own_and_can_be_cancelled() {
    App::new(&SERVICE).on_each_database(|app| {
        let file = lines(&[json!({ "title": "A" })]);
        let begun = librarian(app).post(IMPORTS).body("application/jsonl", file).send().expect(202);
        let path = begun.header("location").unwrap();
        let other = app.as_user(NOBODY).with_role(Role::Librarian);
        let mine = librarian(app).get("/api/v1/jobs/books").send().expect(200).json();
        assert_eq!(mine["items"].as_array().unwrap().len(), 1);
        let theirs = other.get("/api/v1/jobs/books").send().expect(200).json();
        assert_eq!(theirs["items"], json!([]));
        for path in [path.to_owned(), format!("{path}/errors"), format!("{path}/result")] {
            other.get(&path).send().expect(404);
        }
        other.delete(path).send().expect(404);
        app.as_user(NOBODY).with_role(Role::Admin).get(path).send().expect(200);
        assert_eq!(librarian(app).delete(path).send().expect(200).json()["state"], "cancelled");
        drive(app);
        assert_eq!(titles(&list(app, "")), [""; 0]);
        app.explain().assert_indexed(&[]);
    });
}

#[test]
fn what_was_exported_is_imported_as_it_was() {
    App::new(&SERVICE).on_each_database(|app| {
        genres::heard(app, GENRE);
        contributors::heard(app, NOBODY);
        added(app, &maias());
        added(
            app,
            &json!({
                "title": "=1+1 | \"quoted\", and more",
                "description": "Two\nlines",
                "subjects": ["a|b", "c\\d"],
                "contributors": [{ "name": "Prince (author)", "role": "editor" }],
            }),
        );
        for format in ["csv", "jsonl"] {
            let file = export(app, format, "sort=-title");
            assert_eq!(export(app, format, "q=maias").lines().count(), if format == "csv" { 2 } else { 1 });
            let media_type = if format == "csv" { "text/csv" } else { "application/jsonl" };
            // Each book is found and nothing of it changes.
            let before = list(app, "");
            let (_, job) = import(app, "?on_match=update", media_type, file.clone());
            assert_eq!(counts(&job), (2, 0));
            assert_eq!(list(app, ""), before);
            let elsewhere = App::new(&SERVICE).sqlite();
            let (path, _) = import(&elsewhere, "?dry_run=true", media_type, file.clone());
            assert_eq!(errors(&elsewhere, &path).len(), 1, "its genre is unknown there");
            genres::heard(&elsewhere, GENRE);
            contributors::heard(&elsewhere, NOBODY);
            let (_, job) = import(&elsewhere, "", media_type, file);
            assert_eq!(counts(&job), (2, 0));
            let all = |app: &App| {
                let books = list(app, "")["items"].clone();
                let said = ["title", "isbn", "description", "subjects", "contributors", "year", "genre_id"];
                let book = |book: &Value| said.map(|member| book[member].clone());
                books.as_array().unwrap().iter().map(book).collect::<Vec<_>>()
            };
            assert_eq!(all(&elsewhere), all(app));
        }
    });
}

#[test]
fn records_of_marc_are_imported_and_exported_in_both_forms() {
    App::new(&SERVICE).on_each_database(|app| {
        genres::heard(app, GENRE);
        contributors::heard(app, NOBODY);
        added(app, &maias());
        added(app, &json!({ "title": "Emma", "description": "x".repeat(4_096) }));
        for (format, media_type) in [("marc", "application/marc"), ("marcxml", "application/marcxml+xml")] {
            let file = export(app, format, "sort=title");
            let elsewhere = App::new(&SERVICE).sqlite();
            let (path, job) = import(&elsewhere, "", media_type, file.clone());
            assert_eq!(counts(&job), (2, 0), "{:?}", errors(&elsewhere, &path));
            assert_eq!(job["format"], format);
            let book = &list(&elsewhere, "?q=maias")["items"][0];
            for (member, value) in [
                ("isbn", json!("9780804429573")),
                ("title", json!("Os Maias")),
                ("language", json!("pt")),
                ("year", json!(1888)),
                ("publisher", json!("Ernesto Chardron")),
                ("subjects", json!(["Lisbon", "Families"])),
            ] {
                assert_eq!(book[member], value, "{format}: {member}");
            }
            assert_eq!(book["contributors"][1]["role"], "translator");
            // Once more, with a record that is lost on the way.
            let broken = file.replacen("am a2", "am #2", 1).replacen("<leader>", "<leader>x", 1);
            let (path, _) = import(&elsewhere, "?on_match=skip", media_type, broken);
            assert_eq!(errors(&elsewhere, &path), [(1, "UNREADABLE_RECORD".to_owned())], "{format}");
        }
        let long = json!({ "title": "Long", "subjects": (0..50).map(|number| format!("{number}{}", "é".repeat(190))).collect::<Vec<_>>(),
            "contributors": (0..100).map(|number| json!({ "name": format!("{number}{}", "字".repeat(147)) })).collect::<Vec<_>>(),
            "description": "字".repeat(4_096) });
        added(app, &long);
        let asked = json!({ "format": "marc", "query": "q=long" });
        let (path, _) = run(app, librarian(app).post("/api/v1/books/exports").json(&asked).send());
        let refused = librarian(app).get(&format!("{path}/result")).send().expect(422).problem();
        assert_eq!(refused.error_code, "RECORD_TOO_LONG");
        let asked = json!({ "format": "marcxml", "query": "q=long" });
        let (path, _) = run(app, librarian(app).post("/api/v1/books/exports").json(&asked).send());
        librarian(app).get(&format!("{path}/result")).send().expect(200);
    });
}

#[test]
fn files_and_questions_that_nobody_can_read_are_refused() {
    let app = App::new(&SERVICE).sqlite();
    let send = |query: &str, media_type: &str| {
        librarian(&app).post(&format!("{IMPORTS}{query}")).body(media_type, "title\nA\n").send()
    };
    let taken = "text/csv, application/jsonl, application/marc, application/marcxml+xml";
    let refused = send("", "application/pdf").expect(415);
    assert!(refused.problem().detail.contains(taken), "{}", refused.text());
    assert_eq!(refused.header("accept"), Some(taken));
    for (media_type, file) in [
        ("application/marcxml+xml", "title\nA\n"),
        ("application/marcxml+xml", "<collection/>"),
        ("application/marcxml+xml; charset=utf-8", "<collection><record>"),
        ("application/marc", ""),
    ] {
        let answer = librarian(&app).post(IMPORTS).body(media_type, file).send().expect(422);
        assert_eq!(answer.problem().error_code, "UNREADABLE_FILE", "{file}");
    }
    let many = "\x1d".repeat(100_001);
    librarian(&app).post(IMPORTS).body("application/marc", many).send().expect(422);
    send("?on_match=merge", "text/csv").expect(400);
    send("?colour=red", "text/csv").expect(400);
    let export = |asked: Value| librarian(&app).post("/api/v1/books/exports").json(&asked).send();
    assert_eq!(export(json!({ "format": "xlsx" })).expect(422).problem().pointers(), ["/format"]);
    export(json!({ "format": "csv", "query": "colour=red" })).expect(400);
    export(json!({ "format": "marc", "query": "limit=5" })).expect(422);
    app.as_role(Role::Reader).post(IMPORTS).body("text/csv", "title\nA\n").send().expect(403);
    app.as_role(Role::Reader)
        .post("/api/v1/books/exports")
        .json(&json!({ "format": "csv" }))
        .send()
        .expect(403);
    assert_eq!(app.events().len(), 0);
    let (path, _) = import(&app, "", "text/csv", "title,colour\nA,red\n");
    assert_eq!(errors(&app, &path).len(), 1);
    // It makes no file.
    librarian(&app).get(&format!("{path}/result")).send().expect(404);
}
