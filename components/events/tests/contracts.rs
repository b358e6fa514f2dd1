//! Each type of event and its JSON Schema say the same, on both sides.
#![allow(clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

use std::{collections::BTreeSet, fs};

use lyceum_event_types::{
    auth::{AddressChanged, EndReason, RolesChanged, SessionsEnded, UserCreated},
    authors::{AuthorAdded, AuthorChanged, AuthorRemoved},
    books::{
        self, Book, BookAdded, BookChanged, BookRemoved, Contributor, ItemAdded, ItemChanged, ItemRemoved,
        ItemStatus,
    },
    courses::{
        self, CourseCreated, CourseDeleted, CoursePublished, CourseUpdated, LearningPathChanged,
        LearningPathDeleted,
    },
    enrollments::{
        self, EnrollmentCompleted, EnrollmentDeleted, EnrollmentFailed, EnrollmentRequested,
        EnrollmentUpdated, EnrollmentWaitlisted, UserEnrolled,
    },
    files::{FileDeleted, FileUploaded},
    genres::{self, GenreAdded, GenreChanged, GenreRemoved},
    lendings::{
        FineCharged, FineSettled, HoldCancelled, HoldDelayed, HoldExpired, HoldPlaced, HoldReady,
        LendingDueSoon, LendingOverdue, LendingRenewed, LendingReturned, LendingStarted,
    },
    notifications::{Channel, DeliveryRequested, Kind, NotificationSent},
    payments::{PaymentCancelled, PaymentCompleted, PaymentFailed, PaymentRequested},
    platform::ErasureAnswered,
    progress::{
        self, AchievementEarned, AssignmentDueSoon, AssignmentGraded, AssignmentSubmitted, CertificateIssued,
        CompetencyAcquired, CompetencyDefined, CompetencyRemoved, CourseCompleted, LessonCompleted,
        ProgressUpdated, QuizCompleted,
    },
    readers::{ReaderAdded, ReaderChanged, ReaderRemoved},
    students::{Entry, EntryAdded, EntryChanged, EntryKind, EntryRemoved, Grade},
    users::{
        ErasureRequested, JobContinued, ProfileCreated, ProfileUpdated, Status, StatusChanged,
        cohorts::{CohortCreated, CohortDeleted, CohortMemberAdded, CohortMemberRemoved, CohortUpdated},
        organizations::{
            OrganizationCreated, OrganizationDeleted, OrganizationMemberAdded, OrganizationMemberChanged,
            OrganizationMemberRemoved, OrganizationUpdated,
        },
        teams::{
            TeamCreated, TeamDeleted, TeamMemberAdded, TeamMemberChanged, TeamMemberRemoved, TeamUpdated,
        },
    },
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
        imported: first_name.is_some(),
        status: first_name.map(|_| Status::Inactive),
    };
    assert_published(&[created(None), created(Some("Ada"))]);
    assert_published(&[RolesChanged { user_id, roles: Roles::new(Role::ALL), changed_at: now }]);
    let email = "Ada@example.org".to_owned();
    assert_published(&[AddressChanged { user_id, email, version: 2, changed_at: now }]);
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
    let book = |text: Option<&str>| Book {
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
    };
    let all = [book(None), book(Some("a"))];
    assert_published(&all.clone().map(|book| BookAdded { book, added_at: at }));
    assert_published(&all.map(|book| BookChanged { book, changed_at: at }));
    assert_published(&[BookRemoved { book_id, removed_at: at }]);
}

#[test]
fn what_books_publishes_of_items_is_as_its_schemas_say() {
    let (item_id, book_id, at) = (ids::new(), ids::new(), clock::now());
    for location in [None, Some("Main".to_owned())] {
        for status in ItemStatus::ALL {
            let (barcode, location, item_type) = ("1".into(), location.clone(), location.clone());
            let item = books::Item { item_id, book_id, barcode, location, item_type, status };
            assert_published(&[ItemAdded { item: item.clone(), added_at: at }]);
            assert_published(&[ItemChanged { item, changed_at: at }]);
        }
    }
    assert_published(&[ItemRemoved { item_id, book_id, removed_at: at }]);
    assert_published(&[books::JobContinued { job_id: ids::new() }]);
}

