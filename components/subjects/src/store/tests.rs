use lyceum_kit::list::{ListQuery, Scope};
use lyceum_testing::App;

use super::*;

#[test]
fn every_statement_of_the_list_is_indexed() {
    let queries = [
        "",
        "sort=name",
        "semester_id=1",
        "status=active",
        "code=CS101",
        "owner_id=01890000-0000-7000-8000-000000000001",
    ];
    let statements = ListQuery::<Subjects>::numbered_statements(&queries, &Scope::all()).unwrap();
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
