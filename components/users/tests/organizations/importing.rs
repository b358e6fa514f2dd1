//! Cohorts that are filled from a file of addresses.

use super::*;

const CONTINUED: &str = "lyceum.users.JobContinued.v1";

fn import(by: &As<'_>, cohort: &str, query: &str, file: &str) -> Answer {
    by.post(&format!("{COHORTS}/{cohort}/imports{query}")).body("text/csv", file.to_owned()).send()
}

/// Works on the job to its end: what it has come to, and what was wrong with which row.
fn run(app: &App, by: &As<'_>, begun: Answer) -> (Value, Vec<(i64, String)>) {
    let location = begun.expect(202).header("location").unwrap().to_owned();
    for at in 0.. {
        let events = app.events_of(CONTINUED);
        let Some(event) = events.get(at) else { break };
        while app.deliver(&event.to_deliver()).is_err() {}
    }
    let errors = list(by, &format!("{location}/errors"));
    let errors = errors["items"].as_array().unwrap().iter().map(|error| {
        let code = error["details"][0]["code"].as_str().or(error["error_code"].as_str());
        (error["row"].as_i64().unwrap(), code.unwrap().to_owned())
    });
    (by.get(&location).send().expect(200).json(), errors.collect())
}

fn wrong(rows: &[(i64, &str)]) -> Vec<(i64, String)> {
    rows.iter().map(|(row, code)| (*row, (*code).to_owned())).collect()
}

#[test]
fn each_row_of_a_file_is_judged_by_itself_and_nobody_learns_who_has_an_account() {
    on_each(|app| {
        let school = school(app);
        let class = group(app, COHORTS, &school, "Class");
        with_person(app, 5, "Eve");
        let cleo = person(app, CLEO);
        let file = "name,email\nDora, DORA@example.org\nEve,eve@example.org\nX,nobody@example.org\n,\n\
                    Ben,ben@example.org\nTwice,Dora@Example.org\n";
        let (job, errors) = run(app, &cleo, import(&cleo, &class, "", file));
        assert_eq!(
            (&job["state"], &job["done"], &job["failed"]),
            (&json!("completed"), &json!(6), &json!(4))
        );
        assert_eq!(job["format"], "csv");
        let expected = [(2, "NOT_A_MEMBER"), (3, "NOT_A_MEMBER"), (4, "REQUIRED"), (6, "REPEATED")];
        assert_eq!(errors, wrong(&expected));
        assert_eq!(names(&list(&cleo, &format!("{COHORTS}/{class}/members"))), ["Ben", "Dora"]);
        assert_eq!(told(app, "CohortMemberAdded").len(), 2);
        // Once more, who is in it stays in it.
        let (job, _) = run(app, &cleo, import(&cleo, &class, "", "email\ndora@example.org\n"));
        assert_eq!((&job["failed"], told(app, "CohortMemberAdded").len()), (&json!(0), 2));
    });
}

#[test]
fn an_administrators_file_brings_people_into_the_organization_too() {
    on_each(|app| {
        let school = school(app);
        let class = group(app, COHORTS, &school, "Class");
        with_person(app, 5, "Eve");
        let admin = app.as_role(Role::Admin);
        let file = "email\neve@example.org\nnobody@example.org\n";
        let (job, _) = run(app, &admin, import(&admin, &class, "?dry_run=true", file));
        assert_eq!((&job["done"], &job["failed"]), (&json!(2), &json!(1)));
        assert!(told(app, "CohortMemberAdded").is_empty());
        let (_, errors) = run(app, &admin, import(&admin, &class, "", file));
        assert_eq!(errors, wrong(&[(2, "UNKNOWN_PERSON")]));
        let eve = person(app, 5);
        assert_eq!(names(&list(&eve, ORGANIZATIONS)), ["School"]);
        assert_eq!(names(&list(&eve, COHORTS)), ["Class"]);
    });
}

#[test]
fn a_file_is_taken_from_those_who_keep_the_cohort() {
    on_each(|app| {
        let school = school(app);
        let class = group(app, COHORTS, &school, "Class");
        let body = json!({ "user_id": user_id(DORA) });
        person(app, ADA).post(&format!("{COHORTS}/{class}/members")).json(&body).send().expect(201);
        import(&app.anonymous(), &class, "", "email\n").expect(401);
        import(&person(app, DORA), &class, "", "email\n").expect(403);
        import(&person(app, NOBODY), &class, "", "email\n").expect(404);
        let path = format!("{COHORTS}/{class}/imports");
        person(app, CLEO).post(&path).body("text/plain", "email\n").send().expect(415);
        person(app, CLEO).post(&path).body("text/csv", vec![0xff, 0xfe, 0x00]).send().expect(422);
        import(&person(app, CLEO), &class, "?dry=1", "email\n").expect(400);
    });
}

#[test]
fn a_cohort_that_is_deleted_while_it_is_filled_gets_nobody_more() {
    on_each(|app| {
        let school = school(app);
        let class = group(app, COHORTS, &school, "Class");
        let cleo = person(app, CLEO);
        let begun = import(&cleo, &class, "", "email\ndora@example.org\n");
        cleo.delete(&format!("{COHORTS}/{class}")).send().expect(204);
        let (job, errors) = run(app, &cleo, begun);
        assert_eq!((&job["state"], errors), (&json!("completed"), wrong(&[(1, "COHORT_DELETED")])));
        assert!(told(app, "CohortMemberAdded").is_empty());
    });
}
