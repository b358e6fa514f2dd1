//! A person's data is erased, once they have and owe nothing.

use super::*;

fn requested(user: Uuid) -> Event {
    let data = json!({ "erasure_id": ids::new(), "user_id": user, "requested_at": now() });
    Event::new("lyceum.users.ErasureRequested.v1", data).about("user", &user.to_string(), 1)
}

fn answered(app: &App) -> usize {
    app.events_of("lyceum.platform.ErasureAnswered.v1").len()
}

#[test]
fn who_has_or_owes_something_is_not_forgotten_and_afterwards_their_lendings_remain_without_them() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        let (reader, other) = (reader(app), reader(app));
        let (awaited, third) = (copy(app), self::reader(app));
        book(app, awaited.book);
        let awaiting = lent(app, awaited, &third);
        for reader in [&reader, &other] {
            place(app, awaited.book, reader).expect(201);
        }
        let (path, others) = (lent(app, copy(app), &reader), lent(app, copy(app), &other));
        // Asked for every hour, until it is answered.
        // The word by which the host knows that this is the answer.
        assert!(app.deliver(&requested(reader.user)).unwrap_err().starts_with("refused: SOMETHING_OWED"));
        assert_eq!(answered(app), 0);
        at(app, "2026-01-21T10:00:00Z");
        give_back(app, &path).expect(200);
        // The word by which the host knows that this is the answer.
        assert!(app.deliver(&requested(reader.user)).unwrap_err().starts_with("refused: SOMETHING_OWED"));
        assert_eq!(answered(app), 0);
        let fines =
            librarian(app).get(&format!("/api/v1/fines?reader_id={}", reader.id)).send().expect(200).json();
        let fine = format!("/api/v1/fines/{}", fines["items"][0]["id"].as_str().unwrap());
        let paid = json!({ "settlement": "paid" });
        librarian(app).post(&format!("{fine}/settlement")).json(&paid).send().expect(200);
        app.deliver(&requested(reader.user)).unwrap();
        app.deliver(&requested(reader.user)).unwrap();
        assert_eq!(answered(app), 2);
        for path in [&path, &fine] {
            let kept = librarian(app).get(path).send().expect(200);
            assert_eq!((&kept.json()["reader_id"], &kept.json()["user_id"]), (&Value::Null, &Value::Null));
        }
        // Their place in the queue is the next one's.
        give_back(app, &awaiting).expect(200);
        let ready = app.events_of("lyceum.lendings.HoldReady.v1");
        assert_eq!((ready.len(), &ready[0].data["reader_id"]), (1, &json!(other.id)));
        let kept = librarian(app).get(&others).send().expect(200).json();
        assert_eq!(kept["reader_id"], json!(other.id));
        // What is heard of them afterwards makes nothing of them.
        let data = json!({
            "reader_id": reader.id, "number": reader.number, "user_id": reader.user, "full_name": "Ada",
            "email": "ada@example.org", "category": "adult", "birth_date": "1990-12-10", "phone_number": null,
            "interests": [], "blocked": false, "changed_at": now(),
        });
        let late =
            Event::new("lyceum.readers.ReaderChanged.v1", data).about("reader", &reader.id.to_string(), 2);
        app.deliver(&late).unwrap();
        lend(app, copy(app), &reader).expect(422);
    });
}
