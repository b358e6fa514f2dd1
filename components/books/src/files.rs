//! Files of MARC 21: as rows that an import takes, and of what an export made.

use lyceum_kit::job::Exported;
use lyceum_kit::prelude::*;
use lyceum_kit::tabular::{Cell, Format, MAX_ROWS};

use crate::domain::{Book, BookFields};
use crate::marc::{self, Record, iso2709, xml};

/// A form that records are exchanged in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Form {
    /// ISO 2709, in which a record has 99,999 bytes at most.
    Exchange,
    /// MARCXML.
    Xml,
}

impl Form {
    /// That of a body with these headers, if it is one of records.
    fn of(headers: &HeaderMap) -> Option<Self> {
        let stated = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
        match stated.split(';').next()?.trim().to_ascii_lowercase().as_str() {
            "application/marc" => Some(Self::Exchange),
            "application/marcxml+xml" => Some(Self::Xml),
            _ => None,
        }
    }

    /// What an export's format and a job's call it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Exchange => "marc",
            Self::Xml => "marcxml",
        }
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::Exchange => "application/marc",
            Self::Xml => "application/marcxml+xml",
        }
    }

    /// A record of what an export kept of a book, which [`kept`] made.
    fn record(self, cells: &[Cell]) -> Result<Vec<u8>, Problem> {
        let [Cell::Text(id), Cell::Moment(added_at), Cell::Text(book)] = cells else {
            return Err(Problem::internal());
        };
        let book: BookFields = serde_json::from_str(book).map_err(|_| Problem::internal())?;
        let record = marc::record(id, &book, *added_at).map_err(|_| Problem::internal())?;
        match self {
            Self::Exchange => iso2709::write(&record)
                .map_err(|why| Problem::unprocessable("RECORD_TOO_LONG", format!("Book {id}: {why}"))),
            Self::Xml => xml::write(&record).map(String::into_bytes).map_err(|_| Problem::internal()),
        }
    }
}

/// What an import takes.
pub(crate) const TAKEN: &str = "text/csv, application/jsonl, application/marc, application/marcxml+xml";

/// A file of records as one of JSON Lines.
#[derive(Debug)]
pub(crate) struct AsLines {
    /// What it was.
    pub(crate) form: Form,
    /// Those of the lines.
    pub(crate) headers: HeaderMap,
    /// The lines.
    pub(crate) file: Bytes,
}

/// A file of records as one of JSON Lines, with the headers that say so: a record is a row, in its place also if it can't
/// be read. None if it is no file of records; 422 if there are none in it, or more than 100,000.
pub(crate) fn rows(headers: &HeaderMap, file: &[u8]) -> Result<Option<AsLines>, Problem> {
    let Some(form) = Form::of(headers) else { return Ok(None) };
    let (mut rows, mut count) = (Vec::new(), 0);
    let mut take = |record: Result<Record, String>| {
        count += 1;
        if count > MAX_ROWS {
            return Err(format!("It has more than {MAX_ROWS} records."));
        }
        let row = record.and_then(|record| marc::row(&record));
        let row =
            row.unwrap_or_else(|why| serde_json::Map::from_iter([("unreadable".to_owned(), why.into())]));
        serde_json::to_writer(&mut rows, &row).map_err(|error| error.to_string())?;
        rows.push(b'\n');
        Ok(())
    };
    let read = match form {
        Form::Exchange => iso2709::read(file).try_for_each(&mut take),
        Form::Xml => str::from_utf8(file)
            .map_err(|_| "It must be in UTF-8.".to_owned())
            .and_then(|text| xml::read(text, &mut take)),
    };
    let read =
        read.and_then(|()| if count == 0 { Err("There is no record in it.".to_owned()) } else { Ok(()) });
    read.map_err(|detail| Problem::unprocessable("UNREADABLE_FILE", detail))?;
    let content_type = HeaderValue::from_static(Format::JsonLines.content_type());
    let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, content_type)]);
    Ok(Some(AsLines { form, headers, file: rows.into() }))
}

/// The columns of what an export to records keeps of a book.
pub(crate) const KEPT: &[&str] = &["id", "added_at", "book"];

/// What an export to records keeps of a book. It becomes a record when the file is read.
pub(crate) fn kept(book: &Book) -> Vec<Cell> {
    // It has no keys but texts, so it can be JSON.
    let fields = serde_json::to_string(&book.fields()).unwrap_or_default();
    vec![book.id.to_string().into(), book.created_at.into(), fields.into()]
}

/// The file of what an export to records kept, written while it is read. 422 if a record is too long for its form.
pub(crate) fn answer(rows: Exported, form: Form) -> Result<Response, Problem> {
    if form == Form::Exchange {
        // Once the file is begun it is too late to say so.
        for part in rows.clone() {
            for cells in part? {
                form.record(&cells)?;
            }
        }
    }
    let part = move |rows: Vec<Vec<Cell>>| {
        rows.iter().try_fold(Vec::new(), |mut file, cells| {
            file.append(&mut form.record(cells)?);
            Ok(file)
        })
    };
    let (begin, end, ending) = match form {
        Form::Exchange => ("", "", "mrc"),
        Form::Xml => (xml::BEGIN, xml::END, "xml"),
    };
    let body = rows.written(begin, part, end)?;
    let disposition = format!("attachment; filename=\"books.{ending}\"");
    let headers =
        [(header::CONTENT_TYPE, form.content_type().to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, body).into_response())
}
