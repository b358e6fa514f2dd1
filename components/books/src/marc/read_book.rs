//! What a record says of a book, as a row of an import.

use serde_json::{Map, Value};

use super::Record;
use super::record::Subfields;
use crate::domain::cell::join;

/// Codes of MARC relators, the words that catalogues write for them, and the role here.
const ROLES: [(&str, &str); 9] = [
    ("aut", "author"),
    ("aui", "writer_of_introduction"),
    ("com", "compiler"),
    ("ctb", "contributor"),
    ("edt", "editor"),
    ("ill", "illustrator"),
    ("nrt", "narrator"),
    ("pht", "photographer"),
    ("trl", "translator"),
];

/// The row: an error if the record has no title.
pub(crate) fn row(record: &Record) -> Result<Map<String, Value>, String> {
    let mut row = Map::new();
    let mut say = |column: &str, text: Option<String>| {
        if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
            row.insert(column.to_owned(), Value::String(text));
        }
    };
    let title = record.data("245").next().ok_or("The record has no field 245, the title.")?;
    say("title", Some(whole_title(title)));
    say("subtitle", title.first('b').map(|text| tidy(text).to_owned()));
    say("isbn", record.data("020").find_map(|field| field.first('a').and_then(isbn)));
    say("description", record.data("520").find_map(|field| field.first('a')).map(ToOwned::to_owned));
    say("language", language(record));
    let published = || record.data("264").filter(|field| field.0[1] == '1').chain(record.data("260"));
    say("publisher", published().find_map(|field| field.first('b')).map(|text| tidy(text).to_owned()));
    let stated = published().find_map(|field| field.first('c')).and_then(year);
    say("year", stated.or_else(|| record.control("008").and_then(|fixed| year(fixed.get(7..11)?))));
    say("subjects", Some(join(subjects(record))));
    say("contributors", Some(join(contributors(record))));
    say(
        "barcodes",
        Some(join(record.data("852").filter_map(|field| field.first('p')).map(ToOwned::to_owned))),
    );
    let copy = record.data("852").find(|field| field.first('p').is_some());
    say("location", copy.and_then(|field| field.first('b')).map(ToOwned::to_owned));
    say(
        "call_number",
        copy.map(|field| field.among("hi").map(|(_, text)| text).collect::<Vec<_>>().join(" ")),
    );
    Ok(row)
}

/// Title, number and name of the part: `Faust. Teil 1, Der Tragödie erster Teil`.
fn whole_title(field: Subfields<'_>) -> String {
    let mut title = field.first('a').map(tidy).unwrap_or_default().to_owned();
    let mut between = ". ";
    for (_, part) in field.among("np") {
        title.push_str(between);
        title.push_str(tidy(part));
        between = ", ";
    }
    title
}

/// Without the punctuation that catalogues write before what follows (ISBD).
fn tidy(text: &str) -> &str {
    let text = text.trim().trim_end_matches([' ', '/', ':', ';', ',', '=']);
    // A point ends a sentence; three are left out words, and one after a letter alone is an initial.
    let Some(shorter) = text.strip_suffix('.') else { return text };
    let last = shorter.rsplit([' ', '.', '-']).next().unwrap_or_default();
    if shorter.ends_with('.') || last.chars().count() < 2 { text } else { shorter }
}

/// The number before a qualifier: `0123456789 (pbk.) : £5`.
fn isbn(text: &str) -> Option<String> {
    let number: String = text
        .trim()
        .chars()
        .take_while(|sign| sign.is_ascii_digit() || matches!(sign, '-' | 'X' | 'x'))
        .collect();
    (!number.is_empty()).then_some(number)
}

/// The first four digits in a row: `c1888`, `[1888?]`, `1888-1890`.
fn year(text: &str) -> Option<String> {
    let mut digits = text.split(|sign: char| !sign.is_ascii_digit());
    digits.find(|digits| digits.len() == 4).map(ToOwned::to_owned)
}

/// As field 041 says it, or else what the fixed field has in its places 35 to 37. One that isn't known is left out.
fn language(record: &Record) -> Option<String> {
    let first = record.data("041").find_map(|field| field.first('a').and_then(|code| code.get(..3)));
    let code = first.or_else(|| record.control("008")?.get(35..38))?;
    let known = crate::domain::Language::parse(code).ok()?;
    Some(known.as_str().to_owned()).filter(|tag| tag != "und")
}

