//! Harvesting by OAI-PMH: each verb, each error, and lists that stay right while books change.

mod lists;
mod whole;

use lyceum_kit::clock::{self, Timestamp};

use super::xml::{text, texts};
use super::*;

pub(super) const ORIGIN: &str = "https://library.example.org/lms /oai";
pub(super) const SITE: &str = "https://library.example.org/lms";

/// The catalogue is open to everybody.
fn open(app: &App) {
    app.configure("catalogue_access", "open");
}

fn ask(app: &App, query: &str) -> String {
    let answer =
        app.anonymous().get(&format!("/oai?{query}")).header("lyceum-origin", ORIGIN).send().expect(200);
    assert_eq!(answer.header("content-type"), Some("text/xml; charset=utf-8"));
    answer.text().to_owned()
}

/// The code of the error that a request is answered with.
fn error(app: &App, query: &str) -> String {
    let xml = ask(app, query);
    let (_, rest) = xml.split_once("<error code=\"").unwrap();
    text(&xml, "error");
    rest.split('"').next().unwrap().to_owned()
}

fn identifier(book: &str) -> String {
    format!("oai:library.example.org:{book}")
}

fn record(app: &App, book: &str, format: &str) -> String {
    ask(app, &format!("verb=GetRecord&metadataPrefix={format}&identifier={}", identifier(book)))
}

/// Adds many books quickly, with titles that are told apart by their numbers.
fn many(app: &App, count: usize) -> Vec<String> {
    (0..count).map(|number| titled(app, &format!("Book {number}"))).collect()
}

fn delete(app: &App, book: &str) {
    leaving::of_nobody(app);
    librarian(app).delete(&path_of(book)).send().expect(204);
}

#[test]
fn the_repository_says_what_it_is_and_how_records_are_written() {
    App::new(&SERVICE).on_each_database(|app| {
        open(app);
        app.stop_clock(Timestamp::from_micros(1_767_225_600_500_000));
        let empty = ask(app, "verb=Identify");
        assert_eq!(text(&empty, "earliestDatestamp"), "2026-01-01T00:00:00Z");
        titled(app, "Emma");
        app.stop_clock(Timestamp::from_micros(1_767_225_700_500_000));
        let xml = ask(app, "verb=Identify");
        for (name, expected) in [
            ("repositoryName", "Library catalogue"),
            ("baseURL", &format!("{SITE}/oai")),
            ("request", &format!("{SITE}/oai")),
            ("protocolVersion", "2.0"),
            ("adminEmail", "postmaster@library.example.org"),
            ("earliestDatestamp", "2026-01-01T00:00:00Z"),
            ("responseDate", "2026-01-01T00:01:40Z"),
            ("deletedRecord", "persistent"),
            ("granularity", "YYYY-MM-DDThh:mm:ssZ"),
        ] {
            assert_eq!(text(&xml, name), expected, "{name}");
        }
        assert!(xml.contains("<request verb=\"Identify\">"), "{xml}");
        let formats = ask(app, "verb=ListMetadataFormats");
        assert_eq!(texts(&formats, "metadataPrefix"), ["oai_dc", "marcxml"]);
        app.configure("catalogue_name", "Books & more");
        app.configure("catalogue_email", "librarian@example.org");
        app.configure("catalogue_host", "books.example.org");
        let xml = ask(app, "verb=Identify");
        assert_eq!(
            (text(&xml, "repositoryName"), text(&xml, "adminEmail")),
            ("Books & more".into(), "librarian@example.org".into())
        );
        let xml = ask(app, "verb=ListIdentifiers&metadataPrefix=oai_dc");
        assert!(text(&xml, "identifier").starts_with("oai:books.example.org:"), "{xml}");
        app.explain().assert_indexed(&[]);
    });
}

#[test]
fn a_record_is_dublin_core_or_marc_and_well_formed_whatever_it_holds() {
    App::new(&SERVICE).on_each_database(|app| {
        open(app);
        genres::heard(app, GENRE);
        contributors::heard(app, NOBODY);
        let mut book = maias();
        book["description"] = json!("<b>&amp; ]]> \u{1}\u{b}\u{fffe}\u{ffff}\u{85}\u{1f600}\nend");
        let id = added(app, &book);
        let xml = record(app, &id, "oai_dc");
        for (name, expected) in [
            ("title", vec!["Os Maias: Episódios da vida romântica"]),
            ("creator", vec!["Eça de Queirós"]),
            ("contributor", vec!["Margaret Jull Costa"]),
            ("subject", vec!["Lisbon", "Families"]),
            ("publisher", vec!["Ernesto Chardron"]),
            ("date", vec!["1888"]),
            ("language", vec!["pt"]),
            ("setSpec", vec!["pt"]),
            ("description", vec!["<b>&amp; ]]> \u{1f600}\nend"]),
        ] {
            assert_eq!(texts(&xml, name), expected, "{name}");
        }
        let identifiers = texts(&xml, "identifier");
        assert_eq!(
            identifiers,
            [identifier(&id), format!("urn:uuid:{id}"), "urn:ISBN:9780804429573".to_owned()]
        );
        let xml = record(app, &id, "marcxml");
        assert!(xml.contains("<record xmlns=\"http://www.loc.gov/MARC21/slim\">"), "{xml}");
        assert!(texts(&xml, "subfield").contains(&"Os Maias :".to_owned()), "{xml}");
        assert_eq!(texts(&xml, "leader").len(), 1);
    });
}

