use lyceum_kit::list::{ListQuery, Scope};
use lyceum_testing::App;

use super::configurations::Configurations;
use super::flags::Flags;
use super::*;

#[test]
fn every_statement_of_the_lists_is_indexed() {
    let configurations = [
        "is_active=true",
        "is_active=true&is_sensitive=false",
        "is_active=true&environment=staging,all",
        "is_active=false&environment=staging,all&is_sensitive=false&service_name=a",
    ];
    let flags = [
        "",
        "ends_at_from=2026-01-01T00:00:00Z",
        "is_enabled=true&environment=staging,all",
        "service_name=a",
    ];
    let scope = Scope::all();
    let mut statements = ListQuery::<Configurations>::numbered_statements(&configurations, &scope).unwrap();
    statements.extend(ListQuery::<Flags>::numbered_statements(&flags, &scope).unwrap());
    App::new(&crate::SERVICE).on_each_database(|app| {
        app.run(|| {
            for named in &statements {
                query(vec![named.statement.clone()])
                    .unwrap_or_else(|error| panic!("{}: {error}", named.name));
            }
        });
        app.explain().assert_indexed(&[]);
    });
}
