"""Columns of data about people, made by generators that know nothing of us.

Faker makes what it has a provider for; two packages make the cards of one
country each; and where no generator exists, random characters are drawn until
idnumbers, an independent validator, accepts them. No recogniser of ours takes
part. Headings say nothing, so that only cells can tell.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from faker import Faker
from idnumbers.nationalid import IDN, SGP, VNM
from mykad_generator.generator import generate_mykad

OTHER = "other"


@dataclass(frozen=True)
class Column:
    """A column whose content is known.

    Attributes:
        truth: What it holds: ``national-id XXX`` with the country, a kind, or ``other``.
        made_by: The generator.
        cells: Its cells.
    """

    truth: str
    made_by: str
    cells: tuple[str, ...]


Maker = Callable[[random.Random], str]


def columns(cells: int, rounds: int, seed: int) -> Iterator[Column]:
    """Every kind of column, ``rounds`` times each.

    Args:
        cells: Cells of each column.
        rounds: How often each kind occurs.
        seed: The same seed makes the same columns.
    """
    for turn in range(rounds):
        for number, (truth, made_by, maker) in enumerate(_makers(seed + turn)):
            source = random.Random(1000 * (seed + turn) + number)  # noqa: S311 - a reproducible bench
            random.seed(source.random())  # two generators draw from the module's own stream
            yield Column(truth, made_by, tuple(maker(source) for _ in range(cells)))


def _makers(seed: int) -> list[tuple[str, str, Maker]]:
    fake = {name: _faker(name, seed) for name in ("th_TH", "id_ID", "vi_VN", "en_PH", "en_GB", "en_US")}
    thai, indonesian, vietnamese, filipino, british, american = fake.values()
    places = [f"{number:04}" for number in range(1100, 9500)]
    return [
        ("national-id THA", "Faker th_TH", lambda _: thai.ssn()),
        ("national-id THA", "Faker th_TH", lambda _: thai.ssn().replace("-", "")),
        ("national-id MYS", "mykad-generator", lambda _: generate_mykad(1)[0]),
        ("national-id MYS", "mykad-generator", lambda _: generate_mykad(1)[0].replace("-", "")),
        ("national-id SGP", "idnumbers", lambda r: _until(SGP.NationalID.validate, lambda: _nric(r))),
        ("national-id IDN", "idnumbers", lambda r: _until(IDN.NationalID.validate, lambda: _nik(r, places))),
        ("national-id VNM", "idnumbers", lambda r: _until(VNM.NationalID.validate, lambda: _cccd(r))),
        ("social-insurance-id PHL", "Faker en_PH", lambda _: filipino.umid()),
        ("social-insurance-id PHL", "Faker en_PH", lambda _: filipino.sss()),
        ("phone", "Faker th_TH", lambda _: thai.phone_number()),
        ("phone", "Faker id_ID", lambda _: indonesian.phone_number()),
        ("phone", "Faker vi_VN", lambda _: vietnamese.phone_number()),
        ("phone", "Faker en_PH", lambda _: filipino.mobile_number()),
        ("email", "Faker id_ID", lambda _: indonesian.email()),
        ("email", "Faker en_GB", lambda _: british.email()),
        ("bank-account", "Faker en_GB", lambda _: british.iban()),
        ("payment-card", "Faker en_US", lambda _: american.credit_card_number()),
        ("ip-address", "Faker en_US", lambda _: american.ipv4()),
        ("device-address", "Faker en_US", lambda _: american.mac_address()),
        (OTHER, "Faker en_US", lambda _: american.numerify("############")),
        (OTHER, "Faker en_US", lambda _: american.numerify("#############")),
        (OTHER, "Faker en_US", lambda _: american.numerify("################")),
        (OTHER, "Faker en_US", lambda _: american.bothify("?#######?").upper()),
        (OTHER, "Faker en_US", lambda _: american.bothify("ORD-####-????").upper()),
        (OTHER, "Faker en_US", lambda _: american.numerify("2026######")),
        (OTHER, "Faker en_US", lambda _: american.date_time().strftime("%Y%m%d%H%M%S")),
        (OTHER, "Faker en_US", lambda _: american.date_time().strftime("%y%m%d%H%M%S")),
        (OTHER, "Faker en_US", lambda _: american.date()),
        (OTHER, "Faker en_US", lambda _: american.uuid4()),
        (OTHER, "Faker en_US", lambda _: american.ean13()),
        (OTHER, "Faker en_US", lambda _: american.isbn13()),
        (OTHER, "Faker en_US", lambda _: american.color_name()),
        (OTHER, "Faker en_US", lambda _: american.catch_phrase()),
        (OTHER, "Faker id_ID", lambda _: indonesian.postcode()),
        (OTHER, "Faker en_US", lambda r: f"{r.uniform(0, 5000):.2f}"),
        (OTHER, "Faker en_US", lambda r: str(r.randrange(1, 1000))),
        (OTHER, "Faker en_US", lambda _: american.unix_time().__int__().__str__()),
        (OTHER, "Faker en_US", lambda _: american.url()),
    ]


def _faker(locale: str, seed: int) -> Faker:
    made = Faker(locale)
    made.seed_instance(seed)
    return made


def _until(accepts: Callable[[str], bool], draw: Callable[[], str]) -> str:
    """Draw until the validator accepts."""
    while not accepts(found := draw()):
        pass
    return found


def _digits(source: random.Random, count: int) -> str:
    return "".join(source.choices(string.digits, k=count))


def _nric(source: random.Random) -> str:
    return source.choice("STFG") + _digits(source, 7) + source.choice(string.ascii_uppercase)


def _nik(source: random.Random, places: list[str]) -> str:
    return source.choice(places) + _digits(source, 12)


def _cccd(source: random.Random) -> str:
    # Twelve random digits are all that the validator asks for; places and years are drawn as the decree numbers them.
    place = source.choice(("001", "024", "030", "034", "038", "040", "048", "056", "066", "075", "079", "092", "096"))
    return place + source.choice("0011223") + f"{source.randrange(0, 100):02}" + _digits(source, 6)
