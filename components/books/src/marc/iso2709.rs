//! The exchange format of ISO 2709, as MARC 21 uses it: a leader, a directory of fields by their places in bytes, and
//! the fields.

use unicode_normalization::UnicodeNormalization as _;

use super::{Field, Record};

const END_OF_RECORD: u8 = 0x1d;
const END_OF_FIELD: u8 = 0x1e;
const SUBFIELD: u8 = 0x1f;
const LEADER: usize = 24;
/// Tag, length and place of a field.
const ENTRY: usize = 12;
/// What four and five digits can say.
const LONGEST_FIELD: usize = 9_999;
const LONGEST_RECORD: usize = 99_999;

/// The records of a file, one for each terminator: what lies between two of them and is no record is told in its place.
pub(crate) fn read(file: &[u8]) -> impl Iterator<Item = Result<Record, String>> {
    file.split_inclusive(|byte| *byte == END_OF_RECORD).filter_map(|part| match part.split_last() {
        Some((&END_OF_RECORD, record)) => Some(parse(record.trim_ascii_start())),
        _ if part.trim_ascii().is_empty() => None,
        _ => Some(Err("The file ends within a record.".to_owned())),
    })
}

/// Reads a record without its terminator.
fn parse(bytes: &[u8]) -> Result<Record, String> {
    let leader = bytes.get(..LEADER).and_then(|leader| str::from_utf8(leader).ok());
    let leader = leader.ok_or("It is too short for a record, or its leader isn't ASCII.")?;
    let mut record = Record::with_leader(leader)?;
    let number =
        |range: std::ops::Range<usize>| leader.get(range).and_then(|digits| digits.parse::<usize>().ok());
    let (length, base) = (number(0..5), number(12..17));
    if length != Some(bytes.len() + 1) {
        let said = leader.get(..5).unwrap_or_default();
        return Err(format!("The record says that it has {said} bytes, and has {}.", bytes.len() + 1));
    }
    if leader.get(20..22) != Some("45") {
        return Err("The directory must have lengths of 4 and places of 5 digits, as in MARC 21.".to_owned());
    }
    match leader.as_bytes().get(9) {
        Some(b'a') => {}
        Some(b' ') if bytes.is_ascii() && !bytes.contains(&0x1b) => {}
        Some(b' ') => return Err("It is in MARC-8: convert it to UTF-8 (leader/09 `a`) first.".to_owned()),
        _ => return Err("Leader/09 must be `a`, for UTF-8.".to_owned()),
    }
    let base = base.filter(|base| *base > LEADER).ok_or("The leader says no place of the fields.")?;
    let directory = bytes.get(LEADER..base - 1).ok_or("The fields begin behind the record's end.")?;
    let (entries, rest) = directory.as_chunks::<ENTRY>();
    if !rest.is_empty() || bytes.get(base - 1) != Some(&END_OF_FIELD) {
        return Err("The directory has not the length that the leader says.".to_owned());
    }
    for entry in entries {
        record.fields.push(field(entry, bytes.get(base..).unwrap_or_default())?);
    }
    Ok(record)
}

fn field(entry: &[u8; ENTRY], data: &[u8]) -> Result<Field, String> {
    let entry = str::from_utf8(entry).ok().filter(|entry| entry.is_ascii());
    let entry = entry.ok_or("The directory isn't ASCII.")?;
    let (tag, places) = entry.split_at(3);
    let (length, start) = places.split_at(4);
    let place = || {
        let (length, start) = (length.parse::<usize>().ok()?, start.parse::<usize>().ok()?);
        let (last, field) = data.get(start..start.checked_add(length)?)?.split_last()?;
        (*last == END_OF_FIELD).then_some(field)
    };
    let wrong = |what: &str| format!("Field {tag} {what}.");
    let bytes = place().ok_or_else(|| wrong("is not where the directory says"))?;
    let text = |bytes: &[u8]| -> Result<String, String> {
        let text = str::from_utf8(bytes).map_err(|_| wrong("isn't UTF-8"))?;
        Ok(text.nfc().collect())
    };
    if tag.starts_with("00") {
        return Ok(Field::Control { tag: tag.to_owned(), text: text(bytes)? });
    }
    let mut parts = bytes.split(|byte| *byte == SUBFIELD);
    let indicators = match parts.next() {
        Some([first, second]) if first.is_ascii() && second.is_ascii() => {
            [char::from(*first), char::from(*second)]
        }
        _ => return Err(wrong("has not two indicators")),
    };
    let subfields = parts.map(|part| {
        let part = text(part)?;
        let mut signs = part.chars();
        let code = signs.next().ok_or_else(|| wrong("has a subfield without a code"))?;
        Ok((code, signs.as_str().to_owned()))
    });
    Ok(Field::Data { tag: tag.to_owned(), indicators, subfields: subfields.collect::<Result<_, String>>()? })
}

/// Writes a record. An error names the field if one is longer than 9,999 bytes, or says that the record is longer than
/// 99,999, which this format can't hold.
pub(crate) fn write(record: &Record) -> Result<Vec<u8>, String> {
    let (mut directory, mut data) = (String::new(), Vec::new());
    for field in &record.fields {
        let start = data.len();
        let tag = match field {
            Field::Control { tag, text } => {
                data.extend(text.bytes().filter(|byte| !is_mark(*byte)));
                tag
            }
            Field::Data { tag, indicators, subfields } => {
                data.extend(indicators.iter().collect::<String>().bytes());
                for (code, text) in subfields {
                    data.push(SUBFIELD);
                    data.extend(code.to_string().bytes());
                    data.extend(text.bytes().filter(|byte| !is_mark(*byte)));
                }
                tag
            }
        };
        data.push(END_OF_FIELD);
        let length = data.len() - start;
        if length > LONGEST_FIELD {
            return Err(format!(
                "Field {tag} has {length} bytes, and may have 9,999: MARCXML has room for it."
            ));
        }
        let entry = format!("{tag}{length:04}{start:05}");
        directory.push_str(&entry);
    }
    let base = LEADER + directory.len() + 1;
    let length = base + data.len() + 1;
    if length > LONGEST_RECORD {
        return Err(format!("The record has {length} bytes, and may have 99,999: MARCXML has room for it."));
    }
    let part = |range: std::ops::Range<usize>| record.leader.get(range).unwrap_or_default();
    let leader = format!("{length:05}{}a22{base:05}{}4500", part(5..9), part(17..20));
    let mut bytes = leader.into_bytes();
    bytes.extend(directory.bytes());
    bytes.push(END_OF_FIELD);
    bytes.extend(data);
    bytes.push(END_OF_RECORD);
    Ok(bytes)
}

/// What would end a subfield, field or record.
const fn is_mark(byte: u8) -> bool {
    matches!(byte, END_OF_RECORD | END_OF_FIELD | SUBFIELD)
}

#[cfg(test)]
mod tests;
