//! Searching by SRU: what CQL finds here, pages, forms of records, and diagnostics.

use super::xml::{text, texts};
use super::*;

const ORIGIN: &str = "https://library.example.org /sru";

fn ask(app: &App, query: &str) -> String {
    let answer =
        app.anonymous().get(&format!("/sru?{query}")).header("lyceum-origin", ORIGIN).send().expect(200);
    assert_eq!(answer.header("content-type"), Some("text/xml; charset=utf-8"));
    answer.text().to_owned()
}

fn encoded(cql: &str) -> String {
    let sign = |byte: u8| ['%'].into_iter().chain(format!("{byte:02x}").chars().collect::<Vec<_>>());
    cql.bytes().flat_map(sign).collect()
}

fn search(app: &App, cql: &str, rest: &str) -> String {
    ask(app, &format!("operation=searchRetrieve&version=1.2&recordSchema=dc&query={}{rest}", encoded(cql)))
}

fn number(xml: &str) -> String {
    text(xml, "numberOfRecords")
}

/// A shelf of four books, open to everybody.
fn shelf(app: &App) {
    app.configure("catalogue_access", "open");
    contributors::heard(app, NOBODY);
    for book in [
        json!({
            "title": "Os Maias", "subtitle": "Episódios", "isbn": "9780804429573", "subjects": ["Crime"],
            "contributors": [{ "name": "Eça de Queirós" }],
        }),
        json!({ "title": "O crime do padre Amaro", "contributors": [{ "name": "Eça de Queiroz" }] }),
        json!({ "title": "Émile", "isbn": "9780140449136", "contributors": [{ "name": "J.-J. Rousseau" }] }),
        json!({ "title": "Rousseau and Emma", "description": "On Eça <& others>." }),
    ] {
        added(app, &book);
    }
}

const MAIAS: &str = "Os Maias: Episódios";
const CRIME: &str = "O crime do padre Amaro";
const EMILE: &str = "Émile";
const EMMA: &str = "Rousseau and Emma";

#[test]
fn words_are_found_in_the_field_that_is_named_and_joined_from_the_left() {
    App::new(&SERVICE).on_each_database(|app| {
        shelf(app);
        for (cql, found) in [
            ("emile", [EMILE].as_slice()),
            ("eca", &[CRIME, MAIAS, EMMA]),
            ("author = eca", &[CRIME, MAIAS]),
            ("dc.creator=EÇA", &[CRIME, MAIAS]),
            ("title = crime", &[CRIME]),
            ("crime", &[CRIME, MAIAS]),
            ("title = \"os maias\"", &[MAIAS]),
            ("title = epis", &[MAIAS]),
            ("title = epis*", &[MAIAS]),
            ("title = pisodios", &[]),
            ("title any \"padre emma\"", &[CRIME, EMMA]),
            ("title all \"padre emma\"", &[]),
            ("rousseau not author = rousseau", &[EMMA]),
            ("author=rousseau or title=padre and title=emile", &[EMILE]),
            ("author=rousseau or (title=padre and title=emile)", &[EMILE]),
            ("title=emma or title=padre not author=eca", &[EMMA]),
            ("title=emma or (title=padre not author=eca)", &[EMMA]),
            ("isbn = 0-8044-2957-X", &[MAIAS]),
            ("bath.isbn any \"9780140449136 080442957X\"", &[EMILE, MAIAS]),
            ("isbn = 9780306406157", &[]),
            ("cql.allRecords = 1", &[EMILE, CRIME, MAIAS, EMMA]),
            ("cql.allRecords = 1 not eca", &[EMILE]),
            ("\u{1f600}", &[]),
        ] {
            let xml = search(app, cql, "");
            assert_eq!(
                (number(&xml), texts(&xml, "title")),
                (found.len().to_string(), found.iter().map(|title| (*title).to_owned()).collect()),
                "{cql}"
            );
        }
    });
}

#[test]
fn one_word_of_a_field_is_read_in_order_from_one_place_in_an_index() {
    App::new(&SERVICE).on_each_database(|app| {
        shelf(app);
        for cql in ["eca", "title=padre", "author=eca"] {
            search(app, cql, "");
        }
        app.explain().assert_indexed(&[]);
    });
}

