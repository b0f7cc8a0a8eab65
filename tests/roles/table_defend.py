"""TAXII, for machine accounts with credentials of their own, whoever's the session is; and the pages of such accounts."""

from __future__ import annotations

from django.utils import timezone

from serantau.defend.model import Tlp
from serantau.web.accounts.models import MachineAccount
from serantau.web.defend.models import Certificate, TaxiiAccount
from tests.support.roles import OWN, Case, Scene
from tests.support.writes import unrecorded

HEADS = {"head", "head, stale", "secretariat", "secretariat, stale"}
FRESH = {"head", "secretariat"}
STALE = {"head, stale": 302, "secretariat, stale": 302}


class OneAccount(Scene):
    """An account of the member, known by a certificate."""

    def __init__(self):
        super().__init__()
        now, head = timezone.now(), self.person("head")
        with unrecorded():
            machine = MachineAccount.objects.create(name="sensor", member=OWN, made_by=head, made_at=now)
            self.row = TaxiiAccount.objects.create(machine=machine, login="sensor", clearance=Tlp.GREEN, made_at=now)
            self.held = Certificate.objects.create(account=self.row, fingerprint="ab" * 32, made_at=now)


def account(scene):
    """Its number."""
    return {"pk": scene.row.pk}


def certificate(scene):
    """Of the certificate."""
    return {"pk": scene.held.pk}


TERMS = {"clearance": "1", "attribution": "0", "reads": ["region-green"], "login": "new-one", "member": OWN}

NAMES = {"name": "alerts"}
OBJECT = {"name": "alerts", "object": "indicator--00000000-0000-4000-8000-000000000001"}
NOBODY = {"allowed": frozenset(), "refused": 401, "nobody": 401}

CASES = [
    Case("GET", "defend:discovery", **NOBODY),
    Case("GET", "defend:root", **NOBODY),
    Case("GET", "defend:status", NAMES, **NOBODY),
    Case("GET", "defend:collections", **NOBODY),
    Case("GET", "defend:collection", NAMES, **NOBODY),
    Case("GET", "defend:manifest", NAMES, **NOBODY),
    Case("GET", "defend:objects", NAMES, **NOBODY),
    Case("POST", "defend:objects", NAMES, **NOBODY),
    Case("GET", "defend:object", OBJECT, **NOBODY),
    Case("DELETE", "defend:object", OBJECT, **NOBODY),
    Case("GET", "defend:versions", OBJECT, **NOBODY),
    Case("GET", "defend:accounts", allowed={*HEADS, "head, other member", "auditor"}, scene=OneAccount),
    Case(
        "POST",
        "defend:accounts",
        data=TERMS,
        allowed=FRESH,
        ok=302,
        leads="/defend/accounts/",
        others={**STALE, "head, other member": 302, "auditor": 200},
        scene=OneAccount,
    ),
    Case(
        "GET",
        "defend:account",
        account,
        "of the member",
        {*HEADS, "auditor"},
        others={"head, other member": 404},
        scene=OneAccount,
    ),
    Case(
        "POST",
        "defend:account",
        account,
        "of the member",
        FRESH,
        ok=302,
        leads="/defend/accounts/",
        data=TERMS,
        others={**STALE, "head, other member": 404},
        scene=OneAccount,
    ),
    Case(
        "POST",
        "defend:add-certificate",
        account,
        "of the member",
        FRESH,
        ok=302,
        leads="/defend/accounts/",
        data={"certificate": "cd" * 32},
        others={**STALE, "head, other member": 404},
        scene=OneAccount,
    ),
    Case(
        "POST",
        "defend:revoke-certificate",
        certificate,
        "of the member",
        FRESH,
        ok=302,
        leads="/defend/accounts/",
        others={**STALE, "head, other member": 404},
        scene=OneAccount,
    ),
]
