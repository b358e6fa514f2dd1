use super::*;

const COLUMNS: [&str; 5] = ["card", "name", "count", "active", "since"];

/// 2026-03-01T23:30:00Z, which is another day in Berlin.
const SINCE: Timestamp = Timestamp::from_micros(1_772_407_800_000_000);

fn rows() -> Vec<Vec<Cell>> {
    let row = |name: &str, count| {
        let card = Cell::Text("01234567890123".into());
        vec![card, Cell::Text(name.into()), Cell::Number(count), Cell::Boolean(true), Cell::Moment(SINCE)]
    };
    vec![row("Ada, \"the first\"\nof all", 3.0), row("Ünï", 0.25), row("x", 1_000_000.0)]
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Person {
    card: String,
    name: String,
    count: f64,
    active: bool,
    since: Timestamp,
}

fn formats() -> impl Iterator<Item = Format> {
    Format::ALL.into_iter().filter(|format| format.is_known())
}

#[test]
fn what_is_written_is_read_back_the_same_in_each_format() {
    for format in formats() {
        let file = format.write(&COLUMNS, rows().into_iter()).unwrap();
        let read = format.read(&file.into()).unwrap();
        let people: Vec<Person> = read.iter().map(|row| row.read().unwrap()).collect();
        assert_eq!(people.len(), 3, "{format}");
        for (person, row) in people.into_iter().zip(rows()) {
            let Person { card, name, count, active, since } = person;
            let read =
                vec![card.into(), name.into(), Cell::Number(count), Cell::Boolean(active), since.into()];
            assert_eq!(read, row, "{format}");
        }
    }
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "it is only read")]
struct Counted {
    count: u32,
}

#[cfg(feature = "csv")]
#[derive(Debug, Deserialize, PartialEq)]
struct Named {
    card: String,
    name: Option<String>,
}

#[test]
fn a_row_that_is_wrong_names_its_column_and_leaves_the_others() {
    for format in formats() {
        let row =
            |count: &str| vec![Cell::Text("1".into()), Cell::Text("n".into()), Cell::Text(count.into())];
        let file = format.write(&["card", "name", "count"], [row("1"), row("many")].into_iter()).unwrap();
        let read = format.read(&file.into()).unwrap();
        assert!(read[0].read::<Counted>().is_ok(), "{format}");
        let problem = read[1].read::<Counted>().unwrap_err();
        assert_eq!(
            (problem.status().as_u16(), problem.violations()[0].pointer.as_str()),
            (422, "/count"),
            "{format}"
        );
    }
}

#[test]
fn a_file_of_another_format_is_422() {
    for format in formats() {
        for file in [&b"\xff\xfe\x00"[..], b"PK\x03\x04 and no more"] {
            let read = format.read(&Bytes::from_static(file));
            let wrong = read.map(|rows| rows.iter().all(|row| row.read::<Person>().is_err()));
            assert!(wrong.map_err(|problem| assert_eq!(problem.status(), 422)).unwrap_or(true), "{format}");
        }
    }
    let lines =
        Format::JsonLines.read(&Bytes::from_static(b"[1]\n{\"card\": [1]}\n\n{\"card\": null}")).unwrap();
    assert_eq!(lines.len(), 3);
    assert!(lines[..2].iter().all(|line| line.read::<Person>().unwrap_err().status() == 422));
}

#[cfg(feature = "csv")]
#[test]
fn a_csv_of_too_many_rows_is_refused_before_what_follows_them_is_kept() {
    // There is no room for the last one: who came to it would say so.
    let (rows, last) = ("1,\n".repeat(MAX_ROWS + 1), "x".repeat(25 << 20));
    let file = format!("card,name\n{rows}1,{last}\n");
    let refused = Format::Csv.read(&file.into()).unwrap_err();
    assert_eq!(refused.detail(), format!("It has more than {MAX_ROWS} rows."));
    let most = "card,name\n".to_owned() + &"1,\n".repeat(MAX_ROWS);
    assert_eq!(Format::Csv.read(&most.into()).unwrap().len(), MAX_ROWS);
}

#[test]
fn lines_of_json_after_one_too_many_are_not_read() {
    let many = || std::iter::repeat_n("{}", MAX_ROWS);
    let more = many().chain(["", "{}"]).chain(std::iter::once_with(|| panic!("nobody asks for this line")));
    let refused = json_lines::rows(more).unwrap_err();
    assert_eq!((refused.status().as_u16(), refused.detail()), (422, "It has more than 100000 rows."));
    assert_eq!(json_lines::rows(many()).unwrap().len(), MAX_ROWS);
}

#[cfg(feature = "csv")]
#[test]
fn csv_is_read_as_spreadsheets_write_it() {
    let file = Bytes::from_static(b"\xef\xbb\xbfcard,name\r\n1,\"a\"\"b\"\r\n2,\r\n\r\n3,5\" disk\n");
    let rows = Format::Csv.read(&file).unwrap();
    assert_eq!(rows[0].read::<Named>().unwrap(), Named { card: "1".into(), name: Some("a\"b".into()) });
    assert_eq!(rows[1].read::<Named>().unwrap(), Named { card: "2".into(), name: None });
    assert_eq!(rows[2].read::<Named>().unwrap().name.unwrap(), "5\" disk");
    assert_eq!(rows.len(), 3);
    for wrong in ["", "a,a\n1,2\n", ",,\n"] {
        assert_eq!(
            Format::Csv.read(&Bytes::from_static(wrong.as_bytes())).unwrap_err().status(),
            422,
            "{wrong:?}"
        );
    }
}

