//! Answers, as the protocol's schema has them.

use lyceum_kit::prelude::*;

use super::arguments::Verb;
use super::datestamp;
use super::token::Token;
use super::{Fault, MetadataFormat};
use crate::domain::Book;
use crate::store::records::{self, Header};
use crate::xml::Xml;
use crate::{dublin_core, marc, open_data};

const OAI: &str = "http://www.openarchives.org/OAI/2.0/";
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";
const ELEMENTS: &str = "http://purl.org/dc/elements/1.1/";

/// An answer that is being written.
pub(super) struct Answer {
    head: Xml,
    /// What stands in the verb's element.
    pub(super) xml: Xml,
}

impl Answer {
    /// One that was begun at this time, with the request as it is said again.
    pub(super) fn new(begun: Timestamp, base: &str, arguments: &[(&str, &str)]) -> Self {
        let mut head = Xml::document();
        let schema = format!("{OAI} http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd");
        head.open("OAI-PMH", &[("xmlns", OAI), ("xmlns:xsi", INSTANCE), ("xsi:schemaLocation", &schema)]);
        head.text("responseDate", &datestamp::written(begun));
        head.text_with("request", arguments, base);
        Self { head, xml: Xml::part() }
    }

    /// The answer to this verb.
    pub(super) fn finish(self, verb: Verb) -> Response {
        let Self { mut head, xml } = self;
        head.open(verb.name(), &[]);
        head.raw(&xml.finish());
        head.close(verb.name());
        head.close("OAI-PMH");
        head.answer()
    }

    /// The answer to what is wrong.
    pub(super) fn refuse(self, fault: &Fault) -> Response {
        let mut head = self.head;
        head.text_with("error", &[("code", fault.code)], &fault.message);
        head.close("OAI-PMH");
        head.answer()
    }

    pub(super) fn identify(&mut self, base: &str, host: &str) -> Result<(), Problem> {
        let earliest = records::earliest()?.unwrap_or_else(clock::now);
        for (name, text) in [
            ("repositoryName", open_data::name()?.as_str()),
            ("baseURL", base),
            ("protocolVersion", "2.0"),
            ("adminEmail", &open_data::contact(host)?),
            ("earliestDatestamp", &datestamp::written(earliest)),
            ("deletedRecord", "persistent"),
            ("granularity", "YYYY-MM-DDThh:mm:ssZ"),
        ] {
            self.xml.text(name, text);
        }
        Ok(())
    }

    pub(super) fn formats(&mut self) {
        for format in MetadataFormat::ALL {
            self.xml.open("metadataFormat", &[]);
            self.xml.text("metadataPrefix", format.name());
            self.xml.text("schema", format.schema());
            self.xml.text("metadataNamespace", format.namespace());
            self.xml.close("metadataFormat");
        }
    }

    /// There is one that nothing is in if there are no others: the schema wants one.
    pub(super) fn sets(&mut self, languages: &[String]) {
        let undetermined = ["und".to_owned()];
        for language in if languages.is_empty() { &undetermined } else { languages } {
            self.xml.open("set", &[]);
            self.xml.text("setSpec", language);
            self.xml.text("setName", &format!("Books in the language {language}"));
            self.xml.close("set");
        }
    }

    /// The list goes on: `cursor` is how many records came before this page.
    pub(super) fn resume(&mut self, token: &Token, cursor: &str) -> Result<(), Problem> {
        let expires = datestamp::written(token.expires());
        let attributes = [("expirationDate", expires.as_str()), ("cursor", cursor)];
        self.xml.text_with("resumptionToken", &attributes, &token.sealed()?);
        Ok(())
    }

    /// The list ends with this page.
    pub(super) fn end(&mut self, cursor: &str) {
        self.xml.empty("resumptionToken", &[("cursor", cursor)]);
    }
}

/// The id of the book that an identifier names: `oai:HOST:ID`.
pub(super) fn identifier_of(identifier: &str, host: &str) -> Result<Uuid, Fault> {
    let id = identifier.strip_prefix("oai:").and_then(|rest| rest.strip_prefix(host)?.strip_prefix(':'));
    let id = id.and_then(|id| id.parse::<Uuid>().ok().filter(|parsed| parsed.to_string() == id));
    id.ok_or_else(Fault::unknown_identifier)
}

pub(super) fn write_header(xml: &mut Xml, host: &str, header: &Header, deleted: bool) {
    xml.open("header", if deleted { &[("status", "deleted")] } else { &[] });
    xml.text("identifier", &format!("oai:{host}:{}", header.book_id));
    xml.text("datestamp", &datestamp::written(header.changed_at));
    header.language.iter().for_each(|language| xml.text("setSpec", language));
    xml.close("header");
}

/// A record; without its book, which may have been deleted a moment ago, it is one that is gone.
pub(super) fn write_record(
    xml: &mut Xml,
    host: &str,
    header: &Header,
    book: Option<&Book>,
    format: MetadataFormat,
) -> Result<(), Problem> {
    xml.open("record", &[]);
    let book = book.filter(|_| !header.deleted);
    write_header(xml, host, header, book.is_none());
    if let Some(book) = book {
        xml.open("metadata", &[]);
        match format {
            MetadataFormat::DublinCore => {
                let schema = format!("{} {}", format.namespace(), format.schema());
                let namespaces = [
                    ("xmlns:oai_dc", format.namespace()),
                    ("xmlns:dc", ELEMENTS),
                    ("xsi:schemaLocation", &schema),
                ];
                xml.open("oai_dc:dc", &namespaces);
                dublin_core::write(book, xml);
                xml.close("oai_dc:dc");
            }
            MetadataFormat::Marc => xml.raw(&marc::alone(book)?),
        }
        xml.close("metadata");
    }
    xml.close("record");
    Ok(())
}
