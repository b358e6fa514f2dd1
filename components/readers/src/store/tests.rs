use lyceum_kit::list::{ListQuery, Scope};
use lyceum_testing::App;

use super::*;

#[test]
fn the_migration_makes_the_table_of_words_as_the_kit_keeps_it() {
    let migration = include_str!("../../migrations/0001-readers.sql");
    assert!(migration.contains(&WORDS.migration()));
}

#[test]
fn every_statement_of_the_list_of_readers_is_indexed() {
    let queries = [
        "",
        "q=a",
        "q=some+name",
        "email=ada@example.org",
        "phone_number=912345678",
        "category=standard",
        "status=blocked",
        "q=a&category=standard&status=active",
    ];
    let statements = ListQuery::<Readers>::statements(&queries, &Scope::all()).unwrap();
    App::new(&crate::SERVICE).on_each_database(|app| {
        app.run(|| {
            for named in &statements {
                query(vec![named.statement.clone()])
                    .unwrap_or_else(|error| panic!("{}: {error}", named.name));
            }
            genres_in_use(&["Poetry".to_owned(), "Drama".to_owned()]).unwrap();
        });
        // Few rows, at most 1,001, that are found by one condition are put in order.
        app.explain().assert_indexed(&["LIMIT 1001) AS d CROSS JOIN"]);
    });
}
