"""A holding of the invented region, as a regulator writes it into a table."""

from __future__ import annotations

HOLDING = {
    "id": "qaa-new", "band": "t3", "state": "assigned", "holder": "Aster Air", "duplex": "TDD", "area": "national",
    "uplink_low_mhz": "3640", "uplink_high_mhz": "3660", "downlink_low_mhz": "3640", "downlink_high_mhz": "3660",
    "valid_from": "2020-01-01", "valid_to": "open", "grade": "primary",
}  # fmt: skip
