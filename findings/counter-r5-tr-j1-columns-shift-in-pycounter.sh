#!/usr/bin/env bash
# COUNTER Release 5, report TR_J1 (Code of Practice R5, table 4.d): usage statistics that libraries get from publishers.
# The tabular form has the columns Title, Publisher, Publisher_ID, Platform, DOI, Proprietary_ID, Print_ISSN, Online_ISSN,
# URI, Metric_Type, Reporting_Period_Total and one for each month.
#
# Seen with pycounter 2.1.4 (PyPI), on a report of three months as the standard lays it out: no error and no warning, but
# - the reporting period's total is taken for the first month, and each month for the one after it;
# - the reader finds usage in a month after the reporting period has ended (April of a report from January to March);
# - of two metrics the totals that it works out are twice the report's;
# - the publisher's id stands where the platform belongs.
# Whoever reads such reports should find each column by its name, and hold the months' sum against the report's own total.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pycounter==2.1.4
cat >check.py <<'PY'
import pycounter.report

HEAD = [
    ["Report_Name", "Journal Requests (Excluding OA_Gold)"],
    ["Report_ID", "TR_J1"],
    ["Release", "5"],
    ["Institution_Name", "A university"],
    ["Institution_ID", "ISNI:1234123412341234"],
    ["Metric_Types", "Total_Item_Requests; Unique_Item_Requests"],
    ["Report_Filters", "Data_Type=Journal; Access_Type=Controlled; Access_Method=Regular"],
    ["Report_Attributes", ""],
    ["Exceptions", ""],
    ["Reporting_Period", "Begin_Date=2016-01-01; End_Date=2016-03-31"],
    ["Created", "2016-05-25T00:00:00Z"],
    ["Created_By", "A publisher"],
    [],
    ["Title", "Publisher", "Publisher_ID", "Platform", "DOI", "Proprietary_ID", "Print_ISSN", "Online_ISSN", "URI",
     "Metric_Type", "Reporting_Period_Total", "Jan-2016", "Feb-2016", "Mar-2016"],
]
JOURNAL = ["A journal", "A publisher", "pub:1", "A platform", "10.1002/a", "pub:j1", "0953-1513", "1741-4857", ""]
ROWS = [
    JOURNAL + ["Total_Item_Requests", "60", "10", "20", "30"],
    JOURNAL + ["Unique_Item_Requests", "30", "5", "10", "15"],
]
with open("tr_j1.tsv", "w", encoding="utf-8") as file:
    for row in HEAD + ROWS:
        file.write("\t".join(row) + "\n")

report = pycounter.report.parse("tr_j1.tsv")
assert report.report_type == "TR_J1", report.report_type
read = {row.metric: [(str(month), usage) for month, _, usage in row] for row in report.pubs}
for metric, months in read.items():
    print(metric, months)
shifted = [("2016-01-01", 60), ("2016-02-01", 10), ("2016-03-01", 20), ("2016-04-01", 30)]
assert read["Total_Item_Requests"] == shifted, read
assert [usage for _, usage in read["Unique_Item_Requests"]] == [30, 5, 10, 15], read
written = [row for row in report.as_generic() if row and row[0] == "A journal"]
print("written again:", written)
assert "120" in written[0] and "60" in written[1], written
platforms = {row.platform for row in report.pubs}
print("platforms:", platforms)
assert platforms == {"pub:1"}, platforms
PY
venv/bin/python check.py
