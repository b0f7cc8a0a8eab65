"""Accounts: who may sign in, prove, invite, end, approve, and what of others' they do not even see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from serantau.web.accounts.models import Approval, Invitation, MachineAccount, Membership, Token
from serantau.web.accounts.policy import Act
from serantau.web.accounts.roles import Role
from serantau.web.accounts.secrets import digest_of
from serantau.web.accounts.services.people import Offer
from tests.support.people import make_person
from tests.support.roles import EVERYBODY, OTHER, OWN, SIGNED_IN, Case, Scene
from tests.support.writes import unrecorded

NAMES = {
    "account_confirm_email": {"key": "no-such-key"},
    "account_reset_password_from_key": {"uidb36": "1", "key": "no-such-key"},
    "mfa_edit_webauthn": {"pk": 1},
    "mfa_remove_webauthn": {"pk": 1},
    "openid_connect_login": {"provider_id": "none"},
    "openid_connect_callback": {"provider_id": "none"},
}

FOR_ALL = {
    "account_inactive": 200,
    "account_email_verification_sent": 200,
    "account_confirm_email": 200,
    "account_reset_password": 200,
    "account_reset_password_done": 200,
    "account_reset_password_from_key": 200,
    "account_reset_password_from_key_done": 200,
    "mfa_authenticate": 302,
    "mfa_login_webauthn": 302,
    "socialaccount_login_cancelled": 200,
    "socialaccount_login_error": 401,
    "socialaccount_signup": 302,
    "openid_connect_login": 404,
    "openid_connect_callback": 404,
}
"""Pages of somebody on the way in or out, and what a visitor gets there without having begun."""

OF_ONES_OWN = {
    # Nobody of the cast has a password or a second factor in the database: they are sent where they can prove themselves.
    "account_reauthenticate": 302,
    "account_email": 200,
    "account_change_password": 302,
    "account_set_password": 200,
    "mfa_index": 200,
    "mfa_reauthenticate": 302,
    "mfa_activate_totp": 200,
    "mfa_deactivate_totp": 404,
    "mfa_view_recovery_codes": 404,
    "mfa_generate_recovery_codes": 200,
    "mfa_download_recovery_codes": 404,
    "mfa_list_webauthn": 200,
    "mfa_add_webauthn": 200,
    "mfa_edit_webauthn": 404,
    "mfa_remove_webauthn": 404,
    "mfa_reauthenticate_webauthn": 302,
    "socialaccount_connections": 200,
    "account:home": 200,
    "account:again": 200,
    "account:prove": 302,
}
"""Pages of whoever is signed in, whatever their role."""

SECRET = "a-secret-of-a-letter"
NOW = datetime.now(UTC)
LATER = NOW + timedelta(days=3)


class Objects(Scene):
    """What accounts keep."""

    def membership(self, role: Role, body: str = OWN) -> dict[str, int]:
        """Somebody's role."""
        person = make_person(role, body) if role is not Role.HEAD_OF_DELEGATION else self.person("head")
        return {"pk": Membership.objects.get(person=person, ended_at=None).pk}

    def invitation(self, role: Role = Role.FOCAL_POINT, body: str = OWN) -> dict[str, int]:
        """An invitation that holds."""
        given = {"email": "new@example.org", "role": role.value, "body": body, "expires_at": LATER}
        with unrecorded():
            found, _ = Invitation.objects.get_or_create(digest=digest_of(SECRET), defaults=given)
        return {"pk": found.pk}

    def link(self) -> dict[str, str]:
        """The link of one."""
        if not Invitation.objects.exists():
            self.invitation()
        return {"secret": SECRET}

    def machine(self) -> dict[str, int]:
        """A machine account of the own member."""
        with unrecorded():
            found, _ = MachineAccount.objects.get_or_create(name="feed", member=OWN, made_by=self.person("head"))
        return {"pk": found.pk}

    def token(self) -> dict[str, int]:
        """Its token."""
        with unrecorded():
            found, _ = Token.objects.get_or_create(
                account_id=self.machine()["pk"],
                digest=digest_of("srt_x"),
                hint="srt_x",
                scopes="plan:read",
                made_by=self.person("head"),
                defaults={"expires_at": LATER},
            )
        return {"pk": found.pk}

    def approval(self, asked_by: str) -> dict[str, int]:
        """A role with power that waits."""
        asker = self.person(asked_by) if asked_by else make_person(Role.SECRETARIAT)
        offer = Offer("next@example.org", Role.HEAD_OF_DELEGATION, OTHER)
        subject = f"role {offer.role.value} {offer.body}"
        with unrecorded():
            found, _ = Approval.objects.get_or_create(
                act=Act.GIVE_POWER.value,
                subject=subject,
                outcome="",
                defaults={
                    "member": OTHER,
                    "summary": "somebody becomes something",
                    "details": {**offer.details(), "about": {"role": offer.role.value}},
                    "asked_by": asker,
                    "expires_at": LATER,
                },
            )
        return {"pk": found.pk}


FOCALS = frozenset({"focal", "focal, other room", "focal, other member"})
HEADS = frozenset({"head", "head, stale", "head, other member"})
SECRETARIAT = frozenset({"secretariat", "secretariat, stale"})
OF_OTHERS = {"head, other member": 404}


def case(method, route, names=None, **more):
    return Case(method, f"account:{route}", names or {}, scene=Objects, **more)


def wants_fresh(route, names, *, leads, state, heads=True, data=None):
    """An act that a head of delegation does for their own member, and the secretariat, with a fresh second factor."""
    return case(
        "POST",
        route,
        names,
        state=state,
        allowed={"head", "secretariat"} if heads else {"secretariat"},
        ok=302,
        leads=leads,
        others={"secretariat, stale": 302, **({"head, stale": 302, **OF_OTHERS} if heads else {})},
        data=data or {},
    )


