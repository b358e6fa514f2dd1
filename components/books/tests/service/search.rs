//! What is found, in which order, and page by page.

use super::*;

const ECA: &str = "01890000-0000-7000-8000-0000000000e1";
const DRAMA: &str = "01890000-0000-7000-8000-0000000000d1";

fn shelf(app: &App) {
    genres::heard(app, DRAMA);
    contributors::heard(app, ECA);
    for book in [
        json!({
            "title": "Os Maias", "year": 1888, "language": "pt", "genre_id": DRAMA,
            "contributors": [{ "author_id": ECA, "name": "Eça de Queirós" }], "subjects": ["Lisbon"],
        }),
        json!({
            "title": "O crime do padre Amaro", "year": 1875, "language": "pt",
            "contributors": [{ "author_id": ECA, "name": "Eça de Queiroz" }],
        }),
        json!({
            "title": "Émile", "subtitle": "or On Education", "year": 1762, "language": "fr",
            "description": "A treatise, burnt in Paris.", "genre_id": DRAMA,
            "contributors": [{ "name": "Jean-Jacques Rousseau" }, { "name": "Allan Bloom", "role": "translator" }],
        }),
        json!({ "title": "Zettels Traum" }),
    ] {
        added(app, &book);
    }
}

#[test]
fn books_are_found_by_the_beginnings_of_words_in_all_that_is_said_of_them() {
    App::new(&SERVICE).on_each_database(|app| {
        shelf(app);
        for (query, found) in [
            ("q=mai", ["Os Maias"].as_slice()),
            ("q=EMILE", &["Émile"]),
            ("q=educ", &["Émile"]),
            ("q=rousseau+treat", &["Émile"]),
            ("q=bloom", &["Émile"]),
            ("q=lisb", &["Os Maias"]),
            ("q=eca", &["O crime do padre Amaro", "Os Maias"]),
            ("q=queiro", &["O crime do padre Amaro", "Os Maias"]),
            ("q=padre+lisbon", &[]),
            ("q=aias", &[]),
            ("prefix=o", &["O crime do padre Amaro", "Os Maias"]),
            ("prefix=O+CR", &["O crime do padre Amaro"]),
            ("prefix=crime", &[]),
            // What holds no word finds nothing; what is blank asks for nothing.
            ("q=***", &[]),
            ("q=%ff", &[]),
            ("q=%F0%9F%98%80", &[]),
            ("prefix=%CC%81", &[]),
            ("q=+", &["Émile", "O crime do padre Amaro", "Os Maias", "Zettels Traum"]),
        ] {
            assert_eq!(titles(&list(app, &format!("?{query}"))), found, "{query}");
        }
    });
}

#[test]
fn filters_can_be_joined_and_know_authors_genres_languages_and_years() {
    App::new(&SERVICE).on_each_database(|app| {
        shelf(app);
        for (query, found) in [
            (format!("author_id={ECA}"), ["O crime do padre Amaro", "Os Maias"].as_slice()),
            (format!("author_id={}", ECA.to_uppercase()), &["O crime do padre Amaro", "Os Maias"]),
            (format!("author_id={ECA}&genre_id={DRAMA}"), &["Os Maias"]),
            (format!("genre_id={DRAMA}"), &["Émile", "Os Maias"]),
            ("language=por".to_owned(), &["O crime do padre Amaro", "Os Maias"]),
            ("year_from=1800".to_owned(), &["O crime do padre Amaro", "Os Maias"]),
            ("year_to=1800".to_owned(), &["Émile"]),
            ("year_from=1875&year_to=1875".to_owned(), &["O crime do padre Amaro"]),
            (format!("genre_id={DRAMA}&language=fr&q=emile&year_to=1762"), &["Émile"]),
            ("available=true".to_owned(), &[]),
        ] {
            assert_eq!(titles(&list(app, &format!("?{query}"))), found, "{query}");
        }
        assert_eq!(list(app, "?available=false")["items"].as_array().unwrap().len(), 4);
    });
}

#[test]
fn every_order_pages_through_all_books_once() {
    App::new(&SERVICE).on_each_database(|app| {
        shelf(app);
        let by_title = ["Émile", "O crime do padre Amaro", "Os Maias", "Zettels Traum"];
        // Nobody knows the year of the last one.
        let by_year = ["Zettels Traum", "Émile", "O crime do padre Amaro", "Os Maias"];
        let by_time = ["Os Maias", "O crime do padre Amaro", "Émile", "Zettels Traum"];
        for (name, expected) in [("title", by_title), ("year", by_year), ("created_at", by_time)] {
            for backwards in [false, true] {
                let sort = if backwards { format!("-{name}") } else { name.to_owned() };
                let (mut query, mut seen) = (format!("?sort={sort}&limit=3"), Vec::new());
                for _ in 0..4 {
                    let page = list(app, &query);
                    seen.extend(titles(&page).into_iter().map(str::to_owned));
                    let Some(cursor) = page["next_cursor"].as_str() else { break };
                    query = format!("?sort={sort}&limit=3&cursor={cursor}");
                }
                if backwards {
                    seen.reverse();
                }
                assert_eq!(seen, expected, "{sort}");
            }
        }
    });
}

#[test]
fn a_title_is_found_and_sorted_however_long_the_description_is() {
    App::new(&SERVICE).on_each_database(|app| {
        let word = |number: u32| {
            (0..3).map(move |at| char::from(b'a' + u8::try_from(number / 26_u32.pow(at) % 26).unwrap()))
        };
        let long: String = (0..1_000).flat_map(|number| word(number).chain([' '])).collect();
        let title = format!("Zz {}", "\u{fdfa}".repeat(400));
        added(app, &json!({ "title": title, "description": long, "contributors": [{ "name": "Zoë Zz" }] }));
        for query in ["q=zz", "q=zoe", "prefix=zz"] {
            assert_eq!(titles(&list(app, &format!("?{query}"))), [title.as_str()], "{query}");
        }
    });
}

#[test]
fn everything_that_reads_is_indexed() {
    App::new(&SERVICE).on_each_database(|app| {
        genres::heard(app, GENRE);
        contributors::heard(app, NOBODY);
        let path = path_of(&added(app, &maias()));
        let item =
            librarian(app).post(&format!("{path}/items")).json(&json!({ "barcode": "b" })).send().expect(201);
        let item = item.header("location").unwrap().to_owned();
        let hold = holds::hold_of(&item);
        app.deliver(&hold.ready()).unwrap();
        app.deliver(&hold.cancelled()).unwrap();
        let lending = loans::lending_of(&item).fulfilling(&hold);
        app.deliver(&lending.started()).unwrap();
        app.deliver(&lending.returned()).unwrap();
        changed(app, &item, &json!({ "status": "lost" })).expect(200);
        leaving::of_nobody(app);
        librarian(app).delete(&path).send().expect(409);
        librarian(app).delete(&item).send().expect(204);
        librarian(app).delete(&path).send().expect(204);
        list(app, "?q=maias&available=true");
        assert!(app.explain().statements().len() > 5);
        // Few rows, at most 1,001, that are found by one condition are put in order.
        app.explain().assert_indexed(&["LIMIT 1001) AS d CROSS JOIN"]);
    });
}
