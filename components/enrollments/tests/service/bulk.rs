//! Many people at once.

use super::enrolling::member;
use super::*;

const CONTINUED: &str = "lyceum.enrollments.JobContinued.v1";

/// Does what the job's events drive until it has ended.
fn run(app: &App, begun: &Answer) -> Value {
    let path = begun.header("location").unwrap();
    let mut handled = 0;
    loop {
        let job = admin(app).get(path).send().expect(200).json();
        if job["state"] != "running" {
            return job;
        }
        let driving = app.events_of(CONTINUED);
        for event in &driving[handled..] {
            app.deliver(&event.to_deliver()).unwrap();
        }
        assert!(driving.len() > handled, "nothing drives the job");
        handled = driving.len();
    }
}

fn import(app: &App, who: &As<'_>, course: Uuid, query: &str, file: String) -> Answer {
    let _ = app;
    let path = format!("/api/v1/courses/{course}/enrollments/imports{query}");
    who.post(&path).body("text/csv", file).send()
}

fn errors(app: &App, begun: &Answer) -> Vec<(i64, String)> {
    let path = format!("{}/errors", begun.header("location").unwrap());
    let page = admin(app).get(&path).send().expect(200).json();
    let items = page["items"].as_array().unwrap().clone();
    items
        .iter()
        .map(|item| {
            let code = item["details"][0]["code"].as_str().or(item["error_code"].as_str()).unwrap();
            (item["row"].as_i64().unwrap(), code.to_owned())
        })
        .collect()
}

#[test]
fn a_file_enrols_whom_it_names_and_tells_of_each_row_that_is_wrong() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        let course = course(app);
        let [ada, bob, cleo, dan] = people(app);
        set(app, course, &json!({ "capacity": 3, "self_enrollment": false }));
        let path = format!("/api/v1/courses/{course}/enrollments");
        teacher(app).post(&path).json(&json!({ "user_id": ada })).send().expect(201);
        let file = format!(
            "user_id,expires_at,name\n{ada},,Ada\n{bob},2026-03-01T00:00:00Z,Bob\n{bob},,Again\n{},,Nobody\nx,,Wrong\n,,Empty\n{cleo},,Cleo\n{dan},,Dan\n",
            ids::new()
        );
        let begun = import(app, &teacher(app), course, "", file).expect(202);
        let job = run(app, &begun);
        assert_eq!(
            (&job["state"], &job["done"], &job["failed"], &job["format"]),
            (&json!("completed"), &json!(8), &json!(5), &json!("csv"))
        );
        let wrong = [(3, "REPEATED"), (4, "UNKNOWN_USER"), (5, "UNREADABLE_ROW"), (6, "REQUIRED"), (8, "COURSE_FULL")];
        assert_eq!(errors(app, &begun), wrong.map(|(row, code)| (row, code.to_owned())));
        assert_eq!(counts(app, course), (3, 0));
        let list = |user: Uuid| {
            let list = format!("{path}?user_id={user}");
            teacher(app).get(&list).send().expect(200).json()["items"][0].clone()
        };
        assert_eq!((&list(bob)["expires_at"], &list(bob)["origin"]), (&json!("2026-03-01T00:00:00Z"), &json!("file")));
        assert_eq!(list(cleo)["status"], "confirmed");
        assert_eq!(app.events_of("lyceum.enrollments.UserEnrolled.v1").len(), 3);
    });
}

#[test]
fn a_dry_run_finds_what_is_wrong_and_enrols_nobody() {
    App::new(&SERVICE).on_each_database(|app| {
        let (course, ada) = (course(app), person(app));
        let file = format!("user_id\n{ada}\n{}\n", ids::new());
        let begun = import(app, &teacher(app), course, "?dry_run=true", file).expect(202);
        let job = run(app, &begun);
        assert_eq!((&job["done"], &job["failed"], &job["dry_run"]), (&json!(2), &json!(1), &json!(true)));
        assert_eq!(counts(app, course), (0, 0));
    });
}

#[test]
fn addresses_are_found_among_the_members_of_the_courses_organisation_and_by_administrators() {
    App::new(&SERVICE).on_each_database(|app| {
        let organization = ids::new();
        let course = course_with(app, &json!({ "organization_id": organization }));
        let inside = person_with(app, "Ada@Example.org");
        person_with(app, "bob@example.org");
        member(app, organization, inside, "member", 1);
        let file = "email\nada@example.ORG\nbob@example.org\ncleo@example.org\n".to_owned();
        let begun = import(app, &teacher(app), course, "", file.clone()).expect(202);
        run(app, &begun);
        let unknown = |row: i64| (row, "UNKNOWN_USER".to_owned());
        assert_eq!(errors(app, &begun), [unknown(2), unknown(3)]);
        let begun = import(app, &admin(app), course, "", file).expect(202);
        run(app, &begun);
        assert_eq!(errors(app, &begun), [unknown(3)]);
        assert_eq!(counts(app, course), (2, 0));
    });
}

