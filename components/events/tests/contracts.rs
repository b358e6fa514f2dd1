//! Each type of event and its JSON Schema say the same, on both sides.
#![allow(clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

use std::{collections::BTreeSet, fs};

use lyceum_event_types::{
    auth::{EndReason, RolesChanged, SessionsEnded, UserCreated},
    authors::{AuthorAdded, AuthorChanged, AuthorRemoved},
    books::{
        BookAdded, BookChanged, BookRemoved, Contributor, ItemAdded, ItemChanged, ItemRemoved, ItemStatus,
    },
    files::{FileDeleted, FileUploaded},
    genres::{self, GenreAdded, GenreChanged, GenreRemoved},
    lendings::{
        FineCharged, FineSettled, HoldCancelled, HoldExpired, HoldPlaced, HoldReady, LendingRenewed,
        LendingReturned, LendingStarted, Settlement,
    },
    notifications::{Channel, DeliveryRequested, Kind, NotificationSent},
    platform::ErasureAnswered,
    users::{ErasureRequested, JobContinued, ProfileCreated, ProfileUpdated, Status, StatusChanged},
};
use lyceum_kit::{
    clock::{self, Timestamp},
    ids,
    role::{Role, Roles},
    user_id::UserId,
};
use lyceum_testing::contract::{assert_published, assert_readable};

fn somebody() -> (UserId, Timestamp) {
    (ids::new().into(), clock::now())
}

#[test]
fn what_auth_publishes_is_as_its_schemas_say() {
    let (user_id, now) = somebody();
    let created = |first_name: Option<&str>| UserCreated {
        user_id,
        email: "ada@example.org".into(),
        display_name: "Ada".into(),
        first_name: first_name.map(Into::into),
        last_name: first_name.map(Into::into),
        roles: Roles::new([Role::Student]),
        created_at: now,
    };
    assert_published(&[created(None), created(Some("Ada"))]);
    assert_published(&[RolesChanged { user_id, roles: Roles::new(Role::ALL), changed_at: now }]);
    let reasons =
        [EndReason::SignedOut, EndReason::TokenReused, EndReason::RolesChanged, EndReason::AccountClosed];
    let ended = |reason| SessionsEnded { user_id, session_ids: vec![ids::new()], ended_at: now, reason };
    assert_published(&reasons.map(ended));
}

#[test]
fn what_users_publishes_is_as_its_schemas_say() {
    let (user_id, now) = somebody();
    assert_published(&[ProfileCreated { user_id, display_name: "Ada".into(), created_at: now }]);
    assert_published(&[ProfileUpdated { user_id, display_name: "Ada".into(), updated_at: now }]);
    let changed = |status| StatusChanged { user_id, status, changed_at: now };
    assert_published(&[Status::Active, Status::Inactive, Status::Suspended].map(changed));
    assert_published(&[JobContinued { job_id: ids::new() }]);
    assert_published(&[ErasureRequested { erasure_id: ids::new(), user_id, requested_at: now }]);
}

#[test]
fn what_files_publishes_is_as_its_schemas_say() {
    let (user_id, now) = somebody();
    let uploaded = |entity: Option<&str>| FileUploaded {
        file_id: ids::new(),
        user_id,
        original_filename: "notes.pdf".into(),
        mime_type: "application/pdf".into(),
        file_size: 7,
        checksum: "07".repeat(32),
        service_name: "files".into(),
        entity_type: entity.map(Into::into),
        entity_id: entity.map(Into::into),
        uploaded_at: now,
    };
    assert_published(&[uploaded(None), uploaded(Some("syllabus"))]);
    assert_published(&[FileDeleted { file_id: ids::new(), user_id, deleted_at: now }]);
}

#[test]
fn what_authors_publishes_is_as_its_schemas_say() {
    let (author_id, number, at) = (ids::new(), 7, clock::now());
    let all = |text: &str| Some(text.to_owned());
    for (year, viaf, isni, orcid) in [
        (None, None, None, None),
        (Some(-406), all("102333412"), all("000000012103268X"), all("0000-0002-1694-233X")),
    ] {
        let (name, sort_name) = ("Virginia Woolf".to_owned(), "Woolf, Virginia".to_owned());
        let variants: Vec<String> = year.map(|_| "Virginia Stephen".to_owned()).into_iter().collect();
        let (birth_year, death_year) = (year, year);
        let added = AuthorAdded {
            author_id,
            number,
            name: name.clone(),
            sort_name: sort_name.clone(),
            variants: variants.clone(),
            birth_year,
            death_year,
            viaf: viaf.clone(),
            isni: isni.clone(),
            orcid: orcid.clone(),
            added_at: at,
        };
        assert_published(&[added]);
        assert_published(&[AuthorChanged {
            author_id,
            number,
            name,
            sort_name,
            variants,
            birth_year,
            death_year,
            viaf,
            isni,
            orcid,
            changed_at: at,
        }]);
    }
}

#[test]
fn what_authors_publishes_of_who_is_gone_is_as_its_schema_says() {
    assert_published(&[AuthorRemoved { author_id: ids::new(), number: 7, removed_at: clock::now() }]);
}

