//! Books as Dublin Core (the fifteen elements of version 1.1).

use crate::domain::Book;
use crate::xml::Xml;

/// Writes the elements of a book, with the prefix `dc`, as they are in `oai_dc` and in SRU's `dc`.
pub(crate) fn write(book: &Book, xml: &mut Xml) {
    let title = match &book.subtitle {
        Some(subtitle) => format!("{}: {subtitle}", book.title),
        None => book.title.clone(),
    };
    xml.text("dc:title", &title);
    let (authors, others): (Vec<_>, Vec<_>) = book.contributors.0.iter().partition(|who| who.is_author());
    for who in &authors {
        xml.text("dc:creator", &who.name);
    }
    book.subjects.0.iter().for_each(|subject| xml.text("dc:subject", subject));
    let mut optional =
        |name: &str, text: Option<&str>| text.into_iter().for_each(|text| xml.text(name, text));
    optional("dc:description", book.description.as_deref());
    optional("dc:publisher", book.publisher.as_deref());
    for who in &others {
        optional("dc:contributor", Some(&who.name));
    }
    // A year of W3CDTF has four digits.
    optional("dc:date", book.year.map(|year| format!("{year:04}")).as_deref());
    optional("dc:type", Some("Text"));
    optional("dc:identifier", Some(&format!("urn:uuid:{}", book.id)));
    optional("dc:identifier", book.isbn.map(|isbn| format!("urn:ISBN:{isbn}")).as_deref());
    optional("dc:language", book.language.as_ref().map(crate::domain::Language::as_str));
}
