"""JSON from strangers: read strictly, within bounds, and kept as it came.

What members send is stored and given on byte for byte, so an envelope is cut into the bytes of its objects, and each
object is read from its own bytes. JSON that two readers may read differently is not taken at all: a name that stands
twice in one object (RFC 8259, section 4), NaN and Infinity, numbers beyond a double, lone surrogates, invalid UTF-8.

Every step is linear in the length of the body, and one object is unfolded at a time: ten megabytes of ``[],[],[]``
cost no more memory than ten megabytes of reports.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import msgspec
import orjson

from serantau.defend.errors import ReadingError, TooBigError

Json: TypeAlias = Any
"""Whatever JSON can say."""

_SPACE_BEFORE_COLON = re.compile(rb"[ \t\r\n]:")
_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ITEMS = msgspec.json.Decoder(list[msgspec.Raw])


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is taken at once.

    Attributes:
        body: Bytes of a body.
        objects: Objects of an envelope.
        object: Bytes of one object.
        depth: Objects and lists within each other.
        parts: Values in a body, counted by their brackets and commas.
    """

    body: int = 10_485_760
    objects: int = 10_000
    object: int = 1_048_576
    depth: int = 100
    parts: int = 500_000


LIMITS = Limits()


class Piece(NamedTuple):
    """One object of an envelope.

    Attributes:
        raw: Its bytes, exactly as they came.
        data: What they say: any JSON value, for it may be no object at all.
    """

    raw: bytes
    data: Json


def read_json(raw: bytes, limits: Limits = LIMITS) -> Json:
    """The one JSON value that the bytes hold.

    >>> read_json(b'{"a": [1, 2]}')
    {'a': [1, 2]}
    >>> read_json(b'{"a": 1, "a": 2}')
    Traceback (most recent call last):
        ...
    serantau.defend.errors.ReadingError: The name "a" stands twice in one JSON object, so two readers may read it ...

    Raises:
        TooBigError: where it is longer, or has more parts, than is taken.
        ReadingError: where it is no JSON, or none that every reader reads alike.
    """
    _not_too_big(raw, limits)
    return _strict(raw, limits)


def read_envelope(body: bytes, limits: Limits = LIMITS) -> Iterator[Piece]:
    """The objects of a TAXII envelope or a STIX bundle, one after another.

    An error may come after the first objects: take nothing before the last was read.

    >>> [piece.raw for piece in read_envelope(b'{"objects": [ {"a":1}, {"b": 2} ]}')]
    [b'{"a":1}', b'{"b": 2}']

    Raises:
        TooBigError: where it is longer, or has more objects or parts, than is taken.
        ReadingError: where it is no JSON, or none that every reader reads alike, or no envelope.
    """
    for number, raw in enumerate(_split(body, limits)):
        if len(raw) > limits.object:
            raise TooBigError(f"objects[{number}] has {len(raw)} bytes; at most {limits.object} are taken for one.")
        try:
            yield Piece(raw, _strict(raw, limits))
        except ReadingError as error:
            raise type(error)(f"objects[{number}]: {error.message}") from None


def _split(body: bytes, limits: Limits) -> list[bytes]:
    """The bytes of each object; everything else in the envelope is read strictly and let go."""
    _not_too_big(body, limits)
    try:
        members = _MEMBERS.decode(body)
    except msgspec.ValidationError:
        raise ReadingError('An envelope is a JSON object with the objects in a list: {"objects": [...]}.') from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise _unreadable(body, error) from None
    objects = members.get("objects")
    if objects is None:
        raise ReadingError('The envelope has no "objects". Put the objects into a list of that name.')
    listed = bytes(objects)
    _strict(_without(body, listed), limits)
    try:
        items = _ITEMS.decode(listed)
    except msgspec.ValidationError:
        raise ReadingError('"objects" must be a list.') from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise _unreadable(listed, error) from None
    if len(items) > limits.objects:
        raise TooBigError(f"The envelope has {len(items)} objects; at most {limits.objects} are taken at once.")
    return [bytes(item) for item in items]


def _without(body: bytes, listed: bytes) -> bytes:
    """The envelope with nothing in place of its objects, so that what stands around them is read as strictly.

    Were another member to hold the same bytes, that one would be taken out: what is read is stricter then, not less.
    """
    start = body.find(listed[:64])
    if body[start : start + len(listed)] != listed:
        start = body.find(listed)
    return b"".join((body[:start], b"0", body[start + len(listed) :]))


def _strict(raw: bytes, limits: Limits) -> Json:
    """Read one value; refuse a name that stands twice, and too deep a nesting."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise _unreadable(raw, error) from None
    kind = type(value)
    if kind is not dict and kind is not list:
        return value
    names = _names(value, limits.depth)
    # Each name that has no space before its colon is counted by `":`. Text may add to the count, and a name that
    # stands twice does, for it is in the value once. So equal counts prove that every name stands once.
    if raw.count(b'":') != names or _SPACE_BEFORE_COLON.search(raw) is not None:
        _slowly(raw)
    return value


def _names(value: Json, most: int) -> int:
    """How many names the value has in all its objects, layer by layer: no recursion that could be made to overflow."""
    names = depth = 0
    layer = [value]
    while layer:
        depth += 1
        if depth > most:
            raise ReadingError(f"Objects and lists are nested more than {most} deep. Nobody needs that; flatten it.")
        below = []
        for item in layer:
            if type(item) is dict:
                names += len(item)
                inner = item.values()
            else:
                inner = item
            for part in inner:
                kind = type(part)
                if kind is dict or kind is list:
                    below.append(part)
        layer = below
    return names


def _slowly(raw: bytes) -> None:
    """Look at the names of each object one by one; the value has been read, so nesting and numbers are harmless."""
    _BY_PAIRS.decode(raw.decode())


def _pairs(pairs: list[tuple[str, Any]]) -> None:
    seen = set()
    for name, _ in pairs:
        if name in seen:
            shown = json.dumps(name[:60], ensure_ascii=False)
            raise ReadingError(
                f"The name {shown} stands twice in one JSON object, so two readers may read it differently. Send it once."
            )
        seen.add(name)


def _nothing(_: str) -> None:
    return None


_BY_PAIRS = json.JSONDecoder(object_pairs_hook=_pairs, parse_int=_nothing, parse_float=_nothing)


def _not_too_big(raw: bytes, limits: Limits) -> None:
    if len(raw) > limits.body:
        raise TooBigError(f"The body has {len(raw)} bytes; at most {limits.body} are taken at once. Send it in parts.")
    if raw.count(b",") + raw.count(b"{") + raw.count(b"[") > limits.parts:
        raise TooBigError(f"The body has more than {limits.parts} values. Send it in parts.")


def _unreadable(raw: bytes, error: Exception) -> ReadingError:
    if isinstance(error, RecursionError):
        return ReadingError("Objects and lists are nested too deep. Nobody needs that; flatten it.")
    try:
        raw.decode()
    except UnicodeDecodeError as at:
        return ReadingError(f"The text is not UTF-8: byte {at.start} cannot stand there.")
    return ReadingError(f"This is no JSON that can be read: {error}.")
