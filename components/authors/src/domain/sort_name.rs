//! How a name is sorted that nobody has said it of.

/// What stands behind a family name and isn't one.
const SUFFIXES: [&str; 9] = ["Jr.", "Jr", "Sr.", "Sr", "II", "III", "IV", "V", "VI"];

/// The name with its last word first, as catalogues have it: `Woolf, Virginia`. What stands behind a family name
/// stays behind: `King, Martin Luther, Jr.`. One of a single word, or with a comma, is sorted as it is.
///
/// That is how most names of the West are sorted, and no more: who knows better says so.
pub(crate) fn inverted(name: &str) -> String {
    if name.contains(',') {
        return name.to_owned();
    }
    let suffixed = name.rsplit_once(' ').filter(|(_, last)| SUFFIXES.contains(last));
    let (bare, suffix) = match suffixed {
        // `Elizabeth II` has no family name.
        Some((bare, _)) if !bare.contains(' ') => return name.to_owned(),
        Some((bare, suffix)) => (bare, Some(suffix)),
        None => (name, None),
    };
    let Some((before, last)) = bare.rsplit_once(' ') else { return name.to_owned() };
    match suffix {
        Some(suffix) => format!("{last}, {before}, {suffix}"),
        None => format!("{last}, {before}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_of_a_name_comes_first_unless_it_is_no_family_name() {
        for (name, sorted) in [
            ("Virginia Woolf", "Woolf, Virginia"),
            ("J. R. R. Tolkien", "Tolkien, J. R. R."),
            ("Plato", "Plato"),
            ("", ""),
            ("Woolf, Virginia", "Woolf, Virginia"),
            ("Martin Luther King Jr.", "King, Martin Luther, Jr."),
            ("Elizabeth II", "Elizabeth II"),
            ("村上春樹", "村上春樹"),
        ] {
            assert_eq!(inverted(name), sorted, "{name}");
        }
    }
}
