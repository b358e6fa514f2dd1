//! Several values in one cell of a table.

/// Between two values.
const BETWEEN: char = '|';
/// Before a sign of a value that would mean something else.
const ESCAPE: char = '\\';

/// Joins values into one cell, from which [`split`] gets them again.
pub(crate) fn join(values: impl IntoIterator<Item = String>) -> String {
    let escaped = values.into_iter().map(|value| value.replace(ESCAPE, "\\\\").replace(BETWEEN, "\\|"));
    escaped.collect::<Vec<_>>().join(" | ")
}

/// The values of a cell, without white space around them; what is empty is none.
pub(crate) fn split(cell: &str) -> Vec<String> {
    let (mut values, mut value, mut escaped) = (Vec::new(), String::new(), false);
    for sign in cell.chars() {
        match sign {
            _ if escaped => {
                value.push(sign);
                escaped = false;
            }
            ESCAPE => escaped = true,
            BETWEEN => values.push(std::mem::take(&mut value)),
            _ => value.push(sign),
        }
    }
    values.push(value);
    let values = values.into_iter().map(|value| value.trim().to_owned());
    values.filter(|value| !value.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_bar_is_between_values_and_a_backslash_keeps_one() {
        assert_eq!(split("a|b | c d||"), ["a", "b", "c d"]);
        assert_eq!(split(r"a\|b|c\\"), ["a|b", r"c\"]);
        assert_eq!(split(" "), [""; 0]);
        assert_eq!(join(["a|b".to_owned(), r"c\".to_owned()]), r"a\|b | c\\");
    }

    proptest! {
        #[test]
        fn whatever_was_joined_is_split_again(values in prop::collection::vec("[a-c|\\\\ ]{0,4}x", 0..4)) {
            let trimmed: Vec<String> = values.iter().map(|value| value.trim().to_owned()).collect();
            prop_assert_eq!(split(&join(values)), trimmed);
        }
    }
}
