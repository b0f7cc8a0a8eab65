"""Lists of what is no threat (MISP's warning-list format), compiled so that a look-up costs microseconds.

Exact entries and host names become sorted 64-bit hashes with the number of the lists they stand on; a host is looked up
with each of its parents, which is what a trie of suffixes would answer. Networks become disjoint intervals. Two and a
half million entries then take tens of megabytes instead of hundreds. The hash is Python's own of text, keyed anew in
every process, so nobody can look for a value that collides; by chance one in some ten thousand million does.

Substrings and regular expressions cannot be looked up, only tried one after the other, so they are few, short and of a
form that cannot run away: see :data:`MOST_TRIED` and :func:`refusal_of_pattern`. What is not taken is counted and said.

Format: github.com/MISP/misp-warninglists: ``name``, ``version``, ``description``, ``type`` (string, hostname, cidr,
substring, regex), ``matching_attributes``, ``list``. Grade: secondary (the reference reader's behaviour was run).
"""

from __future__ import annotations

import ipaddress
import re
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import orjson

from serantau.defend.errors import DefendError
from serantau.defend.model import ObservableKey

LARGEST_FILE = 200_000_000
MOST_ENTRIES = 5_000_000
LONGEST_ENTRY = 2_048
MOST_TRIED = 1_000
"""Substrings, and regular expressions, of all lists together."""

MOST_PATTERNS = 200
LONGEST_PATTERN = 300
LONGEST_TRIED = 200
"""Letters of a value that regular expressions are tried on; a longer one is not tried, and so not on the list."""

MOST_REPEATS = 2
MOST_LABELS = 20
"""Parents of a host that are looked up."""


Numbers: TypeAlias = npt.NDArray[np.int64]


class WarningListError(DefendError):
    """A file that is no warning list."""


class Form(Enum):
    """How the entries of a list are compared."""

    STRING = "string"
    HOSTNAME = "hostname"
    CIDR = "cidr"
    SUBSTRING = "substring"
    REGEX = "regex"


_IP = ("ipv4-addr", "ipv6-addr")
_HOST = ("domain-name",)
TYPES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ip-src": _IP,
        "ip-dst": _IP,
        "ip-src|port": _IP,
        "ip-dst|port": _IP,
        "domain|ip": (*_HOST, *_IP),
        "domain": _HOST,
        "hostname": _HOST,
        "hostname|port": _HOST,
        "url": ("url",),
        "uri": ("url",),
        "link": ("url",),
        "email": ("email-addr",),
        "email-src": ("email-addr",),
        "email-dst": ("email-addr",),
        "md5": ("file-md5",),
        "sha1": ("file-sha1",),
        "sha256": ("file-sha256",),
        "sha512": ("file-sha512",),
        "filename|md5": ("file-md5",),
        "filename|sha1": ("file-sha1",),
        "filename|sha256": ("file-sha256",),
        "phone-number": ("phone",),
        "AS": ("autonomous-system",),
        "bic": ("bic",),
        "iban": ("iban",),
    }
)
"""MISP's kinds of attribute and our types of key. A list that names only kinds we have no key for matches nothing."""


@dataclass(frozen=True, slots=True)
class WarningList:
    """One list as it was read.

    Attributes:
        types: Types of key that it is about; empty for all.
        entries: What is looked up.
        refused: How many entries are not, by reason.
    """

    name: str
    version: str
    description: str
    form: Form
    types: frozenset[str]
    entries: Sequence[str]
    refused: Mapping[str, int] = field(default_factory=dict)

    def is_about(self, key_type: str) -> bool:
        """Whether the list says anything of a type of key."""
        return not self.types or key_type in self.types


