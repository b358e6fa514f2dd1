//! Readers who are about to go, or are gone: what keeps them, what they may not begin any more, and what becomes of their holds.

use super::*;

pub(super) fn removal(reader: &Reader) -> String {
    format!("/borrowers/{}/removals/{}", reader.user, reader.id)
}

fn erasure(reader: &Reader, id: Uuid) -> String {
    format!("/borrowers/{}/erasures/{id}", reader.user)
}

pub(super) fn close(app: &App, service: &str, path: &str) -> Answer {
    app.as_service(service).put(path).json(&Value::Null).send()
}

/// The code and the sentence of a refusal.
fn refusal(answer: Answer) -> (String, String) {
    let problem = answer.expect(409).problem();
    (problem.error_code, problem.detail)
}

/// Readers tell that somebody is a reader no more.
fn removed(reader: &Reader) -> Event {
    let data = json!({ "reader_id": reader.id, "user_id": reader.user, "removed_at": now() });
    Event::new("lyceum.readers.ReaderRemoved.v1", data).about("reader", &reader.id.to_string(), 2)
}

#[test]
fn who_has_or_owes_something_can_not_go_and_it_is_said_how_much() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        let (reader, id) = (reader(app), ids::new());
        let paths = [(); 2].map(|()| lent(app, copy(app), &reader));
        let all = |app: &App| {
            [
                app.as_service("users").get(&format!("/borrowers/{}/erasures", reader.user)).send(),
                close(app, "users", &erasure(&reader, id)),
                close(app, "readers", &removal(&reader)),
            ]
        };
        for answer in all(app) {
            let (code, detail) = refusal(answer);
            assert_eq!(code, "COPIES_OUT");
            assert!(detail.contains("2 copies are out"), "{detail}");
        }
        at(app, "2026-01-21T10:00:00Z");
        give_back(app, &paths[0]).expect(200);
        for answer in all(app) {
            let (code, detail) = refusal(answer);
            assert_eq!(code, "COPIES_OUT");
            assert!(detail.contains("1 copy is out, and 200 cents"), "{detail}");
        }
        give_back(app, &paths[1]).expect(200);
        for answer in all(app) {
            let (code, detail) = refusal(answer);
            assert_eq!(code, "FINES_UNPAID");
            assert!(detail.contains("400 cents"), "{detail}");
        }
        let fines = librarian(app).get(&format!("/api/v1/fines?reader_id={}", reader.id)).send().json();
        for fine in fines["items"].as_array().unwrap() {
            let path = format!("/api/v1/fines/{}/settlement", fine["id"].as_str().unwrap());
            librarian(app).post(&path).json(&json!({ "settlement": "waived" })).send().expect(200);
        }
        for answer in all(app) {
            answer.expect(204);
        }
        // Who never borrowed anything may go, too.
        close(app, "readers", &removal(&self::reader(app))).expect(204);
    });
}

#[test]
fn who_is_about_to_be_deleted_begins_nothing_for_two_minutes_and_who_is_about_to_be_erased_until_they_stay() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        let (reader, id) = (reader(app), ids::new());
        let free = copy(app);
        book(app, free.book);
        let refused = || {
            assert_eq!(reasons(lend(app, free, &reader)), ["READER_LEAVING"]);
            let hold = place(app, free.book, &reader).expect(409).problem();
            assert_eq!(hold.error_code, "READER_LEAVING");
        };
        for _ in 0..2 {
            close(app, "readers", &removal(&reader)).expect(204);
        }
        refused();
        at(app, "2026-01-05T10:02:00Z");
        let path = lent(app, free, &reader);
        give_back(app, &path).expect(200);
        for _ in 0..2 {
            close(app, "users", &erasure(&reader, id)).expect(204);
        }
        at(app, "2026-02-05T10:00:00Z");
        refused();
        // Another erasure's end is not this one's.
        app.as_service("users").delete(&erasure(&reader, ids::new())).send().expect(204);
        refused();
        for _ in 0..2 {
            app.as_service("users").delete(&erasure(&reader, id)).send().expect(204);
        }
        place(app, free.book, &reader).expect(201);
        lent(app, free, &reader);
    });
}

