//! Photos: what is taken, what is read back, and that nothing is left over.

use std::time::Duration;

use lyceum_kit::clock::Timestamp;
use lyceum_kit::sql::{query_all, statement};

use super::*;

pub(super) const PNG: &[u8] = b"\x89PNG\r\n\x1a\nand the rest of it";
const JPEG: &[u8] = b"\xff\xd8\xff\xe0and the rest of it";
const NOON: Timestamp = Timestamp::from_micros(1_767_268_800_000_000);

pub(super) fn put(app: &App, path: &str, media_type: &str, content: &'static [u8]) -> Answer {
    librarian(app).put(&format!("{path}/photo")).body(media_type, content).send()
}

fn get(app: &App, path: &str) -> Answer {
    app.as_role(Role::Reader).get(&format!("{path}/photo")).send()
}

struct Counted {
    state: String,
    objects: i64,
}
lyceum_kit::from_row!(Counted { state, objects });

/// How many objects there are in each state, such as `kept: 1`.
pub(super) fn objects(app: &App) -> Vec<String> {
    let text = "SELECT state, CAST(COUNT(*) AS BIGINT) AS objects FROM picture_objects GROUP BY state ORDER BY state";
    let counted: Vec<Counted> = app.run(|| query_all(statement(text, Vec::new()))).unwrap();
    counted.into_iter().map(|Counted { state, objects }| format!("{state}: {objects}")).collect()
}

#[test]
fn a_photo_is_read_as_it_was_given_until_it_is_replaced_or_taken_away() {
    App::new(&SERVICE).on_each_database(|app| {
        let path = named(app, "Homer");
        get(app, &path).expect(404);
        let first = put(app, &path, "image/png", PNG).expect(201);
        assert_eq!(first.header("location"), Some(format!("{path}/photo").as_str()));
        let read = get(app, &path).expect(200);
        assert_eq!(
            (read.body().as_ref(), read.header("content-type"), read.tag()),
            (PNG, Some("image/png"), first.tag())
        );
        assert_eq!(read.header("x-content-type-options"), Some("nosniff"));
        let author = librarian(app).get(&path).send().expect(200);
        assert_eq!((author.tag(), &author.json()["photo"]), ("\"2\"", &first.json()));
        let etag = read.tag().to_owned();
        app.as_role(Role::Reader)
            .get(&format!("{path}/photo"))
            .header("if-none-match", &etag)
            .send()
            .expect(304);

        // The same again is no change.
        put(app, &path, "image/png", PNG).expect(200);
        assert_eq!(librarian(app).get(&path).send().expect(200).tag(), "\"2\"");
        put(app, &path, "image/jpeg", JPEG).expect(200);
        assert_eq!(get(app, &path).expect(200).header("content-type"), Some("image/jpeg"));
        assert_eq!(objects(app), ["kept: 1", "unused: 1"]);
        librarian(app).delete(&format!("{path}/photo")).send().expect(204);
        get(app, &path).expect(404);
        librarian(app).delete(&format!("{path}/photo")).send().expect(404);
        assert_eq!(librarian(app).get(&path).send().expect(200).json()["photo"], Value::Null);
        assert_eq!(app.events_of(CHANGED).len(), 3);
        app.tick("minute").unwrap();
        assert_eq!(objects(app), [""; 0]);
    });
}

#[test]
fn what_is_no_photo_is_refused_and_leaves_nothing() {
    App::new(&SERVICE).on_each_database(|app| {
        let path = named(app, "Homer");
        put(app, &path, "image/gif", b"GIF89a").expect(415);
        put(app, &path, "image/png", JPEG).expect(422);
        put(app, &path, "image/jpeg", b"").expect(422);
        let large = [PNG, vec![0; 1_000_001 - PNG.len()].as_slice()].concat();
        let content =
            |content: Vec<u8>| librarian(app).put(&format!("{path}/photo")).body("image/png", content).send();
        content(large.clone()).expect(413);
        let nobody = format!("{PATH}/01890000-0000-7000-8000-000000000001");
        put(app, &nobody, "image/png", PNG).expect(404);
        get(app, &nobody).expect(404);
        assert_eq!((objects(app).len(), app.events_of(CHANGED).len()), (0, 0));
        content(large[..1_000_000].to_vec()).expect(201);
    });
}

#[test]
fn a_photo_that_is_meant_for_another_state_is_refused() {
    App::new(&SERVICE).on_each_database(|app| {
        let path = named(app, "Homer");
        let to = |content: &'static [u8], name: &str, value: &str| {
            librarian(app).put(&format!("{path}/photo")).body("image/png", content).header(name, value).send()
        };
        to(PNG, "if-match", "\"1\"").expect(412);
        let tag = to(PNG, "if-none-match", "*").expect(201).tag().to_owned();
        to(PNG, "if-none-match", "*").expect(412);
        to(b"\x89PNG\r\n\x1a\nanother", "if-match", &tag).expect(200);
        librarian(app).delete(&format!("{path}/photo")).if_match(&tag).send().expect(412);
        get(app, &path).expect(200);
    });
}

#[test]
fn a_photo_whose_author_does_not_get_it_is_given_up_after_an_hour() {
    App::new(&SERVICE).on_each_database(|app| {
        app.stop_clock(NOON);
        let path = named(app, "Homer");
        // The first commit notes the object.
        app.pass_commits(1);
        app.fail_next_commit(Crash::BeforeCommit);
        let refused = put(app, &path, "image/png", PNG);
        refused.expect(503);
        assert_eq!(objects(app), ["writing: 1"]);
        app.commit_first("UPDATE authors SET version = version + 1");
        let refused = put(app, &path, "image/png", PNG).expect(409);
        assert_eq!(refused.problem().error_code, "AUTHOR_CHANGED");
        app.tick("minute").unwrap();
        assert_eq!(objects(app), ["writing: 2"]);
        app.stop_clock(NOON.plus(Duration::from_mins(61)));
        app.tick("minute").unwrap();
        assert_eq!(objects(app), [""; 0]);
        get(app, &path).expect(404);
    });
}
