//! Categories, which administrators keep.

use super::*;

const CATEGORIES: &str = "/api/v1/course-categories";

#[test]
fn administrators_keep_categories_and_everybody_reads_them() {
    App::new(&SERVICE).on_each_database(|app| {
        let body = json!({ "name": "Food", "description": "What one eats." });
        teacher(app).post(CATEGORIES).json(&body).send().expect(403);
        app.anonymous().post(CATEGORIES).json(&body).send().expect(401);
        let add = || admin(app).post(CATEGORIES).key("k").json(&body).send().expect(201);
        let (added, again) = (add(), add());
        assert_eq!(added.body(), again.body());
        let path = location(&added);
        assert_eq!(app.anonymous().get(&path).send().expect(200).json(), added.json());
        let taken = admin(app).post(CATEGORIES).json(&json!({ "name": "FOOD" })).send().expect(409);
        assert_eq!(taken.problem().error_code, "CATEGORY_NAME_TAKEN");
        let change = |tag: &str| admin(app).put(&path).if_match(tag).json(&json!({ "name": "Meals" })).send();
        admin(app).put(&path).json(&body).send().expect(428);
        teacher(app).put(&path).if_match("\"1\"").json(&body).send().expect(403);
        change("\"1\"").expect(200);
        change("\"1\"").expect(412);
        admin(app).post(CATEGORIES).json(&json!({ "name": "Arts" })).send().expect(201);
        let list = app.anonymous().get(CATEGORIES).send().expect(200).json();
        let names: Vec<_> =
            list["items"].as_array().unwrap().iter().map(|item| item["name"].clone()).collect();
        assert_eq!(names, ["Arts", "Meals"]);
        for (body, pointer) in [
            (json!({ "name": "" }), "/name"),
            (json!({ "name": "A", "review_required": 1 }), "/review_required"),
            (json!({ "name": "A", "description": "x".repeat(4_097) }), "/description"),
        ] {
            assert_eq!(
                admin(app).post(CATEGORIES).json(&body).send().expect(422).problem().pointers(),
                [pointer]
            );
        }
        app.anonymous().get(&format!("{CATEGORIES}/{NOBODY}")).send().expect(404);
    });
}

#[test]
fn a_category_is_deleted_when_no_course_is_in_it() {
    App::new(&SERVICE).on_each_database(|app| {
        let path = location(&admin(app).post(CATEGORIES).json(&json!({ "name": "Food" })).send().expect(201));
        let course = course_with(app, &json!({ "title": "A", "category_id": id_of(&path) }));
        let refused = admin(app).delete(&path).send().expect(409);
        assert_eq!(refused.problem().error_code, "CATEGORY_IN_USE");
        changed(app, &course, &fields("A")).expect(200);
        teacher(app).delete(&path).send().expect(403);
        admin(app).delete(&path).if_match("\"9\"").send().expect(412);
        admin(app).delete(&path).send().expect(204);
        app.anonymous().get(&path).send().expect(404);
    });
}
