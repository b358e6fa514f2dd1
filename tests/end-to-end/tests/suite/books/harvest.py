# Harvests a set again and again until its input ends, and once more what changed since the first time. A line says that the first
# harvest has begun, and each harvest is a line.
import json
import select
import sys

from sickle import Sickle

base, chosen = sys.argv[1:]


def harvest(announce=False, **arguments):
    records = Sickle(base).ListRecords(metadataPrefix="oai_dc", set=chosen, **arguments)
    first = records.oai_response.xml
    begun = first.find("{http://www.openarchives.org/OAI/2.0/}responseDate").text
    if announce:
        print("begun", flush=True)
    headers = [record.header for record in records]
    found = {
        "begun": begun,
        "identifiers": [header.identifier for header in headers],
        "deleted": [header.identifier for header in headers if header.deleted],
    }
    print(json.dumps(found), flush=True)
    return begun


first = harvest(announce=True)
while not select.select([sys.stdin], [], [], 0)[0]:
    harvest()
harvest(**{"from": first})
