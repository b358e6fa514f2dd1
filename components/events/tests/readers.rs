//! What readers tell others, held against its schemas.

use lyceum_event_types::readers::{Reader, ReaderAdded, ReaderChanged, ReaderRemoved};
use lyceum_kit::{clock, ids};
use lyceum_testing::contract::assert_published;

#[test]
fn what_readers_publishes_is_as_its_schemas_say() {
    let (user_id, at, reader_id) = (ids::new().into(), clock::now(), ids::new());
    let (number, full_name, email) = ("2026/17".to_owned(), "Ada".to_owned(), "ada@example.org".to_owned());
    let (category, birth_date) = ("standard".to_owned(), "2000-01-31".to_owned());
    for phone_number in [None, Some("912345678".to_owned())] {
        let interests: Vec<String> = phone_number.iter().map(|_| "Poetry".to_owned()).collect();
        let reader = Reader {
            reader_id,
            number: number.clone(),
            user_id,
            full_name: full_name.clone(),
            email: email.clone(),
            category: category.clone(),
            birth_date: birth_date.clone(),
            phone_number,
            interests,
            blocked: false,
        };
        assert_published(&[ReaderAdded { reader: reader.clone(), added_at: at }]);
        assert_published(&[ReaderChanged { reader: Reader { blocked: true, ..reader }, changed_at: at }]);
    }
    assert_published(&[ReaderRemoved { reader_id, user_id, removed_at: at }]);
}
