//! What the gateway answers by itself to clients of the older library and of its successor, and to their neighbours.

use lyceum_kit::dialect::LibraryProfile;
use lyceum_kit::testing::configure;
use lyceum_testing::App;

use super::*;
use crate::answer::answer;

/// An address for the successor's clients, and one for the library's own.
const NEXT: &str = "http://next.example:8080";
const FIRST: &str = "http://library.example:8080";
/// One path of each neighbour of the older library's.
const NEIGHBOURS: [&str; 4] = ["/api/v1/books", "/api/enrollments/7", "/api/enrollment-ws", "/elsewhere"];

fn ask(method: Method, target: &str, headers: &[(&'static str, &'static str)]) -> Response {
    configure("lyceum.routes", "[]");
    configure("library", "next.example:8080=successor");
    let mut request = Request::new(Body::empty());
    *request.method_mut() = method;
    *request.uri_mut() = target.parse().unwrap();
    for (name, value) in headers {
        request.headers_mut().append(*name, HeaderValue::from_static(value));
    }
    answer(request)
}

/// What is asked of all services is kept in a store, which a host has.
fn on_a_host(test: impl FnOnce()) {
    let app = App::new(&crate::SERVICE).sqlite();
    app.configure("lyceum.routes", "[]");
    app.configure("library", "next.example:8080=successor");
    app.run(test);
}

fn get(site: &str, path: &str) -> Response {
    ask(Method::GET, &format!("{site}{path}"), &[])
}

fn media_type(response: &Response) -> &str {
    response.headers().get("content-type").map_or("", |value| value.to_str().unwrap())
}

