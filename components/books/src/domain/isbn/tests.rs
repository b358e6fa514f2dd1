use proptest::prelude::*;

use super::*;

fn thirteen(text: &str) -> Option<String> {
    Isbn::parse(text).ok().map(|isbn| isbn.to_string())
}

#[test]
fn both_forms_with_whatever_between_their_digits_are_one_number() {
    for text in
        ["0-8044-2957-X", "080442957x", "978 0 8044 2957 3", " 978\u{2011}0804429573 ", "978–0–8044–2957–3"]
    {
        assert_eq!(thirteen(text).as_deref(), Some("9780804429573"), "{text}");
    }
}

#[test]
fn a_number_that_begins_with_979_has_no_older_form() {
    for (text, ten) in [
        ("9780804429573", Some("080442957X")),
        ("979-10-90636-07-1", None),
        // Not allotted to anybody yet.
        ("9799999999990", None),
    ] {
        assert_eq!(Isbn::parse(text).unwrap().ten().as_deref(), ten, "{text}");
    }
}

#[test]
fn what_is_no_isbn_is_refused_and_says_why() {
    for (text, why) in [
        ("", "10 or 13 digits"),
        ("978", "10 or 13 digits"),
        ("97808044295730", "10 or 13 digits"),
        ("9780804429574", "digit is wrong"),
        ("9780804429537", "digit is wrong"),
        ("0-8044-2957-1", "digit is wrong"),
        ("X804429570", "digit is wrong"),
        ("978O804429573", "digit is wrong"),
        ("９780804429573", "digit is wrong"),
        // A right article number (GTIN-13) of something else.
        ("4006381333931", "978 or 979"),
        ("979-0-2600-0043-8", "ISMN"),
    ] {
        let wrong = Isbn::parse(text).unwrap_err();
        assert!(wrong.code == "ISBN" && wrong.message.contains(why), "{text}: {}", wrong.message);
    }
}

/// ISO 2108, annex A, reckoned anew.
fn check_13(digits: &[u8]) -> u8 {
    let sum: u32 =
        digits.iter().zip([1, 3].into_iter().cycle()).map(|(digit, weight)| u32::from(*digit) * weight).sum();
    u8::try_from((10 - sum % 10) % 10).unwrap()
}

fn check_10(digits: &[u8]) -> char {
    let sum: u32 = digits.iter().zip((2..=10).rev()).map(|(digit, weight)| u32::from(*digit) * weight).sum();
    char::from_digit((11 - sum % 11) % 11, 10).unwrap_or('X')
}

fn text(digits: &[u8]) -> String {
    digits.iter().map(|digit| char::from(b'0' + digit)).collect()
}

proptest! {
    #[test]
    fn any_nine_digits_are_the_same_number_in_both_forms(body in prop::collection::vec(0_u8..10, 9)) {
        let ten = format!("{}{}", text(&body), check_10(&body));
        let body = [&[9, 7, 8], body.as_slice()].concat();
        let thirteen = format!("{}{}", text(&body), check_13(&body));
        let (old, new) = (Isbn::parse(&ten).unwrap(), Isbn::parse(&thirteen).unwrap());
        prop_assert_eq!(old, new);
        prop_assert_eq!(new.to_string(), thirteen);
        prop_assert_eq!(old.ten(), Some(ten));
    }

    #[test]
    fn one_wrong_digit_and_two_that_changed_places_are_found(
        body in prop::collection::vec(0_u8..10, 9), at in 0_usize..10, by in 1_u8..10,
    ) {
        let ten = format!("{}{}", text(&body), check_10(&body));
        let digits: Vec<char> = ten.chars().collect();
        let mut wrong = digits.clone();
        let value = if wrong[at] == 'X' { 10 } else { u8::try_from(wrong[at].to_digit(10).unwrap()).unwrap() };
        wrong[at] = char::from(b'0' + (value + by) % 10);
        if wrong != digits {
            prop_assert!(Isbn::parse(&wrong.iter().collect::<String>()).is_err());
        }
        let mut turned = digits.clone();
        turned.swap(at.min(8), at.min(8) + 1);
        if turned != digits {
            prop_assert!(Isbn::parse(&turned.iter().collect::<String>()).is_err());
        }
    }

    #[test]
    fn no_text_is_more_than_refused(text in "\\PC*") {
        if let Ok(isbn) = Isbn::parse(&text) {
            prop_assert_eq!(Isbn::parse(&isbn.to_string()).unwrap(), isbn);
        }
    }
}
