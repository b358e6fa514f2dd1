//! Genres below others, archived ones, and what can be deleted.

use serde_json::json;

use super::*;

fn codes(answer: &Answer) -> Vec<String> {
    let problem = answer.problem();
    assert_eq!(problem.pointers(), ["/parent_id"]);
    problem.details.iter().map(|detail| detail["code"].as_str().unwrap().to_owned()).collect()
}

/// Fiction, with Drama in it, with Tragedy in that.
fn three(app: &App) -> [String; 3] {
    let fiction = named(app, "Fiction");
    let drama = added(app, &json!({ "name": "Drama", "parent_id": fiction }));
    let tragedy = added(app, &json!({ "name": "Tragedy", "parent_id": drama }));
    [fiction, drama, tragedy]
}

#[test]
fn the_list_goes_down_the_tree() {
    App::new(&SERVICE).on_each_database(|app| {
        let [fiction, drama, _] = three(app);
        assert_eq!(names(&list(app, "?top=true")), ["Fiction"]);
        assert_eq!(names(&list(app, &format!("?parent_id={fiction}"))), ["Drama"]);
        assert_eq!(names(&list(app, &format!("?parent_id={drama}&sort=created_at"))), ["Tragedy"]);
        assert_eq!(names(&list(app, "?top=true&archived=true")), [""; 0]);
    });
}

#[test]
fn a_genre_goes_below_one_that_exists_and_never_below_itself() {
    App::new(&SERVICE).on_each_database(|app| {
        let [fiction, drama, tragedy] = three(app);
        let unknown = json!({ "name": "Prose", "parent_id": "01890000-0000-7000-8000-000000000001" });
        let answer = librarian(app).post(PATH).json(&unknown).send().expect(422);
        assert_eq!(codes(&answer), ["UNKNOWN_GENRE"]);
        for parent in [&fiction, &drama, &tragedy] {
            let answer = changed(app, &fiction, &json!({ "parent_id": parent })).expect(422);
            assert_eq!(codes(&answer), ["CYCLE"]);
        }
        changed(app, &tragedy, &json!({ "parent_id": null })).expect(200);
        changed(app, &fiction, &json!({ "parent_id": tragedy })).expect(200);
        assert_eq!(names(&list(app, "?top=true")), ["Tragedy"]);
    });
}

#[test]
fn a_tree_has_a_bottom() {
    App::new(&SERVICE).on_each_database(|app| {
        let mut parent = named(app, "0");
        for level in 1..=10 {
            parent = added(app, &json!({ "name": level.to_string(), "parent_id": parent }));
        }
        let answer = librarian(app).post(PATH).json(&json!({ "name": "11", "parent_id": parent })).send();
        assert_eq!(codes(&answer.expect(422)), ["TOO_DEEP"]);
    });
}

/// Between the check and the commit, the genre above it may be put below it.
#[test]
fn a_place_that_changed_since_it_was_read_is_not_taken() {
    App::new(&SERVICE).on_each_database(|app| {
        let [_, drama, _] = three(app);
        let prose = named(app, "Prose");
        app.commit_first("UPDATE genres SET version = version + 1 WHERE name = 'Fiction'");
        let answer = changed(app, &prose, &json!({ "parent_id": drama })).expect(409);
        assert_eq!(answer.problem().error_code, "PARENT_CHANGED");
        assert_eq!(
            changed(app, &prose, &json!({ "parent_id": drama })).expect(200).json()["parent_id"],
            drama
        );
    });
}

#[test]
fn a_genre_that_gets_one_below_it_meanwhile_is_neither_archived_nor_deleted() {
    App::new(&SERVICE).on_each_database(|app| {
        let [_, drama, tragedy] = three(app);
        let prose = named(app, "Prose");
        let below = format!("UPDATE genres SET parent_id = '{prose}' WHERE id = '{tragedy}'");
        app.commit_first(&below);
        assert_eq!(
            changed(app, &prose, &json!({ "archived": true })).expect(409).problem().error_code,
            "GENRE_HAS_CHILDREN"
        );
        changed(app, &tragedy, &json!({ "archived": true, "parent_id": drama })).expect(200);
        changed(app, &prose, &json!({ "archived": true })).expect(200);
        app.commit_first(&below);
        let refused = librarian(app).delete(&path_of(&prose)).send().expect(409);
        assert_eq!(refused.problem().error_code, "GENRE_HAS_CHILDREN");
    });
}

#[test]
fn a_genre_that_changed_since_it_was_read_is_neither_changed_nor_deleted() {
    App::new(&SERVICE).on_each_database(|app| {
        let id = added(app, &json!({ "name": "Drama", "archived": true }));
        let somebody_else = "UPDATE genres SET version = version + 1 WHERE name = 'Drama'";
        app.commit_first(somebody_else);
        changed(app, &id, &json!({ "name": "Theatre" })).expect(412);
        app.commit_first(somebody_else);
        librarian(app).delete(&path_of(&id)).send().expect(412);
        assert_eq!(names(&list(app, "?q=drama")), ["Drama"]);
    });
}

#[test]
fn nothing_in_use_is_below_what_is_archived() {
    App::new(&SERVICE).on_each_database(|app| {
        let [fiction, drama, tragedy] = three(app);
        let refused = changed(app, &drama, &json!({ "archived": true })).expect(409);
        assert_eq!(refused.problem().error_code, "GENRE_HAS_CHILDREN");
        changed(app, &tragedy, &json!({ "archived": true })).expect(200);
        changed(app, &drama, &json!({ "archived": true })).expect(200);
        let below = json!({ "name": "Comedy", "parent_id": drama });
        assert_eq!(codes(&librarian(app).post(PATH).json(&below).send().expect(422)), ["ARCHIVED"]);
        assert_eq!(codes(&changed(app, &tragedy, &json!({ "archived": false })).expect(422)), ["ARCHIVED"]);
        let moved = json!({ "archived": false, "parent_id": fiction });
        assert_eq!(changed(app, &tragedy, &moved).expect(200).json()["archived"], false);
        assert_eq!(names(&list(app, "?archived=true")), ["Drama"]);
    });
}

#[test]
fn a_genre_is_deleted_once_it_is_archived_and_nothing_is_below_it() {
    App::new(&SERVICE).on_each_database(|app| {
        let [_, drama, tragedy] = three(app);
        let delete = |id: &str| librarian(app).delete(&path_of(id)).send();
        assert_eq!(delete(&tragedy).expect(409).problem().error_code, "GENRE_NOT_ARCHIVED");
        changed(app, &tragedy, &json!({ "archived": true })).expect(200);
        changed(app, &drama, &json!({ "archived": true })).expect(200);
        assert_eq!(delete(&drama).expect(409).problem().error_code, "GENRE_HAS_CHILDREN");
        delete(&tragedy).expect(204);
        delete(&drama).expect(204);
        delete(&drama).expect(404);
        assert_eq!(names(&list(app, "")), ["Fiction"]);
        for query in ["?q=drama", "?prefix=drama", "?contains=drama"] {
            assert_eq!(names(&list(app, query)), [""; 0]);
        }
        assert_eq!(app.events_of("lyceum.genres.GenreRemoved.v1").len(), 2);
        // Its name is free again.
        named(app, "Drama");
    });
}
