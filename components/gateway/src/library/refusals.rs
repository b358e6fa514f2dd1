//! What is told to whom may not do something, and where nothing is.

use super::*;

#[test]
fn the_library_has_the_paths_that_no_other_face_has() {
    for path in ["/api/authors", "/api/public/login", "/api/v10", "/api/enrollments-of-old", "/api/"] {
        assert_eq!(Face::of(path), Face::Library, "{path}");
    }
    for path in ["/api/v1", "/api/v1/books", "/api/enrollments/7", "/api/enrollment-ws", "/", "/api", "/x"] {
        assert_eq!(Face::of(path), Face::Own, "{path}");
    }
}

fn answered(status: u16, kind: &'static str) -> Response {
    let status = StatusCode::from_u16(status).unwrap();
    (status, [(header::CONTENT_TYPE, HeaderValue::from_static(kind))]).into_response()
}

#[test]
fn only_administrators_are_told_that_nothing_is_there() {
    for (standing, expected) in [(Standing::Nobody, 401), (Standing::Known, 403), (Standing::Admin, 404)] {
        let response = nothing_here(standing, "/api/nothing", Problem::not_found("Nothing."));
        assert_eq!(response.status().as_u16(), expected);
        assert_eq!(response.headers().contains_key("content-type"), standing == Standing::Admin);
        assert_eq!(response.headers()["x-frame-options"], "DENY");
    }
}

#[test]
fn everybody_is_told_that_nothing_is_there_where_all_is_open() {
    let response = nothing_here(Standing::Nobody, "/api/public/nothing", Problem::not_found("Nothing."));
    assert_eq!(response.status(), 404);
    let response =
        concealed(Standing::Nobody, "/api/public/login", answered(405, "application/problem+json"));
    assert_eq!(response.status(), 405);
}

#[test]
fn a_method_and_a_path_that_a_service_does_not_have_are_concealed_and_what_it_does_not_find_is_not() {
    let problem = "application/problem+json";
    for (status, kind, nobody, known, admin) in [
        (405, problem, 401, 403, 405),
        (404, problem, 401, 403, 404),
        (404, "application/json", 404, 404, 404),
        (400, problem, 400, 400, 400),
        (200, "application/json", 200, 200, 200),
        (500, problem, 401, 403, 500),
        (503, problem, 503, 503, 503),
    ] {
        let told = [Standing::Nobody, Standing::Known, Standing::Admin]
            .map(|standing| concealed(standing, "/api/authors", answered(status, kind)).status().as_u16());
        assert_eq!(told, [nobody, known, admin], "{status} {kind}");
    }
}

#[test]
fn what_is_broken_is_told_to_administrators_alone_and_where_all_is_open_to_nobody_either() {
    for (standing, expected) in [(Standing::Nobody, 401), (Standing::Known, 403), (Standing::Admin, 500)] {
        let told = Face::Library.told(standing, Problem::internal());
        let passed = concealed(standing, "/api/public/login", answered(500, "application/problem+json"));
        for response in [told, passed] {
            assert_eq!(response.status().as_u16(), expected, "{standing:?}");
            assert_eq!(response.headers().contains_key("content-type"), standing == Standing::Admin);
        }
    }
    assert_eq!(Face::Own.told(Standing::Nobody, Problem::internal()).status(), 500);
}

#[test]
fn http_basic_opens_nothing_but_what_is_open() {
    let mut headers = HeaderMap::new();
    assert_eq!(basic(&Method::GET, "/api/books", &headers), Basic::None);
    headers.insert(header::AUTHORIZATION, HeaderValue::from_static("Bearer a.b.c"));
    assert_eq!(basic(&Method::GET, "/api/books", &headers), Basic::None);
    headers.insert(header::AUTHORIZATION, HeaderValue::from_static("basic dTpw"));
    for (method, path, expected) in [
        (Method::GET, "/api/books", Basic::Refused),
        (Method::GET, "/api/readers", Basic::Refused),
        (Method::POST, "/api/readers", Basic::Unneeded),
        (Method::POST, "/api/public/login", Basic::Unneeded),
    ] {
        assert_eq!(basic(&method, path, &headers), expected, "{method} {path}");
    }
}
