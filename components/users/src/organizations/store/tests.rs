use lyceum_kit::list::{ListQuery, ListStatement};
use lyceum_testing::App;

use super::*;
use crate::{
    cohorts::store::{self as cohorts, Cohorts},
    teams::store::{self as teams, Teams},
};

#[test]
fn the_migrations_make_the_tables_of_terms_as_the_kit_keeps_them() {
    for (index, migration) in [
        (WORDS, include_str!("../../../migrations/0008-organizations.sql")),
        (teams::WORDS, include_str!("../../../migrations/0009-teams.sql")),
        (cohorts::WORDS, include_str!("../../../migrations/0010-cohorts.sql")),
    ] {
        for statement in index.migration().split_inclusive(";\n") {
            assert!(migration.contains(statement), "the migration lacks {statement}");
        }
    }
}

#[test]
fn every_statement_of_the_lists_is_indexed() {
    let id = "01890000-0000-7000-8000-000000000001";
    let (member, of) = (format!("member={id}"), format!("organization_id={id}"));
    let searched = ["", "q=sch", "q=open+university", &member];
    let with = |more: &[&str]| -> Vec<String> {
        searched.iter().chain(more).map(|query| (*query).to_owned()).collect()
    };
    let together = [format!("{of}&q=cho"), format!("{of}&{member}")];
    let groups = with(&[&of, &together[0], &together[1]]);
    let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
    let organizations = with(&["slug=school", "ownerless=true", "ownerless=true&q=sch"]);
    let organizations: Vec<&str> = organizations.iter().map(String::as_str).collect();
    let (uuid, user_id) = (ids::new(), UserId::new(ids::new()));
    let statements: Vec<ListStatement> = [
        ListQuery::<Organizations>::statements(&organizations, &Organizations::scope()).unwrap(),
        ListQuery::<Members>::statements(&["", "role=owner"], &in_organization(uuid)).unwrap(),
        ListQuery::<Memberships>::statements(&[""], &Memberships::scope(user_id)).unwrap(),
        ListQuery::<Teams>::statements(&groups, &Scope::all()).unwrap(),
        ListQuery::<teams::Members>::statements(&["", "role=lead"], &teams::in_team(uuid)).unwrap(),
        ListQuery::<Cohorts>::statements(&groups, &Scope::all()).unwrap(),
        ListQuery::<cohorts::Members>::statements(&[""], &cohorts::in_cohort(uuid)).unwrap(),
    ]
    .concat();
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
