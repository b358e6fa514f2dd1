//! What lists answer on both databases, against a list in memory.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::sync::{Arc, LazyLock};

use lyceum_kit::list::{ListQuery, OffsetPage, Scope};
use lyceum_lists::{
    Book, Books, Store,
    books::{BEGINNINGS, PIECES, WORDS, migration},
    store::configure,
};
use lyceum_private_servers::PostgresServer;
use tokio::runtime::{Builder, Runtime};

static POSTGRES: LazyLock<PostgresServer> = LazyLock::new(|| PostgresServer::start().unwrap());
static RUNTIME: LazyLock<Arc<Runtime>> =
    LazyLock::new(|| Arc::new(Builder::new_multi_thread().enable_all().worker_threads(2).build().unwrap()));

fn books() -> Vec<Book> {
    let words = ["Émile", "Emma", "emmets", "Persuasion", "The", "internationalism", "Straße", "Sense", "of"];
    (0..600_usize)
        .map(|number| Book {
            id: format!("00000000-0000-7000-8000-{:012}", (number * 7919) % 600),
            title: format!(
                "{} {} {}",
                words[number % words.len()],
                words[(number / 9) % words.len()],
                words[(number * 5 / 7) % words.len()]
            ),
            genre: ["novel", "play", "verse"][number % 3 * usize::from(number % 50 != 0)].into(),
            year: 1800 + i64::try_from(number * 31 % 200).unwrap(),
            added_at: i64::try_from(number * 48_271 % 65_537).unwrap(),
            returned_at: (number % 4 != 0).then(|| i64::try_from(number % 90).unwrap()),
        })
        .collect()
}

/// Runs a test on both databases.
fn on_both(name: &str, test: impl Fn(&mut Store, &[Book])) {
    configure();
    let folder = tempfile::tempdir().unwrap();
    let sqlite = format!("sqlite:{}", folder.path().join("books.db").display());
    let postgres = POSTGRES.create_database(name).unwrap();
    for url in [sqlite, postgres] {
        let mut store = Store::open(&RUNTIME, &url, &migration(&[WORDS, PIECES, BEGINNINGS])).unwrap();
        let books = books();
        for some in books.chunks(20) {
            let statements: Vec<_> = some.iter().flat_map(Book::put).collect();
            store.transact(&statements).unwrap();
        }
        test(&mut store, &books);
    }
}

fn query(text: &str) -> ListQuery<Books> {
    ListQuery::of(&format!("/books?{text}").parse().unwrap()).unwrap()
}

/// Every id that the pages of this query have.
fn walk(store: &mut Store, text: &str) -> Vec<String> {
    let mut ids = Vec::new();
    let mut cursor: Option<String> = None;
    for _ in 0..1_000 {
        let paged = match &cursor {
            None => text.to_owned(),
            Some(cursor) => format!("{text}&cursor={cursor}"),
        };
        let (rows, next) = query(&paged).page_by(&Scope::all(), &mut |asked| store.query(asked)).unwrap();
        ids.extend(rows.into_iter().map(|book| book.id));
        cursor = next;
        if cursor.is_none() {
            return ids;
        }
    }
    panic!("{text} does not end");
}

fn ids<K: Ord>(books: &[Book], by: impl Fn(&Book) -> K, keep: impl Fn(&Book) -> bool) -> Vec<String> {
    let mut kept: Vec<&Book> = books.iter().filter(|book| keep(book)).collect();
    kept.sort_by_key(|book| (by(book), book.id.clone()));
    kept.into_iter().map(|book| book.id.clone()).collect()
}

fn title(book: &Book) -> String {
    lyceum_kit::text::fold(&book.title)
}

fn has(book: &Book, beginning: &str) -> bool {
    title(book).split(' ').any(|word| word.starts_with(beginning))
}

#[test]
fn pages_of_every_order_hold_every_row_once() {
    on_both("orders", |store, books| {
        let descending = |mut ids: Vec<String>| {
            ids.reverse();
            ids
        };
        let added = ids(books, |book| book.added_at, |_| true);
        let returned = ids(books, |book| book.returned_at.unwrap_or(i64::MAX), |_| true);
        assert_eq!(walk(store, "limit=7"), ids(books, title, |_| true));
        assert_eq!(walk(store, "sort=title&limit=200"), ids(books, title, |_| true));
        assert_eq!(walk(store, "sort=added_at&limit=11"), added);
        assert_eq!(walk(store, "sort=-added_at&limit=11"), descending(added));
        assert_eq!(walk(store, "sort=returned_at&limit=13"), returned);
        assert_eq!(walk(store, "sort=-returned_at&limit=13"), descending(returned));
    });
}

