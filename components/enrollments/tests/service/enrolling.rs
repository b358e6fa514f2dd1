//! Who enrols, and who is enrolled by whom.

use super::*;

#[test]
fn a_learner_enrols_once_for_a_key_and_is_confirmed() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        let (course, ada) = (course(app), person(app));
        let request = learner(app, ada).post(PATH).json(&json!({ "course_id": course })).key("k1");
        let first = request.clone().send().expect(201);
        assert_eq!(request.send().expect(201).body(), first.body());
        assert_eq!((&first.json()["status"], &first.json()["origin"]), (&json!("requested"), &json!("self")));
        let path = path_of(&first);
        let found = learner(app, ada).get(&path).send().expect(200);
        let enrollment = found.json();
        assert_eq!(
            (&enrollment["status"], &enrollment["course_version"], &enrollment["enrolled_at"]),
            (&json!("confirmed"), &json!(1), &json!(now()))
        );
        assert_eq!((&enrollment["starts_at"], &enrollment["expires_at"]), (&Value::Null, &Value::Null));
        assert_eq!(code(enrol(app, course, ada)), "ALREADY_ENROLLED");
        assert_eq!(counts(app, course), (1, 0));
        let kinds: Vec<String> = app.events().into_iter().map(|event| event.kind).collect();
        assert_eq!(
            kinds,
            ["EnrollmentRequested", "UserEnrolled"].map(|kind| format!("lyceum.enrollments.{kind}.v1"))
        );
        let told = &app.events()[1].data;
        assert_eq!((&told["course_title"], &told["user_id"]), (&json!("Baking bread"), &json!(ada)));
        app.anonymous().post(PATH).json(&json!({ "course_id": course })).send().expect(401);
    });
}

#[test]
fn an_enrolment_is_seen_by_whose_it_is_and_by_the_courses_instructors() {
    App::new(&SERVICE).on_each_database(|app| {
        let (course, [ada, bob]) = (course(app), people(app));
        let path = enrolled(app, course, ada);
        for who in [learner(app, ada), teacher(app), admin(app)] {
            assert_eq!(who.get(&path).send().expect(200).json()["user_id"], json!(ada));
        }
        for who in [learner(app, bob), other_teacher(app), app.as_user(TEACHER)] {
            who.get(&path).send().expect(404);
            who.delete(&path).send().expect(404);
            who.patch(&path).if_match("*").json(&json!({})).send().expect(404);
        }
        learner(app, ada).get(&format!("{PATH}/{}", ids::new())).send().expect(404);
    });
}

#[test]
fn who_does_not_find_a_course_does_not_enrol_in_it() {
    App::new(&SERVICE).on_each_database(|app| {
        let ada = person(app);
        enrol(app, ids::new(), ada).expect(404);
        enrol(app, course_with(app, &json!({ "visibility": "private" })), ada).expect(404);
        let draft = ids::new();
        let data = json!({
            "course_id": draft, "title": "A", "instructor_ids": [TEACHER], "created_at": now(),
        });
        let created = Event::new("lyceum.courses.CourseCreated.v1", data);
        app.deliver(&created.about("course", &draft.to_string(), 1)).unwrap();
        enrol(app, draft, ada).expect(404);
        let of_teacher = json!({ "course_id": draft });
        assert_eq!(code(teacher(app).post(PATH).json(&of_teacher).send()), "COURSE_NOT_OPEN");

        let organization = ids::new();
        let change = json!({ "visibility": "organization", "organization_id": organization });
        let course = course_with(app, &change);
        enrol(app, course, ada).expect(404);
        member(app, organization, ada, "member", 1);
        enrol(app, course, ada).expect(201);
        assert!(app.events_of("lyceum.enrollments.EnrollmentFailed.v1").is_empty());
    });
}

/// Users tell that somebody is in an organisation.
pub(super) fn member(app: &App, organization: Uuid, user: Uuid, role: &str, sequence: u64) {
    let data = json!({
        "organization_id": organization, "user_id": user, "role": role, "joined_at": now(),
    });
    let event = Event::new("lyceum.users.OrganizationMemberAdded.v1", data);
    app.deliver(&event.about("organization", &organization.to_string(), sequence)).unwrap();
}

#[test]
fn who_has_left_an_organisation_or_whose_organisation_is_gone_finds_its_courses_no_more() {
    App::new(&SERVICE).on_each_database(|app| {
        let (organization, [ada, bob]) = (ids::new(), people(app));
        let course =
            course_with(app, &json!({ "visibility": "organization", "organization_id": organization }));
        member(app, organization, ada, "member", 1);
        member(app, organization, bob, "member", 2);
        let left = json!({ "organization_id": organization, "user_id": ada, "removed_at": now() });
        let event = Event::new("lyceum.users.OrganizationMemberRemoved.v1", left);
        app.deliver(&event.about("organization", &organization.to_string(), 3)).unwrap();
        // What comes again changes nothing.
        member(app, organization, ada, "member", 1);
        enrol(app, course, ada).expect(404);
        let gone = json!({ "organization_id": organization, "deleted_at": now() });
        let event = Event::new("lyceum.users.OrganizationDeleted.v1", gone);
        app.deliver(&event.about("organization", &organization.to_string(), 4)).unwrap();
        enrol(app, course, bob).expect(404);
    });
}

