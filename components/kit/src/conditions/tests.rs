//! What conditions hold, and in which order.

use http::{HeaderValue, Request};

use super::*;
use crate::{block_on::block_on, response::tagged};

const MODIFIED: &str = "Sat, 28 Nov 2026 10:00:00 GMT";
const BEFORE: &str = "Sat, 28 Nov 2026 09:59:59 GMT";

fn conditions(method: &Method, headers: &[(&'static str, &'static str)]) -> Conditions {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(*name, HeaderValue::from_static(value));
    }
    Conditions::of(method, &map)
}

fn seven() -> EntityTag {
    EntityTag::of_version(7)
}

fn refused(result: Result<(), Problem>) -> Option<u16> {
    result.err().map(|problem| problem.status().as_u16())
}

#[test]
fn a_change_is_refused_unless_every_stated_condition_holds() {
    for (headers, present, refusal) in [
        (&[][..], Some(seven()), None),
        (&[("if-match", "\"7\"")], Some(seven()), None),
        (&[("if-match", "\"6\", \"7\"")], Some(seven()), None),
        (&[("if-match", "*")], Some(seven()), None),
        (&[("if-match", "\"6\"")], Some(seven()), Some(412)),
        // RFC 9110, 13.1.1: a weak tag never matches here.
        (&[("if-match", "W/\"7\"")], Some(seven()), Some(412)),
        (&[("if-match", "*")], None, Some(412)),
        (&[("if-match", "7")], Some(seven()), Some(400)),
        (&[("if-none-match", "*")], Some(seven()), Some(412)),
        (&[("if-none-match", "*")], None, None),
        (&[("if-none-match", "W/\"7\"")], Some(seven()), Some(412)),
        (&[("if-none-match", "\"6\"")], Some(seven()), None),
        (&[("if-none-match", "6")], Some(seven()), Some(400)),
        (&[("if-match", "\"7\""), ("if-none-match", "\"7\"")], Some(seven()), Some(412)),
        // Nothing here says when it was changed.
        (&[("if-unmodified-since", BEFORE)], Some(seven()), None),
    ] {
        for method in [Method::PUT, Method::PATCH, Method::POST, Method::DELETE] {
            let conditions = conditions(&method, headers);
            assert_eq!(refused(conditions.check(present.as_ref())), refusal, "{headers:?} {present:?}");
        }
    }
}

#[test]
fn a_change_that_was_held_against_no_tag_is_not_committed_when_one_is_meant() {
    for (headers, refusal) in [
        (&[][..], None),
        (&[("if-match", "*")], None),
        (&[("if-match", "\"7\"")], Some(412)),
        (&[("if-match", "7")], Some(400)),
        (&[("if-none-match", "*")], Some(412)),
        (&[("if-none-match", "\"7\"")], None),
    ] {
        assert_eq!(refused(conditions(&Method::PUT, headers).allow_commit()), refusal, "{headers:?}");
    }
    let checked = conditions(&Method::PUT, &[("if-match", "\"7\"")]);
    checked.check(&seven()).unwrap();
    assert_eq!(refused(checked.allow_commit()), None);
    let reading = conditions(&Method::GET, &[("if-match", "\"7\"")]);
    assert_eq!(refused(reading.allow_commit()), None, "its answer is held against them");
}

#[test]
fn without_if_match_a_change_that_needs_it_is_428() {
    let mut parts = Request::new(()).into_parts().0;
    let problem = block_on(IfMatch::from_request_parts(&mut parts, &())).unwrap().unwrap_err();
    assert_eq!(problem.status(), 428);
}

#[test]
fn an_answer_is_held_against_the_conditions_in_their_order() {
    for (headers, status) in [
        (&[][..], 200),
        (&[("if-match", "\"7\"")], 200),
        (&[("if-match", "*")], 200),
        (&[("if-match", "\"6\"")], 412),
        (&[("if-match", "W/\"7\"")], 412),
        (&[("if-match", "7")], 400),
        (&[("if-match", "\"6\""), ("if-none-match", "\"7\"")], 412),
        (&[("if-match", "\"7\""), ("if-none-match", "\"7\"")], 304),
        (&[("if-none-match", "W/\"7\"")], 304),
        (&[("if-none-match", "*")], 304),
        (&[("if-none-match", "\"6\"")], 200),
        (&[("if-none-match", "7")], 200),
        (&[("if-unmodified-since", BEFORE)], 412),
        (&[("if-unmodified-since", MODIFIED)], 200),
        (&[("if-unmodified-since", "yesterday")], 200),
        // A tag counts where there is one, and the date no more.
        (&[("if-match", "\"7\""), ("if-unmodified-since", BEFORE)], 200),
        (&[("if-modified-since", MODIFIED)], 304),
        (&[("if-modified-since", BEFORE)], 200),
        (&[("if-modified-since", MODIFIED), ("if-none-match", "\"6\"")], 200),
    ] {
        for method in [Method::GET, Method::HEAD] {
            let mut response = tagged(&seven(), "body");
            response.headers_mut().insert("last-modified", HeaderValue::from_static(MODIFIED));
            let answer = conditions(&method, headers).hold_against(response);
            assert_eq!(answer.status(), status, "{headers:?}");
            assert_eq!(answer.headers().contains_key("etag"), status < 400, "{headers:?}");
        }
    }
}

#[test]
fn an_answer_without_a_tag_is_nothing_that_a_caller_meant_or_has() {
    let answer = |headers| conditions(&Method::GET, headers).hold_against(Response::new(Body::empty()));
    assert_eq!(answer(&[("if-none-match", "*")]).status(), 200);
    assert_eq!(answer(&[("if-match", "*")]).status(), 200);
    assert_eq!(answer(&[("if-match", "\"7\"")]).status(), 412);
    let refused = Problem::not_found("Gone.").into_response();
    let answer = conditions(&Method::GET, &[("if-match", "\"7\"")]).hold_against(refused);
    assert_eq!(answer.status(), 404, "what is refused anyhow has no state to compare");
}

#[test]
fn an_answer_that_was_forwarded_is_spared_but_not_refused() {
    let answer = |headers| {
        let mut response = tagged(&seven(), "body");
        response.extensions_mut().insert(Forwarded);
        conditions(&Method::GET, headers).hold_against(response).status()
    };
    assert_eq!(answer(&[("if-match", "3")]), 200, "its own service knows what that means");
    assert_eq!(answer(&[("if-none-match", "\"7\"")]), 304);
}

#[test]
fn conditions_are_those_that_a_dialect_restated() {
    let conditions = conditions(&Method::PUT, &[("if-match", "7")]);
    assert_eq!(refused(conditions.check(&seven())), Some(400));
    let headers = HeaderMap::from_iter([(header::IF_MATCH, HeaderValue::from_static("\"7\""))]);
    conditions.clone().restate(&Method::PUT, &headers);
    assert_eq!(refused(conditions.check(&seven())), None);
}

#[test]
fn a_range_counts_for_a_get_of_the_state_that_it_is_meant_for() {
    for (method, headers, applies) in [
        (Method::GET, &[][..], true),
        (Method::HEAD, &[], false),
        (Method::GET, &[("if-range", "\"7\"")], true),
        (Method::GET, &[("if-range", "\"6\"")], false),
        (Method::GET, &[("if-range", "W/\"7\"")], false),
        (Method::GET, &[("if-range", MODIFIED)], false),
    ] {
        assert_eq!(conditions(&method, headers).range_applies(&seven()), applies, "{headers:?}");
    }
}
