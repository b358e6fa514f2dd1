//! GET /readers/photo and /readers/{y}/{s}/photo, DELETE /readers/photo, and photos in forms

use lyceum_kit::blobs::Container;

use super::*;

const OWN: &str = "/api/readers/photo";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\nrest";

/// Gives this reader a photo.
fn give(
    app: &App,
    reader: &Added,
    version: &str,
    (file, media_type, content): (&str, &str, &[u8]),
) -> Answer {
    let (kind, body) = multipart(&[], (file, media_type, content));
    own(app, reader, Method::PATCH, READERS).if_match(version).body(&kind, body).send()
}

fn portrayed(app: &App) -> Added {
    let ada = reader(app, "Ada");
    give(app, &ada, "0", ("a.png", "image/png", PNG)).expect(200);
    ada
}

fn of(reader: &Added) -> String {
    format!("{}/photo", reader.path())
}

fn own_photo(app: &App, reader: &Added) -> Answer {
    own(app, reader, Method::GET, OWN).send()
}

/// The one object of the photos that there are; none if there is none.
fn object(app: &App, reader: &Added) -> Option<String> {
    use lyceum_kit::prelude::{AsJson, Uuid, params, query_one, statement};
    let id: Uuid = reader.id.parse().unwrap();
    let asked = statement("SELECT photo FROM readers WHERE id = $1", params![id]);
    let found: (Option<AsJson<Value>>,) = app.run(|| query_one(asked)).unwrap();
    found.0.map(|AsJson(photo)| photo["object"].as_str().unwrap().to_owned())
}

fn is_stored(app: &App, object: &str) -> bool {
    app.run(|| Container::open("photos").unwrap().get(object, 0..1).is_ok())
}

#[test]
pub(super) fn a_photo_is_read_as_the_type_that_its_name_said() {
    on_each(|app| {
        let ada = reader(app, "Ada");
        for (version, (file, stated, read_as)) in [
            ("a.png", "image/png", "image/png"),
            ("a.jpg", "image/jpeg", "image/jpeg"),
            ("a.jpeg", "image/png", "image/jpeg"),
            ("a", "image/png", "image/jpeg"),
        ]
        .into_iter()
        .enumerate()
        {
            let answer = give(app, &ada, &version.to_string(), (file, stated, PNG)).expect(200);
            assert_eq!(answer.tag(), format!("\"{}\"", version + 1));
            assert_eq!(answer.json(), view(&ada, "Ada", &Value::Null));
            for read in
                [own_photo(app, &ada), get(app, &of(&ada)), own(app, &ada, Method::GET, &of(&ada)).send()]
            {
                let read = read.expect(200);
                assert_eq!(
                    (read.body().as_ref(), read.header("content-type")),
                    (PNG, Some(read_as)),
                    "{file}"
                );
                assert!(read.tag().len() == 35 && read.tag().starts_with("\"0"));
            }
        }
        // In a list there is an address where there is a photo.
        let list = get(app, "/api/readers?name=Ada").expect(200).json();
        assert_eq!(list["items"][0]["photo"], json!(format!("{SITE}{}", of(&ada))));
        app.explain().assert_indexed(&["REPLACE(full_name_folded"]);
    });
}

#[test]
pub(super) fn no_photo_is_404_without_a_body() {
    on_each(|app| {
        let ada = reader(app, "Ada");
        for answer in
            [own_photo(app, &ada), get(app, &of(&ada)), own(app, &ada, Method::GET, &of(&ada)).send()]
        {
            is_empty(&answer, 404);
        }
    });
}

#[test]
pub(super) fn a_photo_that_is_gone_is_200_without_a_body() {
    let app = on_sqlite();
    let ada = portrayed(&app);
    let object = object(&app, &ada).unwrap();
    app.run(|| Container::open("photos").unwrap().delete(&object)).unwrap();
    is_empty(&own_photo(&app, &ada), 200);
    is_empty(&get(&app, &of(&ada)), 200);
}

#[test]
pub(super) fn who_has_no_record_is_told_404() {
    let app = on_sqlite();
    for method in [Method::GET, Method::DELETE] {
        told_in_a_sentence(&FACE.ask(&app, Role::Reader, method, OWN).send(), 404, "Not found");
    }
}

#[test]
pub(super) fn others_than_readers_are_refused_their_own_photo_without_a_body() {
    for method in [Method::GET, Method::DELETE] {
        only_for(&[Role::Reader], &method, OWN);
    }
}

