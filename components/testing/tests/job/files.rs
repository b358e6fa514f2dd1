//! Files of exports that are gone before they are read, or meanwhile.

use super::*;

/// Reads the file of an export of 450 things whose rows from this one on are gone.
fn file_without_rows_from(first_row: i64) -> Answer {
    let app = App::new(&SERVICE).sqlite();
    run(&app, send(&app, "/imports", "text/csv", numbered(450)));
    let path = location(app.as_user(USER).post("/exports").json(&json!({ "format": "csv" })).send());
    drive(&app);
    app.run(|| {
        let gone = "DELETE FROM job_rows WHERE first_row >= $1";
        let clear = Context::current().without_once().begin();
        clear.execute(statement(gone, params![first_row])).commit().unwrap();
    });
    app.as_user(USER).get(&format!("{path}/result")).send()
}

#[test]
fn a_file_that_is_kept_no_more_is_404() {
    file_without_rows_from(0).expect(404).problem();
}

#[test]
#[should_panic(expected = "the answer broke off")]
fn a_file_that_is_dropped_while_it_is_read_breaks_off_and_is_not_merely_shorter() {
    file_without_rows_from(1);
}
