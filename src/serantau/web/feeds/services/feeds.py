"""Feeds set up, changed, paused and ended by people of a member's CERT."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from serantau.defend.csvlists import Columns
from serantau.defend.errors import DefendError
from serantau.defend.model import HIGHEST_CLEARANCE, Tlp
from serantau.ledger import Event
from serantau.web.accounts.errors import insist
from serantau.web.accounts.policy import About, Act, Actor
from serantau.web.accounts.roles import Role, Room
from serantau.web.defend.accounts import account_of
from serantau.web.defend.lanes import moment
from serantau.web.defend.models import TaxiiAccount
from serantau.web.feeds.errors import FeedError
from serantau.web.feeds.models import LONGEST_ADDRESS, Feed, Kind, Progress
from serantau.web.feeds.sealing import seal
from serantau.web.feeds.services import progress
from serantau.web.ledger.changes import change

FEWEST_MINUTES, MOST_MINUTES = 5, 7 * 24 * 60
MOST_FEEDS = 50
"""Of one member."""

DAYS = 30
MOST_DAYS = 365


@dataclass(frozen=True)
class Wish:
    """What a feed is to be.

    Attributes:
        account: Number of the account as which it acts.
        kind, title, address, alias, minutes: As the model has them.
        light: The label of what bears none.
        secret: Credentials in the clear: ``name:password``, or a token; empty for none. For a hook, its nonce.
        options: Columns of a list, and days.
    """

    account: int
    kind: str
    title: str
    address: str
    alias: str
    minutes: int = 60
    light: Tlp | None = None
    secret: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


def make(actor: Actor, wish: Wish, now: datetime) -> Feed:
    """Set a feed up; it is asked at once.

    Raises:
        RefusedError: if the actor may not.
        FeedError: naming the field that is wrong.
    """
    _insist(actor, actor.member)
    account = _checked(actor, wish)
    cursor = {"seq": moment().high} if wish.kind == Kind.HOOK else {}
    with change(Event.FEED_MADE, actor=actor.reference, now=now) as record:
        if Feed.objects.filter(member=actor.member, ended_at=None).count() >= MOST_FEEDS:
            raise FeedError(_("A member has at most %(number)s feeds. End one first.") % {"number": MOST_FEEDS})
        feed = Feed.objects.create(
            account=account,
            member=actor.member,
            kind=wish.kind,
            title=wish.title.strip(),
            address=wish.address.strip(),
            alias=wish.alias,
            light=wish.light,
            options=dict(wish.options),
            secret=wish.secret if wish.kind == Kind.HOOK else seal(wish.secret.strip(), actor.member),
            minutes=wish.minutes,
            made_by=actor.reference,
            made_at=now,
        )
        Progress.objects.create(feed=feed, cursor=cursor, next_at=now if feed.address else None)
        record.about(feed.reference)
        record.say(kind=feed.kind, collection=feed.alias, account=account.pk, address=record.digest(feed.address))
    return feed


def pause(actor: Actor, feed: Feed, now: datetime, *, paused: bool) -> None:
    """Let a feed rest, or go on.

    Raises:
        RefusedError: if the actor may not.
    """
    _insist(actor, feed.member)
    event = Event.FEED_PAUSED if paused else Event.FEED_RESUMED
    with change(event, actor=actor.reference, subject=feed.reference, now=now):
        Feed.objects.filter(pk=feed.pk, ended_at=None).update(paused=paused)
        if not paused and feed.address:
            Progress.objects.filter(feed=feed).update(next_at=now, failures=0)


def ask_now(actor: Actor, feed: Feed, now: datetime) -> None:
    """Have a feed asked at once.

    Raises:
        RefusedError: if the actor may not.
    """
    _insist(actor, feed.member)
    if feed.address and feed.ended_at is None:
        progress.due(feed.pk, now)


def end(actor: Actor, feed: Feed, now: datetime) -> None:
    """End a feed: it is asked no more, and its credentials are forgotten. What it brought stays.

    Raises:
        RefusedError: if the actor may not.
    """
    _insist(actor, feed.member)
    with change(Event.FEED_ENDED, actor=actor.reference, subject=feed.reference, now=now):
        Feed.objects.filter(pk=feed.pk, ended_at=None).update(ended_at=now, secret="")
        Progress.objects.filter(feed=feed).update(next_at=None)


def _insist(actor: Actor, member: str) -> None:
    insist(actor, Act.SUBMIT, About(member=member, room=Room.DEFEND, made_by=actor.reference))


def _checked(actor: Actor, wish: Wish) -> TaxiiAccount:
    """The account of the wish, if all of it is right."""
    account = (
        TaxiiAccount.objects.select_related("machine")
        .filter(pk=wish.account, machine__member=actor.member, machine__ended_at=None)
        .first()
    )
    if account is None:
        raise FeedError(_("Choose one of your member's accounts for TAXII."), "account")
    if wish.kind not in Kind.values:
        raise FeedError(_("Choose what kind of feed it is."), "kind")
    if not 0 < len(wish.title.strip()) <= 120:
        raise FeedError(_("Give the feed a name of at most 120 characters."), "title")
    _check_address(wish)
    right = account_of(account).right(wish.alias)
    if not (right.read if wish.kind == Kind.HOOK else right.write):
        raise FeedError(
            _("The account may not do that in this collection. Choose another, or change its rights."), "alias"
        )
    few = 1 if wish.kind == Kind.HOOK else FEWEST_MINUTES
    if not few <= wish.minutes <= MOST_MINUTES:
        raise FeedError(_("Ask every %(few)s to %(most)s minutes.") % {"few": few, "most": MOST_MINUTES}, "minutes")
    if wish.kind == Kind.HOOK and Role.HEAD_OF_DELEGATION not in actor.roles:
        # It carries what the account may read to an address; that may be more than whoever makes it may read.
        raise FeedError(_("Hooks are made by the head of delegation."), "kind")
    if wish.light is not None and wish.light > HIGHEST_CLEARANCE:
        raise FeedError(_("Choose a label that somebody can read."), "light")
    if wish.kind == Kind.CSV:
        _check_columns(wish.options)
    return account


def _check_address(wish: Wish) -> None:
    address = wish.address.strip()
    if not address and wish.kind == Kind.CSV:
        return
    try:
        parts = urlsplit(address)
        wrong = (
            parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None or parts.fragment
        )
    except ValueError:
        wrong = True
    if wrong or len(address) > LONGEST_ADDRESS:
        raise FeedError(_("Give an address that begins with https://, without a name or password in it."), "address")


def _check_columns(options: Mapping[str, Any]) -> None:
    try:
        columns_of(options)
    except DefendError as error:
        raise FeedError(error.message, "columns") from error
    days = options.get("days", DAYS)
    if not isinstance(days, int) or not 1 <= days <= MOST_DAYS:
        raise FeedError(_("Values of a list hold for 1 to %(most)s days.") % {"most": MOST_DAYS}, "days")


def columns_of(options: Mapping[str, Any]) -> Columns:
    """The columns of a list.

    Raises:
        DefendError: if they name nothing.
    """
    names = ("value", "type", "when", "confidence", "separator")
    return Columns(
        **{name: str(options[name]) for name in names if options.get(name)}, header=options.get("header") is True
    )


__all__ = ["Wish", "ask_now", "columns_of", "end", "make", "pause"]
