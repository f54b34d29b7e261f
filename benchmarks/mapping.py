"""How long the field mapping takes for one lead. Run by hand: `.venv/bin/python benchmarks/mapping.py`.

A lead of twelve fields, typed as intake keeps it, goes through a compiled mapping of twelve rows with three
transformations: a telephone number to E.164, a date to another format, a state through a look-up table of fifty rows.
The one line printed is JSON:

- `mapping_us`: microseconds of `Mapping.apply` for the lead, the best of several repeats (what the machine does
  besides can only add to it); it should stay under 60 on two cores of a small cloud machine;
- `json_dumps_us`: the same of `json.dumps` for the payload that came of it;
- `ratio_to_json_dumps`: the first by the second, which says more than either on a machine that is not that one;
- `measured`: on what.
"""

import json
import platform
import sys
import timeit
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from destinations.mapping import MappingRow, Table, compile_mapping, problems
from leadconduit.leads.standard_fields import type_of
from leadconduit.leads.typed import typed

SUBMITTED = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "email": "Ada@Example.com",
    "phone_1": "(512) 789-0134",
    "address_1": "12 Harbor Street",
    "city": "Austin",
    "state": "TX",
    "postal_code": "78701-4224",
    "dob": "12/10/1985",
    "ip_address": "192.0.2.17",
    "price": "$1,250.50",
    "comments": "Please call me in the afternoon.",
}
OTHER_ROWS = {
    "FirstName": "{{lead.first_name}}",
    "LastName": "{{lead.last_name}}",
    "Email": "{{lead.email}}",
    "Street": "{{lead.address_1}}",
    "City": "{{lead.city}}",
    "PostalCode": "{{lead.postal_code}}",
    "Ip": "{{lead.ip_address}}",
    "Amount": "{{lead.price}}",
    "Description": "{{lead.comments}}",
}
ROWS = [
    *(MappingRow(target, template) for target, template in OTHER_ROWS.items()),
    MappingRow("Phone", "{{lead.phone_1}}", transformations=({"use": "e164"},)),
    MappingRow("Birthdate", "{{lead.dob}}", transformations=({"use": "date", "format": "MM/DD/YYYY"},)),
    MappingRow("Region", "{{lead.state}}", transformations=({"use": "lookup", "table": "States"},)),
]
TABLES = [Table("States", (("TX", "Texas"), *((f"X{number}", f"Region {number}") for number in range(49))))]


def main() -> None:
    assert not problems(ROWS, TABLES)
    mapping = compile_mapping(ROWS, TABLES)
    variables = {"lead": typed(SUBMITTED, type_of), "submission": {"ip": "192.0.2.17"}}
    payload = mapping.apply(variables)
    assert len(payload) == len(ROWS)
    assert (payload["Phone"], payload["Birthdate"], payload["Region"]) == (
        "+15127890134",
        "12/10/1985",
        "Texas",
    )
    mapping_us = best_us(lambda: mapping.apply(variables))
    json_dumps_us = best_us(lambda: json.dumps(payload))
    measured = {
        "mapping_us": round(mapping_us, 1),
        "json_dumps_us": round(json_dumps_us, 1),
        "ratio_to_json_dumps": round(mapping_us / json_dumps_us, 2),
        "measured": f"{len(ROWS)} rows, {len(SUBMITTED)} typed fields, transformations e164, date, lookup; "
        f"Python {platform.python_version()}",
    }
    sys.stdout.write(f"{json.dumps(measured)}\n")


def best_us(run: Callable[[], object], *, repeats: int = 15, number: int = 2_000) -> float:
    return min(timeit.repeat(run, repeat=repeats, number=number)) / number * 1e6


if __name__ == "__main__":
    main()