#[test]
fn files_are_for_the_courses_instructors_and_have_a_known_form() {
    App::new(&SERVICE).on_each_database(|app| {
        let (course, ada) = (course(app), person(app));
        let file = || format!("user_id\n{ada}\n");
        import(app, &other_teacher(app), course, "", file()).expect(403);
        import(app, &learner(app, ada), course, "", file()).expect(403);
        import(app, &teacher(app), ids::new(), "", file()).expect(404);
        import(app, &teacher(app), course, "?speed=high", file()).expect(400);
        let path = format!("/api/v1/courses/{course}/enrollments/imports");
        teacher(app).post(&path).body("image/png", "x").send().expect(415);
    });
}

/// Users tell of a cohort and of who is in it.
fn cohort(app: &App, organization: Uuid, members: &[Uuid]) -> Uuid {
    let id = ids::new();
    let data = json!({
        "cohort_id": id, "organization_id": organization, "name": "2026", "created_at": now(),
    });
    let event = Event::new("lyceum.users.CohortCreated.v1", data);
    app.deliver(&event.about("cohort", &id.to_string(), 1)).unwrap();
    for (user, sequence) in members.iter().zip(2..) {
        let data = json!({
            "cohort_id": id, "organization_id": organization, "user_id": user, "joined_at": now(),
        });
        let event = Event::new("lyceum.users.CohortMemberAdded.v1", data);
        app.deliver(&event.about("cohort", &id.to_string(), sequence)).unwrap();
    }
    id
}

#[test]
fn a_cohort_is_enrolled_by_who_keeps_it_and_those_for_whom_there_is_no_place_wait() {
    App::new(&SERVICE).on_each_database(|app| {
        let (organization, course, users) = (ids::new(), course(app), people::<5>(app));
        set(app, course, &json!({ "capacity": 3, "waiting_list": true }));
        let id = cohort(app, organization, &users);
        let left = json!({
            "cohort_id": id, "organization_id": organization, "user_id": users[0], "removed_at": now(),
        });
        let event = Event::new("lyceum.users.CohortMemberRemoved.v1", left);
        app.deliver(&event.about("cohort", &id.to_string(), 9)).unwrap();
        let path = format!("/api/v1/courses/{course}/enrollments/cohorts");
        let enrol = |who: As<'_>, cohort: Uuid| who.post(&path).json(&json!({ "cohort_id": cohort })).send();
        enrol(teacher(app), id).expect(422);
        enrol(other_teacher(app), id).expect(403);
        member(app, organization, TEACHER.parse().unwrap(), "instructor", 1);
        enrol(teacher(app), ids::new()).expect(422);
        enrol(teacher(app), cohort(app, organization, &[])).expect(422);
        let begun = enrol(teacher(app), id).expect(202);
        let job = run(app, &begun);
        assert_eq!((&job["done"], &job["failed"], &job["format"]), (&json!(4), &json!(0), &json!("cohort")));
        assert_eq!(counts(app, course), (3, 1));
        // Enrolled again, all stays as it is.
        run(app, &enrol(teacher(app), id).expect(202));
        assert_eq!(counts(app, course), (3, 1));
        let gone = json!({ "cohort_id": id, "organization_id": organization, "deleted_at": now() });
        let event = Event::new("lyceum.users.CohortDeleted.v1", gone);
        app.deliver(&event.about("cohort", &id.to_string(), 10)).unwrap();
        enrol(teacher(app), id).expect(422);
    });
}

#[test]
fn who_is_enrolled_by_a_file_pays_unless_that_is_waived() {
    App::new(&SERVICE).on_each_database(|app| {
        app.configure("payments", "on");
        let course = course_with(app, &json!({ "price": 4_900, "currency": "EUR" }));
        let [ada, bob] = people(app);
        run(app, &import(app, &teacher(app), course, "", format!("user_id\n{ada}\n")).expect(202));
        let waived = format!("user_id\n{bob}\n");
        run(app, &import(app, &teacher(app), course, "?waive_payment=true", waived).expect(202));
        assert_eq!(app.events_of("lyceum.enrollments.PaymentRequested.v1").len(), 1);
        assert_eq!(app.events_of("lyceum.enrollments.UserEnrolled.v1").len(), 1);
        assert_eq!(counts(app, course), (2, 0));
    });
}

#[test]
fn a_job_is_cancelled_by_who_began_it() {
    App::new(&SERVICE).on_each_database(|app| {
        let (course, ada) = (course(app), person(app));
        let begun = import(app, &teacher(app), course, "", format!("user_id\n{ada}\n")).expect(202);
        let path = begun.header("location").unwrap();
        for method in ["GET", "DELETE"] {
            other_teacher(app).call(method.parse().unwrap(), path).send().expect(404);
        }
        let list = teacher(app).get("/api/v1/jobs/enrollments").send().expect(200).json();
        assert_eq!(list["items"][0]["name"], "enroll");
        let cancelled = teacher(app).delete(path).send();
        assert!(cancelled.status() < 300, "{cancelled:?}");
        run(app, &begun);
        assert_eq!(counts(app, course), (0, 0));
    });
}
