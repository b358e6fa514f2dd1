//! Files that are small and would be large.
#![cfg(all(feature = "csv", feature = "xlsx"))]
#![allow(clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

use std::io::{Cursor, Write as _};

use bytes::Bytes;
use lyceum_kit::tabular::{Cell, Format};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

/// A good spreadsheet, with this in the place of one of its parts.
fn spreadsheet(part: &str, content: &[u8]) -> Bytes {
    let row = vec![Cell::Text("Ada".into())];
    let good = Format::Xlsx.write(&["name"], [row].into_iter()).unwrap();
    let mut good = ZipArchive::new(Cursor::new(good)).unwrap();
    let mut file = ZipWriter::new(Cursor::new(Vec::new()));
    let mut found = false;
    for index in 0..good.len() {
        let of_good = good.by_index(index).unwrap();
        if of_good.name().unwrap() == part {
            found = true;
            file.start_file(part, SimpleFileOptions::default()).unwrap();
            file.write_all(content).unwrap();
        } else {
            file.raw_copy_file(of_good).unwrap();
        }
    }
    assert!(found, "{part}");
    file.finish().unwrap().into_inner().into()
}

fn refused(format: Format, file: &Bytes) -> String {
    let problem = format.read(file).unwrap_err();
    assert_eq!((problem.status().as_u16(), problem.code()), (422, "UNREADABLE_FILE"));
    problem.detail().to_owned()
}

const TEXTS: &str = "xl/sharedStrings.xml";

fn texts(count: &str, text: &str) -> Vec<u8> {
    format!("<?xml version=\"1.0\"?><sst {count}><si><t>{text}</t></si><si><t>Ada</t></si></sst>")
        .into_bytes()
}

#[test]
fn a_spreadsheet_of_texts_that_fit_is_read() {
    let file = spreadsheet(TEXTS, &texts("uniqueCount=\"2\"", "name"));
    assert_eq!(Format::Xlsx.read(&file).unwrap().len(), 1);
}

#[test]
fn a_spreadsheet_whose_parts_are_huge_once_unpacked_is_a_422_that_names_the_part() {
    let huge = "a".repeat(9 << 20);
    for part in [TEXTS, "xl/styles.xml", "xl/workbook.xml", "xl/theme/theme1.xml"] {
        let file = spreadsheet(part, &texts("", &huge));
        assert!(file.len() < 100_000, "{}", file.len());
        assert!(refused(Format::Xlsx, &file).contains(&part.to_lowercase()), "{part}");
    }
    let file = spreadsheet("xl/worksheets/sheet1.xml", &vec![b' '; 33 << 20]);
    assert!(refused(Format::Xlsx, &file).contains("sheet1"));
}

#[test]
fn a_spreadsheet_that_says_it_has_more_texts_than_any_memory_is_a_422() {
    for count in ["uniqueCount=\"4000000000\"", "uniqueCount = '18446744073709551615'"] {
        refused(Format::Xlsx, &spreadsheet(TEXTS, &texts(count, "name")));
        let wide = texts(count, "name").into_iter().flat_map(|byte| [byte, 0]);
        let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(wide).collect();
        refused(Format::Xlsx, &spreadsheet(TEXTS, &wide));
    }
}

#[test]
fn a_long_text_that_all_cells_share_is_a_422() {
    let text = "b".repeat(300_000);
    let row = |row: usize| {
        format!("<row r=\"{row}\"><c r=\"A{row}\" t=\"inlineStr\"><is><t>{text}</t></is></c></row>")
    };
    let rows = (1..100).fold(String::new(), |rows, number| rows + &row(number));
    let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    refused(Format::Xlsx, &spreadsheet("xl/worksheets/sheet1.xml", sheet.as_bytes()));
}

#[test]
fn columns_are_few_and_their_names_short_since_every_row_repeats_them() {
    let rows = "x\n".repeat(100);
    for header in ["n".repeat(101), vec!["n"; 257].join(",")] {
        let file = Bytes::from(format!("{header}\n{rows}"));
        assert!(refused(Format::Csv, &file).contains("256 columns"));
    }
    let name = "n".repeat(100);
    assert_eq!(Format::Csv.read(&Bytes::from(format!("{name}\n{rows}"))).unwrap().len(), 100);
    // Each cell of a letter becomes one with a long name.
    let names: Vec<String> = (0..100).map(|number| format!("{number:0>100}")).collect();
    let row = vec!["x"; 100].join(",") + "\n";
    let file = Bytes::from(format!("{}\n{}", names.join(","), row.repeat(2_000)));
    assert!(file.len() < 1 << 19);
    refused(Format::Csv, &file);
}
