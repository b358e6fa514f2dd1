//! The page on which anybody sees whether a certificate counts.

use super::{Certificate, grouped};

/// HTML without scripts, styles and addresses. All that people wrote is escaped.
pub(crate) fn page(certificate: &Certificate) -> String {
    let text = escaped;
    let holder = certificate.holder_name.as_deref().unwrap_or("Its holder");
    let (verdict, why) = match (&certificate.revoked_at, &certificate.revoked_reason) {
        (None, _) => ("This certificate is valid.", String::new()),
        (Some(at), reason) => {
            let reason = reason.as_deref().unwrap_or_default();
            let why = format!("<p>It was revoked on {}: {}</p>\n", day(&at.to_string()), text(reason));
            ("This certificate does not count any more.", why)
        }
    };
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>Certificate {code}</title></head>\n\
         <body>\n<h1>{verdict}</h1>\n{why}<p>{holder} completed the course <cite>{title}</cite>.</p>\n\
         <p>Made out on {issued}. Code: {code}</p>\n</body>\n</html>\n",
        code = text(&grouped(&certificate.code)),
        holder = text(holder),
        title = text(&certificate.course_title),
        issued = day(&certificate.issued_at.to_string()),
    )
}

/// The date of a moment in UTC.
pub(super) fn day(moment: &str) -> String {
    moment.chars().take_while(|letter| *letter != 'T').collect()
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}