def read(raw: bytes, where: str) -> WarningList:
    """Read a file.

    Args:
        raw: The file.
        where: Its name, for messages.

    Raises:
        WarningListError: if it is no warning list, or too large.

    >>> one = read(b'{"name": "N", "type": "cidr", "list": ["192.0.2.0/24", "x"], "matching_attributes": ["ip-src"]}', "n")
    >>> one.form, list(one.entries), dict(one.refused)
    (<Form.CIDR: 'cidr'>, ['192.0.2.0/24'], {'no network': 1})
    """
    if len(raw) > LARGEST_FILE:
        raise WarningListError(f"{where}: more than {LARGEST_FILE:,} bytes. Split the list.")
    try:
        held = orjson.loads(raw)
        del raw
    except orjson.JSONDecodeError as error:
        raise WarningListError(
            f"{where}: this is no JSON ({error}). Give the file list.json of a warning list."
        ) from None
    if not isinstance(held, dict) or not isinstance(held.get("list"), list):
        raise WarningListError(f"{where}: a warning list is an object with `name`, `type` and `list`.")
    name, form = held.get("name"), held.get("type", Form.STRING.value)
    if not isinstance(name, str) or not 0 < len(name.strip()) <= 200:
        raise WarningListError(f"{where}: `name` is missing or longer than 200 letters.")
    if form not in {one.value for one in Form}:
        known = ", ".join(one.value for one in Form)
        raise WarningListError(f"{where}: `type` is {str(form)[:40]!r}; it is one of {known}.")
    if len(held["list"]) > MOST_ENTRIES:
        raise WarningListError(f"{where}: more than {MOST_ENTRIES:,} entries. Split the list.")
    kinds = held.get("matching_attributes") or []
    if not isinstance(kinds, list):
        raise WarningListError(f"{where}: `matching_attributes` is a list of MISP's kinds of attribute.")
    types = frozenset(one for kind in kinds for one in TYPES.get(str(kind), ()))
    if kinds and not types:
        types = frozenset({""})
    entries, refused = _sift(Form(form), held["list"])
    version, description = held.get("version", ""), held.get("description", "")
    return WarningList(
        name.strip(), str(version)[:40], str(description)[:2_000], Form(form), types, entries, dict(refused)
    )


def _sift(form: Form, entries: list[Any]) -> tuple[list[str], Counter[str]]:
    """Entries in the form in which they are looked up, and why others are not. The list is written over: it is long."""
    prepare = _PREPARE[form]
    refused: Counter[str] = Counter()
    place = 0
    for one in entries:
        if not isinstance(one, str) or not 0 < len(one) <= LONGEST_ENTRY:
            refused["empty, too long or no text"] += 1
            continue
        done, why = prepare(one.strip())
        if why:
            refused[why] += 1
            continue
        entries[place] = done
        place += 1
    del entries[place:]
    return entries, refused


def _text(entry: str) -> tuple[str, str]:
    return entry.lower(), "" if entry else "empty, too long or no text"


def _host(entry: str) -> tuple[str, str]:
    host = entry.lower().lstrip("*").strip(".")
    if not host.isascii():
        try:
            host = host.encode("idna").decode()
        except UnicodeError:
            return "", "no host name"
    return host, "" if host and "/" not in host and " " not in host else "no host name"


def _network(entry: str) -> tuple[str, str]:
    try:
        return str(ipaddress.ip_network(entry, strict=False)), ""
    except ValueError:
        return "", "no network"


def _pattern(entry: str) -> tuple[str, str]:
    body = entry
    # PHP's way of writing them, which MISP's lists use: /.../i
    wrapped = re.fullmatch(r"/(.*)/[imsu]*", entry, re.DOTALL)
    if wrapped:
        body = wrapped[1]
    return body, refusal_of_pattern(body)


_PREPARE: Mapping[Form, Callable[[str], tuple[str, str]]] = MappingProxyType(
    {
        Form.STRING: _text,
        Form.HOSTNAME: _host,
        Form.CIDR: _network,
        Form.SUBSTRING: _text,
        Form.REGEX: _pattern,
    }
)

_QUANTIFIER = re.compile(r"[*+{]")
_AFTER_GROUP = re.compile(r"\)[*+{]")


