//! Numbered pages as older contracts ask for them and answer them.
//!
//! Each is an [`OffsetPage`], with its cap: a page past 10,000 rows is refused, and a total is counted no further. Where
//! the contract has no cap, that is the one thing in which such a client is told something else.

use std::ops::RangeInclusive;

use axum::extract::FromRequestParts;
use http::{Uri, request::Parts};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    clock::{self, Timestamp},
    context::Context,
    list::{OffsetPage, Total},
    page::wrong,
    problem::Problem,
};

fn none() -> Problem {
    Problem::bad_request("PAGE", "There is no page with this number or limit.")
}

/// Which page of a search.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, ToSchema)]
pub struct SearchPage {
    /// From 1, which it is if it isn't given.
    number: Option<u32>,
    /// From 1 to 100; 10 if it isn't given.
    limit: Option<u32>,
}

impl SearchPage {
    /// The library's `page` of a search in a body; 400 if there is none such.
    pub fn page(self) -> Result<OffsetPage, Problem> {
        let (number, limit) = (self.number.unwrap_or(1), self.limit.unwrap_or(10));
        OffsetPage::numbered(number, limit).filter(|_| (1..=100).contains(&limit)).ok_or_else(none)
    }
}

/// Aurora's `?skip=0&limit=100`. An extractor: 422 in its dialect if one of them isn't allowed. Its lists are answered as
/// bare arrays.
#[derive(Clone, Copy, Debug, Eq, IntoParams, PartialEq)]
#[into_params(parameter_in = Query)]
pub struct Skip {
    /// How many items are left out; 0 if it isn't given, at most 10,000.
    #[param(required = false, minimum = 0, maximum = 10_000)]
    skip: u32,
    /// The most items, from 1 to 1,000; 100 if it isn't given.
    #[param(required = false, minimum = 1, maximum = 1_000)]
    limit: u32,
}

impl Skip {
    /// The page.
    pub fn page(self) -> Result<OffsetPage, Problem> {
        OffsetPage::at(self.skip, self.limit).ok_or_else(none)
    }
}

impl<S: Sync> FromRequestParts<S> for Skip {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let skip = number(&parts.uri, "skip", 0..=10_000, 0)?;
        Ok(Self { skip, limit: number(&parts.uri, "limit", 1..=1_000, 100)? })
    }
}

/// The learning platform's `?page=1&per_page=20`. An extractor: 400 if one of them isn't allowed.
#[derive(Clone, Copy, Debug, Eq, IntoParams, PartialEq)]
#[into_params(parameter_in = Query)]
pub struct PerPage {
    /// From 1, which it is if it isn't given.
    #[param(required = false, minimum = 1)]
    page: u32,
    /// From 1 to 100; 20 if it isn't given.
    #[param(required = false, minimum = 1, maximum = 100)]
    per_page: u32,
}

impl PerPage {
    /// The page; 400 past 10,000 rows.
    pub fn page(self) -> Result<OffsetPage, Problem> {
        let page = OffsetPage::numbered(self.page, self.per_page);
        page.ok_or_else(|| wrong("page", "Must be among the first 10,000 items."))
    }

    /// The page's answer.
    pub fn answer<T>(self, items: Vec<T>, total: Total) -> Paged<T> {
        let pagination = Pagination {
            total_items: total.rows,
            total_pages: total.rows.div_ceil(self.per_page.max(1)),
            current_page: self.page,
            per_page: self.per_page,
        };
        let request_id = Context::current().correlation_id().to_owned();
        Paged { data: items, meta: PagedMeta { timestamp: clock::now(), request_id, pagination } }
    }
}

impl<S: Sync> FromRequestParts<S> for PerPage {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let page = number(&parts.uri, "page", 1..=u32::MAX, 1)?;
        Ok(Self { page, per_page: number(&parts.uri, "per_page", 1..=100, 20)? })
    }
}

/// A page of the learning platform.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Paged<T> {
    /// In the order of the list.
    pub data: Vec<T>,
    /// About the answer.
    pub meta: PagedMeta,
}

/// What the learning platform says about a page.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PagedMeta {
    /// When it was answered.
    pub timestamp: Timestamp,
    /// Finds the request in the logs.
    pub request_id: String,
    /// Where the page stands.
    pub pagination: Pagination,
}

