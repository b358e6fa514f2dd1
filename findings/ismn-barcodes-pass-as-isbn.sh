#!/usr/bin/env bash
# An ISBN-13 begins with 978 or 979; but 979-0 belongs to printed music (ISMN, ISO 10957), which has the same length and the
# same check digit. Scores and books are scanned by the same desk, and MARC keeps the two apart (020 and 024 with indicator 2).
#
# Seen with isbn 0.8.20261102 and isbn2 0.4.0 (crates.io), isbnlib 3.10.14 and python-stdnum 2.1 (PyPI): all take the ISMN
# 979-0-2600-0043-8 for a valid ISBN-13. (isbnlib can't hyphenate it then and gives an empty text; the others don't try.)
# Both crates go further and take any article number with the right check digit: the barcode of a magazine (977, an ISSN) or of
# a pencil. The two Python libraries refuse those.
# Whoever scans into an ISBN should ask for 978, or 979 not followed by 0.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cargo init --quiet --vcs none --name check
cat >>Cargo.toml <<'TOML'
isbn = "=0.8.20261102"
isbn2 = "=0.4.0"
TOML
cat >src/main.rs <<'RUST'
fn main() {
    for (number, what) in [("9790260000438", "ISMN"), ("9770317847001", "ISSN"), ("4006381333931", "article")] {
        let taken = (number.parse::<isbn::Isbn>().is_ok(), number.parse::<isbn2::Isbn>().is_ok());
        println!("{what} {number}: isbn {}, isbn2 {}", taken.0, taken.1);
        assert_eq!(taken, (true, true));
    }
}
RUST
cargo run --quiet
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check isbnlib==3.10.14 python-stdnum==2.1
cat >check.py <<'PY'
import isbnlib
import stdnum.isbn

for number, taken in [("9790260000438", True), ("9770317847001", False), ("4006381333931", False)]:
    found = (isbnlib.is_isbn13(number), stdnum.isbn.is_valid(number))
    print(number, "isbnlib", found[0], "stdnum", found[1])
    assert found == (taken, taken), found
assert isbnlib.mask("9790260000438") == ""
PY
venv/bin/python check.py