def refusal_of_pattern(pattern: str) -> str:
    r"""Why a regular expression is not taken; empty where it is.

    Taken is what has at most two repeats, none of them of a group, no look-around and no reference back: on a value of
    two hundred letters it ends within milliseconds whatever the value is.

    >>> refusal_of_pattern(r"^(www\.)?example\.(com|org)$"), refusal_of_pattern("(a+)+b"), refusal_of_pattern("a*a*a*b")
    ('', 'repeats a group', 'more than 2 repeats')
    """
    if len(pattern) > LONGEST_PATTERN:
        return "pattern too long"
    bare = re.sub(r"\[\^?\]?(?:\\.|[^\]\\])*\]", "C", re.sub(r"\\[^0-9]", "E", pattern))
    if re.search(r"\\[0-9]", bare) or re.search(r"\(\?(?!:)", bare):
        return "look-around or reference back"
    if _AFTER_GROUP.search(bare):
        return "repeats a group"
    if len(_QUANTIFIER.findall(bare)) > MOST_REPEATS:
        return f"more than {MOST_REPEATS} repeats"
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return "no regular expression"
    return ""


# --- compiled -------------------------------------------------------------------------------------------------------------


class Hashes:
    """Texts as sorted hashes, each with the number of a set of lists."""

    __slots__ = ("_begins", "_hashes", "_sets")

    def __init__(self, parts: Sequence[tuple[int, Numbers]], sets: Sets) -> None:
        """Compile.

        Args:
            parts: For each list its number, and the hashes of its entries, each once.
            sets: Where sets of lists get their numbers.
        """
        joined = np.concatenate([np.empty(0, np.int64), *(hashes for _, hashes in parts)])
        owner = np.repeat(np.array([number for number, _ in parts], np.uint16), [len(hashes) for _, hashes in parts])
        order = np.argsort(joined, kind="stable")
        joined, owner = joined[order], owner[order]
        first = np.ones(len(joined), dtype=bool)
        first[1:] = joined[1:] != joined[:-1]
        starts = np.flatnonzero(first)
        ends = np.append(starts[1:], len(joined))
        numbers = np.empty(len(starts), np.uint16)
        alone = ends - starts == 1
        single = np.zeros(max((number for number, _ in parts), default=0) + 1, np.uint16)
        for number, _ in parts:
            single[number] = sets.number(frozenset({number}))
        numbers[alone] = single[owner[starts[alone]]]
        for place in np.flatnonzero(~alone):
            numbers[place] = sets.number(frozenset(owner[starts[place] : ends[place]].tolist()))
        unique = joined[starts]
        self._hashes, self._sets = array("q"), array("H")
        self._hashes.frombytes(unique.tobytes())
        self._sets.frombytes(numbers.tobytes())
        edges = np.searchsorted(unique >> 48, np.arange(-32768, 32769))
        self._begins = array("I")
        self._begins.frombytes(edges.astype(np.uint32).tobytes())

    def __len__(self) -> int:
        """How many different texts."""
        return len(self._hashes)

    def find(self, text: str) -> int:
        """The number of the set of lists that a text stands on; 0 for none."""
        wanted = hash(text)
        part = (wanted >> 48) + 32768
        end = self._begins[part + 1]
        place = bisect_left(self._hashes, wanted, self._begins[part], end)
        return self._sets[place] if place < end and self._hashes[place] == wanted else 0

    def find_parents(self, host: str, found: list[int]) -> None:
        """Add the number of each set of lists that a host, or one of its parents, stands on."""
        hashes, begins = self._hashes, self._begins
        if not hashes:
            return
        for _ in range(MOST_LABELS):
            wanted = hash(host)
            part = (wanted >> 48) + 32768
            end = begins[part + 1]
            place = bisect_left(hashes, wanted, begins[part], end)
            if place < end and hashes[place] == wanted:
                found.append(self._sets[place])
            cut = host.find(".")
            if cut < 0:
                return
            host = host[cut + 1 :]