fn subjects(record: &Record) -> Vec<String> {
    let parts = |field: Subfields<'_>| {
        let parts: Vec<&str> = field.among("avxyz").map(|(_, text)| tidy(text)).collect();
        parts.join(" -- ")
    };
    let tags = ["600", "610", "611", "630", "650", "651", "653", "655"];
    tags.into_iter().flat_map(|tag| record.data(tag).map(parts).collect::<Vec<_>>()).collect()
}

fn contributors(record: &Record) -> Vec<String> {
    let tags = ["100", "110", "111", "700", "710", "711"];
    let of = |tag: &'static str| record.data(tag).filter_map(contributor).collect::<Vec<_>>();
    tags.into_iter().flat_map(of).collect()
}

/// The name alone: what else stands in the field (dates, identifiers, links) is none of it.
fn contributor(field: Subfields<'_>) -> Option<String> {
    let name = tidy(field.first('a')?);
    let code = field.first('4').map(|code| code.rsplit('/').next().unwrap_or(code));
    let word = field.first('e').map(|word| tidy(word).to_lowercase().replace(' ', "_"));
    let known = |(relator, role): &&(&str, &str)| code == Some(*relator) || word.as_deref() == Some(*role);
    let role = ROLES.iter().find(known).map(|(_, role)| *role);
    let other = if code.is_some() || word.is_some() { "contributor" } else { "author" };
    Some(format!("{name} ({})", role.unwrap_or(other)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::marc::Field;

    fn data(tag: &str, subfields: &[(char, &str)]) -> Field {
        let subfields = subfields.iter().map(|(code, text)| (*code, (*text).to_owned())).collect();
        Field::Data { tag: tag.to_owned(), indicators: [' ', '1'], subfields }
    }

    #[test]
    fn a_record_says_of_a_book_what_its_subfields_say_without_the_punctuation_between_them() {
        let mut record = Record::with_leader("00000nam a2200000 i 4500").unwrap();
        record.fields = vec![
            Field::Control { tag: "008".into(), text: "850101s1888    po            000 1 por d".into() },
            data("020", &[('z', "9780140449136")]),
            data("020", &[('a', "0-8044-2957-X (pbk.) : $5")]),
            data("100", &[('a', "Eça de Queirós,"), ('d', "1845-1900."), ('0', "(viaf)1")]),
            data(
                "245",
                &[
                    ('a', "Faust."),
                    ('n', "Teil 1,"),
                    ('p', "Erster Teil :"),
                    ('b', "a tragedy /"),
                    ('c', "G."),
                ],
            ),
            data("264", &[('a', "Porto :"), ('b', "Chardron,"), ('c', "[1889?]")]),
            data("650", &[('a', "Families"), ('z', "Lisbon.")]),
            data("700", &[('a', "Costa, M. J."), ('e', "translator.")]),
            data("700", &[('a', "Smith, A."), ('4', "http://id.loc.gov/vocabulary/relators/ill")]),
            data("700", &[('a', "Other"), ('4', "dnc")]),
            data("852", &[('b', "Main"), ('h', "869.3"), ('i', "Q3"), ('p', "b|1")]),
        ];
        let row = row(&record).unwrap();
        for (column, text) in [
            ("title", "Faust. Teil 1, Erster Teil"),
            ("subtitle", "a tragedy"),
            ("isbn", "0-8044-2957-X"),
            ("publisher", "Chardron"),
            ("year", "1889"),
            ("language", "pt"),
            ("subjects", "Families -- Lisbon"),
            (
                "contributors",
                "Eça de Queirós (author) | Costa, M. J. (translator) | Smith, A. (illustrator) | Other (contributor)",
            ),
            ("barcodes", r"b\|1"),
            ("location", "Main"),
            ("call_number", "869.3 Q3"),
        ] {
            assert_eq!(row.get(column).and_then(Value::as_str), Some(text), "{column}");
        }
        record.fields.clear();
        assert!(super::row(&record).unwrap_err().contains("245"));
    }
}