#[test]
pub(super) fn another_readers_photo_is_403_whether_there_is_one_or_not() {
    let app = on_sqlite();
    let (ada, ben) = (portrayed(&app), reader(&app, "Ben"));
    for path in [of(&ada), "/api/readers/2026/99/photo".to_owned()] {
        told_in_a_sentence(&own(&app, &ben, Method::GET, &path).send(), 403, "Access denied!");
    }
}

#[test]
pub(super) fn the_photo_of_an_unknown_reader_is_404() {
    let app = on_sqlite();
    told_in_a_sentence(&get(&app, "/api/readers/2026/1/photo"), 404, "Not found");
}

#[test]
pub(super) fn others_than_librarians_and_readers_are_refused_without_a_body() {
    let app = on_sqlite();
    for role in [Role::Student, Role::Admin] {
        let refused = FACE.ask(&app, role, Method::GET, "/api/readers/2026/1/photo").send();
        assert_eq!(refused.expect(403).text(), "");
    }
}

#[test]
pub(super) fn a_photo_is_taken_away_whatever_if_match_says_and_its_content_goes() {
    on_each(|app| {
        let ada = portrayed(app);
        let object = object(app, &ada).unwrap();
        let answer = own(app, &ada, Method::DELETE, OWN).if_match("nonsense").send();
        is_empty(&answer, 200);
        assert_eq!(own(app, &ada, Method::GET, READERS).send().expect(200).tag(), "\"2\"");
        is_empty(&own_photo(app, &ada), 404);
        told_in_a_sentence(&own(app, &ada, Method::DELETE, OWN).send(), 404, "Not found");
        assert!(is_stored(app, &object));
        app.tick("minute").unwrap();
        assert!(!is_stored(app, &object));
    });
}

#[test]
pub(super) fn no_photo_to_take_away_is_404_with_a_body() {
    let app = on_sqlite();
    let ada = reader(&app, "Ada");
    told_in_a_sentence(&own(&app, &ada, Method::DELETE, OWN).send(), 404, "Not found");
    assert_eq!(own(&app, &ada, Method::GET, READERS).send().expect(200).tag(), "\"0\"");
}

#[test]
pub(super) fn a_photo_that_is_too_large_empty_or_of_another_type_is_400() {
    let app = on_sqlite();
    let ada = reader(&app, "Ada");
    let large = vec![0; 20_001];
    for photo in [
        ("a.png", "image/png", large.as_slice()),
        ("a.gif", "image/gif", b"GIF"),
        ("", "application/octet-stream", b""),
    ] {
        told_in_a_sentence(&give(&app, &ada, "0", photo), 400, "Bad Request: Validation Failed");
    }
    is_empty(&own_photo(&app, &ada), 404);
    give(&app, &ada, "0", ("a.png", "image/png", &large[1..])).expect(200);
}

const FIELDS: [(&str, &str); 6] = [
    ("username", "ana@example.org"),
    ("password", STRONG),
    ("fullName", "Ana"),
    ("birthDate", "2000-01-31"),
    ("phoneNumber", "912345678"),
    ("gdpr", "true"),
];

fn register(app: &App, photo: (&str, &str, &[u8])) -> Answer {
    let (kind, body) = multipart(&FIELDS, photo);
    FACE.by(&app.anonymous(), Method::POST, READERS).body(&kind, body).send()
}

#[test]
pub(super) fn a_new_reader_has_the_photo_that_came_with_the_form() {
    on_each(|app| {
        let _auth = auth_beside(app);
        let wrong = register(app, ("a.gif", "image/gif", b"GIF"));
        told_in_a_sentence(&wrong, 400, "Bad Request: Validation Failed");
        let answer = register(app, ("a.png", "image/png", PNG)).expect(201);
        assert_eq!(answer.tag(), "\"0\"");
        let read = get(app, "/api/readers/2026/1/photo").expect(200);
        assert_eq!((read.body().as_ref(), read.header("content-type")), (PNG, Some("image/png")));
        // It is theirs, and stays.
        app.stop_clock(Timestamp::from_micros(NEW_YEAR + 2 * 3_600_000_000));
        app.tick("minute").unwrap();
        get(app, "/api/readers/2026/1/photo").expect(200);
    });
}

