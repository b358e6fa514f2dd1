//! What becomes of texts with markup.

use super::*;

fn markdown(text: &str) -> String {
    to_html(TextFormat::Markdown, text)
}

#[test]
fn markdown_is_rendered_with_tables() {
    assert_eq!(markdown("# A\n\n*b* ~~c~~"), "<h1>A</h1>\n<p><em>b</em> <del>c</del></p>\n");
    assert!(markdown("|a|\n|-|\n|b|").contains("<td>b</td>"));
}

#[test]
fn nothing_that_runs_is_left_in_either_format() {
    for text in [
        "<script>alert(1)</script>a",
        "<img src=x onerror=alert(1)>a",
        "<a href=\"javascript:alert(1)\">a</a>",
        "<a href=\" java\tscript:alert(1)\">a</a>",
        "<svg><script>alert(1)</script></svg>a",
        "<math><mi//xlink:href=\"data:x,<script>alert(4)</script>\">a",
        "<iframe src=\"https://example.org\">a</iframe>a",
        "<form action=\"https://example.org\"><input name=a></form>a",
        "<p style=\"position:fixed\">a</p>",
        "<style>*{display:none}</style>a",
    ] {
        for format in TextFormat::ALL {
            let html = to_html(format, text).to_ascii_lowercase();
            for forbidden in
                ["<script", "onerror", "javascript:", "<iframe", "<form", "<input", "style", "<svg"]
            {
                assert!(!html.contains(forbidden), "{format} {text}: {html}");
            }
        }
    }
    let link = markdown("[a](javascript:alert(1)) [b](https://example.org) [c](data:text/html,x)");
    assert!(link.contains("href=\"https://example.org\" rel=\"noopener noreferrer\""), "{link}");
    assert!(!link.contains("javascript:") && !link.contains("data:"), "{link}");
}

#[test]
fn a_text_that_becomes_too_much_is_refused() {
    assert!(check(TextFormat::Html, &"<p>&quot;</p>".repeat(10_000)).is_ok());
    let grows = "<".repeat(160_000);
    assert_eq!(check(TextFormat::Markdown, &grows).unwrap_err().code, "TOO_LONG");
}
