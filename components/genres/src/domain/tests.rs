use std::slice;

use super::*;

fn fields(name: &str) -> GenreFields {
    GenreFields { name: name.into(), description: None, parent_id: None, archived: false }
}

fn below(name: &str, parent: &Genre) -> Genre {
    Genre::new(GenreFields { parent_id: Some(parent.id), ..fields(name) }).unwrap()
}

fn code(result: Result<(), Misplaced>) -> &'static str {
    result.map_or_else(|misplaced| Invalid::from(misplaced).0[0].code, |()| "OK")
}

#[test]
fn a_name_is_stored_in_one_form_and_compared_without_case_and_accents() {
    let genre = Genre::new(fields("  Poe\u{301}sie  lyrique ")).unwrap();
    assert_eq!(genre.name, "Po\u{e9}sie lyrique");
    assert_eq!(genre.name_folded, "poesie lyrique");
    assert_eq!(genre.version, 1);
}

#[test]
fn fields_that_break_a_rule_are_named_all_at_once() {
    let wrong = GenreFields { description: Some("x".repeat(4_097)), ..fields("\u{7}") };
    let Invalid(violations) = Genre::new(wrong).unwrap_err();
    let pointers: Vec<&str> = violations.iter().map(|violation| violation.pointer.as_str()).collect();
    assert_eq!(pointers, ["/name", "/description"]);
    for name in ["", " ", &"x".repeat(101)] {
        assert!(Genre::new(fields(name)).is_err(), "{name:?}");
    }
    assert!(Genre::new(fields(&"\u{e9}".repeat(100))).is_ok());
}

#[test]
fn a_description_without_text_is_none() {
    let genre = Genre::new(GenreFields { description: Some(" \n".into()), ..fields("Drama") }).unwrap();
    assert_eq!(genre.description, None);
}

#[test]
fn a_change_is_the_next_version_and_keeps_id_and_beginning() {
    let clock = lyceum_kit::testing::freeze(Timestamp::from_micros(1));
    let genre = Genre::new(fields("Drama")).unwrap();
    drop(clock);
    let _clock = lyceum_kit::testing::freeze(Timestamp::from_micros(9));
    let changed = genre.with(fields("Tragedy")).unwrap();
    assert_eq!((changed.id, changed.version), (genre.id, 2));
    assert_eq!((changed.created_at, changed.updated_at), (genre.created_at, Timestamp::from_micros(9)));
    assert_ne!(changed.tag(), genre.tag());
}

#[test]
fn a_genre_is_below_others_that_exist_are_active_and_are_not_itself() {
    let top = Genre::new(fields("Fiction")).unwrap();
    let middle = below("Drama", &top);
    let leaf = below("Tragedy", &middle);
    assert_eq!(code(top.check_place(&[])), "OK");
    assert_eq!(code(leaf.check_place(&[middle.clone(), top.clone()])), "OK");
    assert_eq!(code(leaf.check_place(&[])), "UNKNOWN_GENRE");
    let moved = Genre { parent_id: Some(leaf.id), ..top.clone() };
    assert_eq!(code(moved.check_place(&[leaf.clone(), middle.clone(), top.clone()])), "CYCLE");
    let itself = Genre { parent_id: Some(top.id), ..top.clone() };
    assert_eq!(code(itself.check_place(slice::from_ref(&top))), "CYCLE");
    let archived = Genre { archived: true, ..middle };
    assert_eq!(code(leaf.check_place(slice::from_ref(&archived))), "ARCHIVED");
    assert_eq!(code(Genre { archived: true, ..leaf }.check_place(&[archived])), "OK");
}

#[test]
fn at_most_ten_genres_are_above_one() {
    let top = Genre::new(fields("Fiction")).unwrap();
    let leaf = below("Tragedy", &top);
    let above = |count| vec![top.clone(); count];
    assert_eq!(code(leaf.check_place(&above(10))), "OK");
    assert_eq!(code(leaf.check_place(&above(11))), "TOO_DEEP");
}
