//! The terms of a text.

use std::collections::BTreeSet;

use unicode_segmentation::UnicodeSegmentation;

/// A word's beginnings of these many characters are terms of their own. What lies between is looked up by the
/// next shorter one and then compared.
const BEGINNINGS: [usize; 6] = [1, 2, 3, 5, 8, 13];

/// Of longer words only this many characters count.
const LONGEST: usize = 64;

/// The longest pieces of a text that are terms.
const PIECE: usize = 3;

/// The words of a folded text, by the rules of Unicode (UAX #29).
pub(super) fn words(folded: &str) -> impl Iterator<Item = &str> {
    folded.unicode_words()
}

fn cut(text: &str, characters: usize) -> &str {
    text.char_indices().nth(characters).and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

/// A word, or a whole text, and its beginnings.
pub(super) fn beginnings(word: &str) -> impl Iterator<Item = String> {
    let whole = cut(word, LONGEST);
    let length = whole.chars().count();
    let shorter = BEGINNINGS.into_iter().filter(move |size| *size < length).map(move |size| cut(whole, size));
    shorter.chain([whole]).filter(|term| !term.is_empty()).map(str::to_owned)
}

/// How what begins with this is found.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Beginning<'a> {
    /// A term that all of them have.
    pub(super) term: &'a str,
    /// What their terms begin with, if the term alone doesn't say so.
    pub(super) rest: Option<&'a str>,
}

/// See [`Beginning`]; for a text that isn't empty.
pub(super) fn beginning(word: &str) -> Beginning<'_> {
    let whole = cut(word, LONGEST);
    let length = whole.chars().count();
    let size = BEGINNINGS.into_iter().rev().find(|size| *size <= length).unwrap_or(1);
    Beginning { term: cut(whole, size), rest: (size < length).then_some(whole) }
}

/// All pieces of a folded text of 1 to 3 characters.
pub(super) fn pieces(folded: &str) -> BTreeSet<String> {
    let characters: Vec<char> = folded.chars().collect();
    (1..=PIECE).flat_map(|size| characters.windows(size)).map(|piece| piece.iter().collect()).collect()
}

/// Pieces that everything has which holds this text: the text itself, or pieces that cover it.
pub(super) fn covering(folded: &str, most: usize) -> Vec<String> {
    let characters: Vec<char> = folded.chars().collect();
    if characters.len() <= PIECE {
        return vec![folded.to_owned()];
    }
    let mut pieces: Vec<String> =
        characters.chunks_exact(PIECE).map(|piece| piece.iter().collect()).collect();
    pieces.extend(characters.rchunks_exact(PIECE).next().map(|piece| piece.iter().collect::<String>()));
    pieces.dedup();
    pieces.truncate(most);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(word: &str) -> Vec<String> {
        beginnings(word).collect()
    }

    #[test]
    fn terms_of_a_word_are_its_beginnings_and_itself() {
        assert_eq!(terms("a"), ["a"]);
        assert_eq!(terms("emma"), ["e", "em", "emm", "emma"]);
        assert_eq!(terms("ünïqüe"), ["ü", "ün", "ünï", "ünïqü", "ünïqüe"]);
        assert_eq!(terms(""), [""; 0]);
        assert_eq!(terms(&"x".repeat(100)).last().unwrap().len(), 64);
    }

    #[test]
    fn every_beginning_of_a_word_leads_to_a_term_of_it() {
        let word = "incomprehensibilities";
        for (at, _) in word.char_indices().skip(1) {
            let asked = &word[..at];
            let Beginning { term, rest } = beginning(asked);
            assert!(terms(word).iter().any(|known| known == term), "{asked}");
            assert!(
                rest.is_none_or(
                    |rest| rest == asked && terms(word).iter().any(|known| known.starts_with(rest))
                )
            );
            assert_eq!(rest.is_none(), term == asked);
        }
    }

    #[test]
    fn a_text_inside_is_covered_by_pieces_of_the_whole() {
        let whole = pieces("pride and prejudice");
        for inside in ["p", "an", "ejud", "e and p", "prejudice"] {
            assert!(covering(inside, 8).iter().all(|piece| whole.contains(piece)), "{inside}");
        }
        assert_eq!(covering("abcd", 8), ["abc", "bcd"]);
        assert_eq!(covering("abcdef", 8), ["abc", "def"]);
    }
}
