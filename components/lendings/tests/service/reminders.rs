//! Readers are reminded before and after the last day, once a day.

use super::*;

fn told(app: &App, kind: &str) -> Vec<Value> {
    app.events_of(&format!("lyceum.lendings.{kind}.v1")).into_iter().map(|event| event.data).collect()
}

#[test]
fn a_lending_is_told_of_once_a_day_before_and_after_its_last_day_until_it_ends() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        let (copy, reader) = (copy(app), reader(app));
        book(app, copy.book);
        let path = lent(app, copy, &reader);
        for (moment, soon, late) in [
            ("2026-01-17T23:59:59Z", 0, 0),
            ("2026-01-18T00:00:00Z", 1, 0),
            ("2026-01-18T09:00:00Z", 1, 0),
            ("2026-01-20T09:00:00Z", 2, 0),
            ("2026-01-21T00:00:00Z", 2, 1),
            ("2026-01-22T00:00:00Z", 2, 2),
        ] {
            at(app, moment);
            for _ in 0..2 {
                app.tick("hour").unwrap();
            }
            assert_eq!(
                (told(app, "LendingDueSoon").len(), told(app, "LendingOverdue").len()),
                (soon, late),
                "{moment}"
            );
        }
        let soon = told(app, "LendingDueSoon");
        assert_eq!(
            (&soon[0]["days_left"], &soon[1]["days_left"], &soon[0]["title"], &soon[0]["user_id"]),
            (&json!(2), &json!(0), &json!("Emma"), &json!(reader.user))
        );
        assert_eq!(told(app, "LendingOverdue")[1]["days_overdue"], 2);
        give_back(app, &path).expect(200);
        at(app, "2026-01-23T00:00:00Z");
        app.tick("hour").unwrap();
        assert_eq!(told(app, "LendingOverdue").len(), 2);
    });
}
