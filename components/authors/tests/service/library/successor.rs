//! What clients of the library's successor ask of authors.

use lyceum_testing::library::is_empty;

use super::*;

/// At an address of the successor.
fn next<'a>(app: &'a App, role: Role, method: Method, path: &str) -> Call<'a> {
    ask(app, role, method, path).header("lyceum-library", "successor")
}

#[test]
fn an_author_is_numbered_by_a_text_for_them_wherever_they_are_shown() {
    App::new(&SERVICE).on_each_database(|app| {
        let (kind, body) = form(&[("name", "Ana"), ("bio", "A life.")]);
        let added = next(app, Role::Librarian, Method::POST, AUTHORS).body(&kind, body).send().expect(201);
        assert_eq!((&added.json()["authorNumber"], added.tag()), (&json!("1"), "\"0\""));
        let own = "http://library.example:8080/api/authors/1";
        assert_eq!(added.json()["_links"]["author"], own);
        let shown = |path: &str| next(app, Role::Reader, Method::GET, path).send().expect(200).json();
        assert_eq!(shown("/api/authors/1")["authorNumber"], "1");
        assert_eq!(shown("/api/authors?name=A")["items"][0]["authorNumber"], "1");
        assert_eq!(shown("/api/authors/1/coauthors")["author"]["authorNumber"], "1");
        let (kind, body) = form(&[("bio", "Another life.")]);
        let change = next(app, Role::Librarian, Method::PATCH, "/api/authors/1").if_match("0");
        let changed = change.body(&kind, body).send().expect(200);
        assert_eq!((&changed.json()["authorNumber"], changed.tag()), (&json!("1"), "\"1\""));
        // The library's own clients count.
        assert_eq!(get(app, "/api/authors/1").expect(200).json()["authorNumber"], 1);
    });
}

#[test]
fn what_their_own_tests_do_with_a_fresh_author_is_answered_as_they_expect() {
    let app = App::new(&SERVICE).sqlite();
    author(&app, "Ana");
    let json = json!({ "name": "Ana Maria", "bio": "A life." }).to_string().into_bytes();
    let json = |method: Method, path: &str| {
        let call = next(&app, Role::Librarian, method, path).if_match("\"0\"");
        call.body("application/json", json.clone()).send()
    };
    // What isn't a form says nothing.
    let patched = json(Method::PATCH, "/api/authors/1").expect(200);
    assert_eq!((&patched.json()["name"], patched.tag()), (&json!("Ana"), "\"0\""));
    told(&json(Method::POST, AUTHORS), 400, "Method argument validation failed");

    let photo = "/api/authors/1/photo";
    let delete = |role: Role| next(&app, role, Method::DELETE, photo).send();
    is_empty(&delete(Role::Librarian), 404);
    let (kind, body) = multipart(&[], ("a.png", "image/png", crate::photo::PNG));
    let change = next(&app, Role::Librarian, Method::PATCH, "/api/authors/1").if_match("0");
    change.body(&kind, body).send().expect(200);
    is_empty(&delete(Role::Reader), 403);
    is_empty(&delete(Role::Librarian), 200);
    is_empty(&delete(Role::Librarian), 404);
    next(&app, Role::Reader, Method::GET, "/api/authors/1/coauthors").send().expect(200);
}
