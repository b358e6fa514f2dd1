use super::*;

fn table(routes: &[(&str, &str, &str)]) -> RouteTable {
    let entries: Vec<_> = routes
        .iter()
        .map(|(kind, path, component)| {
            serde_json::json!({ *kind: path, "component": component, "request_body": 100 })
        })
        .collect();
    RouteTable::parse(&serde_json::to_string(&entries).unwrap()).unwrap()
}

fn routes() -> RouteTable {
    let json = r#"[
        {"prefix": "/", "component": "site", "request_body": 10},
        {"prefix": "/api/v1/users", "component": "users", "request_body": 10},
        {"prefix": "/api/v1/users/me/courses", "component": "courses", "request_body": 10},
        {"prefix": "/old/shelf", "component": "books", "rewrite": "/api/v1/books", "request_body": 10},
        {"prefix": "/plugin", "component": "plugin", "rewrite": "/", "request_body": 10},
        {"path": "/old/{year}/{seq}/loans", "component": "loans", "rewrite": "/loans/of/{seq}/{year}",
         "request_body": 10}
    ]"#;
    RouteTable::parse(json).unwrap()
}

#[test]
fn the_longest_prefix_of_whole_segments_wins() {
    for (path, component) in [
        ("/", "site"),
        ("/api/v1/usersandmore", "site"),
        ("/api/v1/users", "users"),
        ("/api/v1/users/", "users"),
        ("/api/v1/users/me/coursesx", "users"),
        ("/api/v1/users/me/courses/7", "courses"),
    ] {
        assert_eq!(routes().find(path).unwrap().component, component, "{path}");
    }
    assert!(RouteTable::parse("[]").unwrap().find("/").is_none());
}

#[test]
fn the_most_specific_template_wins_whoever_owns_the_prefix() {
    let table = table(&[
        ("prefix", "/readers", "readers"),
        ("prefix", "/readers/{year}/{seq}/lendings", "lendings"),
        ("path", "/readers/top5", "reports"),
        ("prefix", "/authors", "authors"),
        ("path", "/authors/top5", "reports"),
        ("path", "/authors/{number}/books", "books"),
        ("prefix", "/books", "books"),
        ("path", "/books/{isbn}/avgDuration", "lendings"),
        ("path", "/api/v1/courses/{id}/enrollments", "enrolments"),
        ("prefix", "/api/v1/courses", "courses"),
        ("path", "/api/v1/courses", "catalogue"),
    ]);
    for (path, component) in [
        ("/readers", "readers"),
        ("/readers/2024/7", "readers"),
        ("/readers/2024/7/photo", "readers"),
        ("/readers/2024/7/lendings", "lendings"),
        ("/readers/2024/7/lendings/1", "lendings"),
        ("/readers/2024//lendings", "readers"),
        ("/readers/top5", "reports"),
        ("/readers/top5/", "readers"),
        ("/readers/top5/7/lendings", "lendings"),
        ("/authors/top5", "reports"),
        ("/authors/top50", "authors"),
        ("/authors/7", "authors"),
        ("/authors/7/books", "books"),
        ("/authors/top5/books", "books"),
        ("/authors/7/books/x", "authors"),
        ("/books/9789720706386/avgDuration", "lendings"),
        ("/books/avgDuration", "books"),
        ("/books/9789720706386/avgduration", "books"),
        ("/api/v1/courses", "catalogue"),
        ("/api/v1/courses/", "courses"),
        ("/api/v1/courses/1/enrollments", "enrolments"),
        ("/api/v1/courses/1/enrollments/2", "courses"),
    ] {
        assert_eq!(table.find(path).unwrap().component, component, "{path}");
    }
    for path in ["/", "/api/v1", "/reader", "/api/v1/coursesx"] {
        assert!(table.find(path).is_none(), "{path}");
    }
}

#[test]
fn a_literal_on_the_left_counts_more_than_one_on_the_right() {
    let table =
        table(&[("path", "/a/{x}/c", "right"), ("path", "/a/b/{y}", "left"), ("prefix", "/a/{x}", "any")]);
    for (path, component) in [("/a/b/c", "left"), ("/a/1/c", "right"), ("/a/b", "any"), ("/a/b/c/d", "any")] {
        assert_eq!(table.find(path).unwrap().component, component, "{path}");
    }
}

