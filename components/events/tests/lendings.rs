//! What lendings tell others, held against its schemas.

use lyceum_event_types::lendings::{
    FineCharged, FineSettled, HoldCancelled, HoldDelayed, HoldExpired, HoldPlaced, HoldReady, LendingDueSoon,
    LendingOverdue, LendingRenewed, LendingReturned, LendingStarted, Settlement,
};
use lyceum_kit::{
    clock::{self, Timestamp},
    ids,
    user_id::UserId,
};
use lyceum_testing::contract::assert_published;

fn somebody() -> (UserId, Timestamp) {
    (ids::new().into(), clock::now())
}

#[test]
fn what_lendings_publishes_of_lendings_is_as_its_schemas_say() {
    let ((user_id, at), number, day) = (somebody(), "2026/17".to_owned(), "2026-01-31".to_owned());
    let (lending_id, book_id, item_id, reader_id) = (ids::new(), ids::new(), ids::new(), ids::new());
    for genre_id in [None, Some(ids::new())] {
        assert_published(&[LendingStarted {
            lending_id,
            number: number.clone(),
            book_id,
            item_id: Some(item_id),
            reader_id,
            user_id,
            genre_id,
            hold_id: genre_id,
            started_at: at,
            started_on: day.clone(),
            due_on: day.clone(),
        }]);
        assert_published(&[LendingReturned {
            lending_id,
            number: number.clone(),
            book_id,
            item_id: Some(item_id),
            reader_id,
            user_id,
            genre_id,
            started_at: at,
            due_on: day.clone(),
            returned_at: at,
            days_overdue: 0,
            fine_cents: 0,
        }]);
    }
    for title in [None, Some("Emma".to_owned())] {
        let (number, due_on) = (number.clone(), day.clone());
        let soon =
            LendingDueSoon { lending_id, number, book_id, title, reader_id, user_id, due_on, days_left: 0 };
        assert_published(std::slice::from_ref(&soon));
        let LendingDueSoon { number, title, due_on, .. } = soon;
        assert_published(&[LendingOverdue {
            lending_id,
            number,
            book_id,
            title,
            reader_id,
            user_id,
            due_on,
            days_overdue: 1,
        }]);
    }
    let (was_due_on, due_on, renewals, renewed_at) = (day.clone(), day, 1, at);
    let renewed = LendingRenewed {
        lending_id,
        number,
        book_id,
        item_id: Some(item_id),
        reader_id,
        user_id,
        was_due_on,
        due_on,
        renewals,
        renewed_at,
    };
    assert_published(&[renewed]);
}

#[test]
fn what_lendings_publishes_of_holds_and_fines_is_as_its_schemas_say() {
    let ((user_id, at), [hold_id, book_id, item_id, reader_id]) = (somebody(), [(); 4].map(|()| ids::new()));
    assert_published(&[HoldPlaced { hold_id, book_id, reader_id, user_id, placed_at: at }]);
    let pickup_until = "2026-01-31".to_owned();
    let ready = |title| HoldReady {
        hold_id,
        book_id,
        item_id,
        reader_id,
        user_id,
        title,
        ready_at: at,
        pickup_until: pickup_until.clone(),
    };
    assert_published(&[ready(None), ready(Some("Emma".to_owned()))]);
    let delayed =
        |title| HoldDelayed { hold_id, book_id, item_id, reader_id, user_id, title, delayed_at: at };
    assert_published(&[delayed(None), delayed(Some("Emma".to_owned()))]);
    assert_published(&[HoldCancelled { hold_id, book_id, reader_id, user_id, cancelled_at: at }]);
    assert_published(&[HoldExpired { hold_id, book_id, reader_id, user_id, expired_at: at }]);
    let (fine_id, lending_id, amount_cents) = (ids::new(), ids::new(), 200);
    assert_published(&[FineCharged {
        fine_id,
        lending_id,
        reader_id,
        user_id,
        amount_cents,
        charged_at: at,
    }]);
    assert_published(&Settlement::ALL.map(|settlement| FineSettled {
        fine_id,
        lending_id,
        reader_id,
        user_id,
        amount_cents,
        settlement,
        settled_at: at,
    }));
}
