use lyceum_kit::list::{ListQuery, ListStatement, OffsetPage, Scope};
use lyceum_kit::prelude::*;
use lyceum_testing::App;

use super::books::{AUTHORS, BEGINNINGS, Books, WORDS};
use super::fields::{NAME_WORDS, TITLE_WORDS};
use super::items::Items;
use super::{authors, genres, older};

const ID: &str = "01890000-0000-7000-8000-000000000001";

#[test]
fn the_migration_makes_the_tables_of_terms_as_the_kit_keeps_them() {
    let migration = include_str!("../../migrations/0001-books.sql");
    for table in [WORDS.migration(), BEGINNINGS.migration(), AUTHORS.migration()] {
        for statement in table.split_inclusive(";\n") {
            assert!(migration.contains(statement), "the migration lacks {statement}");
        }
    }
    let migration = include_str!("../../migrations/0009-records.sql");
    for table in [TITLE_WORDS.migration(), NAME_WORDS.migration()] {
        for statement in table.split_inclusive(";\n") {
            assert!(migration.contains(statement), "the migration lacks {statement}");
        }
    }
}

/// Few rows, at most 1,001, that are found by one condition are put in order.
const FEW: &str = "LIMIT 1001) AS d CROSS JOIN";

fn all_are_indexed(statements: &[ListStatement]) {
    App::new(&crate::SERVICE).on_each_database(|app| {
        app.run(|| {
            for named in statements {
                query(vec![named.statement.clone()])
                    .unwrap_or_else(|error| panic!("{}: {error}", named.name));
            }
        });
        let plans = app.explain();
        assert!(plans.statements().len() > 10);
        let linear: Vec<_> = plans.linear().into_iter().filter(|plan| !plan.contains(FEW)).collect();
        assert!(linear.is_empty(), "{linear:#?}");
    });
}

#[test]
fn every_statement_of_the_list_of_books_is_indexed() {
    let (author, genre) = (format!("author_id={ID}"), format!("genre_id={ID}"));
    let both = format!("{genre}&language=pt&available=true");
    let queries = [
        "",
        "q=os",
        "q=epis+maias",
        "prefix=os+ma",
        "isbn=0-8044-2957-X,9780140449136",
        author.as_str(),
        genre.as_str(),
        "language=pt",
        "year_from=1880&year_to=1890",
        "year_to=1890",
        "available=true",
        both.as_str(),
        "available=true&q=maias&year_from=1880",
    ];
    let statements = ListQuery::<Books>::statements(&queries, &Scope::all()).unwrap();
    assert!(statements.len() > 100);
    all_are_indexed(&statements);
}

#[test]
fn every_statement_of_the_lists_of_items_is_indexed() {
    let queries = ["", "barcode=b1", "status=lost", "location=Main", "status=lost&location=Main"];
    let id: Uuid = ID.parse().unwrap();
    for scope in [Scope::all(), Scope::all().equal("book_id", id)] {
        all_are_indexed(&ListQuery::<Items>::statements(&queries, &scope).unwrap());
    }
}

#[test]
fn every_statement_of_the_older_face_is_indexed_but_for_parts_of_titles_and_genres() {
    App::new(&crate::SERVICE).on_each_database(|app| {
        app.run(|| {
            let text = || Some("os".to_owned());
            for (title, genre, author) in
                [(None, None, None), (text(), None, None), (None, text(), None), (None, None, text())]
            {
                let page = OffsetPage::numbered(1, 10).unwrap();
                older::beginning(&older::Beginnings { title, genre, author }, page).unwrap();
            }
            older::any_of(Some("os"), Some("os"), Some("os"), 10).unwrap();
            older::written_by(ID.parse().unwrap(), 10).unwrap();
            authors::with_numbers(&[1, 2]).unwrap();
            authors::with_ids([ID.parse().unwrap()].into()).unwrap();
            genres::names([ID.parse().unwrap()].into()).unwrap();
            genres::in_use_named("Drama").unwrap();
        });
        app.explain().assert_indexed(&["REPLACE(", "ORDER BY title_folded, id"]);
    });
}