/// Where a page stands among the others.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, ToSchema)]
pub struct Pagination {
    /// How many items there are; counted to 10,000.
    pub total_items: u32,
    /// How many pages that makes.
    pub total_pages: u32,
    /// This one's number, from 1.
    pub current_page: u32,
    /// How many items a page has at most.
    pub per_page: u32,
}

/// A parameter of the query that is a number.
fn number(uri: &Uri, name: &str, allowed: RangeInclusive<u32>, default: u32) -> Result<u32, Problem> {
    let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let mut given = pairs.filter(|(parameter, _)| parameter == name);
    let Some((_, text)) = given.next() else { return Ok(default) };
    if given.next().is_some() {
        // Of two different wishes none is obviously the right one.
        return Err(wrong(name, "Must be given once."));
    }
    let number = text.parse().ok().filter(|number| allowed.contains(number));
    number.ok_or_else(|| {
        wrong(name, format!("Must be a number from {} to {}.", allowed.start(), allowed.end()))
    })
}

#[cfg(test)]
mod tests {
    use http::Request;
    use serde_json::json;

    use super::*;
    use crate::block_on::block_on;

    fn read<T: FromRequestParts<(), Rejection = Problem>>(uri: &str) -> Result<T, Problem> {
        let mut parts = Request::builder().uri(uri).body(()).unwrap().into_parts().0;
        block_on(T::from_request_parts(&mut parts, &())).unwrap()
    }

    fn at(offset: u32, limit: u32) -> OffsetPage {
        OffsetPage::at(offset, limit).unwrap()
    }

    #[test]
    fn pages_of_each_contract_are_read_with_its_defaults() {
        let of = |json| serde_json::from_value::<SearchPage>(json).unwrap().page().ok();
        assert_eq!(of(json!({})), Some(at(0, 10)));
        assert_eq!(of(json!({ "number": 3, "limit": 7 })), Some(at(14, 7)));
        let skip = |query: &str| read::<Skip>(query).unwrap().page().ok();
        assert_eq!(skip("/x"), Some(at(0, 100)));
        assert_eq!(skip("/x?limit=1000&skip=30&other=1"), Some(at(30, 1000)));
        let pages = |query: &str| read::<PerPage>(query).unwrap().page().ok();
        assert_eq!(pages("/x"), Some(at(0, 20)));
        assert_eq!(pages("/x?page=4&per_page=50"), Some(at(150, 50)));
    }

    #[test]
    fn pages_that_are_not_allowed_or_past_the_cap_are_refused_by_their_place() {
        for page in [
            json!({ "number": 0 }),
            json!({ "limit": 101 }),
            json!({ "limit": 0 }),
            json!({ "number": 2000 }),
        ] {
            let problem = serde_json::from_value::<SearchPage>(page).unwrap().page().unwrap_err();
            assert_eq!(problem.status(), 400);
        }
        let place = |problem: &Problem| problem.violations()[0].pointer.clone();
        for (query, name) in [
            ("/x?skip=-1", "/query/skip"),
            ("/x?skip=10001", "/query/skip"),
            ("/x?limit=0", "/query/limit"),
            ("/x?limit=1001", "/query/limit"),
            ("/x?limit=1&limit=1", "/query/limit"),
        ] {
            assert_eq!(place(&read::<Skip>(query).unwrap_err()), name, "{query}");
        }
        for (query, name) in [("/x?page=0", "/query/page"), ("/x?per_page=101", "/query/per_page")] {
            assert_eq!(place(&read::<PerPage>(query).unwrap_err()), name, "{query}");
        }
        assert_eq!(place(&read::<PerPage>("/x?page=502").unwrap().page().unwrap_err()), "/query/page");
        assert!(read::<PerPage>("/x?page=501").unwrap().page().is_ok());
    }

    #[test]
    fn a_page_of_the_learning_platform_says_where_it_stands() {
        let page = PerPage { page: 2, per_page: 20 };
        let answer = page.answer(vec!["a"], Total { rows: 41, capped: false });
        let json = serde_json::to_value(answer).unwrap();
        assert_eq!(json["data"], json!(["a"]));
        let expected = json!({ "total_items": 41, "total_pages": 3, "current_page": 2, "per_page": 20 });
        assert_eq!(json["meta"]["pagination"], expected);
        assert!(json["meta"]["timestamp"].is_string() && json["meta"]["request_id"].is_string());
    }
}
