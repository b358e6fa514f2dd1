//! Names of people and things.

use serde::Serialize;
use unicode_normalization::{UnicodeNormalization, char::canonical_combining_class};
use unicode_properties::{
    GeneralCategory as Category, GeneralCategoryGroup as Group, UnicodeGeneralCategory as _,
};

use super::{control_character, too_long};
use crate::violation::Violation;

/// What somebody is called whose name can't be read.
const UNNAMED: &str = "Unnamed";
/// How often mapping and normalising are repeated until nothing changes: RFC 8264, section 7.
const ROUNDS: usize = 4;
/// The class of signs that join consonants: RFC 5892, appendix A.
const VIRAMA: u8 = 9;
/// The Braille pattern without dots: a symbol, but nobody sees it.
const BLANK: char = '\u{2800}';

/// A name that others see, in the one form that is stored: the `Nickname` profile of RFC 8266. Spaces are plain ones,
/// single and inside only; then normalisation form KC. It is one line without control characters, and at least one
/// sign in it can be seen.
///
/// Two things are taken that the profile leaves out, since people have such names: characters that are younger than
/// Unicode 6.3, and signs that only shape their neighbours (joiners and variation selectors), where they do so: in
/// emoji, in Indic and Arabic script, and in variants of ideographs.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Name(String);

impl Name {
    /// The most characters (code points) that a person's name has.
    pub const LIMIT: usize = 100;

    /// A name of at most [`Self::LIMIT`] characters: `REQUIRED`, `CONTROL_CHARACTER`, `INVISIBLE_CHARACTER`,
    /// `UNASSIGNED_CHARACTER`, `TOO_LONG`.
    pub fn new(text: &str) -> Result<Self, Violation> {
        Self::within(text, Self::LIMIT)
    }

    /// A name of at most `limit` characters; fails as [`Self::new`].
    pub fn within(text: &str, limit: usize) -> Result<Self, Violation> {
        let name = prepare(text);
        if let Some(violation) = flaws(&name).next() {
            return Err(violation);
        }
        if !is_visible(&name) {
            return Err(Violation::new("REQUIRED", "Must not be empty."));
        }
        if name.chars().count() > limit {
            return Err(too_long(limit));
        }
        Ok(Self(name))
    }

