//! Genres that are added by a file, and genres as a file.

use lyceum_kit::tabular::Format;
use serde_json::json;

use super::*;

const CONTINUED: &str = "lyceum.genres.JobContinued.v1";
/// Those that genres is built with.
const FORMATS: [Format; 2] = [Format::Csv, Format::JsonLines];
const TOP: &str = "01890000-0000-7000-8000-000000000001";
const BELOW: &str = "01890000-0000-7000-8000-000000000002";

fn import(app: &App, query: &str, format: Format, file: impl Into<bytes::Bytes>) -> Answer {
    let path = format!("{PATH}/imports{query}");
    librarian(app).post(&path).body(format.content_type(), file).send()
}

/// Works on the job to its end: where it is, and what it has come to.
fn run(app: &App, begun: Answer) -> (String, Value) {
    let location = begun.expect(202).header("location").unwrap().to_owned();
    for at in 0.. {
        let Some(event) = app.events_of(CONTINUED).get(at).map(lyceum_testing::Published::to_deliver) else {
            break;
        };
        while app.deliver(&event).is_err() {}
    }
    let job = librarian(app).get(&location).send().expect(200).json();
    (location, job)
}

fn counts(job: &Value) -> (&str, i64, i64) {
    (job["state"].as_str().unwrap(), job["done"].as_i64().unwrap(), job["failed"].as_i64().unwrap())
}

/// What is wrong with which row, and where in it.
fn errors(app: &App, location: &str) -> Vec<(i64, String, String)> {
    let errors = librarian(app).get(&format!("{location}/errors")).send().expect(200).json();
    let of = |error: &Value| {
        let detail = &error["details"][0];
        let code = detail["code"].as_str().or(error["error_code"].as_str()).unwrap().to_owned();
        (error["row"].as_i64().unwrap(), code, detail["pointer"].as_str().unwrap_or_default().to_owned())
    };
    errors["items"].as_array().unwrap().iter().map(of).collect()
}

/// A tree, also with a text that a spreadsheet would take for a formula, one that is archived, and one with a comma.
fn planted(app: &App) {
    let fiction = added(app, &json!({ "name": "Fiction", "description": "Prose, and\nverse." }));
    let drama = added(
        app,
        &json!({
            "name": "Drama, \"old\"", "parent_id": fiction, "description": "'=1+1"
        }),
    );
    added(app, &json!({ "name": "Athens", "parent_id": drama, "archived": true, "description": "=1+1" }));
    named(app, "007");
}

/// All that is to be the same elsewhere.
fn tree(app: &App) -> Vec<Value> {
    let field =
        |genre: &Value| ["id", "name", "description", "parent_id", "archived"].map(|of| genre[of].clone());
    list(app, "")["items"].as_array().unwrap().iter().map(|genre| json!(field(genre))).collect()
}

#[test]
fn what_is_exported_here_is_imported_elsewhere_the_same_in_each_format() {
    for format in FORMATS {
        App::new(&SERVICE).on_each_database(|app| {
            planted(app);
            let asked =
                librarian(app).post(&format!("{PATH}/exports")).json(&json!({ "format": format })).send();
            let (location, job) = run(app, asked);
            assert_eq!(counts(&job), ("completed", 4, 0), "{format}");
            let file = librarian(app).get(&format!("{location}/result")).send().expect(200);
            assert!(file.header("content-disposition").unwrap().ends_with(&format!("genres.{format}\"")));
            app.as_role(Role::Reader).get(&format!("{location}/result")).send().expect(403);
            app.explain().assert_indexed(&[]);
            App::new(&SERVICE).on_each_database(|elsewhere| {
                let (_, job) = run(elsewhere, import(elsewhere, "", format, file.body().clone()));
                assert_eq!(counts(&job), ("completed", 4, 0), "{format}");
                assert_eq!(tree(elsewhere), tree(app), "{format}");
                let added = elsewhere.events_of("lyceum.genres.GenreAdded.v1");
                assert_eq!(added.len(), 4);
                // Once more, nothing is added twice.
                let (location, job) = run(elsewhere, import(elsewhere, "", format, file.body().clone()));
                assert_eq!(counts(&job), ("completed", 4, 4), "{format}");
                let codes: Vec<String> =
                    errors(elsewhere, &location).into_iter().map(|error| error.1).collect();
                assert!(codes.iter().all(|code| code.starts_with("GENRE_")), "{codes:?}");
                elsewhere.explain().assert_indexed(&[]);
                assert_eq!(names(&list(elsewhere, "?contains=dram")), ["Drama, \"old\""]);
            });
        });
    }
}

#[test]
fn each_row_of_a_file_keeps_the_rules_of_a_genre_and_a_wrong_one_stops_no_other() {
    App::new(&SERVICE).on_each_database(|app| {
        let taken = named(app, "Poésie");
        let archived = added(app, &json!({ "name": "Old", "archived": true }));
        let unknown = "01890000-0000-7000-8000-0000000000ff";
        let rows = [
            format!("{TOP},Prose,,"),
            format!("{BELOW},Novels,{TOP},false"),
            ",POESIE,,".to_owned(),
            format!("{taken},Verse,,"),
            format!(",Lost,{unknown},"),
            format!(",Dusty,{archived},"),
            format!(",Dustier,{archived},true"),
            format!("{unknown},Itself,{unknown},"),
            ",,,".to_owned(),
            ",Maybe,,perhaps".to_owned(),
            "x,Who,,".to_owned(),
            ",Last,,".to_owned(),
        ];
        let file = format!("id,name,parent_id,archived\n{}\n", rows.join("\n"));
        let (location, job) = run(app, import(app, "", Format::Csv, file));
        let expected = [
            (3, "GENRE_NAME_TAKEN", ""),
            (4, "GENRE_EXISTS", ""),
            (5, "UNKNOWN_GENRE", "/parent_id"),
            (6, "ARCHIVED", "/parent_id"),
            (8, "CYCLE", "/parent_id"),
            (9, "MALFORMED", ""),
            (10, "MALFORMED", "/archived"),
            (11, "MALFORMED", "/id"),
        ];
        let expected = expected.map(|(row, code, pointer)| (row, code.to_owned(), pointer.to_owned()));
        assert_eq!(errors(app, &location), expected);
        assert_eq!(counts(&job), ("completed", 12, 8));
        assert_eq!(names(&list(app, "")), ["Dustier", "Last", "Novels", "Old", "Poésie", "Prose"]);
        app.explain().assert_indexed(&[]);
    });
}