class Sets:
    """Sets of lists, each with a small number; 0 is the empty one."""

    def __init__(self) -> None:
        """Begin with the empty set."""
        self.held: list[frozenset[int]] = [frozenset()]
        self._numbers = {frozenset[int](): 0}

    def number(self, lists: frozenset[int]) -> int:
        """The number of a set.

        Raises:
            WarningListError: if there are more different sets than numbers.
        """
        found = self._numbers.get(lists)
        if found is None:
            found = self._numbers[lists] = len(self.held)
            if found > 65_535:
                raise WarningListError("The lists overlap in more than 65,535 ways. Load fewer lists.")
            self.held.append(lists)
        return found


class Intervals:
    """Networks as disjoint intervals, each with the number of a set of lists."""

    __slots__ = ("_begins", "_sets")

    def __init__(self, networks: Iterable[tuple[int, int, int]], sets: Sets) -> None:
        """Compile.

        Args:
            networks: First address, last address and list of each.
            sets: Where sets of lists get their numbers.
        """
        changes: list[tuple[int, int, int]] = []
        for low, high, number in networks:
            changes += ((low, 1, number), (high + 1, -1, number))
        changes.sort()
        self._begins: list[int] = []
        self._sets = array("H")
        active: Counter[int] = Counter()
        for place, (at, step, number) in enumerate(changes):
            active[number] += step
            if not active[number]:
                del active[number]
            if place + 1 == len(changes) or changes[place + 1][0] != at:
                self._begins.append(at)
                self._sets.append(sets.number(frozenset(active)))

    def __len__(self) -> int:
        """How many pieces."""
        return len(self._begins)

    def find(self, address: int) -> int:
        """The number of the set of lists whose networks hold an address; 0 for none."""
        place = bisect_right(self._begins, address)
        return self._sets[place - 1] if place else 0


