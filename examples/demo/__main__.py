"""``python -m examples.demo > demo.ndjson``: the demo as a batch, one record a line."""

from __future__ import annotations

import json
import sys

from examples.demo.build import demo_records

for record in demo_records():
    sys.stdout.buffer.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
