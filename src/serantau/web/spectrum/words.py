"""The engine's words in the language of the page."""

from __future__ import annotations

from django.utils.translation import gettext as _

from serantau.base import Truth
from serantau.spectrum.conflicts import Kind
from serantau.spectrum.model import Dimension
from serantau.spectrum.procedure import Act, Stage, Standing


def dimension(one: Dimension) -> str:
    """Name of a dimension of policy."""
    return {
        Dimension.RELEASED: _("Spectrum released"),
        Dimension.AWARD: _("Award method and price"),
        Dimension.LICENCE: _("Licence term and renewal"),
        Dimension.COVERAGE: _("Coverage duty and coverage"),
        Dimension.NETWORK_MODEL: _("Network model"),
        Dimension.SHARING: _("Infrastructure sharing"),
        Dimension.SITE_PERMITS: _("Site permits"),
        Dimension.EMF: _("Exposure limits"),
        Dimension.BACKHAUL: _("Fibre backhaul"),
        Dimension.PRIVATE: _("Private networks"),
        Dimension.SECURITY: _("Security of networks"),
        Dimension.LEGACY: _("Switch-off of old networks"),
        Dimension.SATELLITE: _("Satellites beside mobile"),
        Dimension.BORDER: _("Coordination at borders"),
        Dimension.OUTCOMES: _("Take-up, price, speed"),
    }[one]


def conflict(one: Kind) -> str:
    """What meets what."""
    return {
        Kind.UPLINK_IN_DOWNLINK: _("uplink in downlink"),
        Kind.FDD_AGAINST_TDD: _("FDD against TDD"),
        Kind.TDD_UNSYNCHRONISED: _("TDD, synchronisation not known"),
    }[one]


def truth(one: Truth) -> str:
    """Yes, no or not known."""
    return {Truth.YES: _("yes"), Truth.NO: _("no"), Truth.UNKNOWN: _("not known")}[one]


def stage(one: Stage) -> str:
    """How far a request has come."""
    return {
        Stage.DRAFT: _("draft"),
        Stage.SUBMITTED: _("sent"),
        Stage.ACKNOWLEDGED: _("acknowledged"),
        Stage.ANSWERED: _("answered"),
        Stage.REGISTERED: _("registered"),
        Stage.WITHDRAWN: _("withdrawn"),
    }[one]


def standing(one: Standing) -> str:
    """Where a record stands."""
    return {
        Standing.PENDING: _("waits for an answer"),
        Standing.APPROVED: _("approved"),
        Standing.REJECTED: _("rejected"),
        Standing.REGISTERED: _("registered"),
        Standing.WITHDRAWN: _("withdrawn"),
    }[one]


def done(one: Act) -> str:
    """What was done."""
    return {
        Act.SUBMIT: _("Sent. The other side sees it now."),
        Act.ACKNOWLEDGE: _("Acknowledged."),
        Act.APPROVE: _("Approved."),
        Act.REJECT: _("Rejected."),
        Act.REGISTER: _("Registered."),
        Act.WITHDRAW: _("Withdrawn."),
    }[one]


def ground(one: str) -> str:
    """What the ground is taken for."""
    return {"land": _("flat land"), "sea": _("flat sea"), "tiles": _("elevation tiles of this site")}[one]
