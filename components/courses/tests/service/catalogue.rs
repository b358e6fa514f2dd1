//! The catalogue: what everybody finds, by words and by what is said of it.

use super::*;

fn published(app: &App, fields: &Value) -> String {
    let mut all = json!({ "visibility": "public" });
    all.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let course = course_with(app, &all);
    lesson(app, &module(app, &course, "First"), "Hello");
    publish(app, &course);
    course
}

#[test]
fn courses_are_found_by_words_and_by_what_is_said_of_them() {
    App::new(&SERVICE).on_each_database(|app| {
        let category = admin(app).post("/api/v1/course-categories").json(&json!({ "name": "Food" })).send();
        let category = category.expect(201).json()["id"].as_str().unwrap().to_owned();
        published(app, &json!({ "title": "Baking bread", "level": "beginner", "language": "pt", "tags": ["Baking", "Flour"],
            "learning_objectives": ["Know yeast"], "category_id": category, "slug": "baking-bread" }));
        published(app, &json!({ "title": "Advanced bread", "level": "advanced", "language": "en", "price": 500,
            "currency": "EUR", "tags": ["baking"], "description": "With sourdough." }));
        published(app, &json!({ "title": "Algebra", "short_description": "Sums & more", "price": 2000, "currency": "EUR" }));
        let by_category = format!("?category_id={category}&level=beginner");
        let by_teacher = format!("?instructor_id={TEACHER}&language=en");
        for (query, expected) in [
            ("", ["Algebra", "Advanced bread", "Baking bread"].as_slice()),
            ("?sort=title", &["Advanced bread", "Algebra", "Baking bread"]),
            ("?sort=published_at", &["Baking bread", "Advanced bread", "Algebra"]),
            ("?q=bread", &["Advanced bread", "Baking bread"]),
            ("?q=BAKING+bread", &["Advanced bread", "Baking bread"]),
            ("?q=yeast", &["Baking bread"]),
            ("?q=sourdou", &["Advanced bread"]),
            ("?q=flour", &["Baking bread"]),
            ("?q=sums", &["Algebra"]),
            ("?q=read", &[]),
            ("?q=bread&level=beginner", &["Baking bread"]),
            ("?tag=BAKING", &["Advanced bread", "Baking bread"]),
            ("?tag=bak", &[]),
            ("?tag=baking&language=pt", &["Baking bread"]),
            ("?free=true", &["Baking bread"]),
            ("?price_from=500&price_to=1000", &["Advanced bread"]),
            ("?slug=baking-bread", &["Baking bread"]),
            (&by_category, &["Baking bread"]),
            (&by_teacher, &["Advanced bread"]),
        ] {
            assert_eq!(found(app, query), expected, "{query}");
        }
        for wrong in ["?sort=id", "?level=expert", "?limit=0", "?colour=red", "?category_id=x", "?price_from=a"] {
            app.anonymous().get(&format!("{PATH}{wrong}")).send().expect(400);
        }
        let first = app.anonymous().get(&format!("{PATH}?limit=2")).send().expect(200);
        assert!(first.header("link").unwrap().contains("rel=\"next\""));
        let cursor = first.json()["next_cursor"].as_str().unwrap().to_owned();
        assert_eq!(found(app, &format!("?limit=2&cursor={cursor}")), ["Baking bread"]);
    });
}

#[test]
fn the_catalogue_shows_what_is_published_and_public_as_its_latest_version_says() {
    App::new(&SERVICE).on_each_database(|app| {
        let course = published(app, &json!({ "title": "A", "tags": ["Old"] }));
        let body = |visibility: &str| {
            json!({ "title": "B", "visibility": visibility, "instructor_ids": [TEACHER, OTHER], "tags": ["New"] })
        };
        changed(app, &course, &body("public")).expect(200);
        assert_eq!(found(app, ""), ["A"]);
        assert_eq!(found(app, "?tag=new"), [""; 0]);
        // Who gives it holds at once.
        assert_eq!(found(app, &format!("?instructor_id={OTHER}")), ["A"]);
        publish(app, &course);
        for (query, expected) in [("", "B"), ("?tag=new", "B"), ("?q=b", "B")] {
            assert_eq!(found(app, query), [expected]);
        }
        for query in ["?tag=old", "?q=a"] {
            assert_eq!(found(app, query), [""; 0], "{query}");
        }
        changed(app, &course, &body("private")).expect(200);
        for query in ["", "?tag=new", "?q=b"] {
            assert_eq!(found(app, query), [""; 0], "{query}");
        }
        changed(app, &course, &body("public")).expect(200);
        assert_eq!(found(app, ""), ["B"]);
    });
}
