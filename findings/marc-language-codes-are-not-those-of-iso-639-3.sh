#!/usr/bin/env bash
# MARC 21 (008/35-37 and 041) and most catalogues name languages by the bibliographic codes of ISO 639-2: German is "ger", French
# "fre", Chinese "chi". For twenty languages they differ from the terminological ones, of which ISO 639-3 is made.
#
# Seen with isolang 2.4.0 (crates.io): `from_639_3` knows "deu" and nothing of "ger"; there is no call for the other kind, so
# that the languages of a large part of a European or Asian library read as no language. langcodes 3.5.0 (PyPI) knows them
# all, and withdrawn ones of older records as well ("scr" was Croatian).
# Whoever reads catalogues should map the twenty first.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
codes="alb arm baq bur chi cze dut fre geo ger gre ice mac mao may per rum slo tib wel"
cargo init --quiet --vcs none --name check
echo 'isolang = "=2.4.0"' >>Cargo.toml
cat >src/main.rs <<'RUST'
fn main() {
    let unknown = std::env::args().skip(1).filter(|code| isolang::Language::from_639_3(code).is_none());
    println!("isolang knows nothing of: {}", unknown.collect::<Vec<_>>().join(" "));
    assert!(isolang::Language::from_639_3("deu").is_some());
}
RUST
# shellcheck disable=SC2086
seen=$(cargo run --quiet -- $codes)
echo "$seen"
[ "$seen" = "isolang knows nothing of: $codes" ]
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check langcodes==3.5.0
# shellcheck disable=SC2086
venv/bin/python - $codes <<'PY'
import sys

import langcodes

tags = {code: langcodes.standardize_tag(code) for code in sys.argv[1:]}
print(tags)
assert all(len(tag) == 2 for tag in tags.values()), tags
assert langcodes.standardize_tag("scr") == "hr"
PY
