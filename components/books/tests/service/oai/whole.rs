//! A harvest of everything while books come, change and go: each record once, and with the next harvest all that is new.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

/// The headers of a page: identifiers, and whether they are gone.
fn headers(xml: &str) -> Vec<(String, bool)> {
    let parts = xml.split("<header").skip(1).map(|part| part.split("</header>").next().unwrap());
    let header = |part: &str| {
        let identifier = part.split("<identifier>").nth(1).unwrap().split('<').next().unwrap();
        (identifier.to_owned(), part.starts_with(" status=\"deleted\""))
    };
    parts.map(header).collect()
}

/// Harvests to the end, and does something between pages: all headers in their order, and the time to begin at next.
fn harvest(app: &App, query: &str, mut between: impl FnMut(usize)) -> (Vec<(String, bool)>, String) {
    let mut xml = ask(app, query);
    let (mut all, begun) = (headers(&xml), text(&xml, "responseDate"));
    for page in 0.. {
        let token = texts(&xml, "resumptionToken").pop().unwrap_or_default();
        if token.is_empty() {
            break;
        }
        between(page);
        xml = ask(app, &format!("verb=ListRecords&resumptionToken={token}"));
        all.extend(headers(&xml));
    }
    (all, begun)
}

#[test]
fn a_whole_harvest_has_each_record_once_while_books_change_and_the_next_has_the_rest() {
    App::new(&SERVICE).on_each_database(|app| {
        open(app);
        let books = many(app, 250);
        let rename = |book: &str, page: usize| {
            changed(app, &path_of(book), &json!({ "title": format!("Renamed {page}") })).expect(200);
        };
        let (mut touched, mut deleted) = (BTreeSet::new(), BTreeSet::new());
        let (all, begun) = harvest(app, "verb=ListRecords&metadataPrefix=oai_dc", |page| {
            // Some that were given already, some that come next, and the last of all; twice.
            for at in [0, 1, 99, 100, 101, 120, 199, 200, 248, 249] {
                rename(&books[at], page);
                touched.insert(identifier(&books[at]));
            }
            for at in [10 + page, 140 + page, 240 + page] {
                delete(app, &books[at]);
                deleted.insert(identifier(&books[at]));
            }
            touched.insert(identifier(&titled(app, &format!("New {page}"))));
        });
        let mut times: BTreeMap<&str, usize> = BTreeMap::new();
        for (identifier, _) in &all {
            *times.entry(identifier).or_default() += 1;
        }
        assert!(times.values().all(|times| *times == 1), "{times:?}");
        for book in &books {
            assert!(times.contains_key(identifier(book).as_str()), "{book} is missing");
        }
        assert_eq!(all.len(), books.len());
        // What is given late is as it is then.
        let gone: BTreeSet<String> =
            all.iter().filter(|(_, gone)| *gone).map(|(identifier, _)| identifier.clone()).collect();
        assert!(gone.is_subset(&deleted) && gone.contains(&identifier(&books[240])), "{gone:?}");
        let (rest, _) =
            harvest(app, &format!("verb=ListRecords&metadataPrefix=marcxml&from={begun}"), |_| {});
        let rest: BTreeMap<String, bool> = rest.into_iter().collect();
        assert!(touched.iter().all(|identifier| rest.get(identifier) == Some(&false)));
        assert!(deleted.iter().all(|identifier| rest.get(identifier) == Some(&true)));
        app.explain().assert_indexed(&[]);
    });
}

#[test]
fn what_is_committed_late_is_later_than_the_list_that_it_is_not_in() {
    App::new(&SERVICE).on_each_database(|app| {
        open(app);
        let hour = |number: i64| Timestamp::from_micros((1_767_225_600 + number * 3_600) * 1_000_000);
        app.stop_clock(hour(1));
        titled(app, "First");
        app.stop_clock(hour(2));
        let (_, begun) = harvest(app, "verb=ListRecords&metadataPrefix=oai_dc", |_| {});
        // A writer whose clock is slow, or who waited long for the database.
        app.stop_clock(hour(1));
        let late = titled(app, "Late");
        app.stop_clock(hour(3));
        let (rest, _) = harvest(app, &format!("verb=ListRecords&metadataPrefix=oai_dc&from={begun}"), |_| {});
        assert_eq!(rest, [(identifier(&late), false)]);
    });
}

#[test]
fn places_in_lists_are_forgotten_when_nobody_can_be_reading_them() {
    App::new(&SERVICE).on_each_database(|app| {
        open(app);
        let day = |number: i64| Timestamp::from_micros((1_767_225_600 + number * 86_400) * 1_000_000);
        app.stop_clock(day(0));
        let (kept, gone) = (titled(app, "Kept"), titled(app, "Gone"));
        let title = |title: &str| changed(app, &path_of(&kept), &json!({ "title": title })).expect(200);
        app.stop_clock(day(1));
        title("A");
        delete(app, &gone);
        app.stop_clock(day(9));
        title("B");
        app.tick("minute").unwrap();
        let rows = || {
            let text = "SELECT COUNT(*) AS number FROM record_changes";
            let (rows,): (i64,) =
                app.run(|| lyceum_kit::sql::query_one(lyceum_kit::sql::statement(text, Vec::new()))).unwrap();
            rows
        };
        // The last change of each, and the one that was replaced a moment ago.
        assert_eq!(rows(), 3);
        app.stop_clock(day(11));
        app.tick("minute").unwrap();
        assert_eq!(rows(), 2);
        assert!(record(app, &gone, "oai_dc").contains("status=\"deleted\""));
    });
}
