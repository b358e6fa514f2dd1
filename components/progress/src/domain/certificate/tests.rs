use super::*;

fn certificate(name: &str, title: &str) -> Certificate {
    Certificate {
        id: ids::new(),
        code: code([7; LENGTH]),
        enrollment_id: ids::new(),
        user_id: ids::new().into(),
        course_id: ids::new(),
        course_title: title.to_owned(),
        course_version: 1,
        holder_name: Some(name.to_owned()),
        issued_at: Timestamp::from_micros(0),
        revoked_at: None,
        revoked_by: None,
        revoked_reason: None,
        version: 1,
    }
}

fn contains(file: &[u8], text: &[u8]) -> bool {
    file.windows(text.len()).any(|window| window == text)
}

#[test]
fn a_code_has_letters_that_are_not_mistaken_and_is_read_however_it_is_typed() {
    let mut bytes = [0; LENGTH];
    for (byte, value) in bytes.iter_mut().zip((0..=255).step_by(13)) {
        *byte = value;
    }
    let code = code(bytes);
    assert_eq!(code.len(), LENGTH);
    assert!(code.bytes().all(|letter| ALPHABET.contains(&letter)));
    assert_eq!(typed(&grouped(&code).to_lowercase()), code);
    assert_eq!(grouped("ABCDEFGHJK"), "ABCDE-FGHJK");
}

#[test]
fn the_paper_is_a_pdf_that_says_who_completed_what() {
    let file = paper(&certificate("José Núñez", "Baking (bread)"), "https://example.org/c");
    assert!(file.starts_with(b"%PDF-") && contains(&file, b"%%EOF"));
    assert!(contains(&file, b"Jos\xe9 N\xfa\xf1ez") || contains(&file, b"<4A6F73E9204EFAF1657A>"));
    assert!(contains(&file, b"https://example.org/c"));
}

#[test]
fn a_name_that_the_font_has_no_letters_for_is_left_to_the_page() {
    let japanese = certificate("山田", "Baking");
    assert!(contains(&paper(&japanese, ""), b"where this certificate is verified"));
    assert!(page(&japanese).contains("山田"));
}

#[test]
fn nothing_that_people_wrote_is_markup_on_the_page() {
    let mut evil = certificate("<script>alert(1)</script>", "A & \"B\"");
    evil.revoked_at = Some(Timestamp::from_micros(0));
    evil.revoked_reason = Some("<b>".into());
    let page = page(&evil);
    assert!(!page.contains("<script>") && !page.contains("<b>"));
    assert!(page.contains("A &amp; &quot;B&quot;") && page.contains("does not count any more"));
    assert!(page.contains("revoked on 1970-01-01"));
}
