"""A program for the browser test: CERT people of three members with sessions, teams and contacts, and an alert, in a database.

Prints the cookie of each session as JSON. Signing in by hand is tried out where accounts are.
"""

from __future__ import annotations

import json

from django.conf import settings

from serantau.web.config.start import prepare

PEOPLE = ("focal", "borealia", "borealia-2", "corvania")


def main() -> None:
    """Make everything, and print."""
    prepare()
    from serantau.web.cooperation.services import notices
    from tests.cooperation import scene
    from tests.support.people import signed_in

    scene.ROLES["borealia-2"] = (scene.ROLES["borealia"][0], "QBB")
    scene.CODES["borealia-2"] = "QBB"
    people = scene.Cast()
    cookies = {who: signed_in(getattr(people, who)).cookies[settings.SESSION_COOKIE_NAME].value for who in PEOPLE}
    for who in ("focal", "borealia"):
        scene.a_team(people, who)
        scene.a_contact(people, who)
    scene.a_contact(people, "borealia-2", by="borealia")
    notices.raise_alert(scene.raised(), scene.NOW)
    print(json.dumps({"name": settings.SESSION_COOKIE_NAME, "values": cookies}))  # noqa: T201 - read by the test


if __name__ == "__main__":
    main()
