//! PATCH /authors/{n}

use super::*;

fn renamed() -> (String, Vec<u8>) {
    form(&[("name", "Bia")])
}

#[test]
pub(super) fn a_change_is_answered_with_the_next_version() {
    App::new(&SERVICE).on_each_database(|app| {
        author(app, "Ana");
        let answer = patch(app, 1, "\"0\"", renamed()).expect(200);
        assert_eq!((answer.tag(), answer.header("location")), ("\"1\"", None));
        let view = answer.json();
        assert_eq!(
            (&view["authorNumber"], &view["name"], &view["bio"]),
            (&json!(1), &json!("Bia"), &json!("A life."))
        );
        let answer =
            patch(app, 1, "1", multipart(&[("bio", "Another.")], ("a.png", "image/png", b"x"))).expect(200);
        assert_eq!((answer.tag(), &answer.json()["bio"]), ("\"2\"", &json!("Another.")));
        assert_eq!(get(app, "/api/authors/1").expect(200).tag(), "\"2\"");
        assert_eq!(names(&list(app, "")), ["Bia"]);
        assert_eq!(app.events_of(CHANGED).len(), 2);
    });
}

#[test]
pub(super) fn a_change_without_a_version_is_400_before_anything_else() {
    let app = App::new(&SERVICE).sqlite();
    author(&app, "Ana");
    let (media_type, body) = renamed();
    for path in ["/api/authors/1", "/api/authors/99"] {
        let call = || ask(&app, Role::Librarian, Method::PATCH, path).body(&media_type, body.clone());
        told_by_the_framework(&call().send(), 400);
        for version in ["", "null"] {
            told_by_the_framework(&call().if_match(version).send(), 400);
        }
    }
    assert_eq!(get(&app, "/api/authors/1").expect(200).json()["name"], "Ana");
}

#[test]
pub(super) fn a_version_is_taken_bare_or_quoted_and_anything_else_is_400() {
    let app = App::new(&SERVICE).sqlite();
    author(&app, "Ana");
    for version in ["*", "W/\"0\"", "first", "\"0\", \"1\""] {
        told_in_a_sentence(&patch(&app, 1, version, renamed()), 400, "Bad Request");
    }
    patch(&app, 1, "0", renamed()).expect(200);
    patch(&app, 1, "\"1\"", form(&[("name", "Clara")])).expect(200);
}

#[test]
pub(super) fn a_stale_version_is_409() {
    App::new(&SERVICE).on_each_database(|app| {
        author(app, "Ana");
        for version in ["1", "\"7\"", "-1"] {
            let details = told(&patch(app, 1, version, renamed()), 409, "Conflict");
            let [message, error] = details.as_slice() else { panic!("{details:?}") };
            assert!(message["message"].is_string() && error["error"].is_string(), "{details:?}");
        }
        // Somebody else is quicker by a moment.
        app.commit_first("UPDATE authors SET version = version + 1");
        told(&patch(app, 1, "0", renamed()), 409, "Conflict");
        assert_eq!(get(app, "/api/authors/1").expect(200).json()["name"], "Ana");
    });
}

#[test]
pub(super) fn an_unknown_author_is_404() {
    let app = App::new(&SERVICE).sqlite();
    told_in_a_sentence(&patch(&app, 99, "0", renamed()), 404, "Not found");
}

#[test]
pub(super) fn a_change_of_nothing_keeps_the_version() {
    App::new(&SERVICE).on_each_database(|app| {
        author(app, "Ana");
        let json = json!({ "name": "Bia" }).to_string().into_bytes();
        for body in
            [form(&[]), form(&[("name", "Ana"), ("bio", "A life.")]), ("application/json".to_owned(), json)]
        {
            let answer = patch(app, 1, "0", body).expect(200);
            assert_eq!((answer.tag(), &answer.json()["name"]), ("\"0\"", &json!("Ana")));
        }
        assert_eq!(app.events_of(CHANGED).len(), 0);
    });
}

#[test]
pub(super) fn a_blank_or_too_long_value_is_400() {
    let app = App::new(&SERVICE).sqlite();
    author(&app, "Ana");
    for field in ["name", "bio"] {
        for blank in ["", " "] {
            told_in_a_sentence(&patch(&app, 1, "0", form(&[(field, blank)])), 400, "Bad Request");
        }
        let long = "x".repeat(4_097);
        let details =
            told(&patch(&app, 1, "0", form(&[(field, &long)])), 400, "Method argument validation failed");
        let [detail] = details.as_slice() else { panic!("{details:?}") };
        assert_eq!(
            (&detail["objectName"], &detail["field"], &detail["rejectedValue"]),
            (&json!("updateAuthorRequest"), &json!(field), &json!(long))
        );
    }
    told_in_a_sentence(&patch(&app, 1, "0", form(&[("name", "A.")])), 400, "Bad Request");
    assert_eq!(get(&app, "/api/authors/1").expect(200).tag(), "\"0\"");
}

#[test]
pub(super) fn a_photo_is_replaced_and_a_wrong_one_refused() {
    App::new(&SERVICE).on_each_database(|app| {
        let first = portrayed(app, "a.png", "image/png");
        let photo = |content: &'static [u8], media_type| multipart(&[], ("b.jpg", media_type, content));
        told_in_a_sentence(
            &patch(app, 1, "0", photo(b"x", "text/plain")),
            400,
            "Bad Request: Validation Failed",
        );
        let second = patch(app, 1, "0", photo(b"x", "image/jpeg")).expect(200);
        assert_eq!(second.tag(), "\"1\"");
        assert_ne!(second.json()["photo"], first["photo"]);
        let read = get(app, "/api/authors/1/photo").expect(200);
        assert_eq!((read.text(), read.header("content-type")), ("x", Some("image/jpeg")));
    });
}

#[test]
pub(super) fn what_only_the_modern_face_knows_stays() {
    App::new(&SERVICE).on_each_database(|app| {
        let path = added(app, &woolf());
        patch(app, 1, "0", renamed()).expect(200);
        let author = librarian(app).get(&path).send().expect(200).json();
        assert_eq!((&author["name"], &author["birth_year"]), (&json!("Bia"), &json!(1882)));
        assert_eq!(author["identifiers"]["isni"], "0000000121032683");
    });
}

#[test]
pub(super) fn others_than_librarians_are_refused_without_a_body() {
    let app = App::new(&SERVICE).sqlite();
    author(&app, "Ana");
    refused_to_others_than(&app, &[Role::Librarian], &Method::PATCH, "/api/authors/1");
}
