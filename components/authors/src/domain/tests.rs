use lyceum_kit::pictures::PictureType;

use super::*;

fn fields(name: &str) -> AuthorFields {
    AuthorFields { name: name.into(), ..AuthorFields::default() }
}

fn wrong(fields: AuthorFields) -> Vec<(String, &'static str)> {
    let Invalid(violations) = Author::new(fields).unwrap_err();
    violations.into_iter().map(|violation| (violation.pointer, violation.code)).collect()
}

#[test]
fn names_are_stored_in_one_form_and_compared_without_case_and_accents() {
    let author = Author::new(fields("  E\u{301}mile  Zola ")).unwrap();
    assert_eq!((author.name.as_str(), author.name_folded.as_str()), ("Émile Zola", "emile zola"));
    assert_eq!((author.sort_name.as_str(), author.sort_name_folded.as_str()), ("Zola, Émile", "zola, emile"));
    assert_eq!((author.number, author.version), (0, 1));
}

#[test]
fn a_sort_name_follows_the_name_until_somebody_says_another() {
    let author = Author::new(fields("Virginia Stephen")).unwrap();
    let renamed = author.with(AuthorFields { name: "Virginia Woolf".into(), ..author.fields() }).unwrap();
    assert_eq!(renamed.sort_name, "Woolf, Virginia");
    let said = AuthorFields {
        sort_name: Some("García Márquez, Gabriel".into()),
        ..fields("Gabriel García Márquez")
    };
    let said = Author::new(said).unwrap();
    let renamed = said.with(AuthorFields { name: "Gabo".into(), ..said.fields() }).unwrap();
    assert_eq!(renamed.sort_name, "García Márquez, Gabriel");
    let follows = renamed.with(AuthorFields { sort_name: None, ..renamed.fields() }).unwrap();
    assert_eq!(follows.sort_name, "Gabo");
}

#[test]
fn fields_that_break_a_rule_are_named_all_at_once() {
    let identifiers = |text: &str| Identifiers {
        viaf: Some(text.into()),
        isni: Some(text.into()),
        orcid: Some(text.into()),
    };
    let everything = AuthorFields {
        name: "\u{7}".into(),
        sort_name: Some(" ".into()),
        variants: vec!["A".into(), String::new(), "A".into()],
        biography: Some("x".repeat(BIOGRAPHY_LIMIT + 1)),
        birth_year: Some(-5_001),
        death_year: Some(9_999),
        identifiers: identifiers("0"),
    };
    let expected = [
        ("/name", "CONTROL_CHARACTER"),
        ("/sort_name", "REQUIRED"),
        ("/variants/1", "REQUIRED"),
        ("/variants/2", "REPEATED"),
        ("/biography", "TOO_LONG"),
        ("/birth_year", "OUT_OF_RANGE"),
        ("/death_year", "OUT_OF_RANGE"),
        ("/identifiers/viaf", "NOT_A_VIAF"),
        ("/identifiers/isni", "NOT_AN_ISNI"),
        ("/identifiers/orcid", "NOT_AN_ORCID"),
    ];
    assert_eq!(wrong(everything), expected.map(|(pointer, code)| (pointer.to_owned(), code)));
    assert!(Author::new(fields(&"é".repeat(NAME_LIMIT))).is_ok());
    assert_eq!(wrong(fields(&"x".repeat(NAME_LIMIT + 1)))[0].1, "TOO_LONG");
}

#[test]
fn variants_are_so_many_that_all_of_them_are_looked_up() {
    let with = |variants| AuthorFields { variants, ..fields("A") };
    let numbered = |count: usize| (0..count).map(|number| format!("Name {number}")).collect::<Vec<_>>();
    assert!(Author::new(with(numbered(VARIANTS))).is_ok());
    assert_eq!(wrong(with(numbered(VARIANTS + 1))), [("/variants".to_owned(), "TOO_MANY")]);
    let long = |count: usize| (0..count).map(|number| format!("{number:0150}")).collect::<Vec<_>>();
    assert!(Author::new(with(long(10))).is_ok());
    assert_eq!(wrong(with(long(11))), [("/variants".to_owned(), "TOO_LONG")]);
}

#[test]
fn nobody_dies_before_their_birth_or_in_the_future() {
    // 2026-01-01T00:00:00Z
    let _clock = lyceum_kit::testing::freeze(Timestamp::from_micros(1_767_225_600_000_000));
    let lived = |birth_year, death_year| AuthorFields { birth_year, death_year, ..fields("A") };
    for (birth, death) in
        [(Some(-496), Some(-406)), (Some(0), None), (None, Some(2026)), (Some(2026), Some(2026))]
    {
        assert!(Author::new(lived(birth, death)).is_ok(), "{birth:?} {death:?}");
    }
    assert_eq!(wrong(lived(Some(2027), None)), [("/birth_year".to_owned(), "OUT_OF_RANGE")]);
    assert_eq!(wrong(lived(Some(1900), Some(1899))), [("/death_year".to_owned(), "BEFORE_BIRTH")]);
}

#[test]
fn a_change_is_the_next_version_and_keeps_id_number_photo_and_beginning() {
    let clock = lyceum_kit::testing::freeze(Timestamp::from_micros(1));
    let author = Author { number: 7, ..Author::new(fields("A")).unwrap() };
    drop(clock);
    let _clock = lyceum_kit::testing::freeze(Timestamp::from_micros(9));
    let (media_type, sha256) = (PictureType::Png, "ab".repeat(32));
    let photo = AsJson(Picture { object: Uuid::nil(), media_type, size: 7, sha256 });
    let changed = author.with_photo(Some(photo.clone())).with(fields("B")).unwrap();
    assert_eq!((changed.id, changed.number, changed.version), (author.id, 7, 3));
    assert_eq!(changed.photo, Some(photo));
    assert_eq!((changed.created_at, changed.updated_at), (author.created_at, Timestamp::from_micros(9)));
    assert_ne!(changed.tag(), author.tag());
}