#[test]
fn what_notifications_publishes_is_as_its_schemas_say() {
    let (user_id, sent_at) = somebody();
    assert_published(&[DeliveryRequested { delivery_id: ids::new(), user_id }]);
    let (delivery_id, channel) = (ids::new(), Channel::Email);
    assert_published(&Kind::ALL.map(|kind| NotificationSent {
        delivery_id,
        user_id,
        kind,
        channel,
        sent_at,
    }));
}

#[test]
fn what_students_publishes_is_as_its_schemas_say() {
    let ((student_id, at), entry_id) = (somebody(), ids::new());
    for kind in EntryKind::ALL {
        let grade = (kind == EntryKind::Grade).then_some(Grade { value: 1.5, maximum: 6.0, weight: 0.25 });
        for (course_id, author_id) in [(None, None), (Some(entry_id), Some(student_id))] {
            let visible_to_student = grade.is_some();
            let entry =
                Entry { entry_id, student_id, kind, course_id, author_id, visible_to_student, grade, at };
            assert_published(&[EntryAdded { entry: entry.clone(), added_at: at }]);
            assert_published(&[EntryChanged { entry, changed_at: at }]);
            assert_published(&[EntryRemoved { entry_id, student_id, kind, course_id, removed_at: at }]);
        }
    }
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

macro_rules! readable {
    ($read:ident: $($type:ty),* $(,)?) => {
        $($read.insert(assert_readable::<$type>());)*
    };
}

/// The kinds that have a schema.
fn described() -> BTreeSet<String> {
    let mut described = BTreeSet::new();
    for folder in fs::read_dir("schemas").unwrap() {
        let folder = folder.unwrap();
        let service = folder.file_name().into_string().unwrap();
        for file in fs::read_dir(folder.path()).unwrap() {
            let name = file.unwrap().file_name().into_string().unwrap();
            described.insert(format!("lyceum.{service}.{}", name.strip_suffix(".schema.json").unwrap()));
        }
    }
    described
}

/// Also by those that have fewer fields: each service's own test says so of what it reads.
#[test]
fn whatever_a_schema_allows_can_be_read_and_every_schema_has_a_type() {
    let mut read = BTreeSet::new();
    readable![read:
        UserCreated,
        RolesChanged,
        AddressChanged,
        SessionsEnded,
        ProfileCreated,
        ProfileUpdated,
        StatusChanged,
        ErasureRequested,
        JobContinued,
        OrganizationCreated,
        OrganizationUpdated,
        OrganizationDeleted,
        OrganizationMemberAdded,
        OrganizationMemberChanged,
        OrganizationMemberRemoved,
        TeamCreated,
        TeamUpdated,
        TeamDeleted,
        TeamMemberAdded,
        TeamMemberChanged,
        TeamMemberRemoved,
        CohortCreated,
        CohortUpdated,
        CohortDeleted,
        CohortMemberAdded,
        CohortMemberRemoved,
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
        books::JobContinued,
        DeliveryRequested,
        NotificationSent,
        ErasureAnswered,
        LendingStarted,
        LendingReturned,
        LendingRenewed,
        LendingDueSoon,
        LendingOverdue,
        HoldPlaced,
        HoldReady,
        HoldDelayed,
        HoldCancelled,
        HoldExpired,
        FineCharged,
        FineSettled,
        ReaderAdded,
        ReaderChanged,
        ReaderRemoved,
        EntryAdded,
        EntryChanged,
        EntryRemoved,
        CourseCreated,
        CourseUpdated,
        CoursePublished,
        CourseDeleted,
        LearningPathChanged,
        LearningPathDeleted,
        courses::JobContinued,
        EnrollmentRequested,
        UserEnrolled,
        EnrollmentUpdated,
        EnrollmentWaitlisted,
        EnrollmentFailed,
        EnrollmentCompleted,
        EnrollmentDeleted,
        enrollments::JobContinued,
        PaymentRequested,
        PaymentCancelled,
        PaymentCompleted,
        PaymentFailed,
        ProgressUpdated,
        LessonCompleted,
        CourseCompleted,
        QuizCompleted,
        AssignmentSubmitted,
        AssignmentGraded,
        AssignmentDueSoon,
        AchievementEarned,
        CompetencyAcquired,
        CompetencyDefined,
        CompetencyRemoved,
        CertificateIssued,
        progress::JobContinued,
    ];
    assert_eq!(described(), read.into_iter().map(ToOwned::to_owned).collect());
}