#[cfg(feature = "csv")]
#[test]
fn a_text_that_looks_like_a_formula_is_none_in_csv() {
    let row = vec![Cell::Text("=1+1".into())];
    assert_eq!(Format::Csv.write(&["a"], [row].into_iter()).unwrap(), b"a\n'=1+1\n");
}

#[cfg(feature = "csv")]
#[test]
fn a_csv_row_of_too_few_or_many_cells_or_with_a_wrong_quote_is_wrong_and_leaves_the_others() {
    for (wrong, reason) in [
        ("1", "The row has fewer cells than the first line."),
        ("1,a,b", "The row has more cells than the first line."),
        ("1,\"a\"b", "A cell of the row goes on after its closing quote."),
        // The first quote is closed by what was to open the next row's.
        ("1,\"a\n3,\"b\"", "A cell of the row goes on after its closing quote."),
    ] {
        let file = format!("card,name\n0,\"x\"\"\r\n\"\r\n{wrong}\r\n2,y");
        let rows = Format::Csv.read(&file.into()).unwrap();
        assert_eq!(rows.len(), 3, "{wrong:?}");
        assert_eq!(rows[0].read::<Named>().unwrap().name.unwrap(), "x\"\r\n");
        assert_eq!(rows[1].read::<Named>().unwrap_err().detail(), reason, "{wrong:?}");
        assert_eq!(rows[2].read::<Named>().unwrap().card, "2", "{wrong:?}");
    }
    for file in ["card,name\n1,a\n2,\"b\n3,c\n", "card,name\n1,a\n2,\"", "card,name\n1,a\n2,\"b\"\"\n"] {
        let rows = Format::Csv.read(&Bytes::from_static(file.as_bytes())).unwrap();
        assert_eq!((rows.len(), rows[0].read::<Named>().is_ok()), (2, true), "{file:?}");
        let problem = rows[1].read::<Named>().unwrap_err();
        assert_eq!((problem.status().as_u16(), problem.detail()), (422, "A quote of the row isn't closed."));
    }
}

#[cfg(feature = "csv")]
#[test]
fn a_text_is_read_from_csv_as_it_was_written_whatever_it_begins_with() {
    let texts = [
        "=1+1", "'=1+1", "''=1+1", "+1", "-1", "@a", "\t=a", "\ra", "'\ra", "'tis", "''", "'", "a'=", " =a",
        "\"=a\"", "\n=a", "=a,\"b\"",
    ];
    let rows = texts.map(|text| vec![Cell::Text("1".into()), Cell::Text(text.into())]);
    let file = Format::Csv.write(&["card", "name"], rows.into_iter()).unwrap();
    let read = Format::Csv.read(&file.into()).unwrap();
    let read: Vec<String> = read.iter().map(|row| row.read::<Named>().unwrap().name.unwrap()).collect();
    assert_eq!(read, texts);
}

#[cfg(feature = "xlsx")]
#[test]
fn in_a_spreadsheet_dates_are_dates_and_texts_are_texts() {
    use calamine::{Data, Reader as _};

    let row = vec![Cell::Text("=mc2".into()), Cell::Text("01234567890123".into()), Cell::Moment(SINCE)];
    let file = Format::Xlsx.write(&["formula", "card", "since"], [row].into_iter()).unwrap();
    let mut book = calamine::Xlsx::new(std::io::Cursor::new(file)).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let cell = |column| sheet.get_value((1, column)).unwrap().clone();
    assert_eq!(cell(0), Data::String("=mc2".into()));
    assert_eq!(cell(1), Data::String("01234567890123".into()));
    let Data::DateTime(since) = cell(2) else { panic!("{:?} is no date", cell(2)) };
    assert_eq!(since.to_ymd_hms_milli(), (2026, 3, 1, 23, 30, 0, 0));
    assert!(book.worksheet_formula("Sheet1").unwrap().is_empty());
}

#[cfg(feature = "xlsx")]
#[test]
fn a_sheet_that_says_it_is_huge_is_a_422_or_read_as_far_as_its_columns_go() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "name").unwrap();
    sheet.write_string(1, 0, "Ada").unwrap();
    sheet.write_string(1, 16_383, "far away").unwrap();
    let wide = book.save_to_buffer().unwrap();
    let rows = Format::Xlsx.read(&wide.into()).unwrap();
    assert_eq!(rows.len(), 1);
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "name").unwrap();
    sheet.write_string(1_048_575, 16_383 / 128, "far away").unwrap();
    let long = book.save_to_buffer().unwrap();
    assert_eq!(Format::Xlsx.read(&long.into()).unwrap_err().status(), 422);
}
