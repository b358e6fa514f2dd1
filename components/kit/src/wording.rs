//! What readers of JSON, forms and parameters complain of, in the words of who sent it: their own messages name the types of
//! this program.

/// What stands before what was expected, and nothing else of use: who sent it knows what it was.
const INVALID: [&str; 3] = ["invalid type: ", "invalid value: ", "invalid length "];
const EXPECTED: &str = ", expected ";
/// The numbers that a type holds, for those of which somebody may reach the end.
const RANGES: [(&str, &str); 6] = [
    ("i8", "from -128 to 127"),
    ("u8", "from 0 to 255"),
    ("i16", "from -32768 to 32767"),
    ("u16", "from 0 to 65535"),
    ("i32", "from -2147483648 to 2147483647"),
    ("u32", "from 0 to 4294967295"),
];

/// The message of an error of serde, or of a number's or truth value's reader, as a sentence that names no type of this
/// program. What has no such names stays as it is.
pub(crate) fn plain(message: &str) -> String {
    let of_number = match message {
        "invalid digit found in string" | "cannot parse integer from empty string" => "a whole number",
        "number too large to fit in target type" => "a smaller number",
        "number too small to fit in target type" => "a larger number",
        "invalid float literal" | "cannot parse float from empty string" => "a number",
        "provided string was not `true` or `false`" => "true or false",
        _ if message.starts_with("data did not match any variant of ") => {
            "of one of the kinds that are allowed"
        }
        _ => "",
    };
    if !of_number.is_empty() {
        return must_be(of_number);
    }
    if message.starts_with("UUID parsing failed") {
        return must_be("a UUID such as 0190b3c2-7d5e-7a10-9c4f-3f1e2d4c5b6a");
    }
    let complaint = INVALID.iter().any(|start| message.starts_with(start));
    match message.rsplit_once(EXPECTED).filter(|_| complaint) {
        None => message.to_owned(),
        Some((given, kind)) => {
            let outside =
                |(name, _): &&(&str, &str)| *name == kind && given.starts_with("invalid value: integer");
            if kind == "i64" && given.starts_with("invalid value: integer") {
                // Its ends are numbers that nobody means.
                return must_be("a smaller number");
            }
            let range = RANGES.iter().find(outside);
            must_be(&range.map_or_else(|| expected(kind), |(_, range)| format!("a whole number {range}")))
        }
    }
}

/// `Must be a whole number.`
pub(crate) fn must_be(what: &str) -> String {
    format!("Must be {what}.")
}

/// What serde, or axum, calls by a name of a type.
pub(crate) fn expected(kind: &str) -> String {
    let elements = |rest: &str| {
        let number: String = rest.chars().filter(char::is_ascii_digit).collect();
        format!("a list of {number}")
    };
    let known = match kind {
        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" => "a whole number",
        "u8" | "u16" | "u32" | "u64" | "u128" | "usize" => "a whole number that isn't negative",
        "f32" | "f64" => "a number",
        "bool" | "boolean" | "a boolean" => "true or false",
        "char" | "a character" => "one character",
        "String" | "str" | "string" | "a string" | "a borrowed string" => "a text",
        "a sequence" => "a list",
        "a map" | "map" => "an object",
        "string or map" => "a text or an object",
        "unit" | "null" => "null",
        "option" | "any value" => "another value",
        _ => "",
    };
    let begins = |names: &[&str]| names.iter().any(|name| kind.starts_with(name));
    if !known.is_empty() {
        known.to_owned()
    } else if begins(&["struct ", "internally tagged enum ", "adjacently tagged enum ", "struct variant "]) {
        "an object".to_owned()
    } else if let Some(rest) = kind.strip_prefix("a tuple of size ") {
        elements(rest)
    } else if begins(&["tuple struct ", "tuple variant "]) {
        "a list".to_owned()
    } else if begins(&[
        "enum ",
        "variant ",
        "unit struct ",
        "unit variant ",
        "newtype struct ",
        "newtype variant ",
    ]) {
        "one of the values that are allowed".to_owned()
    } else {
        kind.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde::de::DeserializeOwned;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only what is wrong matters")]
    struct Checkout {
        days: Option<u8>,
        copies: Vec<i64>,
        place: (f64, f64),
        kept: bool,
    }

    fn said<T: DeserializeOwned + std::fmt::Debug>(json: &str) -> String {
        let error = serde_json::from_str::<T>(json).unwrap_err().to_string();
        plain(error.split(" at line ").next().unwrap())
    }

    #[test]
    fn a_mistake_is_told_in_words_that_name_no_type_of_this_program() {
        for (json, sentence) in [
            ("5", "Must be an object."),
            (r#"{"days":"x, expected i64"}"#, "Must be a whole number that isn't negative."),
            (r#"{"days":300}"#, "Must be a whole number from 0 to 255."),
            (r#"{"days":null,"copies":{}}"#, "Must be a list."),
            (r#"{"copies":[1.5]}"#, "Must be a whole number."),
            (r#"{"copies":[9223372036854775808]}"#, "Must be a smaller number."),
            (r#"{"place":[1]}"#, "Must be a list of 2."),
            (r#"{"place":["a"]}"#, "Must be a number."),
            (r#"{"kept":"yes"}"#, "Must be true or false."),
        ] {
            assert_eq!(said::<Checkout>(json), sentence, "{json}");
        }
        assert_eq!(said::<String>("7"), "Must be a text.");
        let said = said::<uuid::Uuid>(r#""7""#);
        assert_eq!(said, "Must be a UUID such as 0190b3c2-7d5e-7a10-9c4f-3f1e2d4c5b6a.");
        assert_eq!(plain("invalid digit found in string"), "Must be a whole number.");
        let unknown = "unknown variant `lost`, expected `kept` or `gone`";
        assert_eq!(plain(unknown), unknown);
    }
}
