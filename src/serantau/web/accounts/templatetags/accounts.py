"""What the pages of accounts show beside what their views hand over."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount
from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest

from serantau.web.accounts.addresses import shown
from serantau.web.accounts.labels import device_in_words
from serantau.web.accounts.views.account import BACK

register = template.Library()


@register.filter
def as_json(value: Any) -> str:  # noqa: ANN401 - whatever a script of ours is handed
    """JSON for an attribute of an element; the template escapes it."""
    return json.dumps(value, cls=DjangoJSONEncoder)


@register.filter
def network(address: str) -> str:
    """The network of an address, as the list of sign-ins keeps it."""
    return shown(str(address))


@register.filter
def device(agent: str) -> str:
    """A browser and its system, as somebody recognises their own."""
    return device_in_words(agent)


@register.filter
def way_back(request: HttpRequest) -> str:
    """Where somebody wanted to go before they set up a second factor."""
    return request.session.get(BACK, "")


@register.filter
def providers(request: HttpRequest) -> list[Any]:
    """The identity providers that the site knows."""
    return get_adapter().list_providers(request)


@register.filter
def provider_name(account: SocialAccount) -> str:
    """What a provider is called; its id where the site knows it no longer."""
    try:
        return str(account.get_provider().name)
    except LookupError:
        return account.provider
    except account._meta.apps.get_model("socialaccount", "SocialApp").DoesNotExist:  # noqa: SLF001
        return account.provider


@register.filter
def moment(at: datetime) -> str:
    """A moment to the minute, in the one time zone that means the same to everybody."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