#[test]
pub(super) fn a_photo_waits_with_its_reader_and_goes_if_there_is_none_in_the_end() {
    on_each(|app| {
        let auth = auth_beside(app);
        auth.set_way(auth::Way::Away, 1);
        register(app, ("a.png", "image/png", PNG)).expect(202);
        auth.set_way(auth::Way::Open, 0);
        let later = |hours: i64| {
            let now = Timestamp::from_micros(NEW_YEAR + hours * 3_600_000_000);
            app.stop_clock(now);
            auth.stop_clock(now);
            app.tick("minute").unwrap();
        };
        later(2);
        get(app, "/api/readers/2026/1/photo").expect(200);
        // Another one's address is taken meanwhile: nothing is left.
        let objects = || {
            use lyceum_kit::prelude::{query_one, statement};
            let count = || query_one(statement("SELECT COUNT(*) FROM picture_objects", Vec::new()));
            let (count,): (i64,) = app.run(count).unwrap();
            count
        };
        assert_eq!(objects(), 1);
        auth.before("PUT reservations", |app| assert_eq!(auth::register(app, "eve@example.org"), 201));
        let mut fields = FIELDS;
        fields[0].1 = "eve@example.org";
        let (kind, body) = multipart(&fields, ("a.png", "image/png", PNG));
        let answer = FACE.by(&app.anonymous(), Method::POST, READERS).body(&kind, body).send();
        told_as_conflict(&answer);
        later(3);
        assert_eq!(objects(), 1);
    });
}

#[test]
pub(super) fn a_reader_who_goes_takes_their_photo_along() {
    on_each(|app| {
        for erased in [false, true] {
            let ada = portrayed(app);
            let object = object(app, &ada).unwrap();
            if erased {
                let user_id = &ada.user_id;
                let data = json!({
                    "erasure_id": user_id, "user_id": user_id, "requested_at": "2026-01-02T00:00:00Z",
                });
                let asked = Event::new("lyceum.users.ErasureRequested.v1", data).about("user", user_id, 1);
                app.deliver(&asked).unwrap();
            } else {
                let path = format!("/api/v1/readers/{}", ada.id);
                app.as_role(Role::Librarian).delete(&path).send().expect(204);
            }
            app.tick("minute").unwrap();
            assert!(!is_stored(app, &object), "erased: {erased}");
        }
    });
}

/// PUT /api/v1/readers/{id}/photo
fn put(app: &App, id: &str, who: &lyceum_testing::As<'_>, content: &'static [u8]) -> Answer {
    let _ = app;
    who.put(&format!("/api/v1/readers/{id}/photo")).body("image/png", content).send()
}

#[test]
fn a_reader_and_librarians_give_and_take_a_photo_and_nobody_else_learns_of_it() {
    on_each(|app| {
        let (ada, ben) = (reader(app, "Ada"), reader(app, "Ben"));
        let path = format!("/api/v1/readers/{}/photo", ada.id);
        let (own, other) = (app.as_user(&ada.user_id), app.as_user(&ben.user_id).with_role(Role::Reader));
        let librarian = app.as_role(Role::Librarian);
        own.get(&path).send().expect(404);
        let given = put(app, &ada.id, &own, PNG).expect(201);
        assert_eq!(given.header("location"), Some(path.as_str()));
        let said = given.json();
        assert_eq!((&said["content_type"], &said["size"]), (&json!("image/png"), &json!(PNG.len())));
        assert_eq!(
            librarian.get(&format!("/api/v1/readers/{}", ada.id)).send().expect(200).json()["photo"],
            said
        );
        let tag = given.tag().to_owned();
        assert_eq!(put(app, &ada.id, &librarian, PNG).expect(200).tag(), tag, "the same again");
        for who in [&own, &librarian] {
            let read = who.get(&path).send().expect(200);
            assert_eq!((read.body().as_ref(), read.header("content-type")), (PNG, Some("image/png")));
            assert_eq!(read.header("cache-control"), Some("private, no-cache"));
            who.get(&path).header("if-none-match", &tag).send().expect(304);
        }
        other.get(&path).send().expect(404);
        put(app, &ada.id, &other, PNG).expect(404);
        other.delete(&path).send().expect(404);
        app.anonymous().get(&path).send().expect(401);
        put(app, &ada.id, &own, b"GIF").expect(422);
        own.put(&path).body("image/gif", "GIF").send().expect(415);
        own.put(&path).body("image/png", vec![0; 1_000_001]).send().expect(413);
        own.delete(&path).if_match("\"x\"").send().expect(412);
        own.delete(&path).if_match(&tag).send().expect(204);
        own.delete(&path).send().expect(404);
        librarian.get(&path).send().expect(404);
    });
}
