use super::*;
use crate::{
    list::{Between, List, Scope},
    search::{Index, Terms},
    sql::{Rows, Value},
    testing,
};

const ODD: Field<bool> = Field::equal("odd");
const COLOURS: Field<Vec<String>> = Field::one_of("colours").column("colour");
const SIZE: Field<Between<u16>> = Field::range("size");
const SEEN: Field<bool> = Field::exists("seen_at");
const OWNER: Field<uuid::Uuid> = Field::id("owner_id");
const BIG: Field<bool> = Field::flag("big", "size > 100");
const TAG: Field<String> = Field::among("tag", Terms::of("number_tags", "id", "tag", &[BY_SIZE]));
const BY_SIZE: Order = Order::integer("size");
const WORDS: Search = Search::by("q", Index::words("number_words", "id", &[BY_SIZE]));

struct Numbers;

impl Listing for Numbers {
    type Row = (i64,);
    const LIST: List = List::of("numbers", "id", "id", BY_SIZE)
        .orders(&[BY_SIZE, Order::text("name")])
        .searches(&[WORDS])
        .filters(&[
            ODD.filter(),
            COLOURS.filter(),
            SIZE.filter(),
            SEEN.filter(),
            OWNER.filter(),
            BIG.filter(),
            TAG.filter(),
        ]);
}

fn body() -> ListRequest<Numbers> {
    ListRequest::from_body()
}

/// Conditions, order, and what a cursor is sealed for.
fn asked(query: &ListQuery<Numbers>) -> String {
    let Asked { conditions, order, given, limit, .. } = &query.asked;
    format!("{conditions:?} {order:?} {given:?} {limit}")
}

fn by_query(text: &str) -> String {
    asked(&ListQuery::of(&format!("/numbers?{text}").parse().unwrap()).unwrap())
}

#[test]
fn values_from_code_ask_what_the_same_parameters_of_a_query_ask() {
    let owner = uuid::Uuid::from_u128(7);
    let size = Between { from: Some(3), to: None };
    for (request, query) in [
        (body(), ""),
        (body().only(ODD, true), "odd=true"),
        (body().filter("/c", COLOURS, vec!["red".to_owned(), "blue".into()]), "colours=red,blue"),
        (body().filter("/s", SIZE, size).only(SEEN, false), "size_from=3&seen_at=false"),
        (
            body().filter("/o", OWNER, owner).only(BIG, true),
            "owner_id=00000000-0000-0000-0000-000000000007&big=true",
        ),
        (body().filter("/t", TAG, "new".to_owned()).sort(BY_SIZE.descending()), "tag=new&sort=-size"),
        (body().search("/w", WORDS, "two words").sort_named("/s", "-name"), "q=two+words&sort=-name"),
        // Later ones are put where the list declares them.
        (body().only(BIG, true).only(ODD, false), "big=true&odd=false"),
        // What isn't given asks for nothing.
        (body().filter("/o", OWNER, None).search("/w", WORDS, None).sort_named("/s", None), ""),
        (body().only(BIG, false).filter("/s", SIZE, Between { from: None, to: None }), "big=false"),
    ] {
        assert_eq!(asked(&request.finish().unwrap()), by_query(query), "{query}");
    }
}

#[test]
fn a_clients_value_that_breaks_a_rule_of_the_list_is_named_by_its_place() {
    let many = || (0..21).map(|number| number.to_string()).collect::<Vec<_>>();
    let long = "a b c d e f g h i";
    let request = body()
        .search("/query/text", WORDS, long)
        .filter("/query/colours", COLOURS, many())
        .filter("/query/tag", TAG, "a\0".to_owned())
        .sort_named("/order", "weight")
        .limit("/page/limit", 0);
    let problem = request.finish().unwrap_err();
    let mut places: Vec<&str> = problem.violations().iter().map(|wrong| wrong.pointer.as_str()).collect();
    places.sort_unstable();
    assert_eq!((problem.status().as_u16(), problem.code()), (422, "VALIDATION_FAILED"));
    assert_eq!(places, ["/order", "/page/limit", "/query/colours", "/query/tag", "/query/text"]);

    let problem = ListRequest::<Numbers>::from_query().search("title", WORDS, long).finish().unwrap_err();
    assert_eq!((problem.status().as_u16(), problem.code()), (400, "MALFORMED_REQUEST"));
    assert_eq!(problem.violations()[0].pointer, "/query/title");
}

#[test]
fn what_the_list_does_not_declare_fails_whoever_asks_for_it() {
    const LENT: Field<bool> = Field::equal("lent");
    const OTHER: Search = Search::by("q", Index::words("other_words", "id", &[]));
    for request in [
        body().only(LENT, true),
        body().search("/q", OTHER, "a"),
        body().only(Field::<String>::equal("colours").column("colour"), "red".to_owned()),
        body().sort(Order::text("colour")),
        body().only(ODD, true).only(ODD, true),
    ] {
        let problem = request.finish().unwrap_err();
        assert_eq!(problem.status(), 500);
    }
}

#[test]
fn a_page_from_code_begins_where_the_cursor_of_the_last_one_says() {
    for name in ["lyceum.component", "lyceum.identity-key", "lyceum.secret"] {
        testing::configure(name, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    }
    let read = |request: ListRequest<Numbers>| {
        let mut after = String::new();
        let page = request.limit("/limit", 1).finish().unwrap().page_by(&Scope::all(), &mut |asked| {
            after = format!("{:?}", asked[0].params());
            let columns = ["id", "list_by", "list_key"].map(str::to_owned).to_vec();
            let row = |number| vec![Value::Integer(number); 3];
            Ok(vec![Rows::new(columns, vec![row(4), row(5)], 0)])
        });
        page.map(|(rows, next)| (rows, next, after))
    };
    let (rows, next, _) = read(body().only(ODD, true)).unwrap();
    assert_eq!(rows, [(4,)]);
    let (_, _, after) = read(body().only(ODD, true).cursor("/cursor", next.clone())).unwrap();
    assert_eq!(after.matches('4').count(), 2, "{after}");
    let problem = read(body().only(ODD, false).cursor("/cursor", next)).unwrap_err();
    assert_eq!((problem.status().as_u16(), &*problem.violations()[0].pointer), (422, "/cursor"));
}