class Compiled:
    """All lists together, ready to be asked. It never changes: a new load makes a new one, and who holds this one goes on."""

    def __init__(self, lists: Iterable[WarningList]) -> None:
        """Compile.

        Args:
            lists: Read one after the other; none is kept, so that no more than one is in memory as text.

        Raises:
            WarningListError: if there are too many to try one by one.
        """
        self._sets = Sets()
        self.names: list[str] = []
        self._said: dict[tuple[int, str], tuple[str, ...]] = {}
        self._about: list[frozenset[str]] = []
        exact: list[tuple[int, Numbers]] = []
        hosts: list[tuple[int, Numbers]] = []
        networks: tuple[list[tuple[int, int, int]], list[tuple[int, int, int]]] = ([], [])
        self._substrings: list[tuple[str, int]] = []
        self._patterns: list[tuple[re.Pattern[str], int]] = []
        for number, one in enumerate(lists):
            self.names.append(one.name)
            self._about.append(one.types)
            if one.form is Form.STRING:
                exact.append((number, _hashes_of(one.entries)))
            elif one.form is Form.HOSTNAME:
                hosts.append((number, _hashes_of(one.entries)))
            elif one.form is Form.CIDR:
                for network in map(ipaddress.ip_network, one.entries):
                    low, high = int(network.network_address), int(network.broadcast_address)
                    networks[network.version == 6].append((low, high, number))
            elif one.form is Form.SUBSTRING:
                self._substrings += ((entry, number) for entry in one.entries)
            else:
                self._patterns += ((re.compile(entry, re.IGNORECASE), number) for entry in one.entries)
            # Else it would stay while the next one is read.
            del one
        if len(self._substrings) > MOST_TRIED or len(self._patterns) > MOST_PATTERNS:
            raise WarningListError(
                f"{len(self._substrings):,} substrings and {len(self._patterns):,} regular expressions in all lists; "
                f"at most {MOST_TRIED:,} and {MOST_PATTERNS:,} are tried. Load fewer of these lists."
            )
        self._exact, self._hosts = Hashes(exact, self._sets), Hashes(hosts, self._sets)
        self._networks = tuple(Intervals(part, self._sets) for part in networks)

    def __len__(self) -> int:
        """How many lists."""
        return len(self.names)

    def lists_of(self, key: ObservableKey) -> tuple[str, ...]:
        """The names of the lists that a key stands on.

        >>> lists = Compiled([read(b'{"name": "Sites", "type": "hostname", "list": ["example.org"]}', "sites.json")])
        >>> lists.lists_of(ObservableKey("url", "https://www.example.org/a")), lists.lists_of(ObservableKey("url", "https://notexample.org/"))
        (('Sites',), ())
        """
        kind, value = key.type, key.value.lower()
        found = [self._exact.find(value)] if self._exact else []
        if kind == "domain-name":
            self._hosts.find_parents(value, found)
        elif kind in {"ipv4-addr", "ipv6-addr"}:
            found.append(self._of_address(value))
        elif kind == "url":
            host = host_of(value)
            if _ADDRESS.match(host):
                found.append(self._of_address(host))
            self._hosts.find_parents(host, found)
        elif kind == "email-addr":
            self._hosts.find_parents(value.rpartition("@")[2], found)
        if self._substrings or self._patterns:
            return self._names_of([*filter(None, found)], kind, self._tried(key.value))
        hits = [number for number in found if number]
        return self._names_of(hits, kind, frozenset()) if hits else ()

    def _names_of(self, hits: Sequence[int], kind: str, tried: frozenset[int]) -> tuple[str, ...]:
        """The names of lists by the numbers of their sets, as far as they are about a type of key."""
        known = self._said.get((hits[0], kind)) if len(hits) == 1 and not tried else None
        if known is not None:
            return known
        lists = tried.union(*(self._sets.held[number] for number in hits))
        names = tuple(sorted(self.names[one] for one in lists if not self._about[one] or kind in self._about[one]))
        if len(hits) == 1 and not tried:
            self._said[hits[0], kind] = names
        return names

    def _of_address(self, text: str) -> int:
        """Lists whose networks hold an address, or a whole network."""
        if ":" not in text:
            parts = text.split(".")
            # The normal form of a key, read without the library where it is one plain address.
            if len(parts) == 4 and all(map(str.isdecimal, parts)):
                one, two, three, four = map(int, parts)
                return self._networks[0].find(one << 24 | two << 16 | three << 8 | four)
        try:
            network = ipaddress.ip_network(text, strict=False)
        except ValueError:
            return 0
        part = self._networks[network.version == 6]
        first, last = part.find(int(network.network_address)), part.find(int(network.broadcast_address))
        # A network stands on a list only as a whole; the lists of both ends are the ones that may hold it.
        return first if self._sets.held[first] <= self._sets.held[last] else last

    def _tried(self, value: str) -> frozenset[int]:
        text = value.lower()
        found = {number for needle, number in self._substrings if needle in text}
        if len(value) <= LONGEST_TRIED:
            found |= {number for pattern, number in self._patterns if pattern.search(value)}
        return frozenset(found)


_ADDRESS = re.compile(r"[0-9]+\.[0-9.]+$|[0-9a-f]*:")


_AUTHORITY = re.compile(r"[/?#\\]")


def host_of(url: str) -> str:
    """The host of an address in its normal form.

    >>> host_of("https://a@www.example.org:8080/x?y@z"), host_of("http://[2001:db8::1]:80/"), host_of("mailto:a")
    ('www.example.org', '2001:db8::1', '')
    """
    authority = _AUTHORITY.split(url.partition("://")[2], maxsplit=1)[0].rpartition("@")[2]
    if authority.startswith("["):
        return authority[1:].partition("]")[0]
    return authority.partition(":")[0].strip(".")


def _hashes_of(entries: Sequence[str]) -> Numbers:
    return np.unique(np.fromiter(map(hash, entries), dtype=np.int64, count=len(entries)))


NO_LISTS = Compiled([])
"""What is used where nothing was loaded."""