    /// The name that comes nearest to a text which can't be refused, such as that of an old event: without what no
    /// name may hold, cut to [`Self::LIMIT`], and `Unnamed` if nothing is left.
    pub fn nearest(text: &str) -> Self {
        let mut name = prepare(text);
        // Without one sign its neighbours may have no right to stand there either.
        for _ in 0..ROUNDS {
            name = prepare(&without_flaws(&name));
        }
        let cut: String = name.chars().take(Self::LIMIT).collect();
        Self::new(&cut).unwrap_or_else(|_| Self(UNNAMED.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

/// RFC 8266, section 2.1, until nothing changes.
fn prepare(text: &str) -> String {
    let mut text = single_spaces(text.trim());
    for _ in 0..ROUNDS {
        let next = single_spaces(&text.nfkc().collect::<String>());
        if next == text {
            break;
        }
        text = next;
    }
    text
}

fn single_spaces(text: &str) -> String {
    let words = text.split(|sign: char| sign.general_category() == Category::SpaceSeparator);
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Whether anything of it can be seen.
pub(super) fn is_visible(text: &str) -> bool {
    text.chars().any(|sign| {
        let group = sign.general_category_group();
        let seen = matches!(group, Group::Letter | Group::Number | Group::Punctuation | Group::Symbol);
        seen && sign != BLANK && !is_filler(sign)
    })
}

fn flaws(name: &str) -> impl Iterator<Item = Violation> {
    neighbours(name).filter_map(|(before, sign, after)| flaw(before, sign, after))
}

fn without_flaws(name: &str) -> String {
    let good = neighbours(name).filter(|(before, sign, after)| flaw(*before, *sign, *after).is_none());
    good.map(|(_, sign, _)| sign).collect()
}

/// Each sign with what stands before and behind it.
fn neighbours(name: &str) -> impl Iterator<Item = (Option<char>, char, Option<char>)> {
    let before = std::iter::once(None).chain(name.chars().map(Some));
    let after = name.chars().skip(1).map(Some).chain([None]);
    before.zip(name.chars()).zip(after).map(|((before, sign), after)| (before, sign, after))
}

/// Why a sign may not stand there.
fn flaw(before: Option<char>, sign: char, after: Option<char>) -> Option<Violation> {
    let shapes = match sign {
        '\u{200c}' => before.is_some_and(is_virama) || (joins(before) && joins(after)),
        '\u{200d}' => before.is_some_and(is_virama) || (is_of_emoji(before) && is_of_emoji(after)),
        '\u{fe00}'..='\u{fe0f}' => varies(before) || matches!(before, Some('0'..='9' | '#' | '*')),
        '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{e0100}'..='\u{e01ef}' => varies(before),
        _ => false,
    };
    if shapes {
        return None;
    }
    match sign.general_category() {
        Category::Control | Category::LineSeparator | Category::ParagraphSeparator => {
            Some(control_character())
        }
        Category::Surrogate | Category::PrivateUse | Category::Unassigned => {
            Some(Violation::new("UNASSIGNED_CHARACTER", "Must hold only characters that Unicode defines."))
        }
        Category::Format => Some(invisible_character()),
        _ if is_variation(sign) || is_filler(sign) => Some(invisible_character()),
        _ => None,
    }
}

pub(super) fn invisible_character() -> Violation {
    Violation::new(
        "INVISIBLE_CHARACTER",
        "Must not contain signs that nobody sees or that turn the text around.",
    )
}

/// What is there to hold a place: the rest of Unicode's `Default_Ignorable_Code_Point` that is neither a format
/// character nor a variation selector.
fn is_filler(sign: char) -> bool {
    matches!(sign, '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{3164}' | '\u{ffa0}')
}

fn is_variation(sign: char) -> bool {
    matches!(sign, '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

fn is_virama(sign: char) -> bool {
    canonical_combining_class(sign) == VIRAMA
}

/// Letters without case, among them those that are written joined, and marks on them.
fn joins(sign: Option<char>) -> bool {
    sign.is_some_and(|sign| {
        matches!(sign.general_category(), Category::OtherLetter | Category::NonspacingMark)
    })
}

/// What has variants: symbols and letters without case.
fn varies(sign: Option<char>) -> bool {
    sign.is_some_and(|sign| {
        sign.general_category() == Category::OtherLetter || sign.general_category_group() == Group::Symbol
    })
}

fn is_of_emoji(sign: Option<char>) -> bool {
    sign.is_some_and(|sign| sign == '\u{fe0f}' || sign.general_category_group() == Group::Symbol)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Result<String, &'static str> {
        Name::new(text).map(String::from).map_err(|violation| violation.code)
    }

    #[test]
    fn a_name_has_one_form_however_it_is_typed() {
        for (typed, stored) in [
            ("  E\u{301}mile  ", "Émile"),
            ("Ada\u{a0}\u{3000}  Lovelace", "Ada Lovelace"),
            ("\tAda\n", "Ada"),
            ("\u{ff21}da", "Ada"),
            ("Sofi\u{fb01}a", "Sofifia"),
            ("\u{a8}a", "\u{308}a"),
        ] {
            let once = name(typed).unwrap();
            assert_eq!(once, stored, "{typed:?}");
            assert_eq!(name(&once).as_deref(), Ok(stored), "the form of a form is itself");
        }
    }

    #[test]
    fn names_of_people_are_taken() {
        for text in [
            "O\u{2019}Neil-Smith, Jr.",
            "X \u{c6} A-12",
            "Ada \u{1f989}",
            "\u{2764}\u{fe0f}",
            "\u{1f469}\u{1f3fd}\u{200d}\u{1f52c}",
            "1\u{fe0f}\u{20e3}",
            "\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}",
            "\u{915}\u{94d}\u{200d}\u{937}",
            "\u{845b}\u{e0100}",
            "\u{5d0}\u{5d3}\u{5d4}",
            "\u{d55c}\u{ae00}",
        ] {
            assert_eq!(name(text).as_deref(), Ok(text), "{text:?}");
        }
        assert!(name(&"\u{e4}".repeat(100)).is_ok());
        assert!(name(&"a\u{308}".repeat(100)).is_ok(), "counted when it is composed");
    }

    #[test]
    fn a_name_of_invisible_characters_is_refused() {
        for text in ["", " ", "\u{a0}\t", "\u{301}", "\u{2800}", "\u{200a}\u{205f}"] {
            assert_eq!(name(text), Err("REQUIRED"), "{text:?}");
        }
        for text in [
            "\u{200b}",
            "\u{2060}",
            "\u{feff}",
            "\u{ad}",
            "\u{3164}",
            "\u{115f}",
            "Ad\u{200d}a",
            "Ad\u{200c}a",
            "Ad\u{fe0f}a",
            "\u{200d}\u{1f52c}",
            "A\u{34f}da",
            "\u{e0041}",
        ] {
            assert_eq!(name(text), Err("INVISIBLE_CHARACTER"), "{text:?}");
        }
    }

    #[test]
    fn a_name_with_bidirectional_controls_is_refused() {
        let signs = ('\u{202a}'..='\u{202e}').chain('\u{2066}'..='\u{2069}');
        for sign in signs.chain(['\u{200e}', '\u{200f}', '\u{61c}']) {
            assert_eq!(name(&format!("{sign}gnp.exe")), Err("INVISIBLE_CHARACTER"), "{sign:?}");
        }
    }

    #[test]
    fn control_and_unknown_characters_are_no_name() {
        for sign in ['\0', '\n', '\r', '\u{1b}', '\u{7f}', '\u{85}', '\u{2028}', '\u{2029}'] {
            assert_eq!(name(&format!("a{sign}b")), Err("CONTROL_CHARACTER"), "{sign:?}");
        }
        for sign in ['\u{e000}', '\u{fdd0}', '\u{378}', '\u{10ffff}'] {
            assert_eq!(name(&format!("a{sign}b")), Err("UNASSIGNED_CHARACTER"), "{sign:?}");
        }
        assert_eq!(name(&"x".repeat(101)), Err("TOO_LONG"));
        assert_eq!(name(&"\u{fdfa}".repeat(6)), Err("TOO_LONG"), "counted as it is stored");
    }

    #[test]
    fn a_text_that_can_not_be_refused_becomes_the_nearest_name() {
        let long = "x".repeat(200);
        for (text, nearest) in [
            (" Ada  ", "Ada"),
            ("\u{202e}gnp.exe", "gnp.exe"),
            ("a\nb", "ab"),
            ("\u{200b}", "Unnamed"),
            ("\u{200d}\u{200d}", "Unnamed"),
            (long.as_str(), &long[..100]),
        ] {
            assert_eq!(Name::nearest(text).as_str(), nearest, "{text:?}");
        }
    }

    #[test]
    fn every_nearest_name_is_a_name() {
        for sign in ('\0'..='\u{1ffff}').chain('\u{e0000}'..='\u{e01ff}') {
            let nearest = Name::nearest(&format!("{sign}\u{200d}{sign}"));
            assert_eq!(Name::new(nearest.as_str()), Ok(nearest.clone()), "{sign:?}");
        }
    }
}
