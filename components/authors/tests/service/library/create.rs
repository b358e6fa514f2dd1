//! POST /authors

use super::*;

const GOOD: [(&str, &str); 2] = [("name", "Ana Maria"), ("bio", "A life.")];

#[test]
pub(super) fn a_new_author_is_answered_with_version_0_and_the_address_of_the_collection() {
    App::new(&SERVICE).on_each_database(|app| {
        let answer = post(app, form(&[("name", "João d'Ávila-2"), ("bio", "A life."), ("nobody", "knows")]));
        let answer = answer.expect(201);
        assert_eq!(answer.tag(), "\"0\"");
        assert_eq!(answer.header("location"), Some("http://library.example:8080/api/authors"));
        let own = "http://library.example:8080/api/authors/1";
        let expected = json!({
            "authorNumber": 1,
            "name": "João d'Ávila-2",
            "bio": "A life.",
            "photo": null,
            "_links": { "author": own, "photo": format!("{own}/photo"), "booksByAuthor": format!("{own}/books") },
        });
        assert_eq!(answer.json(), expected);
        assert!(answer.text().contains("\"photo\":null"));
        assert_eq!(author(app, "B")["authorNumber"], 2);
        // The modern face has them as well.
        assert_eq!(names(&list(app, "?q=joao")), ["João d'Ávila-2"]);
        assert_eq!(app.events_of(ADDED).len(), 2);
    });
}

#[test]
pub(super) fn a_field_that_is_missing_blank_or_too_long_is_400_and_named() {
    App::new(&SERVICE).on_each_database(|app| {
        let (long_name, long_bio) = ("x".repeat(151), "x".repeat(4_097));
        for (fields, field, rejected) in [
            (vec![("bio", "A life.")], "name", "null"),
            (vec![("name", ""), ("bio", "A life.")], "name", ""),
            (vec![("name", " "), ("bio", "A life.")], "name", " "),
            (vec![("name", long_name.as_str()), ("bio", "A life.")], "name", long_name.as_str()),
            (vec![("name", "Ana")], "bio", "null"),
            (vec![("name", "Ana"), ("bio", " ")], "bio", " "),
            (vec![("name", "Ana"), ("bio", long_bio.as_str())], "bio", long_bio.as_str()),
        ] {
            let details = told(&post(app, form(&fields)), 400, "Method argument validation failed");
            let [detail] = details.as_slice() else { panic!("{details:?}") };
            assert_eq!(detail["objectName"], "createAuthorRequest");
            assert_eq!((&detail["field"], &detail["rejectedValue"]), (&json!(field), &json!(rejected)));
            assert!(detail["errorMessage"].is_string());
            assert_eq!(detail.as_object().unwrap().len(), 4);
        }
        assert_eq!(told(&post(app, form(&[])), 400, "Method argument validation failed").len(), 2);
        post(app, form(&[("name", &"x".repeat(150)), ("bio", &"x".repeat(4_096))])).expect(201);
        assert_eq!(names(&list(app, "")).len(), 1);
    });
}

#[test]
pub(super) fn json_is_no_form_and_so_400() {
    let app = App::new(&SERVICE).sqlite();
    let body = json!({ "name": "Ana", "bio": "A life." }).to_string();
    let answer = post(&app, ("application/json".into(), body.into_bytes()));
    assert_eq!(told(&answer, 400, "Method argument validation failed").len(), 2);
    let nothing = ask(&app, Role::Librarian, Method::POST, AUTHORS).send();
    assert_eq!(told(&nothing, 400, "Method argument validation failed").len(), 2);
}

#[test]
pub(super) fn a_name_with_other_signs_than_letters_is_400() {
    let app = App::new(&SERVICE).sqlite();
    for name in ["J. R. Tolkien", "Ana & Bia", "Ana_Maria", "<b>Ana</b>", "Ana\u{202e}"] {
        told_in_a_sentence(&post(&app, form(&[("name", name), ("bio", "A life.")])), 400, "Bad Request");
    }
    for name in ["Ana Maria", "O'Neil-Smith 3", "村上春樹", "Ange\u{301}lique"] {
        post(&app, form(&[("name", name), ("bio", "A life.")])).expect(201);
    }
}

#[test]
pub(super) fn a_photo_that_is_too_large_empty_or_of_another_type_is_400() {
    App::new(&SERVICE).on_each_database(|app| {
        let large = vec![0; 20_001];
        for photo in [
            ("a.png", "image/png", large.as_slice()),
            ("a.gif", "image/gif", b"GIF89a".as_slice()),
            ("a.png", "IMAGE/PNGX", b"x".as_slice()),
            ("", "application/octet-stream", b"".as_slice()),
        ] {
            let answer = post(app, multipart(&GOOD, photo));
            told_in_a_sentence(&answer, 400, "Bad Request: Validation Failed");
        }
        assert_eq!(names(&list(app, "")), [""; 0]);
        post(app, multipart(&GOOD, ("a.png", "image/png", &large[..20_000]))).expect(201);
    });
}

#[test]
pub(super) fn a_photo_is_kept_and_a_photo_uri_is_not() {
    let app = App::new(&SERVICE).sqlite();
    let fields = [GOOD[0], GOOD[1], ("photoURI", "http://elsewhere/x.png")];
    let answer = post(&app, multipart(&fields, ("a.png", "image/png", crate::photo::PNG))).expect(201);
    assert_eq!(answer.tag(), "\"0\"");
    assert!(answer.json()["photo"].is_string());
    assert_eq!(post(&app, form(&fields)).expect(201).json()["photo"], Value::Null);
    let read = get(&app, "/api/authors/1/photo").expect(200);
    assert_eq!(read.body().as_ref(), crate::photo::PNG);
}

#[test]
pub(super) fn a_biography_keeps_formatting_and_nothing_else_of_html() {
    let app = App::new(&SERVICE).sqlite();
    let bio = "<b>Bold</b> <script>alert(1)</script>O'Neil <a href=\"https://x.example\">x</a>";
    let answer = post(&app, form(&[("name", "Ana"), ("bio", bio)])).expect(201).json();
    let kept = "<b>Bold</b> O&#39;Neil <a href=\"https://x.example\" rel=\"nofollow\">x</a>";
    assert_eq!(answer["bio"], kept);
    assert_eq!(get(&app, "/api/authors/1").expect(200).json()["bio"], kept);
}

#[test]
pub(super) fn others_than_librarians_are_refused_without_a_body() {
    let app = App::new(&SERVICE).sqlite();
    refused_to_others_than(&app, &[Role::Librarian], &Method::POST, AUTHORS);
}
