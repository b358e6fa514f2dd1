use lyceum_kit::list::{ListQuery, ListStatement, Scope};
use lyceum_kit::prelude::*;
use lyceum_testing::App;

use super::categories::Categories;
use super::courses::{self, Wanted};
use super::listings::{Catalogue, INSTRUCTORS, ORGANIZATION_WORDS, OfOrganization, TAGS, WORDS};
use super::paths::{LearningPaths, open};
use crate::domain::copying::Copying;
use crate::domain::course::DraftStatus;

const ID: &str = "01890000-0000-7000-8000-000000000001";

#[test]
fn the_migration_makes_the_tables_of_terms_as_the_kit_keeps_them() {
    let first = include_str!("../../migrations/0003-listings.sql");
    let then = include_str!("../../migrations/0009-reviews.sql");
    for declared in [WORDS.migration(), TAGS.migration(), INSTRUCTORS.migration()] {
        let (table, indexes) = declared.split_once(";\n").unwrap();
        let name = table.split(' ').nth(2).unwrap();
        for line in table.lines() {
            let column = line.trim().trim_end_matches(',');
            let added = format!("ALTER TABLE {name} ADD COLUMN {column} DEFAULT 0;");
            assert!(first.contains(line) || then.contains(&added), "{name} lacks {line}");
        }
        for index in indexes.lines() {
            assert!(first.contains(index) || then.contains(index), "the migrations lack {index}");
        }
    }
}

/// Few rows, at most 1,001, that are found by one condition are put in order.
const FEW: &str = "LIMIT 1001) AS d CROSS JOIN";

fn all_are_indexed(statements: &[ListStatement], but: &[&str]) {
    App::new(&crate::SERVICE).on_each_database(|app| {
        app.run(|| {
            for named in statements {
                query(vec![named.statement.clone()])
                    .unwrap_or_else(|error| panic!("{}: {error}", named.name));
            }
        });
        app.explain().assert_indexed(but);
    });
}

#[test]
fn every_statement_of_the_catalogue_is_indexed() {
    let (instructor, category) = (format!("instructor_id={ID}"), format!("category_id={ID}&level=beginner"));
    let queries = [
        "",
        "q=bread",
        "q=bread+baking&level=beginner&language=pt",
        "tag=Baking&free=true",
        instructor.as_str(),
        category.as_str(),
        "slug=baking-bread",
        "level=advanced",
        "language=pt",
        "free=true",
        "price_from=100&price_to=200",
        "sort=-popularity",
        "sort=-rating&level=advanced",
        "q=bread&sort=-rating",
        "tag=Baking&sort=-popularity",
    ];
    let statements = ListQuery::<Catalogue>::statements(&queries, &Scope::all()).unwrap();
    assert!(statements.len() > 50);
    all_are_indexed(&statements, &[FEW]);
}

#[test]
fn every_statement_of_the_open_learning_paths_is_indexed() {
    let migration = include_str!("../../migrations/0005-learning-paths.sql");
    assert!(migration.contains(&super::paths::WORDS.migration()));
    let queries = ["", "q=bread", "q=bread+rye&sort=-title"];
    all_are_indexed(&ListQuery::<LearningPaths>::statements(&queries, &open()).unwrap(), &[]);
}

#[test]
fn every_statement_of_an_organisations_courses_is_indexed() {
    let scope = Scope::all().equal("organization_id", ID);
    let queries = ["", "sort=-title", "sort=-published_at", "q=bread", "q=bread+rye&sort=-published_at"];
    all_are_indexed(&ListQuery::<OfOrganization>::statements(&queries, &scope).unwrap(), &[]);
    let migration = include_str!("../../migrations/0012-organization-words.sql");
    assert!(migration.contains(&ORGANIZATION_WORDS.migration()));
}

#[test]
fn every_statement_of_the_categories_is_indexed() {
    all_are_indexed(&ListQuery::<Categories>::statements(&["", "sort=-name"], &Scope::all()).unwrap(), &[]);
}

#[test]
fn drafts_and_what_is_due_are_found_by_an_index() {
    App::new(&crate::SERVICE).on_each_database(|app| {
        app.run(|| {
            let user: UserId = ID.parse().unwrap();
            let before = Some(ID.parse().unwrap());
            for (instructor, draft_status) in [
                (Some(user), None),
                (Some(user), Some(DraftStatus::Review)),
                (None, Some(DraftStatus::Review)),
                (None, None),
            ] {
                courses::wanted(Wanted { instructor, status: None, draft_status, before, limit: 51 })
                    .unwrap();
            }
            courses::due(clock::now(), None, 100).unwrap();
            courses::given_by(user, 50).unwrap();
            courses::templates(before, 51).unwrap();
            let (source_id, course_id) = (ID.parse().unwrap(), ID.parse().unwrap());
            for version in [None, Some(1)] {
                let copying = Copying { source_id, version, course_id, shift_days: 0 };
                super::copies::parts(copying).unwrap();
                super::copies::bank(copying, source_id).unwrap();
            }
            super::copies::is_being_filled(course_id).unwrap();
            super::paths::of_owner(user, Some(("a".to_owned(), ID.parse().unwrap())), 51).unwrap();
        });
        app.explain().assert_indexed(&[]);
    });
}
