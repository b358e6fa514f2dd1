//! Lists of enrolments.

use super::*;

fn ids_of(answer: Answer) -> Vec<Value> {
    answer.expect(200).json()["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect()
}

fn id_of(path: &str) -> Value {
    json!(path.rsplit_once('/').unwrap().1)
}

#[test]
fn people_list_their_own_enrolments_by_course_and_status() {
    App::new(&SERVICE).on_each_database(|app| {
        let [ada, bob] = people(app);
        let [one, two, three] = [(); 3].map(|()| course(app));
        let [first, second, third] = [one, two, three].map(|course| enrolled(app, course, ada));
        enrolled(app, one, bob);
        withdraw(app, &second, ada).expect(204);
        let list = |query: &str| ids_of(learner(app, ada).get(&format!("{PATH}{query}")).send());
        assert_eq!(list(""), [&third, &second, &first].map(|path| id_of(path)));
        assert_eq!(list("?status=withdrawn"), [id_of(&second)]);
        assert_eq!(list(&format!("?course_id={one}")), [id_of(&first)]);
        assert_eq!(list(&format!("?course_id={one}&status=withdrawn")), Vec::<Value>::new());
        let page = learner(app, ada).get(&format!("{PATH}?limit=2")).send().expect(200).json();
        let cursor = page["next_cursor"].as_str().unwrap().to_owned();
        assert_eq!(list(&format!("?limit=2&cursor={cursor}")), [id_of(&first)]);
        for wrong in ["?status=lost", "?course_id=x", "?user_id=x", "?limit=0"] {
            learner(app, ada).get(&format!("{PATH}{wrong}")).send().expect(400);
        }
        app.anonymous().get(PATH).send().expect(401);
    });
}

#[test]
fn instructors_list_the_enrolments_of_their_courses_by_person_and_status() {
    App::new(&SERVICE).on_each_database(|app| {
        let (course, other, users) = (course(app), course(app), people::<3>(app));
        set(app, course, &json!({ "capacity": 2, "waiting_list": true }));
        let paths = users.map(|user| enrolled(app, course, user));
        enrolled(app, other, users[0]);
        let path = format!("/api/v1/courses/{course}/enrollments");
        let list = |query: &str| ids_of(teacher(app).get(&format!("{path}{query}")).send());
        assert_eq!(list(""), [&paths[2], &paths[1], &paths[0]].map(|path| id_of(path)));
        assert_eq!(list("?status=waitlisted"), [id_of(&paths[2])]);
        assert_eq!(list(&format!("?user_id={}", users[1])), [id_of(&paths[1])]);
        other_teacher(app).get(&path).send().expect(403);
        learner(app, users[0]).get(&path).send().expect(403);
        teacher(app).get(&format!("{path}?colour=red")).send().expect(400);
    });
}
