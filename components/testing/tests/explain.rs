//! Which statements count as indexed, on each database.
#![allow(clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

use lyceum_kit::{
    prelude::*,
    sql::{Statement, query},
};
use lyceum_testing::App;

fn routes() -> Routes {
    Routes::new("Things", "For a test.")
}

lyceum_kit::service! {
    name: "things",
    routes: routes,
    migrations: ["0001-things"],
}

const INDEXED: [&str; 10] = [
    "SELECT 1",
    "SELECT id FROM things WHERE id = $1",
    "SELECT id, b FROM things WHERE a = $1 ORDER BY a, id LIMIT $2",
    "SELECT id, b FROM things WHERE a >= $1 AND a < $2 ORDER BY a, id LIMIT $3",
    "SELECT id, b FROM things WHERE (a, id) > ($1, $2) ORDER BY a, id LIMIT $3",
    "SELECT id, b FROM things WHERE a = $1 AND b = $2",
    // One page of everything: it ends with the page.
    "SELECT id, b FROM things ORDER BY a, id LIMIT $1",
    "SELECT id, b FROM things WHERE 1 = 1 ORDER BY a, id LIMIT $1",
    // What a subquery yields is read by the subquery.
    "SELECT CAST(COUNT(*) AS BIGINT) AS found FROM (SELECT 1 AS one FROM things WHERE a = $1 LIMIT 3) AS counted",
    // The rows of a page, whose keys are found first.
    "SELECT things.b FROM (SELECT a AS list_by, id AS list_key FROM things WHERE a = $1 ORDER BY a, id LIMIT 5) AS d \
     CROSS JOIN things WHERE things.id = d.list_key ORDER BY d.list_by, d.list_key",
];

const LINEAR: [&str; 8] = [
    "SELECT id FROM things WHERE b = $1",
    "SELECT id, b FROM things ORDER BY b LIMIT $1",
    // In order, but all have to be read if none fits.
    "SELECT id, b FROM things WHERE b = $1 ORDER BY a, id LIMIT $2",
    // Found by an index, but all that were found are sorted.
    "SELECT id, b FROM things WHERE a = $1 ORDER BY b LIMIT $2",
    "SELECT id, b FROM things ORDER BY a, id",
    // The keys are sorted.
    "SELECT things.b FROM (SELECT b AS list_by, id AS list_key FROM things WHERE a = $1 ORDER BY b, id LIMIT 5) AS d \
     CROSS JOIN things WHERE things.id = d.list_key ORDER BY d.list_by, d.list_key",
    "SELECT DISTINCT b FROM things LIMIT $1",
    "SELECT CAST(COUNT(*) AS BIGINT) AS found FROM (SELECT 1 AS one FROM things WHERE b = $1 LIMIT 3) AS counted",
];

fn run(app: &App, texts: &[&str]) {
    for text in texts {
        let placeholders = text.matches('$').count();
        let params: Vec<Value> = (1..=placeholders)
            .map(|number| {
                let limit = text.ends_with(&format!("LIMIT ${number}"));
                if limit { 5_i64.into_value() } else { "x".into_value() }
            })
            .collect();
        let statement: Statement = statement(*text, params);
        app.run(|| query(vec![statement])).unwrap();
    }
}

#[test]
fn what_an_index_finds_in_order_is_indexed() {
    App::new(&SERVICE).on_each_database(|app| {
        run(app, &INDEXED);
        assert_eq!(app.explain().statements().len(), INDEXED.len());
        app.explain().assert_indexed(&[]);
    });
}

#[test]
fn what_reads_or_sorts_everything_is_linear() {
    App::new(&SERVICE).on_each_database(|app| {
        run(app, &LINEAR);
        let mut expected = LINEAR.to_vec();
        expected.sort_unstable();
        assert_eq!(app.explain().linear(), expected);
    });
}

#[test]
fn a_linear_statement_may_be_allowed_by_a_part_of_its_text() {
    App::new(&SERVICE).on_each_database(|app| {
        run(app, &["SELECT id FROM things WHERE b = $1"]);
        app.explain().assert_indexed(&["WHERE b ="]);
    });
}

#[test]
#[should_panic(expected = "grows with the tables: SCAN things")]
fn a_linear_statement_that_is_not_allowed_fails_with_its_plan() {
    let app = App::new(&SERVICE).sqlite();
    run(&app, &["SELECT id FROM things WHERE b = $1"]);
    app.explain().assert_indexed(&["WHERE c ="]);
}

#[test]
#[should_panic(expected = "grows with the tables: Seq Scan things")]
fn a_linear_statement_fails_on_postgres_too() {
    let app = App::new(&SERVICE).postgres();
    run(&app, &["SELECT id FROM things WHERE b = $1"]);
    app.explain().assert_indexed(&[]);
}

#[test]
#[should_panic(expected = "allows nothing that is linear")]
fn an_allowance_that_is_not_needed_fails() {
    let app = App::new(&SERVICE).sqlite();
    run(&app, &["SELECT id FROM things WHERE id = $1"]);
    app.explain().assert_indexed(&["WHERE id ="]);
}