#[test]
fn what_genres_publishes_is_as_its_schemas_say() {
    let (genre_id, name, archived, at) = (ids::new(), "Drama".to_owned(), true, clock::now());
    for parent_id in [None, Some(ids::new())] {
        let name = name.clone();
        assert_published(&[GenreAdded { genre_id, name: name.clone(), parent_id, archived, added_at: at }]);
        assert_published(&[GenreChanged { genre_id, name, parent_id, archived, changed_at: at }]);
    }
    assert_published(&[GenreRemoved { genre_id, removed_at: at }]);
    assert_published(&[genres::JobContinued { job_id: ids::new() }]);
}

#[test]
fn what_books_publishes_of_books_is_as_its_schemas_say() {
    let (book_id, at) = (ids::new(), clock::now());
    let changed = |text: Option<&str>| BookChanged {
        book_id,
        isbn: text.map(|_| "9780804429573".into()),
        title: "Emma".into(),
        subtitle: text.map(Into::into),
        contributors: text
            .map(|name| Contributor { author_id: Some(book_id), name: name.into(), role: "author".into() })
            .into_iter()
            .collect(),
        genre_id: text.map(|_| book_id),
        subjects: text.map(Into::into).into_iter().collect(),
        language: text.map(Into::into),
        year: text.map(|_| 1815),
        publisher: text.map(Into::into),
        changed_at: at,
    };
    let all = [changed(None), changed(Some("a"))];
    assert_published(&all);
    assert_published(&all.map(|book| BookAdded {
        book_id,
        isbn: book.isbn,
        title: book.title,
        subtitle: book.subtitle,
        contributors: book.contributors,
        genre_id: book.genre_id,
        subjects: book.subjects,
        language: book.language,
        year: book.year,
        publisher: book.publisher,
        added_at: at,
    }));
    assert_published(&[BookRemoved { book_id, removed_at: at }]);
}

#[test]
fn what_books_publishes_of_items_is_as_its_schemas_say() {
    let (item_id, book_id, at) = (ids::new(), ids::new(), clock::now());
    for location in [None, Some("Main".to_owned())] {
        assert_published(&ItemStatus::ALL.map(|status| {
            let (barcode, location, item_type) = ("1".into(), location.clone(), location.clone());
            ItemAdded { item_id, book_id, barcode, location, item_type, status, added_at: at }
        }));
        assert_published(&ItemStatus::ALL.map(|status| {
            let (barcode, location, item_type) = ("1".into(), location.clone(), location.clone());
            ItemChanged { item_id, book_id, barcode, location, item_type, status, changed_at: at }
        }));
    }
    assert_published(&[ItemRemoved { item_id, book_id, removed_at: at }]);
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
            item_id,
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
            item_id,
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
    let (was_due_on, due_on, renewals, renewed_at) = (day.clone(), day, 1, at);
    let renewed = LendingRenewed {
        lending_id,
        number,
        book_id,
        item_id,
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
    assert_published(&[HoldReady {
        hold_id,
        book_id,
        item_id,
        reader_id,
        user_id,
        ready_at: at,
        pickup_until,
    }]);
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

#[test]
fn what_notifications_publishes_is_as_its_schemas_say() {
    let (user_id, sent_at) = somebody();
    assert_published(&[DeliveryRequested { delivery_id: ids::new(), user_id }]);
    let (kind, channel) = (Kind::Welcome, Channel::Email);
    assert_published(&[NotificationSent { delivery_id: ids::new(), user_id, kind, channel, sent_at }]);
}

#[test]
fn what_every_service_publishes_is_as_its_schemas_say() {
    let (user_id, erased_at) = somebody();
    assert_published(&[ErasureAnswered {
        erasure_id: ids::new(),
        user_id,
        service: "files".into(),
        erased_at,
    }]);
}

/// Also by those that have fewer fields: each service's own test says so of what it reads.
#[test]
fn whatever_a_schema_allows_can_be_read_and_every_schema_has_a_type() {
    let mut read = BTreeSet::new();
    macro_rules! readable {
        ($($type:ty),* $(,)?) => {
            $(read.insert(assert_readable::<$type>());)*
        };
    }
    readable![
        UserCreated,
        RolesChanged,
        SessionsEnded,
        ProfileCreated,
        ProfileUpdated,
        StatusChanged,
        ErasureRequested,
        JobContinued,
        FileUploaded,
        FileDeleted,
        AuthorAdded,
        AuthorChanged,
        AuthorRemoved,
        GenreAdded,
        genres::JobContinued,
        GenreChanged,
        GenreRemoved,
        BookAdded,
        BookChanged,
        BookRemoved,
        ItemAdded,
        ItemChanged,
        ItemRemoved,
        DeliveryRequested,
        NotificationSent,
        ErasureAnswered,
        LendingStarted,
        LendingReturned,
        LendingRenewed,
        HoldPlaced,
        HoldReady,
        HoldCancelled,
        HoldExpired,
        FineCharged,
        FineSettled,
    ];
    let mut described = BTreeSet::new();
    for folder in fs::read_dir("schemas").unwrap() {
        let folder = folder.unwrap();
        let service = folder.file_name().into_string().unwrap();
        for file in fs::read_dir(folder.path()).unwrap() {
            let name = file.unwrap().file_name().into_string().unwrap();
            described.insert(format!("lyceum.{service}.{}", name.strip_suffix(".schema.json").unwrap()));
        }
    }
    assert_eq!(described, read.into_iter().map(ToOwned::to_owned).collect());
}
