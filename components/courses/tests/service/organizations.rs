//! Courses that the members of an organisation find.

use super::*;

const ORGANIZATION: &str = "01890000-0000-7000-8000-0000000000aa";
const ELSEWHERE: &str = "01890000-0000-7000-8000-0000000000bb";

fn tell(app: &App, kind: &str, sequence: u64, rest: &Value) {
    let mut told = rest.clone();
    told["organization_id"] = json!(ORGANIZATION);
    let event = Event::new(&format!("lyceum.users.{kind}.v1"), told);
    app.deliver(&event.about("organization", ORGANIZATION, sequence)).unwrap();
}

fn join(app: &App, user: &str, sequence: u64) {
    let told = json!({ "user_id": user, "role": "member", "joined_at": "2027-01-01T00:00:00Z" });
    tell(app, "OrganizationMemberAdded", sequence, &told);
}

fn leave(app: &App, user: &str, sequence: u64) {
    let told = json!({ "user_id": user, "removed_at": "2027-01-01T00:00:00Z" });
    tell(app, "OrganizationMemberRemoved", sequence, &told);
}

fn fields(organization: &str) -> Value {
    json!({ "title": "A", "visibility": "organization", "organization_id": organization,
        "instructor_ids": [TEACHER] })
}

fn theirs(app: &App) -> String {
    let course = course_with(app, &fields(ORGANIZATION));
    lesson(app, &module(app, &course, "First"), "Hello");
    course
}

#[test]
fn only_members_see_a_course_of_their_organisation_once_it_is_published() {
    App::new(&SERVICE).on_each_database(|app| {
        join(app, TEACHER, 1);
        join(app, STUDENT, 2);
        let course = theirs(app);
        student(app).get(&course).send().expect(404);
        publish(app, &course);
        let told = app.events_of("lyceum.courses.CoursePublished.v1").pop().unwrap();
        assert_eq!(told.data["organization_id"], ORGANIZATION);
        assert_eq!(told.data["visibility"], "organization");
        let list = format!("{PATH}/organizations/{ORGANIZATION}");
        let read = student(app).get(&course).send().expect(200).json();
        assert_eq!(read["organization_id"], ORGANIZATION);
        assert_eq!(titles(&student(app).get(&list).send().expect(200)), ["A"]);
        assert_eq!(titles(&admin(app).get(&list).send().expect(200)), ["A"]);
        let searched =
            |words: &str| titles(&student(app).get(&format!("{list}?q={words}")).send().expect(200));
        assert_eq!(searched("a"), ["A"]);
        assert_eq!(searched("b"), [""; 0]);
        let others = admin(app).get(&format!("{PATH}/organizations/{ELSEWHERE}?q=a")).send();
        assert_eq!(titles(&others.expect(200)), [""; 0]);
        assert_eq!(found(app, ""), [""; 0]);
        for who in [other_teacher(app), app.anonymous()] {
            who.get(&course).send().expect(404);
        }
        other_teacher(app).get(&list).send().expect(404);
        app.anonymous().get(&list).send().expect(401);
        student(app).put(&course).if_match("\"1\"").json(&fields(ORGANIZATION)).send().expect(403);
        leave(app, STUDENT, 4);
        join(app, STUDENT, 2);
        student(app).get(&course).send().expect(404);
        student(app).get(&list).send().expect(404);
        join(app, STUDENT, 5);
        student(app).get(&course).send().expect(200);
        tell(app, "OrganizationDeleted", 6, &json!({ "deleted_at": "2027-01-01T00:00:00Z" }));
        student(app).get(&course).send().expect(404);
        teacher(app).get(&course).send().expect(200);
    });
}

#[test]
fn a_course_goes_to_an_organisation_of_whoever_says_so_and_on_to_everybody() {
    App::new(&SERVICE).on_each_database(|app| {
        let begin = |fields: &Value| teacher(app).post(PATH).json(fields).send();
        assert_eq!(begin(&fields(ORGANIZATION)).expect(422).problem().pointers(), ["/organization_id"]);
        let none = json!({ "title": "A", "visibility": "organization" });
        assert_eq!(begin(&none).expect(422).problem().pointers(), ["/organization_id"]);
        admin(app).post(PATH).json(&fields(ORGANIZATION)).send().expect(201);
        join(app, TEACHER, 1);
        let course = theirs(app);
        publish(app, &course);
        let refused = changed(app, &course, &fields(ELSEWHERE)).expect(422);
        assert_eq!(refused.problem().pointers(), ["/organization_id"]);
        // Who left keeps what is there.
        leave(app, TEACHER, 2);
        changed(app, &course, &fields(ORGANIZATION)).expect(200);
        let mut public = fields(ORGANIZATION);
        public["visibility"] = json!("public");
        changed(app, &course, &public).expect(200);
        assert_eq!(found(app, ""), ["A"]);
        let list = format!("{PATH}/organizations/{ORGANIZATION}");
        assert_eq!(titles(&admin(app).get(&list).send().expect(200)), [""; 0]);
        let path = json!({ "title": "A path", "visibility": "organization" });
        let refused = teacher(app).post("/api/v1/learning-paths").json(&path).send().expect(422);
        assert_eq!(refused.problem().pointers(), ["/visibility"]);
    });
}
