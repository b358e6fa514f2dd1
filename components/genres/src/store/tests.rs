use lyceum_kit::list::{ListQuery, Scope};
use lyceum_testing::App;

use super::*;

#[test]
fn the_migration_makes_the_tables_of_terms_as_the_kit_keeps_them() {
    let migration = include_str!("../../migrations/0001-genres.sql");
    for index in [WORDS, BEGINNINGS, PIECES] {
        for statement in index.migration().split_inclusive(";\n") {
            assert!(migration.contains(statement), "the migration lacks {statement}");
        }
    }
}

#[test]
fn every_statement_of_the_list_is_indexed() {
    let parent = "parent_id=01890000-0000-7000-8000-000000000001";
    let alone = ["", "q=poe", "q=lyric+poetry", "prefix=poet", "contains=etr", "contains=poetry", "top=true"];
    let together = [parent, "archived=false", "archived=false&top=true", "archived=true&q=poe&contains=oetr"];
    let queries = [alone.as_slice(), together.as_slice()].concat();
    let statements = ListQuery::<Genres>::statements(&queries, &Scope::all()).unwrap();
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
