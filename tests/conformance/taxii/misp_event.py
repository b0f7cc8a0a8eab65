"""A program: an event of MISP as an envelope of STIX 2.1, converted by misp-stix as MISP itself does when it pushes.

    python tests/conformance/taxii/misp_event.py

It runs in a process of its own, for the converter is another project's and brings its own settings of everything.
"""

from __future__ import annotations

import json
import sys

EVENT = {
    "Event": {
        "uuid": "5a7d3f1e-0000-4000-8000-000000000001",
        "info": "Phishing of a bank's customers",
        "date": "2026-02-01",
        "timestamp": "1769904000",
        "publish_timestamp": "1769904000",
        "published": True,
        "analysis": "2",
        "threat_level_id": "2",
        "distribution": "1",
        "Orgc": {"name": "CERT of QAA", "uuid": "5a7d3f1e-0000-4000-8000-000000000002"},
        "Tag": [{"name": "tlp:amber"}],
        "Attribute": [
            {
                "uuid": "5a7d3f1e-0000-4000-8000-000000000010",
                "type": "domain",
                "category": "Network activity",
                "value": "login.a.example",
                "to_ids": True,
                "timestamp": "1769904000",
            },
            {
                "uuid": "5a7d3f1e-0000-4000-8000-000000000011",
                "type": "ip-dst",
                "category": "Network activity",
                "value": "192.0.2.7",
                "to_ids": False,
                "timestamp": "1769904000",
            },
            {
                "uuid": "5a7d3f1e-0000-4000-8000-000000000012",
                "type": "sha256",
                "category": "Payload delivery",
                "value": "a" * 64,
                "to_ids": True,
                "timestamp": "1769904000",
            },
        ],
    }
}


def main() -> None:
    """Convert and print."""
    from misp_stix_converter import MISPtoSTIX21Parser

    parser = MISPtoSTIX21Parser()
    parser.parse_misp_event(EVENT)
    objects = [json.loads(one.serialize()) for one in parser.bundle.objects]
    sys.stdout.write(json.dumps({"objects": objects}))


if __name__ == "__main__":
    main()