#[test]
fn what_is_borrowed_or_closed_between_reading_and_commit_is_found() {
    App::new(&SERVICE).on_each_database(|app| {
        let reader = reader(app);
        let path = lent(app, copy(app), &reader);
        give_back(app, &path).expect(200);
        app.commit_first("UPDATE reader_accounts SET open_lendings = 1");
        assert_eq!(refusal(close(app, "readers", &removal(&reader))).0, "COPIES_OUT");
        let other = self::reader(app);
        let free = copy(app);
        let closure =
            format!("INSERT INTO closures (id, user_id) VALUES ('{}', '{}')", ids::new(), other.user);
        app.commit_first(&closure);
        assert_eq!(reasons(lend(app, free, &other)), ["READER_LEAVING"]);
        let third = self::reader(app);
        app.commit_first("UPDATE readers_seen SET removed = TRUE");
        lend(app, free, &third).expect(422);
    });
}

#[test]
fn only_the_services_that_let_people_go_ask_for_it() {
    let app = App::new(&SERVICE).sqlite();
    let reader = reader(&app);
    for (service, path) in [("users", removal(&reader)), ("readers", erasure(&reader, ids::new()))] {
        close(&app, service, &path).expect(403);
        app.as_role(Role::Admin).put(&path).json(&Value::Null).send().expect(403);
    }
    let check = format!("/borrowers/{}/erasures", reader.user);
    app.as_role(Role::Admin).get(&check).send().expect(403);
    app.as_service("users").get("/borrowers/nobody/erasures").send().expect(400);
}

#[test]
fn a_reader_who_is_gone_waits_for_nothing_and_holds_nobody_up() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        let [gone, next, borrower] = [(); 3].map(|()| reader(app));
        let (awaited, kept) = (copy(app), copy(app));
        book(app, awaited.book);
        book(app, kept.book);
        let path = lent(app, awaited, &borrower);
        for (book, reader) in [(awaited.book, &gone), (kept.book, &gone), (kept.book, &next)] {
            place(app, book, reader).expect(201);
        }
        at(app, "2026-01-06T10:00:00Z");
        assert_eq!(reasons(renew(app, &path)), ["AWAITED"]);
        assert_eq!(reasons(lend(app, kept, &next)), ["ITEM_KEPT"]);
        // It is known first that they are gone: until then they may still place a hold.
        let told = removed(&gone);
        let early = app.deliver(&told.clone().to("lendings/reaction")).unwrap_err();
        assert!(early.starts_with("not-yet: "), "{early}");
        app.deliver(&told.clone().to("lendings/projection")).unwrap();
        place(app, kept.book, &gone).expect(422);
        for _ in 0..2 {
            app.deliver(&told.clone().to("lendings/reaction")).unwrap();
        }
        renew(app, &path).expect(200);
        let lending = lend(app, kept, &next).expect(201).json();
        assert!(lending["hold_id"].is_string(), "{lending}");
        let cancelled = app.events_of("lyceum.lendings.HoldCancelled.v1");
        let theirs: Vec<&Value> = cancelled.iter().map(|event| &event.data["reader_id"]).collect();
        assert_eq!(theirs, [&json!(gone.id); 2]);
        let theirs = format!("/api/v1/holds?reader_id={}&state=cancelled", gone.id);
        let list = librarian(app).get(&theirs).send().expect(200).json();
        assert_eq!(list["items"].as_array().unwrap().len(), 2);
    });
}

#[test]
fn what_a_reader_borrowed_before_it_was_known_that_they_are_gone_comes_back_and_is_paid() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        let reader = reader(app);
        let path = lent(app, copy(app), &reader);
        app.deliver(&removed(&reader)).unwrap();
        lend(app, copy(app), &reader).expect(422);
        at(app, "2026-01-21T10:00:00Z");
        assert_eq!(give_back(app, &path).expect(200).json()["fine_cents"], 200);
        let fines = librarian(app).get(&format!("/api/v1/fines?reader_id={}", reader.id)).send().json();
        let fine = format!("/api/v1/fines/{}/settlement", fines["items"][0]["id"].as_str().unwrap());
        librarian(app).post(&fine).json(&json!({ "settlement": "paid" })).send().expect(200);
    });
}
