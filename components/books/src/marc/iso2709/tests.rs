use super::*;

/// A record of these fields, whose bytes are given as they are.
fn exchanged(leader_9: u8, fields: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut directory, mut data) = (Vec::new(), Vec::new());
    for (tag, content) in fields {
        directory.extend(format!("{tag}{:04}{:05}", content.len() + 1, data.len()).bytes());
        data.extend(*content);
        data.push(END_OF_FIELD);
    }
    let base = LEADER + directory.len() + 1;
    let mut bytes =
        format!("{:05}nam {}22{base:05} i 4500", base + data.len() + 1, char::from(leader_9)).into_bytes();
    bytes.extend(directory);
    bytes.push(END_OF_FIELD);
    bytes.extend(data);
    bytes.push(END_OF_RECORD);
    bytes
}

const TITLE: (&str, &[u8]) = ("245", b"10\x1faEmma");

fn only(file: &[u8]) -> Result<Record, String> {
    let mut records = read(file);
    let first = records.next().unwrap();
    assert!(records.next().is_none());
    first
}

#[test]
fn a_record_has_its_fields_and_a_tag_may_have_letters() {
    let record =
        only(&exchanged(b'a', &[("001", b"1"), ("LOC", b"  \x1fax"), ("245", "10\x1fae\u{301}".as_bytes())]))
            .unwrap();
    assert_eq!(record.control("001"), Some("1"));
    assert_eq!(record.data("LOC").next().unwrap().first('a'), Some("x"));
    // Composed.
    assert_eq!(record.data("245").next().unwrap().first('a'), Some("é"));
}

#[test]
fn marc_8_is_refused_by_name_unless_it_is_ascii() {
    assert!(only(&exchanged(b' ', &[TITLE])).is_ok());
    for content in [b"10\x1faE\xe2a".as_slice(), b"10\x1fa\x1b(NX"] {
        assert!(only(&exchanged(b' ', &[("245", content)])).unwrap_err().contains("MARC-8"));
    }
    assert!(only(&exchanged(b'a', &[("245", b"10\x1faE\xe2a")])).unwrap_err().contains("245 isn't UTF-8"));
}

#[test]
fn each_lost_record_is_told_in_its_place() {
    let good = exchanged(b'a', &[TITLE]);
    let mut longer = good.clone();
    longer.splice(24..24, *b"x");
    let file = [good.as_slice(), &longer, b"rubbish\x1d", &good, &good[..30]].concat();
    let read: Vec<bool> = read(&file).map(|record| record.is_ok()).collect();
    assert_eq!(read, [true, false, false, true, false]);
    assert_eq!(
        (super::read(b"").count(), super::read(b" \n").count(), super::read(b"\x1d").count()),
        (0, 0, 1)
    );
}

#[test]
fn no_bytes_are_more_than_refused() {
    let good = exchanged(b'a', &[("001", b"1"), TITLE]);
    for at in 0..good.len() {
        for byte in [0, b' ', b'9', b'a', 0x1d, 0x1e, 0x1f, 0xff] {
            let mut broken = good.clone();
            broken[at] = byte;
            for record in super::read(&broken).flatten() {
                assert!(write(&record).is_ok());
            }
        }
    }
}
