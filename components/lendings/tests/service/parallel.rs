//! Many checkouts at the same moment.

use std::collections::BTreeSet;

use super::*;

const MANY: usize = 50;

fn numbers(answers: &[(u16, Value)]) -> BTreeSet<&str> {
    answers.iter().filter_map(|(_, body)| body["number"].as_str()).collect()
}

/// Each asks again as long as it is told to come later.
fn patiently(app: &App, copy: Copy, reader: &Reader) -> (u16, Value) {
    loop {
        let answer = lend(app, copy, reader);
        if answer.status() != 503 {
            return (answer.status(), answer.json());
        }
    }
}

fn refused(answers: &[(u16, Value)], code: &str) -> usize {
    answers.iter().filter(|(status, body)| *status == 409 && body["details"][0]["code"] == code).count()
}

#[test]
fn one_of_many_checkouts_of_the_last_copy_wins() {
    App::new(&SERVICE).on_each_database(|app| {
        let copy = copy(app);
        let readers: Vec<Reader> = (0..MANY).map(|_| reader(app)).collect();
        let answers = app.in_parallel(MANY, |at, app| patiently(app, copy, &readers[at]));
        assert_eq!(answers.iter().filter(|(status, _)| *status == 201).count(), 1);
        assert_eq!(refused(&answers, "ITEM_LENT"), MANY - 1);
        assert_eq!(readers.iter().map(|reader| account(app, reader).0).sum::<i64>(), 1);
        assert_eq!(app.events().len(), 1);
    });
}

#[test]
fn of_many_returns_of_one_copy_one_is_done_and_the_others_are_told_that_it_is_back() {
    App::new(&SERVICE).on_each_database(|app| {
        let reader = reader(app);
        let path = lent(app, copy(app), &reader);
        let answers = app.in_parallel(8, |_, app| {
            loop {
                let answer = give_back(app, &path);
                if answer.status() != 503 {
                    break (answer.status(), answer.json()["error_code"].as_str().map(ToOwned::to_owned));
                }
            }
        });
        let refused = (409, Some("ALREADY_RETURNED".to_owned()));
        let done = answers.iter().filter(|(status, _)| *status == 200).count();
        let others = answers.iter().filter(|answer| **answer == refused).count();
        assert_eq!((done, others), (1, 7), "{answers:?}");
        assert_eq!((account(app, &reader), app.events().len()), ((0, 0), 2));
    });
}

#[test]
fn a_reader_who_goes_while_they_borrow_does_one_of_both() {
    App::new(&SERVICE).on_each_database(|app| {
        for _ in 0..6 {
            let (reader, copies) = (reader(app), [(); 4].map(|()| copy(app)));
            let removal = closures::removal(&reader);
            let answers = app.in_parallel(5, |at, app| {
                if at < 4 {
                    return patiently(app, copies[at], &reader);
                }
                loop {
                    let answer = closures::close(app, "readers", &removal);
                    if answer.status() != 503 {
                        let body = if answer.status() == 204 { Value::Null } else { answer.json() };
                        break (answer.status(), body);
                    }
                }
            });
            let lent = answers[..4].iter().filter(|(status, _)| *status == 201).count();
            let is_gone = answers[4].0 == 204;
            assert_eq!(is_gone, lent == 0, "{answers:?}");
            assert_eq!(refused(&answers[..4], "READER_LEAVING"), if is_gone { 4 } else { 0 });
            assert_eq!(account(app, &reader).0, i64::try_from(lent).unwrap());
        }
    });
}

#[test]
fn no_reader_is_above_their_limit_after_many_checkouts_and_numbers_have_no_gaps() {
    App::new(&SERVICE).on_each_database(|app| {
        let (one, other) = (reader(app), reader(app));
        let copies: Vec<Copy> = (0..MANY).map(|_| copy(app)).collect();
        let answers = app
            .in_parallel(MANY, |at, app| patiently(app, copies[at], if at % 2 == 0 { &one } else { &other }));
        assert_eq!(numbers(&answers).len(), 6);
        assert_eq!(refused(&answers, "LIMIT_REACHED"), MANY - 6);
        assert_eq!((account(app, &one).0, account(app, &other).0), (3, 3));
        let counts: BTreeSet<u32> = numbers(&answers)
            .iter()
            .map(|number| number.split_once('/').unwrap().1.parse().unwrap())
            .collect();
        assert_eq!(counts, (1..=6).collect());
        assert_eq!(app.events().len(), 6);
    });
}