#[test]
fn records_come_in_pages_in_either_form_as_xml_or_as_texts() {
    App::new(&SERVICE).on_each_database(|app| {
        shelf(app);
        let first = search(app, "cql.allRecords=1", "&maximumRecords=3");
        assert_eq!(
            (number(&first), texts(&first, "recordPosition")),
            ("4".into(), vec!["1".into(), "2".into(), "3".into()])
        );
        assert_eq!(text(&first, "nextRecordPosition"), "4");
        let last = search(app, "cql.allRecords=1", "&maximumRecords=3&startRecord=4");
        assert_eq!(
            (texts(&last, "title"), texts(&last, "nextRecordPosition").len()),
            (vec![EMMA.to_owned()], 0)
        );
        assert_eq!(texts(&last, "description"), ["On Eça <& others>."]);
        assert_eq!(texts(&search(app, "cql.allRecords=1", "&maximumRecords=0"), "record").len(), 0);
        assert!(search(app, "emma", "&startRecord=2").contains("diagnostic/1/61"));
        assert_eq!(number(&search(app, "nothing", "")), "0");
        let marc = ask(app, "operation=searchRetrieve&version=1.1&query=emma");
        assert_eq!((texts(&marc, "version")[0].clone(), text(&marc, "leader").len()), ("1.1".into(), 24));
        assert!(marc.contains("<recordData><record xmlns=\"http://www.loc.gov/MARC21/slim\">"), "{marc}");
        let packed = ask(app, "operation=searchRetrieve&version=1.2&query=emma&recordPacking=string");
        assert_eq!(texts(&text(&packed, "recordData"), "leader").len(), 1);
        app.tick("minute").unwrap();
    });
}

#[test]
fn without_parameters_it_says_what_can_be_asked() {
    let app = App::new(&SERVICE).sqlite();
    app.configure("catalogue_access", "open");
    for query in ["", "operation=explain&version=1.1"] {
        let xml = ask(&app, query);
        assert_eq!(
            (text(&xml, "host"), text(&xml, "port"), text(&xml, "database")),
            ("library.example.org".into(), "443".into(), "sru".into())
        );
        assert!(texts(&xml, "name").contains(&"isbn".to_owned()), "{xml}");
    }
    let form = "application/x-www-form-urlencoded";
    let by_form = app
        .anonymous()
        .post("/sru")
        .header("lyceum-origin", ORIGIN)
        .body(form, "operation=explain")
        .send()
        .expect(200);
    assert_eq!(by_form.text(), ask(&app, "operation=explain"));
    app.anonymous().post("/sru").body("application/json", "{}").send().expect(415);
}

#[test]
fn what_is_not_served_is_a_diagnostic() {
    let app = App::new(&SERVICE).sqlite();
    app.configure("catalogue_access", "open");
    for (cql, diagnostic) in [
        ("title =", 10),
        ("rec.id = 1", 15),
        ("date = 1888", 16),
        ("title < a", 19),
        ("title =/stem a", 20),
        ("title exact a", 22),
        ("title = \"\"", 27),
        ("title = a?b", 28),
        // Alone it stands for anything.
        ("\"***\"", 28),
        ("title = ^a", 31),
        ("isbn = 12", 36),
        ("a prox b", 39),
        ("a sortby title", 80),
    ] {
        let xml = search(&app, cql, "");
        assert_eq!(
            (text(&xml, "uri"), number(&xml)),
            (format!("info:srw/diagnostic/1/{diagnostic}"), "0".into()),
            "{cql}"
        );
    }
    for (query, diagnostic) in
        [("operation=scan&version=1.2", 4), ("operation=searchRetrieve&version=1.2", 7), ("colour=%0c", 8)]
    {
        assert!(ask(&app, query).contains(&format!("diagnostic/1/{diagnostic}<")), "{query}");
    }
}

#[test]
fn books_that_were_there_before_their_words_were_kept_are_found_after_a_while() {
    App::new(&SERVICE).on_each_database(|app| {
        shelf(app);
        app.commit_first("INSERT INTO books_without_field_words (book_id) SELECT id FROM books");
        titled(app, "Another");
        app.commit_first("DELETE FROM book_title_words");
        titled(app, "One more");
        assert_eq!(number(&search(app, "title = crime", "")), "0");
        app.tick("minute").unwrap();
        let xml = search(app, "title = crime", "");
        assert_eq!(texts(&xml, "title"), [CRIME]);
        let left = "SELECT COUNT(*) AS number FROM books_without_field_words";
        let left: (i64,) =
            app.run(|| lyceum_kit::sql::query_one(lyceum_kit::sql::statement(left, Vec::new()))).unwrap();
        assert_eq!(left, (0,));
    });
}
