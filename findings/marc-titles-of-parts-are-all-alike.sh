#!/usr/bin/env bash
# MARC 21, field 245: the title proper is $a, the remainder $b, and the number and name of a part are $n and $p. The parts of one
# work differ in $n and $p alone.
#
# Seen with pymarc 5.4.0 (PyPI): `record.title` is made of $a and $b only, so that all parts of a work have the same title, and
# with it any match for duplicates by title, author and year. `title_proper`-like properties don't exist; nothing warns.
# mrrc 0.9.2 (PyPI) does the same in `title()`.
# Whoever imports or matches records should put $a, $b, $n and $p together, in the order in which they stand.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pymarc==5.4.0 mrrc==0.9.2
cat >check.py <<'PY'
import io
import mrrc
import pymarc
from pymarc import Field, Subfield


def part(number, name):
    record = pymarc.Record()
    subfields = [Subfield("a", "Lectures on physics."), Subfield("n", number), Subfield("p", name)]
    record.add_field(Field("245", ["1", "0"], subfields))
    return record


parts = [part("Volume 1,", "Mechanics"), part("Volume 2,", "Electromagnetism")]
titles = [record.title for record in parts]
print("pymarc:", titles)
assert titles == ["Lectures on physics."] * 2, titles
bytes_of_both = b"".join(record.as_marc() for record in parts)
read = []
for record in mrrc.MARCReader(io.BytesIO(bytes_of_both)):
    title = record.title
    read.append(title() if callable(title) else title)
print("mrrc:", read)
assert read == titles, read
PY
venv/bin/python check.py
