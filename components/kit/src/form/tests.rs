use serde::Deserialize;

use super::*;
use crate::block_on::block_on;

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Book {
    title: String,
    year: Option<u16>,
    #[serde(default)]
    authors: Vec<u32>,
}

fn send(content_type: &str, body: &[u8]) -> Result<Form<Book>, Problem> {
    let request =
        Request::builder().header("content-type", content_type).body(Body::from(body.to_vec())).unwrap();
    block_on(Form::<Book>::from_request(request, &())).unwrap()
}

fn multipart(parts: &[(&str, Option<&str>, &str)]) -> Result<Form<Book>, Problem> {
    let mut body = String::new();
    for (name, file, value) in parts {
        let file = file.map(|file| format!("; filename=\"{file}\"\r\ncontent-type: image/png"));
        let file = file.unwrap_or_default();
        let part = format!("--B\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n{value}\r\n");
        body.push_str(&part);
    }
    send("multipart/form-data; boundary=B", format!("{body}--B--\r\n").as_bytes())
}

fn fault(result: Result<Form<Book>, Problem>) -> (u16, String, String) {
    let problem = result.unwrap_err();
    let violation = problem.violations().first();
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    (
        problem.status().as_u16(),
        text(violation.map(|violation| violation.code)),
        text(violation.map(|violation| &*violation.pointer)),
    )
}

#[test]
fn both_kinds_of_form_give_the_same_fields() {
    let expected = Book { title: "Os Maias & c".into(), year: Some(1888), authors: vec![1, 2] };
    let encoded = b"title=Os+Maias+%26+c&year=1888&authors%5B%5D=1&authors[1]=2";
    assert_eq!(send("application/x-www-form-urlencoded; charset=utf-8", encoded).unwrap().fields, expected);
    let form = multipart(&[
        ("title", None, "Os Maias & c"),
        ("authors", None, "1"),
        ("photo", Some("a.png"), "PNG"),
        ("year", None, "1888"),
        ("authors", None, "2"),
    ]);
    let form = form.unwrap();
    assert_eq!(form.fields, expected);
    let photo = FormFile {
        field: "photo".into(),
        file_name: "a.png".into(),
        content_type: Some("image/png".into()),
        content: "PNG".into(),
    };
    assert_eq!(form.files, [photo]);
}

#[test]
fn a_mistake_in_a_form_names_its_field() {
    let urlencoded = |body: &str| fault(send(URLENCODED, body.as_bytes()));
    assert_eq!(urlencoded("year=1"), (422, "REQUIRED".into(), "/title".into()));
    assert_eq!(urlencoded("title=a&x=1"), (422, "UNKNOWN_FIELD".into(), "/x".into()));
    assert_eq!(urlencoded("title=a&year=soon"), (422, "WRONG_TYPE".into(), "/year".into()));
    assert_eq!(urlencoded("title=a&authors=1&authors=x"), (422, "WRONG_TYPE".into(), "/authors".into()));
    assert_eq!(urlencoded("title=a&title=b").0, 422);
    assert_eq!(urlencoded("title=%00"), (422, "CONTROL_CHARACTER".into(), "/title".into()));
}

#[test]
fn what_is_no_form_is_415_and_a_broken_one_400() {
    for content_type in ["application/json", "multipart/form-data", "text/plain"] {
        assert_eq!(fault(send(content_type, b"{}")).0, 415, "{content_type}");
    }
    assert_eq!(fault(send("multipart/form-data; boundary=B", b"--B\r\ncontent-dis")).0, 400);
    assert_eq!(fault(send("multipart/form-data; boundary=B", b"")).0, 400);
}

#[test]
fn a_form_over_the_limit_is_413_and_one_of_endless_fields_422() {
    let long = "a".repeat(1024 * 1024 + 1);
    assert_eq!(fault(multipart(&[("title", None, &long)])).0, 413);
    assert_eq!(fault(multipart(&[("title", None, "a"), ("photo", Some("a.png"), &long)])).0, 413);
    assert_eq!(fault(send(URLENCODED, format!("title={long}").as_bytes())).0, 413);
    let many = vec![("authors", None, "1"); FIELDS + 1];
    assert_eq!(fault(multipart(&many)).0, 422);
}