#[test]
fn filters_keep_what_they_say_alone_and_together() {
    on_both("filters", |store, books| {
        let check = |store: &mut Store, text: &str, keep: &dyn Fn(&Book) -> bool| {
            let expected = ids(books, title, keep);
            assert!(!expected.is_empty() && expected.len() < books.len(), "{text} tells nothing");
            assert_eq!(walk(store, text), expected, "{text}");
        };
        check(store, "genre=play&limit=9", &|book| book.genre == "play");
        check(store, "genres=play,verse", &|book| book.genre != "novel");
        check(store, "year_from=1850&limit=20", &|book| book.year >= 1850);
        check(store, "year_to=1850&limit=20", &|book| book.year <= 1850);
        check(store, "year_from=1850&year_to=1860", &|book| (1850..=1860).contains(&book.year));
        check(store, "returned=true", &|book| book.returned_at.is_some());
        check(store, "returned=false", &|book| book.returned_at.is_none());
        check(store, "out=true&limit=30", &|book| book.returned_at.is_none());
        check(store, "genre=play&year_from=1900&out=true&limit=5", &|book| {
            book.genre == "play" && book.year >= 1900 && book.returned_at.is_none()
        });
        assert_eq!(walk(store, "out=false").len(), books.len());
        let by_year = ids(books, |book| book.year, |book| book.year >= 1990);
        assert_eq!(walk(store, "sort=year&year_from=1990&limit=3"), by_year);
    });
}

#[test]
fn searches_find_beginnings_of_words_and_of_titles_and_anything_within() {
    on_both("searches", |store, books| {
        for (text, words) in [
            ("q=e&limit=10", vec!["e"]),
            ("q=emil", vec!["emil"]),
            ("q=EMME", vec!["emme"]),
            ("q=strasse", vec!["strasse"]),
            ("q=internationalis", vec!["internationalis"]),
            ("q=em+pers&limit=4", vec!["em", "pers"]),
            ("q=of,+the", vec!["of", "the"]),
        ] {
            let expected = ids(books, title, |book| words.iter().all(|word| has(book, word)));
            assert!(!expected.is_empty() && expected.len() < books.len(), "{text} tells nothing");
            assert_eq!(walk(store, text), expected, "{text}");
        }
        for inside in ["m", "ua", "ras", "suasion", "e o", "nternationalism"] {
            let expected = ids(books, title, |book| title(book).contains(inside));
            assert!(!expected.is_empty() && expected.len() < books.len(), "{inside} tells nothing");
            assert_eq!(walk(store, &format!("contains={}&limit=50", inside.replace(' ', "+"))), expected);
        }
        for beginning in ["e", "emma ", "emma em", "emile internat"] {
            let expected = ids(books, title, |book| title(book).starts_with(beginning.trim()));
            assert_eq!(walk(store, &format!("begins={}", beginning.replace(' ', "+"))), expected);
        }
        let both = ids(books, |book| book.added_at, |book| has(book, "emm") && book.genre == "play");
        assert!(!both.is_empty());
        assert_eq!(walk(store, "q=emm&genre=play&sort=added_at&limit=6"), both);
        assert_eq!(walk(store, "q=nothing"), [""; 0]);
        assert_eq!(walk(store, "q=..."), [""; 0], "signs without a word");
    });
}

#[test]
fn a_changed_title_is_found_by_its_new_words_and_only_what_differs_is_written() {
    on_both("changes", |store, books| {
        let changed = Book { title: "Zuleika Emma".into(), ..books[0].clone() };
        store.transact(&changed.put()).unwrap();
        assert_eq!(walk(store, "q=zulei+emma"), std::slice::from_ref(&changed.id));
        assert_eq!(walk(store, "contains=ika+e"), std::slice::from_ref(&changed.id));
        assert_eq!(walk(store, "q=e").iter().filter(|id| **id == changed.id).count(), 1);
        let again = store.transact(&changed.put()[1..]).unwrap();
        assert!(again.iter().all(|rows| *rows == 0), "{again:?}");
        store.transact(&[WORDS.remove(&changed.id)]).unwrap();
        assert_eq!(walk(store, "q=zuleika"), [""; 0]);
    });
}

#[test]
fn a_cursor_fits_only_the_list_filters_order_and_scope_that_gave_it() {
    on_both("cursors", |store, _| {
        let scope = Scope::all();
        let (_, next) = query("genre=play&limit=2").page_by(&scope, &mut |asked| store.query(asked)).unwrap();
        let next = next.unwrap();
        let status = |store: &mut Store, text: &str, scope: &Scope| {
            query(text)
                .page_by(scope, &mut |asked| store.query(asked))
                .map_or_else(|problem| problem.status().as_u16(), |_| 200)
        };
        assert_eq!(status(store, &format!("genre=play&limit=5&cursor={next}"), &scope), 200);
        for other in
            ["genre=verse", "sort=added_at&genre=play", "sort=-title&genre=play", "", "genre=play&out=true"]
        {
            assert_eq!(status(store, &format!("{other}&cursor={next}"), &scope), 400, "{other}");
        }
        let narrower = Scope::all().only("year > 0");
        assert_eq!(status(store, &format!("genre=play&cursor={next}"), &narrower), 400);
        let other = if next.ends_with('A') { "B" } else { "A" };
        let forged = format!("{}{other}", &next[..next.len() - 1]);
        for wrong in ["", "!", "e30", &forged] {
            assert_eq!(status(store, &format!("genre=play&cursor={wrong}"), &scope), 400, "{wrong}");
        }
    });
}