def _focal(scene):
    return scene.membership(Role.FOCAL_POINT)


OURS = [
    case("POST", "home", allowed=SIGNED_IN, ok=405),
    case("POST", "end-device", {"pk": 1}, allowed=SIGNED_IN, ok=302, leads="/account/"),
    case("POST", "end-everywhere", allowed=SIGNED_IN, ok=302, leads="/accounts/login/"),
    case("GET", "accept", state="without a link", allowed=EVERYBODY, ok=404),
    case("GET", "invitation", {"secret": "wrong"}, state="wrong secret", allowed=EVERYBODY, ok=404),
    case("GET", "invitation", Objects.link, state="holds", allowed=EVERYBODY, ok=302, leads="/invitations/accept/"),
    case("GET", "people", allowed={*FOCALS, *HEADS, *SECRETARIAT, "auditor"}),
    case("GET", "invite", allowed={*HEADS, *SECRETARIAT}),
    case(
        "POST",
        "invite",
        state="a focal point",
        allowed={*HEADS, *SECRETARIAT},
        ok=302,
        leads="/people/",
        data={"email": "new@example.org", "role": Role.FOCAL_POINT.value, "body": OWN},
    ),
    case(
        "POST",
        "invite",
        state="a head of delegation",
        allowed={"secretariat"},
        ok=302,
        leads="/approvals/",
        # A head's form does not offer the role; a stale secretariat proves itself first.
        others={"secretariat, stale": 302, **dict.fromkeys(HEADS, 200)},
        data={"email": "new@example.org", "role": Role.HEAD_OF_DELEGATION.value, "body": OWN},
    ),
    case(
        "POST",
        "end-role",
        _focal,
        state="a focal point",
        allowed={"head", "head, stale", "secretariat"},
        ok=302,
        leads="/people/",
        others={"secretariat, stale": 302, **OF_OTHERS},
    ),
    case(
        "POST",
        "end-role",
        lambda scene: scene.membership(Role.HEAD_OF_DELEGATION),
        state="the head of delegation",
        allowed={"secretariat"},
        ok=302,
        leads="/people/",
        others={"secretariat, stale": 302, **OF_OTHERS},
    ),
    case(
        "POST",
        "end-role",
        lambda scene: scene.membership(Role.OBSERVER, "farland"),
        state="an observer",
        allowed={"secretariat"},
        ok=302,
        leads="/people/",
        others={"secretariat, stale": 302, **dict.fromkeys(HEADS, 404)},
    ),
    case(
        "POST",
        "revoke-invitation",
        Objects.invitation,
        state="a focal point",
        allowed={"head", "head, stale", "secretariat"},
        ok=302,
        leads="/people/",
        others={"secretariat, stale": 302, **OF_OTHERS},
    ),
    case("GET", "machines", allowed={*HEADS, *SECRETARIAT, "auditor"}),
    case(
        "POST",
        "machines",
        state="a new one",
        allowed={"head", "head, other member", "secretariat"},
        ok=302,
        leads="/machines/",
        others={"secretariat, stale": 302, "head, stale": 302},
        data={"name": "new", "member": OWN},
    ),
    case(
        "GET",
        "machine",
        Objects.machine,
        allowed={"head", "head, stale", *SECRETARIAT, "auditor"},
        others=OF_OTHERS,
    ),
    case(
        "POST",
        "machine",
        Objects.machine,
        state="a new token",
        allowed={"head", "secretariat"},
        others={"secretariat, stale": 302, "head, stale": 302, **OF_OTHERS},
        data={"scopes": ["plan:read"], "days": 10},
    ),
    wants_fresh("end-machine", Objects.machine, state="runs", leads="/machines/"),
    wants_fresh("revoke-token", Objects.token, state="holds", leads="/machines/"),
    case("GET", "approvals", allowed={*SECRETARIAT, "auditor"}),
    wants_fresh("approve", lambda scene: scene.approval(""), state="of another", heads=False, leads="/approvals/"),
    wants_fresh("refuse", lambda scene: scene.approval(""), state="of another", heads=False, leads="/approvals/"),
    case(
        "POST",
        "approve",
        lambda scene: scene.approval("secretariat"),
        state="of one's own",
        allowed=set(),
        others={"secretariat, stale": 302, "secretariat, no second factor": 302},
    ),
    case(
        "POST",
        "withdraw-approval",
        lambda scene: scene.approval("secretariat"),
        state="of one's own",
        allowed=SECRETARIAT,
        ok=302,
        leads="/approvals/",
    ),
    case(
        "POST",
        "withdraw-approval",
        lambda scene: scene.approval(""),
        state="of another",
        allowed=set(),
        others={"secretariat, no second factor": 302},
    ),
]

CASES = [
    *(Case("GET", route, NAMES.get(route, {}), allowed=EVERYBODY, ok=status) for route, status in FOR_ALL.items()),
    *(Case("GET", route, NAMES.get(route, {}), allowed=SIGNED_IN, ok=status) for route, status in OF_ONES_OWN.items()),
    # Whoever is signed in has no business there, and is sent to their account.
    Case("GET", "account_login", allowed={"nobody"}, others=dict.fromkeys(SIGNED_IN, 302)),
    Case("GET", "account_signup", allowed={"nobody"}, others=dict.fromkeys(SIGNED_IN, 302)),
    Case("GET", "account_logout", allowed=SIGNED_IN, nobody=302),
    Case("POST", "account_logout", allowed=EVERYBODY, ok=302, leads="/"),
    *OURS,
]