fn text(response: Response) -> String {
    let body =
        lyceum_kit::block_on::block_on(lyceum_kit::body::collect(response.into_body())).unwrap().unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

#[test]
fn the_kill_switch_is_503_to_whatever_the_successors_clients_ask_and_to_nobody_else() {
    configure("library_kill_switch", "on");
    for (method, path) in [
        (Method::POST, "/api/public/login"),
        (Method::GET, "/api/books/9780141439587"),
        (Method::POST, "/api/readers"),
        (Method::GET, "/api/nothing"),
        (Method::TRACE, "/api/books"),
        (Method::GET, "/actuator/info"),
    ] {
        let response = ask(method, &format!("{NEXT}{path}"), &[("authorization", "Bearer x")]);
        assert_eq!((response.status().as_u16(), media_type(&response)), (503, ""), "{path}");
        assert_eq!(response.headers()["x-frame-options"], "DENY");
    }
    let health = get(NEXT, "/actuator/health");
    assert_eq!((health.status().as_u16(), text(health)), (503, r#"{"status":"OUT_OF_SERVICE"}"#.to_owned()));
    assert_eq!(get(FIRST, "/api/nothing").status(), 401);
    for path in NEIGHBOURS {
        assert_eq!(get(NEXT, path).status(), 404, "{path}");
    }
    assert_eq!(get(NEXT, "/").status(), 200);
    for value in ["off", "", "yes"] {
        configure("library_kill_switch", value);
        assert_eq!(get(NEXT, "/api/nothing").status(), 401, "{value}");
    }
}

#[test]
fn how_the_successor_is_can_be_asked_by_anybody_at_its_addresses_alone() {
    on_a_host(|| {
        let health = get(NEXT, "/actuator/health");
        assert_eq!(media_type(&health), "application/vnd.spring-boot.actuator.v3+json");
        assert_eq!((health.status().as_u16(), text(health)), (200, r#"{"status":"UP"}"#.to_owned()));
        let info = get(NEXT, "/actuator/info");
        assert_eq!(info.status(), 200);
        assert!(text(info).contains("\"name\":\"Lyceum\""));
        assert_eq!(ask(Method::POST, &format!("{NEXT}/actuator/health"), &[]).status(), 404);
        for path in ["/actuator/health", "/actuator/info"] {
            assert_eq!(get(FIRST, path).status(), 404, "{path}");
        }
        for path in ["/actuator", "/actuator/env"] {
            assert_eq!(get(NEXT, path).status(), 404, "{path}");
        }
    });
}

#[test]
fn the_new_feature_is_200_to_administrators_who_want_it_and_404_to_the_others() {
    let asked = |standing: Standing, wanted: Option<&'static str>| {
        let mut headers = HeaderMap::new();
        if let Some(wanted) = wanted {
            headers.insert("x-lms-beta-access", HeaderValue::from_static(wanted));
        }
        let path = "/api/admin/users/new-feature";
        let response = new_feature(&Method::GET, path, &headers, standing).unwrap();
        assert_eq!(media_type(&response), "");
        response.status().as_u16()
    };
    for (standing, with, without) in
        [(Standing::Admin, 200, 404), (Standing::Known, 403, 403), (Standing::Nobody, 401, 401)]
    {
        assert_eq!((asked(standing, Some("true")), asked(standing, None)), (with, without));
        assert_eq!(asked(standing, Some("false")), without);
    }
    assert!(new_feature(&Method::GET, "/api/admin/users/7", &HeaderMap::new(), Standing::Admin).is_none());
    assert!(
        new_feature(&Method::DELETE, "/api/admin/users/new-feature", &HeaderMap::new(), Standing::Admin)
            .is_none()
    );
}

#[test]
fn what_a_generation_does_not_have_is_as_if_nothing_were_there() {
    for (site, method, path) in [
        (NEXT, Method::POST, "/api/lendings"),
        (NEXT, Method::PUT, "/api/books/9780141439587"),
        (FIRST, Method::PUT, "/api/books"),
    ] {
        let response = ask(method, &format!("{site}{path}"), &[]);
        assert_eq!((response.status().as_u16(), media_type(&response)), (401, ""), "{site}{path}");
        assert_eq!(response.headers()["www-authenticate"], "Bearer");
    }
    // Who is told, is told which it is.
    let missing = |profile, path| missing(profile, &Method::PUT, path, None).unwrap();
    let gone = nothing_here(Standing::Admin, "/", missing(LibraryProfile::Successor, "/api/lendings/2026/1"));
    assert_eq!(gone.status(), 404);
    let other = nothing_here(Standing::Admin, "/", missing(LibraryProfile::Reference, "/api/books"));
    assert_eq!((other.status().as_u16(), other.headers()["allow"].to_str().unwrap()), (405, "GET, HEAD"));
}

#[test]
fn a_setting_that_is_no_profile_breaks_the_librarys_face_and_nothing_else() {
    let ask = |path: &str| {
        configure("lyceum.routes", "[]");
        configure("library", "latest");
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = format!("{FIRST}{path}").parse().unwrap();
        answer(request).status().as_u16()
    };
    assert_eq!(ask("/api/books"), 401);
    for path in NEIGHBOURS {
        assert_eq!(ask(path), 404, "{path}");
    }
}

#[test]
fn a_page_of_another_site_is_refused_on_the_librarys_face_alone_and_nobody_is_told_that_it_may_come() {
    let origin = [("origin", "http://evil.example")];
    for site in [FIRST, NEXT] {
        for (method, path) in [(Method::OPTIONS, "/api/books"), (Method::POST, "/api/public/login")] {
            let response = ask(method, &format!("{site}{path}"), &origin);
            assert_eq!((response.status().as_u16(), media_type(&response)), (401, ""));
            assert!(response.headers().keys().all(|name| !name.as_str().starts_with("access-control-")));
        }
    }
    for path in NEIGHBOURS {
        assert_eq!(ask(Method::GET, &format!("{FIRST}{path}"), &origin).status(), 404, "{path}");
    }
    // A browser says it of its own pages, too.
    let own = ask(Method::POST, &format!("{FIRST}/api/public/nothing"), &[("origin", FIRST)]);
    assert_eq!(own.status(), 404);
}

#[test]
fn the_librarys_neighbours_have_none_of_its_forms() {
    for path in NEIGHBOURS {
        let response = get(FIRST, path);
        assert_eq!(
            (response.status().as_u16(), media_type(&response)),
            (404, "application/problem+json"),
            "{path}"
        );
        assert!(!response.headers().contains_key("x-frame-options"));
        let traced = ask(Method::TRACE, &format!("{FIRST}{path}"), &[]);
        assert_eq!(
            (traced.status().as_u16(), media_type(&traced)),
            (405, "application/problem+json"),
            "{path}"
        );
        for token in ["Bearer x", "Basic dTpw"] {
            let refused = ask(Method::GET, &format!("{FIRST}{path}"), &[("authorization", token)]);
            assert_eq!(
                (refused.status().as_u16(), media_type(&refused)),
                (401, "application/problem+json"),
                "{path} {token}"
            );
        }
        let broken = Face::of(path).told(Standing::Nobody, Problem::internal());
        assert_eq!((broken.status().as_u16(), media_type(&broken)), (500, "application/problem+json"));
    }
}

#[test]
fn the_description_of_the_librarys_face_is_for_programs_and_for_people() {
    on_a_host(|| {
        for site in [FIRST, NEXT] {
            let description = get(site, "/api-docs");
            assert_eq!((description.status().as_u16(), media_type(&description)), (200, "application/json"));
            assert_eq!(description.headers()["x-frame-options"], "DENY");
            assert!(text(description).contains("\"openapi\":\"3.1.0\""));
            let settings = get(site, "/api-docs/swagger-config");
            assert!(text(settings).contains("\"url\":\"/api-docs\""));
            let page = get(site, "/swagger-ui/index.html");
            assert_eq!((page.status().as_u16(), media_type(&page)), (200, "text/html; charset=utf-8"));
            for path in ["/swagger-ui.html", "/swagger-ui/", "/swagger-ui"] {
                let moved = get(site, path);
                let place = moved.headers()["location"].to_str().unwrap();
                assert_eq!((moved.status().as_u16(), place), (302, "/swagger-ui/index.html"), "{path}");
            }
            assert_eq!(get(site, "/swagger-ui/nothing.js").status(), 404);
            assert_eq!(ask(Method::POST, &format!("{site}/api-docs"), &[]).status(), 405);
        }
    });
}

#[test]
fn a_body_that_is_too_large_is_413_in_the_frameworks_form() {
    configure("library", "reference");
    let routes = r#"[{ "prefix": "/api/books", "component": "books", "rewrite": "/legacy/books", "request_body": 10 }]"#;
    configure("lyceum.routes", routes);
    let table = crate::routing::RouteTable::parse(routes).unwrap();
    let mut headers = HeaderMap::new();
    headers.insert("content-length", HeaderValue::from_static("11"));
    let problem = table.find("/api/books").unwrap().check_body(&headers).unwrap_err();
    let told = Face::Library.told(Standing::Known, problem);
    assert_eq!((told.status().as_u16(), media_type(&told)), (413, "application/problem+json"));
    let told: serde_json::Value = serde_json::from_str(&text(told)).unwrap();
    assert_eq!((&told["status"], &told["title"]), (&413.into(), &"Payload Too Large".into()));
    assert!(told.get("error_code").is_none());
}