#[test]
fn what_is_wrong_is_an_error_of_the_protocol() {
    App::new(&SERVICE).on_each_database(|app| {
        open(app);
        let id = titled(app, "Emma");
        let known = identifier(&id);
        for (query, code) in [
            (String::new(), "badVerb"),
            ("verb=Harvest".to_owned(), "badVerb"),
            ("verb=Identify&verb=Identify".to_owned(), "badVerb"),
            ("verb=Identify&set=pt".to_owned(), "badArgument"),
            ("verb=ListRecords".to_owned(), "badArgument"),
            ("verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=oai_dc".to_owned(), "badArgument"),
            ("verb=ListRecords&metadataPrefix=oai_dc&from=yesterday".to_owned(), "badArgument"),
            (
                "verb=ListRecords&metadataPrefix=oai_dc&from=2026-02-01&until=2026-01-01".to_owned(),
                "badArgument",
            ),
            (
                "verb=ListRecords&metadataPrefix=oai_dc&until=2026-01-01&from=2026-01-01T00:00:00Z"
                    .to_owned(),
                "badArgument",
            ),
            ("verb=ListRecords&metadataPrefix=mods".to_owned(), "cannotDisseminateFormat"),
            ("verb=ListRecords&metadataPrefix=oai_dc&until=1999-12-31".to_owned(), "noRecordsMatch"),
            ("verb=ListRecords&metadataPrefix=oai_dc&set=xx".to_owned(), "noRecordsMatch"),
            ("verb=ListRecords&resumptionToken=%3Cgarbage%3E".to_owned(), "badResumptionToken"),
            (format!("verb=GetRecord&metadataPrefix=mods&identifier={known}"), "cannotDisseminateFormat"),
            (format!("verb=GetRecord&metadataPrefix=oai_dc&identifier={id}"), "idDoesNotExist"),
            (
                format!("verb=GetRecord&metadataPrefix=oai_dc&identifier={}", identifier(NOBODY)),
                "idDoesNotExist",
            ),
            (
                format!("verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:example.org:{id}"),
                "idDoesNotExist",
            ),
            (
                format!("verb=GetRecord&metadataPrefix=oai_dc&identifier={}", known.to_uppercase()),
                "idDoesNotExist",
            ),
            (format!("verb=ListMetadataFormats&identifier={}", identifier(NOBODY)), "idDoesNotExist"),
            ("verb=ListMetadataFormats&identifier=%01%ff".to_owned(), "idDoesNotExist"),
            ("verb=ListMetadataFormats&identifier=%00".to_owned(), "idDoesNotExist"),
            ("verb=List%00Sets".to_owned(), "badVerb"),
            ("verb=Identify&%00=1".to_owned(), "badArgument"),
            ("verb=ListRecords&metadataPrefix=oai_dc&set=%00".to_owned(), "badArgument"),
        ] {
            assert_eq!(error(app, &query), code, "{query}");
        }
        // What was asked for is said again, unless it can't have been meant.
        assert!(
            ask(app, "verb=ListRecords&metadataPrefix=a%22%3Cb").contains("metadataPrefix=\"a&quot;&lt;b\"")
        );
        assert!(ask(app, "verb=Identify&x=1").contains("<request>"));
        assert!(ask(app, &format!("verb=ListMetadataFormats&identifier={known}")).contains("marcxml"));
    });
}

#[test]
fn a_form_asks_the_same_as_a_query() {
    let app = App::new(&SERVICE).sqlite();
    open(&app);
    app.stop_clock(clock::now());
    titled(&app, "Emma");
    let send = |media_type: &str, body: &str| {
        app.anonymous().post("/oai").header("lyceum-origin", ORIGIN).body(media_type, body.to_owned()).send()
    };
    let query = "verb=GetRecord&metadataPrefix=oai_dc&identifier=a";
    let form = "application/x-www-form-urlencoded";
    assert_eq!(send(form, query).expect(200).text(), ask(&app, query));
    assert_eq!(
        send("application/x-www-form-urlencoded; charset=UTF-8", "verb=Identify").expect(200).text(),
        ask(&app, "verb=Identify")
    );
    send("application/json", "{}").expect(415);
}

#[test]
fn whether_everybody_may_harvest_and_search_is_the_operators_to_say() {
    let app = App::new(&SERVICE).sqlite();
    for path in ["/oai?verb=Identify", "/sru"] {
        for access in ["", "signed-in", "Open"] {
            app.configure("catalogue_access", access);
            app.anonymous().get(path).send().expect(401);
            app.as_role(Role::Reader).get(path).send().expect(200);
        }
        app.configure("catalogue_access", "open");
        app.anonymous().get(path).send().expect(200);
    }
}
