use lyceum_kit::list::{ListQuery, Scope};
use lyceum_testing::App;

use super::*;

#[test]
fn the_migration_makes_the_table_of_words_as_the_kit_keeps_it() {
    let migration = include_str!("../../migrations/0001-rooms.sql");
    assert!(migration.contains(&WORDS.migration()));
}

#[test]
fn every_statement_of_the_list_is_indexed() {
    let statements = ListQuery::<Rooms>::statements(&["", "q=a", "q=some+name"], &Scope::all()).unwrap();
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
