//! What a client of the older library sends, and what it expects of every answer: for the contract tests of services that serve it.

use http::Method;
use lyceum_kit::outside::{HEADER, announce};
use lyceum_kit::role::Role;
use serde_json::Value;

use crate::{Answer, App, As, Call};

/// Where clients believe the library to be.
pub const SITE: &str = "http://library.example:8080";
const BOUNDARY: &str = "between-the-parts";

/// The type of a body, and the body.
pub type Sent = (String, Vec<u8>);

/// A service's routes below `/api/` and, inside, below `/legacy/`: `("/api/books", "/legacy/books")`.
#[derive(Clone, Copy, Debug)]
pub struct OlderFace(pub &'static str, pub &'static str);

impl OlderFace {
    /// A request as the gateway hands it on, of somebody who has this role.
    pub fn ask<'a>(self, app: &'a App, role: Role, method: Method, path: &str) -> Call<'a> {
        self.by(&app.as_role(role), method, path)
    }

    /// The same, of this caller. A path of another service's, such as `/api/authors/{number}/books`, was rewritten by itself.
    pub fn by<'a>(self, caller: &As<'a>, method: Method, path: &str) -> Call<'a> {
        let inside = path.replacen("/api/", "/legacy/", 1);
        let asked = path.split('?').next().unwrap();
        let inside_alone = inside.split('?').next().unwrap();
        let rewritten = if asked.starts_with(self.0) { (self.0, self.1) } else { (asked, inside_alone) };
        let origin = announce(SITE, asked, Some(rewritten)).unwrap();
        caller.call(method, &inside).header(HEADER.as_str(), origin.to_str().unwrap())
    }

    /// What is asked is refused to everybody but these, without a body.
    pub fn refused_to_others_than(self, app: &App, allowed: &[Role], method: &Method, path: &str) {
        let nobody = self.by(&app.anonymous(), method.clone(), path).send().expect(401);
        assert_eq!((nobody.text(), nobody.header("www-authenticate")), ("", Some("Bearer")));
        for role in [Role::Student, Role::Instructor, Role::Reader, Role::Librarian] {
            let answer = self.ask(app, role, method.clone(), path).send();
            if allowed.contains(&role) {
                assert!(!matches!(answer.status(), 401 | 403), "{role:?}: {answer:?}");
            } else {
                let answer = answer.expect(403);
                assert_eq!(
                    (answer.text(), answer.header("www-authenticate")),
                    ("", Some("Bearer error=\"insufficient_scope\""))
                );
            }
        }
    }
}

/// These fields, as a page in a browser sends them.
pub fn form(fields: &[(&str, &str)]) -> Sent {
    let mut text = form_urlencoded::Serializer::new(String::new());
    text.extend_pairs(fields);
    ("application/x-www-form-urlencoded".to_owned(), text.finish().into_bytes())
}

/// These fields and a file called `photo`: its name, its type, its content.
pub fn multipart(fields: &[(&str, &str)], (file, media_type, content): (&str, &str, &[u8])) -> Sent {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part =
            format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    let head = format!(
        "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"photo\"; filename=\"{file}\"\r\n\
         content-type: {media_type}\r\n\r\n"
    );
    body.extend(head.into_bytes());
    body.extend(content);
    body.extend(format!("\r\n--{BOUNDARY}--\r\n").into_bytes());
    (format!("multipart/form-data; boundary={BOUNDARY}"), body)
}

/// `{"message", "details"}` and no tag: the details.
pub fn told(answer: &Answer, status: u16, message: &str) -> Vec<Value> {
    let told = answer.clone().expect(status).json();
    assert_eq!(told["message"], message, "{told}");
    assert_eq!(told.as_object().unwrap().len(), 2, "{told}");
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!((answer.header("etag"), answer.header("location")), (None, None));
    told["details"].as_array().unwrap().clone()
}

/// One sentence of detail.
pub fn told_in_a_sentence(answer: &Answer, status: u16, message: &str) {
    let details = told(answer, status, message);
    assert!(matches!(details.as_slice(), [Value::String(_)]), "{details:?}");
}

/// Two details: the message, and what it was.
pub fn told_as_conflict(answer: &Answer) {
    let details = told(answer, 409, "Conflict");
    assert!(
        details.len() == 2 && details[0]["message"].is_string() && details[1]["error"].is_string(),
        "{details:?}"
    );
}

/// A problem document of the framework's, without anything of Lyceum's.
pub fn told_by_the_framework(answer: &Answer, status: u16) {
    let problem = answer.clone().expect(status).json();
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    let mut members: Vec<&str> = problem.as_object().unwrap().keys().map(String::as_str).collect();
    members.sort_unstable();
    assert_eq!(members, ["detail", "instance", "status", "title", "type"]);
    assert_eq!(problem["status"], status);
}

/// No body, no tag, no type.
pub fn is_empty(answer: &Answer, status: u16) {
    let answer = answer.clone().expect(status);
    assert_eq!((answer.text(), answer.header("content-type")), ("", None));
}

/// The rows of a section of the contract's tables, such as `8. Books`, that docs/coverage.md says are served, as method and
/// path; `part` is in the path of each.
pub fn rows_served(section: &str, part: &str) -> Vec<String> {
    let coverage = std::fs::read_to_string("../../docs/coverage.md").unwrap();
    let heading = format!("\n### {section}\n");
    let library = coverage.split("\n## ").find(|chapter| chapter.contains(&heading)).unwrap();
    let (_, rows) = library.split_once(&heading).unwrap();
    let named = rows.split("\n### ").next().unwrap().lines().filter_map(|line| line.strip_prefix("| "));
    named
        .filter(|row| row.contains(part) && !row.ends_with("| *open* |"))
        .filter_map(|row| row.split(" — ").next()?.split(" | ").next().map(ToOwned::to_owned))
        .collect()
}
