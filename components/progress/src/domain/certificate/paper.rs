//! The certificate as a PDF of one page, in a font that every reader has.

use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

use super::page::day;
use super::{Certificate, grouped};

/// A4 across, in points.
const WIDTH: f32 = 842.0;
const HEIGHT: f32 = 595.0;
const MARGIN: f32 = 72.0;
const PLAIN: Name<'static> = Name(b"F1");
const BOLD: Name<'static> = Name(b"F2");
/// So many letters of the largest size fit into a line.
const LINE: usize = 44;

/// The file. `address` is where it is verified.
pub(crate) fn paper(certificate: &Certificate, address: &str) -> Vec<u8> {
    let [catalog, pages, page, plain, bold, contents, info] = [1, 2, 3, 4, 5, 6, 7].map(Ref::new);
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(pages).lang(TextStr("en"));
    pdf.pages(pages).kids([page]).count(1);
    let mut written = pdf.page(page);
    written.media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT)).parent(pages).contents(contents);
    written.resources().fonts().pair(PLAIN, plain).pair(BOLD, bold);
    written.finish();
    for (font, name) in [(plain, b"Helvetica".as_slice()), (bold, b"Helvetica-Bold")] {
        pdf.type1_font(font).base_font(Name(name)).encoding_predefined(Name(b"WinAnsiEncoding"));
    }
    pdf.stream(contents, &drawn(certificate, address));
    let title = format!("Certificate {}", grouped(&certificate.code));
    pdf.document_info(info).title(TextStr(&title)).producer(TextStr("Lyceum"));
    pdf.finish()
}

fn drawn(certificate: &Certificate, address: &str) -> Vec<u8> {
    let mut content = Content::new();
    content.set_line_width(1.5);
    content.rect(MARGIN / 2.0, MARGIN / 2.0, WIDTH - MARGIN, HEIGHT - MARGIN).stroke();
    let mut top = HEIGHT - 130.0;
    let mut say = |font: Name<'_>, size: f32, text: &str| {
        let Some(bytes) = encoded(text) else { return false };
        content.begin_text().set_font(font, size).next_line(MARGIN, top).show(Str(&bytes)).end_text();
        top -= size * 1.6;
        true
    };
    say(BOLD, 34.0, "Certificate");
    let named =
        certificate.holder_name.as_deref().is_some_and(|name| lines(name).all(|line| say(BOLD, 24.0, &line)));
    if !named {
        // The font has Western letters alone.
        say(PLAIN, 16.0, "The holder's name is shown where this certificate is verified:");
    }
    say(PLAIN, 16.0, "has completed the course");
    if !lines(&certificate.course_title).all(|line| say(BOLD, 24.0, &line)) {
        say(PLAIN, 16.0, "that is named where this certificate is verified.");
    }
    say(PLAIN, 14.0, &format!("Made out on {}", day(&certificate.issued_at.to_string())));
    if let Some(at) = certificate.revoked_at {
        say(BOLD, 18.0, &format!("REVOKED on {}", day(&at.to_string())));
    }
    say(PLAIN, 12.0, &format!("Code {}", grouped(&certificate.code)));
    say(PLAIN, 9.0, address);
    content.finish().into_vec()
}

/// The text in lines that fit, broken between words.
fn lines(text: &str) -> impl Iterator<Item = String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < LINE => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.into_iter()
}

/// In Windows' Western encoding; none if a letter isn't in it.
fn encoded(text: &str) -> Option<Vec<u8>> {
    text.chars()
        .map(|letter| match letter {
            ' '..='~' | '\u{a0}'..='\u{ff}' => u8::try_from(u32::from(letter)).ok(),
            '€' => Some(0x80),
            '…' => Some(0x85),
            'Š' => Some(0x8a),
            'Œ' => Some(0x8c),
            'Ž' => Some(0x8e),
            '‘' => Some(0x91),
            '’' => Some(0x92),
            '“' => Some(0x93),
            '”' => Some(0x94),
            '–' => Some(0x96),
            '—' => Some(0x97),
            'š' => Some(0x9a),
            'œ' => Some(0x9c),
            'ž' => Some(0x9e),
            'Ÿ' => Some(0x9f),
            _ => None,
        })
        .collect()
}