#[test]
fn numbered_pages_and_totals_are_those_of_the_same_rows() {
    on_both("numbers", |store, books| {
        let expected = ids(books, title, |book| book.genre == "play");
        let asked = query("genre=play");
        let total = asked.total_by(&Scope::all(), &mut |asked| store.query(asked)).unwrap();
        assert_eq!((usize::try_from(total.rows).unwrap(), total.capped), (expected.len(), false));
        let page = OffsetPage::numbered(3, 10).unwrap();
        let page = asked.offset_page_by(&Scope::all(), page, &mut |asked| store.query(asked)).unwrap();
        let page: Vec<&String> = page.iter().map(|book| &book.id).collect();
        assert_eq!(page, expected[20..30].iter().collect::<Vec<_>>());
        assert_eq!(OffsetPage::numbered(0, 10), None);
        assert_eq!(OffsetPage::numbered(10_000, 100), None);
    });
}

#[test]
fn numbered_pages_and_totals_of_searches_and_filters_are_those_of_the_walk() {
    on_both("numbered", |store, _| {
        for text in [
            "",
            "q=emm",
            "q=the+of",
            "q=emm&genre=play",
            "q=the&genre=verse&year_from=1850&out=true",
            "q=emm&sort=-added_at",
            "contains=suasion&year_from=1850",
            "begins=emma&returned=true",
            "genres=play,verse&out=true",
            "genres=play,verse&sort=returned_at",
            "genre=play&out=true",
            "year_from=1990",
            "q=nothing",
        ] {
            let expected = walk(store, text);
            let asked = query(text);
            let total = asked.total_by(&Scope::all(), &mut |asked| store.query(asked)).unwrap();
            assert_eq!(
                (usize::try_from(total.rows).unwrap(), total.capped),
                (expected.len(), false),
                "{text}"
            );
            for number in [1, 2, 5] {
                let page = OffsetPage::numbered(number, 7).unwrap();
                let rows =
                    asked.offset_page_by(&Scope::all(), page, &mut |asked| store.query(asked)).unwrap();
                let rows: Vec<String> = rows.into_iter().map(|book| book.id).collect();
                let begin = (usize::try_from(number).unwrap() - 1) * 7;
                let page: Vec<String> = expected.iter().skip(begin).take(7).cloned().collect();
                assert_eq!(rows, page, "page {number} of {text}");
            }
        }
    });
}

#[test]
fn a_word_is_filtered_by_the_values_that_its_terms_carry_as_they_are_now() {
    on_both("carried", |store, books| {
        let play = books.iter().find(|book| book.genre == "play" && has(book, "emm")).unwrap();
        let changed = Book { genre: "saga".into(), returned_at: None, ..play.clone() };
        store.transact(&changed.put()).unwrap();
        assert_eq!(walk(store, "q=emm&genre=saga"), std::slice::from_ref(&changed.id));
        assert_eq!(walk(store, "q=emm&genre=saga&out=true&returned=false").len(), 1);
        assert!(!walk(store, "q=emm&genre=play").contains(&changed.id));
        let back = Book { returned_at: Some(1), ..changed };
        store.transact(&back.put()).unwrap();
        assert_eq!(walk(store, "q=emm&genre=saga&out=true"), [""; 0]);
        let again = store.transact(&back.put()[1..]).unwrap();
        assert!(again.iter().all(|rows| *rows == 0), "{again:?}");
    });
}

/// Rare among many: the page ends early instead of reading all of them.
#[test]
fn a_page_of_conditions_that_seldom_meet_ends_early_and_the_walk_finds_all() {
    on_both("windows", |store, _| {
        let many: Vec<Book> = (0..9_000)
            .map(|number| Book {
                id: format!("10000000-0000-7000-8000-{number:012}"),
                title: format!("common {number:05}"),
                genre: if number % 2 == 0 { "tale" } else { "epic" }.into(),
                year: 1,
                added_at: 100_000 + number,
                returned_at: None,
            })
            .collect();
        for some in many.chunks(20) {
            store.transact(&some.iter().flat_map(Book::put).collect::<Vec<_>>()).unwrap();
        }
        let rare = Book { title: "common 08999 rare".into(), genre: "tale".into(), ..many[8_999].clone() };
        store.transact(&rare.put()).unwrap();
        store.asked.clear();
        let asked = query("q=common&genre=epic&out=true&year_from=0&year_to=5");
        let (rows, next) = asked.page_by(&Scope::all(), &mut |asked| store.query(asked)).unwrap();
        assert!(rows.len() == 50 && next.is_some());
        let none = "q=common&genre=epic&year_to=0";
        assert_eq!(walk(store, none), [""; 0]);
        let expected = many.iter().filter(|book| book.genre == "epic" && book.id != rare.id).count();
        assert_eq!(walk(store, "q=common&genre=epic&limit=200").len(), expected);
        // Few have one of the words, whichever comes first.
        for text in ["q=common+rare", "q=rare+common", "q=0899+common"] {
            assert!(walk(store, text).contains(&rare.id), "{text}");
        }
    });
}