#[test]
fn what_is_archived_or_costs_something_that_nobody_takes_is_refused_before_anything_is_reserved() {
    App::new(&SERVICE).on_each_database(|app| {
        let ada = person(app);
        let archived = course(app);
        updated(app, archived, 2, &json!({ "status": "archived" }));
        assert_eq!(code(enrol(app, archived, ada)), "COURSE_NOT_OPEN");
        let paid = course_with(app, &json!({ "price": 4_900, "currency": "EUR" }));
        assert_eq!(code(enrol(app, paid, ada)), "PAYMENTS_NOT_AVAILABLE");
        assert_eq!(counts(app, paid), (0, 0));
        assert!(app.events().is_empty());
        // Instructors may ask for nothing.
        let path = format!("/api/v1/courses/{paid}/enrollments");
        let gift = json!({ "user_id": ada, "waive_payment": true });
        let path = path_of(&teacher(app).post(&path).json(&gift).send().expect(201));
        assert_eq!(status(app, &path), "confirmed");
    });
}

#[test]
fn instructors_enrol_whoever_has_an_account_and_others_enrol_themselves_alone() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        let (course, [ada, bob]) = (course(app), people(app));
        let path = format!("/api/v1/courses/{course}/enrollments");
        let of = |user: Uuid| json!({ "user_id": user });
        learner(app, ada).post(&path).json(&of(bob)).send().expect(403);
        learner(app, ada).post(&path).json(&json!({ "waive_payment": true })).send().expect(403);
        other_teacher(app).post(&path).json(&of(bob)).send().expect(403);
        set(app, course, &json!({ "self_enrollment": false }));
        assert_eq!(code(learner(app, ada).post(&path).json(&json!({})).send()), "SELF_ENROLLMENT_OFF");
        let dated = json!({
            "user_id": bob, "starts_at": "2026-02-01T00:00:00Z", "expires_at": "2026-03-01T00:00:00Z",
        });
        let answer = teacher(app).post(&path).json(&dated).send().expect(201);
        let enrollment = shown(app, &path_of(&answer));
        assert_eq!(
            (
                &enrollment["status"],
                &enrollment["origin"],
                &enrollment["starts_at"],
                &enrollment["expires_at"]
            ),
            (&json!("confirmed"), &json!("instructor"), &dated["starts_at"], &dated["expires_at"])
        );
        for (wrong, pointer) in [
            (of(ids::new()), "/user_id"),
            (json!({ "user_id": ada, "code": "X" }), "/code"),
            (json!({ "user_id": ada, "expires_at": FIRST_DAY }), "/expires_at"),
            (json!({ "user_id": "ada" }), "/user_id"),
        ] {
            let refused = teacher(app).post(&path).json(&wrong).send().expect(422).problem();
            assert_eq!(refused.pointers(), [pointer], "{wrong}");
        }
        set(app, course, &json!({}));
        learner(app, ada).post(&path).json(&json!({})).send().expect(201);
        assert_eq!(counts(app, course), (2, 0));
    });
}

#[test]
fn who_takes_somebody_out_of_a_course_names_them_by_their_id() {
    App::new(&SERVICE).on_each_database(|app| {
        let (course, [ada, bob]) = (course(app), people(app));
        let path = enrolled(app, course, ada);
        enrolled(app, course, bob);
        let of = |user: Uuid| format!("/api/v1/courses/{course}/enrollments/{user}");
        learner(app, bob).delete(&of(ada)).send().expect(404);
        teacher(app).delete(&of(ada)).if_match("\"99\"").send().expect(412);
        teacher(app).delete(&of(ada)).send().expect(204);
        teacher(app).delete(&of(ada)).send().expect(404);
        learner(app, bob).delete(&of(bob)).send().expect(204);
        assert_eq!((status(app, &path).as_str(), counts(app, course)), ("withdrawn", (0, 0)));
        let over = app.events_of("lyceum.enrollments.EnrollmentDeleted.v1");
        let reasons: Vec<_> = over.iter().map(|event| event.data["reason"].clone()).collect();
        assert_eq!(reasons, ["removed", "withdrawn"].map(|reason| json!(reason)));
        // Whoever left may come again.
        enrol(app, course, ada).expect(201);
    });
}
