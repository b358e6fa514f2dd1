use lyceum_kit::list::{ListQuery, Scope};
use lyceum_testing::App;

use super::*;

#[test]
fn the_migration_makes_the_tables_of_terms_as_the_kit_keeps_them() {
    let migration = include_str!("../../migrations/0001-authors.sql");
    for index in [WORDS, BEGINNINGS] {
        for statement in index.migration().split_inclusive(";\n") {
            assert!(migration.contains(statement), "the migration lacks {statement}");
        }
    }
}

#[test]
fn every_statement_of_the_list_is_indexed() {
    let alone =
        ["", "q=woo", "q=virginia+woolf", "prefix=woo", "prefix=woolf,+v", "number=1,2", "viaf=102333412"];
    let others =
        ["isni=0000000121032683", "orcid=0000-0002-1825-0097", "birth_year_from=1800", "death_year_to=1900"];
    let together = ["q=woo&birth_year_from=1800&birth_year_to=1900", "prefix=wo&q=vi&death_year_from=1900"];
    let queries = [alone.as_slice(), others.as_slice(), together.as_slice()].concat();
    let statements = ListQuery::<Authors>::statements(&queries, &Scope::all()).unwrap();
    assert!(statements.len() > 100);
    App::new(&crate::SERVICE).on_each_database(|app| {
        app.run(|| {
            for named in &statements {
                query(vec![named.statement.clone()])
                    .unwrap_or_else(|error| panic!("{}: {error}", named.name));
            }
        });
        // Few rows, at most 1,001, that are found by one condition are put in order.
        app.explain().assert_indexed(&["LIMIT 1001) AS d CROSS JOIN"]);
    });
}
