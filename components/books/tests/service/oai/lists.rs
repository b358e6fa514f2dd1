//! Which records a list holds, by when they changed, by their language, and a page at a time.

use std::time::Duration;

use super::*;

const LIST: &str = "verb=ListIdentifiers&metadataPrefix=oai_dc";

/// A moment of the first day of 2026.
fn at(seconds: i64, micros: i64) -> Timestamp {
    Timestamp::from_micros((1_767_225_600 + seconds) * 1_000_000 + micros)
}

fn token(xml: &str) -> String {
    texts(xml, "resumptionToken").pop().unwrap_or_default()
}

#[test]
fn both_ends_of_what_is_asked_for_are_inside_to_the_second() {
    App::new(&SERVICE).on_each_database(|app| {
        open(app);
        let books: Vec<String> = [(0, 0), (9, 999_999), (10, 0), (10, 999_999), (11, 0), (86_400, 0)]
            .into_iter()
            .map(|(seconds, micros)| {
                app.stop_clock(at(seconds, micros));
                identifier(&titled(app, "A"))
            })
            .collect();
        app.stop_clock(at(100_000, 0));
        for (range, expected) in [
            ("", 0..6),
            ("&from=2026-01-01T00:00:10Z", 2..6),
            ("&until=2026-01-01T00:00:10Z", 0..4),
            ("&from=2026-01-01T00:00:10Z&until=2026-01-01T00:00:10Z", 2..4),
            ("&from=2026-01-01&until=2026-01-01", 0..5),
            ("&from=2026-01-02", 5..6),
            ("&until=2026-01-01", 0..5),
            ("&from=1970-01-01&until=9999-12-31", 0..6),
        ] {
            assert_eq!(texts(&ask(app, &format!("{LIST}{range}")), "identifier"), books[expected], "{range}");
        }
        assert_eq!(error(app, &format!("{LIST}&from=2026-01-03")), "noRecordsMatch");
        app.explain().assert_indexed(&[]);
    });
}

#[test]
fn a_set_is_the_books_in_a_language() {
    App::new(&SERVICE).on_each_database(|app| {
        open(app);
        assert_eq!(texts(&ask(app, "verb=ListSets"), "setSpec"), ["und"]);
        let of = |language: Value| added(app, &json!({ "title": "A", "language": language }));
        let (portuguese, other) = (of(json!("por")), of(json!("zh-hant")));
        of(Value::Null);
        assert_eq!(texts(&ask(app, "verb=ListSets"), "setSpec"), ["pt", "zh-Hant"]);
        let in_set = |set: &str| texts(&ask(app, &format!("{LIST}&set={set}")), "identifier");
        assert_eq!(in_set("pt"), [identifier(&portuguese)]);
        assert_eq!(texts(&ask(app, LIST), "identifier").len(), 3);
        changed(app, &path_of(&other), &json!({ "language": "pt" })).expect(200);
        assert_eq!(in_set("pt"), [identifier(&portuguese), identifier(&other)]);
        assert_eq!(error(app, &format!("{LIST}&set=zh-Hant")), "noRecordsMatch");
        delete(app, &portuguese);
        assert_eq!(in_set("pt"), [identifier(&other), identifier(&portuguese)]);
        app.explain().assert_indexed(&[]);
    });
}

#[test]
fn what_was_deleted_stays_as_a_record_that_says_so() {
    App::new(&SERVICE).on_each_database(|app| {
        open(app);
        app.stop_clock(at(0, 0));
        let (gone, kept) = (titled(app, "Gone"), titled(app, "Kept"));
        items::copy(app, &kept, "b1");
        app.stop_clock(at(60, 0));
        delete(app, &gone);
        // Nothing is said of a deletion that was refused.
        librarian(app).delete(&path_of(&kept)).send().expect(409);
        let xml = record(app, &gone, "marcxml");
        assert!(xml.contains("<header status=\"deleted\">") && !xml.contains("<metadata>"), "{xml}");
        assert_eq!(text(&xml, "datestamp"), "2026-01-01T00:01:00Z");
        let list = ask(app, "verb=ListRecords&metadataPrefix=oai_dc");
        assert_eq!(list.matches("status=\"deleted\"").count(), 1);
        let identifiers: Vec<String> = texts(&list, "identifier");
        assert_eq!(identifiers, [identifier(&kept), format!("urn:uuid:{kept}"), identifier(&gone)]);
        // A copy that comes or goes is no change of the record.
        assert_eq!(texts(&list, "datestamp"), ["2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z"]);
        let since = ask(app, "verb=ListIdentifiers&metadataPrefix=marcxml&from=2026-01-01T00:00:30Z");
        assert_eq!(texts(&since, "identifier"), [identifier(&gone)]);
    });
}

#[test]
fn a_token_goes_on_with_its_list_alone_as_often_as_it_is_used_and_for_a_day() {
    App::new(&SERVICE).on_each_database(|app| {
        open(app);
        app.stop_clock(at(0, 0));
        let books = many(app, 205);
        app.stop_clock(at(1_000, 0));
        let first = ask(app, &format!("{LIST}&until=2026-01-01"));
        assert_eq!(
            (texts(&first, "identifier").len(), text(&first, "responseDate")),
            (100, "2026-01-01T00:16:40Z".into())
        );
        assert!(first.contains("expirationDate=\"2026-01-02T00:16:40Z\" cursor=\"0\""), "{first}");
        let next = format!("verb=ListIdentifiers&resumptionToken={}", token(&first));
        let second = ask(app, &next);
        assert_eq!(ask(app, &next), second);
        let last = ask(app, &format!("verb=ListIdentifiers&resumptionToken={}", token(&second)));
        assert!(last.contains("<resumptionToken cursor=\"200\"/>"), "{last}");
        let all: Vec<String> =
            [&first, &second, &last].into_iter().flat_map(|xml| texts(xml, "identifier")).collect();
        assert_eq!(all, books.iter().map(|book| identifier(book)).collect::<Vec<_>>());
        for wrong in [
            format!("verb=ListRecords&resumptionToken={}", token(&first)),
            format!("verb=ListIdentifiers&resumptionToken={}", token(&first).replace("oai_dc", "mods")),
            format!("verb=ListIdentifiers&resumptionToken={}", &token(&first)[1..]),
            format!("verb=ListSets&resumptionToken={}", token(&first)),
        ] {
            assert_eq!(error(app, &wrong), "badResumptionToken", "{wrong}");
        }
        assert_eq!(error(app, &format!("{next}&set=pt")), "badArgument");
        app.stop_clock(at(1_000, 0).plus(Duration::from_hours(24)));
        assert_eq!(error(app, &next), "badResumptionToken");
    });
}