#[test]
fn a_file_may_be_as_deep_as_a_tree_and_no_deeper() {
    App::new(&SERVICE).on_each_database(|app| {
        let id = |level: usize| format!("01890000-0000-7000-8000-{level:012}");
        let row = |level: usize| {
            let parent = level.checked_sub(1).map(id).unwrap_or_default();
            format!("{},Level {level},{parent}\n", id(level))
        };
        let file = (0..12).map(row).fold("id,name,parent_id\n".to_owned(), |file, row| file + &row);
        let (location, job) = run(app, import(app, "", Format::Csv, file));
        assert_eq!(counts(&job), ("completed", 12, 1));
        assert_eq!(errors(app, &location), [(12, "TOO_DEEP".to_owned(), "/parent_id".to_owned())]);
    });
}

#[test]
fn a_dry_run_adds_and_publishes_nothing() {
    App::new(&SERVICE).on_each_database(|app| {
        named(app, "Drama");
        let file = format!("id,name,parent_id\n{TOP},Prose,\n,Novels,{TOP}\n,drama,\n");
        let (location, job) = run(app, import(app, "?dry_run=true", Format::Csv, file));
        assert_eq!((&job["dry_run"], job["state"].as_str()), (&json!(true), Some("completed")));
        assert!(errors(app, &location).contains(&(3, "GENRE_NAME_TAKEN".to_owned(), String::new())));
        assert_eq!(names(&list(app, "")), ["Drama"]);
        assert_eq!(app.events_of("lyceum.genres.GenreAdded.v1").len(), 1);
    });
}

#[test]
fn a_cancelled_import_adds_nothing_more_and_its_job_is_the_librarians_own() {
    App::new(&SERVICE).on_each_database(|app| {
        let begun = import(app, "", Format::JsonLines, "{\"name\": \"Prose\"}\n").expect(202);
        let location = begun.header("location").unwrap();
        let other = app.as_user(BELOW).with_role(Role::Librarian);
        other.get(location).send().expect(404);
        other.delete(location).send().expect(404);
        assert_eq!(librarian(app).delete(location).send().expect(200).json()["state"], "cancelled");
        app.deliver(&app.events_of(CONTINUED)[0].to_deliver()).unwrap();
        assert_eq!(names(&list(app, "")), [""; 0]);
        let own = librarian(app).get("/api/v1/jobs/genres?state=cancelled").send().expect(200).json();
        assert_eq!(own["items"].as_array().unwrap().len(), 1);
        let others = other.get("/api/v1/jobs/genres").send().expect(200).json();
        assert_eq!(others["items"], json!([]));
        app.explain().assert_indexed(&[]);
    });
}

#[test]
fn an_import_goes_on_where_it_was_when_the_process_died() {
    for crash in [Crash::BeforeCommit, Crash::AfterCommit] {
        for commit in 0..3 {
            App::new(&SERVICE).on_each_database(|app| {
                let file =
                    (0..60).fold("name\n".to_owned(), |file, number| format!("{file}Genre {number:02}\n"));
                let begun = import(app, "", Format::Csv, file);
                app.pass_commits(commit);
                app.fail_next_commit(crash);
                let (_, job) = run(app, begun);
                assert_eq!(counts(&job), ("completed", 60, 0), "{crash:?} at {commit}");
                assert_eq!(app.events_of("lyceum.genres.GenreAdded.v1").len(), 60);
            });
        }
    }
}

#[test]
fn files_are_taken_and_given_to_librarians_and_begin_nothing_if_they_cannot_be_read() {
    App::new(&SERVICE).on_each_database(|app| {
        let reader = app.as_role(Role::Reader);
        reader.post(&format!("{PATH}/imports")).body("text/csv", "name\nProse\n").send().expect(403);
        reader.post(&format!("{PATH}/exports")).json(&json!({ "format": "csv" })).send().expect(403);
        import(app, "", Format::Csv, "name,name\n").expect(422);
        import(app, "?dry_run=x", Format::Csv, "name\n").expect(400);
        librarian(app).post(&format!("{PATH}/imports")).json(&json!([])).send().expect(415);
        for (wrong, status) in [
            (json!({ "format": "pdf" }), 422),
            (json!({ "format": "csv", "query": "colour=red" }), 400),
            (json!({ "format": "csv", "limit": 5 }), 422),
            (json!({ "format": "csv", "query": "limit=5" }), 422),
            (json!({ "format": "csv", "query": "archived=false&cursor=eA" }), 422),
        ] {
            librarian(app).post(&format!("{PATH}/exports")).json(&wrong).send().expect(status);
        }
        assert!(app.events().is_empty());
    });
}