#[test]
fn an_id_that_carries_its_service_leads_to_that_service() {
    let table = table(&[
        ("path", "/api/v1/sagas/users", "users"),
        ("prefix", "/api/v1/sagas/users-{id}", "users"),
        ("path", "/api/v1/sagas/lendings", "lendings"),
        ("prefix", "/api/v1/sagas/lendings-{id}", "lendings"),
        ("path", "/api/v1/jobs/users-{id}", "users"),
        ("prefix", "/api/v1/jobs/users-old-{id}", "archive"),
        ("prefix", "/api/v1/jobs/{id}", "others"),
    ]);
    for (path, component) in [
        ("/api/v1/sagas/users", "users"),
        ("/api/v1/sagas/users-01890000-0000-7000-8000-000000000001", "users"),
        ("/api/v1/sagas/lendings", "lendings"),
        ("/api/v1/sagas/lendings-01890000-0000-7000-8000-000000000001", "lendings"),
        ("/api/v1/sagas/lendings-1/steps", "lendings"),
        ("/api/v1/jobs/users-1", "users"),
        ("/api/v1/jobs/users-old-1", "archive"),
        ("/api/v1/jobs/users-old-", "users"),
        ("/api/v1/jobs/users-1/errors", "others"),
        ("/api/v1/jobs/users-", "others"),
        ("/api/v1/jobs/books-1", "others"),
    ] {
        assert_eq!(table.find(path).unwrap().component, component, "{path}");
    }
    for path in [
        "/api/v1/sagas",
        "/api/v1/sagas/",
        "/api/v1/sagas/users-",
        "/api/v1/sagas/Users-1",
        "/api/v1/sagas/books-1",
    ] {
        assert!(table.find(path).is_none(), "{path}");
    }
    let own = "/api/v1/sagas/users-{id}";
    assert_eq!(table.outside("users", own).as_deref(), Some(own));
    assert_eq!(table.outside("lendings", own), None);
}

#[test]
fn a_rewritten_path_keeps_its_variables_its_rest_and_its_query() {
    for (outside, inside) in [
        ("/api/v1/users/me?a=b", "/api/v1/users/me?a=b"),
        ("/old/shelf", "/api/v1/books"),
        ("/old/shelf/7?q=%20&q", "/api/v1/books/7?q=%20&q"),
        ("/plugin", "/"),
        ("/plugin/a/b?", "/a/b?"),
        ("/old/2024/7/loans?q", "/loans/of/7/2024?q"),
        ("/old/%32024/7/loans", "/loans/of/7/%32024"),
    ] {
        let target: PathAndQuery = outside.parse().unwrap();
        let routes = routes();
        let route = routes.find(target.path()).unwrap();
        assert_eq!(route.inside(target).unwrap(), inside);
    }
}

#[test]
fn a_components_own_path_is_found_outside_only_where_it_can_be_reached() {
    let routes = routes();
    assert_eq!(routes.outside("users", "/api/v1/users/{id}").unwrap(), "/api/v1/users/{id}");
    assert_eq!(routes.outside("books", "/api/v1/books/{id}").unwrap(), "/old/shelf/{id}");
    assert_eq!(routes.outside("plugin", "/a").unwrap(), "/plugin/a");
    assert_eq!(routes.outside("loans", "/loans/of/{s}/{y}").unwrap(), "/old/{y}/{s}/loans");
    assert_eq!(routes.outside("loans", "/loans/of/{s}/{y}/x"), None);
    assert_eq!(routes.outside("users", "/internal"), None);
    assert_eq!(routes.outside("users", "/api/v1/users/me/courses"), None);
}

#[test]
fn of_two_ways_to_a_path_its_own_is_told() {
    let table = r#"[
        {"prefix": "/api/v1/flags", "component": "config", "request_body": 1},
        {"prefix": "/api/v1/config/flags", "rewrite": "/api/v1/flags", "component": "config", "request_body": 1}
    ]"#;
    let table = RouteTable::parse(table).unwrap();
    assert_eq!(table.outside("config", "/api/v1/flags/").unwrap(), "/api/v1/flags/");
}

#[test]
fn a_component_is_listed_once() {
    let table = table(&[("prefix", "/b", "b"), ("prefix", "/a", "a"), ("path", "/b2", "b")]);
    assert_eq!(table.components(), ["a", "b"]);
}

#[test]
fn the_authority_is_the_components_inside() {
    assert_eq!(routes().find("/api/v1/users").unwrap().authority, "users.spin.internal");
    assert!(RouteTable::parse(r#"[{"prefix": "/a", "component": "a b", "request_body": 1}]"#).is_err());
    assert!(RouteTable::parse("{}").is_err());
}

#[test]
fn a_body_over_the_limit_of_the_destination_is_413_and_one_without_length_passes() {
    let table = table(&[("prefix", "/a", "a")]);
    let route = table.find("/a").unwrap();
    let check = |length: &'static str| {
        let headers = HeaderMap::from_iter([(header::CONTENT_LENGTH, HeaderValue::from_static(length))]);
        route.check_body(&headers).err().map(|problem| problem.status().as_u16())
    };
    assert_eq!(check("100"), None);
    assert_eq!(check("101"), Some(413));
    assert!(route.check_body(&HeaderMap::new()).is_ok());
}
