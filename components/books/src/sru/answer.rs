//! Answers, as the protocol's schema has them.

use lyceum_kit::prelude::*;

use super::diagnostic::Diagnostic;
use super::meaning::{INDEXES, SETS};
use super::parameters::{DEFAULT, MOST, Schema, Search};
use crate::domain::Book;
use crate::xml::Xml;
use crate::{dublin_core, marc};

const SRW: &str = "http://www.loc.gov/zing/srw/";
const EXPLAIN: &str = "http://explain.z3950.org/dtd/2.0/";
const SEARCHED: &str = "searchRetrieveResponse";

fn begin(name: &str, version: &str) -> Xml {
    let mut xml = Xml::document();
    xml.open(name, &[("xmlns", SRW)]);
    xml.text("version", version);
    xml
}

fn end(mut xml: Xml, name: &str) -> Response {
    xml.close(name);
    xml.answer()
}

/// Nothing but what is wrong.
pub(super) fn refused(version: &str, diagnostic: &Diagnostic) -> Response {
    let mut xml = begin(SEARCHED, version);
    xml.text("numberOfRecords", "0");
    diagnostic.write(&mut xml);
    end(xml, SEARCHED)
}

/// The answer to a scan, which isn't served.
pub(super) fn no_scan(version: &str) -> Response {
    const SCANNED: &str = "scanResponse";
    let mut xml = begin(SCANNED, version);
    Diagnostic::new(4, "scan").write(&mut xml);
    end(xml, SCANNED)
}

/// A record of XML, as it is or as a text.
fn write_record(xml: &mut Xml, schema: &str, data: &str, packed: bool, position: Option<i64>) {
    xml.open("record", &[]);
    xml.text("recordSchema", schema);
    xml.text("recordPacking", if packed { "string" } else { "xml" });
    if packed {
        xml.text("recordData", data);
    } else {
        xml.open("recordData", &[]);
        xml.raw(data);
        xml.close("recordData");
    }
    if let Some(position) = position {
        xml.text("recordPosition", &position.to_string());
    }
    xml.close("record");
}

/// A page of what a search finds.
pub(super) fn records(
    version: &str,
    search: &Search,
    number: i64,
    books: &[Book],
) -> Result<Response, Problem> {
    let mut xml = begin(SEARCHED, version);
    xml.text("numberOfRecords", &number.to_string());
    if !books.is_empty() {
        xml.open("records", &[]);
        for (position, book) in (search.start..).zip(books) {
            let data = data(book, search.schema)?;
            write_record(&mut xml, search.schema.identifier(), &data, search.packed, Some(position));
        }
        xml.close("records");
    }
    let next = search.start + search.maximum;
    if search.maximum > 0 && next <= number {
        xml.text("nextRecordPosition", &next.to_string());
    }
    xml.open("echoedSearchRetrieveRequest", &[]);
    xml.text("version", version);
    xml.text("query", &search.query);
    xml.text("startRecord", &search.start.to_string());
    xml.text("maximumRecords", &search.maximum.to_string());
    xml.text("recordPacking", if search.packed { "string" } else { "xml" });
    xml.text("recordSchema", search.schema.name());
    xml.close("echoedSearchRetrieveRequest");
    Ok(end(xml, SEARCHED))
}

fn data(book: &Book, schema: Schema) -> Result<String, Problem> {
    match schema {
        Schema::Marc => marc::alone(book),
        Schema::DublinCore => {
            let mut xml = Xml::part();
            let namespaces = [
                ("xmlns:srw_dc", "info:srw/schema/1/dc-schema"),
                ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
            ];
            xml.open("srw_dc:dc", &namespaces);
            dublin_core::write(book, &mut xml);
            xml.close("srw_dc:dc");
            Ok(xml.finish())
        }
    }
}

/// What can be asked here (ZeeRex).
pub(super) fn explained(version: &str, base: Option<&Uri>, name: &str, packed: bool) -> Response {
    let mut record = Xml::part();
    explain(&mut record, base, name);
    let mut xml = begin("explainResponse", version);
    write_record(&mut xml, EXPLAIN, &record.finish(), packed, None);
    end(xml, "explainResponse")
}

fn explain(xml: &mut Xml, base: Option<&Uri>, name: &str) {
    let scheme = base.and_then(Uri::scheme_str).unwrap_or("http");
    let host = base.and_then(Uri::host).unwrap_or("localhost");
    let port = base.and_then(Uri::port_u16).unwrap_or(if scheme == "https" { 443 } else { 80 });
    xml.open("explain", &[("xmlns", EXPLAIN)]);
    let server = [("protocol", "SRU"), ("version", "1.2"), ("transport", scheme), ("method", "GET POST")];
    xml.open("serverInfo", &server);
    xml.text("host", host);
    xml.text("port", &port.to_string());
    xml.text("database", base.map_or(super::PATH, Uri::path).trim_start_matches('/'));
    xml.close("serverInfo");
    xml.open("databaseInfo", &[]);
    xml.text("title", name);
    xml.close("databaseInfo");
    xml.open("indexInfo", &[]);
    for (set, identifier) in SETS {
        xml.empty("set", &[("name", set), ("identifier", identifier)]);
    }
    for (sets, index, title) in INDEXES {
        xml.open("index", &[("search", "true"), ("scan", "false"), ("sort", "false")]);
        xml.text("title", title);
        for set in sets {
            xml.open("map", &[]);
            xml.text_with("name", &[("set", set)], index);
            xml.close("map");
        }
        xml.close("index");
    }
    xml.close("indexInfo");
    xml.open("schemaInfo", &[]);
    for schema in Schema::ALL {
        let named = [
            ("name", schema.name()),
            ("identifier", schema.identifier()),
            ("retrieve", "true"),
            ("sort", "false"),
        ];
        xml.open("schema", &named);
        xml.text("title", schema.name());
        xml.close("schema");
    }
    xml.close("schemaInfo");
    xml.open("configInfo", &[]);
    xml.text_with("default", &[("type", "numberOfRecords")], &DEFAULT.to_string());
    xml.text_with("setting", &[("type", "maximumRecords")], &MOST.to_string());
    for relation in ["=", "all", "any"] {
        xml.text_with("supports", &[("type", "relation")], relation);
    }
    xml.close("configInfo");
    xml.close("explain");
}
