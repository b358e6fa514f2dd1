//! A list of rows whose key is one within the list's scope alone shows no row of another scope, however its pages are found.

use lyceum_kit::{
    list::{Filter, List, ListQuery, Listing, Order, Scope},
    prelude::*,
};
use lyceum_testing::App;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

lyceum_kit::service! {
    name: "crews",
    routes: routes,
    migrations: ["0003-crews"],
}

#[derive(Debug, Serialize, ToSchema)]
struct Member {
    crew: String,
    person: String,
    duty: String,
}
from_row!(Member { crew, person, duty });

struct Members;

impl Listing for Members {
    type Row = Member;
    const LIST: List = List::of("crew_members", "crew, person, duty", "person", Order::text("person"))
        .filters(&[Filter::one_of::<String>("duty")]);
}

fn routes() -> Routes {
    Routes::new("Crews", "For a test.").add(Access::Anyone, route!(list_members))
}

#[utoipa::path(get, path = "/api/v1/crews/{crew}", params(("crew" = String, Path), ListQuery<Members>),
    responses((status = 200, body = Listed<Member>)))]
async fn list_members(Path(crew): Path<String>, query: ListQuery<Members>) -> Result<Response, Problem> {
    query.answer_within(&Scope::all().equal("crew", crew), |member| member)
}

#[test]
fn who_is_in_two_crews_is_shown_as_in_the_one_that_is_asked_for() {
    App::new(&SERVICE).on_each_database(|app| {
        for path in ["/api/v1/crews/port?limit=2", "/api/v1/crews/port?duty=cook,mate&limit=2"] {
            let page = app.anonymous().get(path).send().expect(200).json();
            let expected = json!([
                { "crew": "port", "person": "p10001", "duty": "cook" },
                { "crew": "port", "person": "p10002", "duty": "cook" },
            ]);
            assert_eq!(page["items"], expected, "{path}");
        }
    });
}
