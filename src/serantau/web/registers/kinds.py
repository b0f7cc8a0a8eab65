"""What members and partners may enter into the registers: forms, files, checks and review come with that."""

from __future__ import annotations

from serantau.forum.registers import Adoption, Cooperation, Law, Policy, Venture, flaws
from serantau.forum.registers.model import file_of
from serantau.review import FactKind
from serantau.web.review.kinds import register

SOURCES = frozenset({"source", "more_sources"})
"""What a form does not ask: whoever submits an entry is its source, and evidence shows the rest."""

COOPERATION = register(
    FactKind(
        "forum.cooperation",
        "Cooperation of a partner",
        Cooperation,
        file_of("cooperation"),
        key="cooperation",
        member_field="partner",
        id_pattern="{partner}.{code}.s{submission}",
        grade="primary",
        choices={"actions": "actions"},
        hidden=SOURCES,
        long=frozenset({"text", "result", "note"}),
        problems=flaws,
        partners=True,
    )
)
PROJECTS = register(
    FactKind(
        "forum.projects",
        "Joint projects, pledges and calls",
        Venture,
        file_of("projects"),
        key="projects",
        id_pattern="{member}.{code}.s{submission}",
        grade="primary",
        choices={"actions": "actions"},
        hidden=SOURCES,
        long=frozenset({"text", "seeks", "who", "result", "note"}),
        problems=flaws,
    )
)
LEGISLATION = register(
    FactKind(
        "forum.legislation",
        "Legislation by theme",
        Law,
        file_of("legislation"),
        key="legislation",
        id_pattern="{member}.{theme}.s{submission}",
        grade="primary",
        choices={"actions": "actions", "instruments": "instruments"},
        hidden=SOURCES,
        long=frozenset({"law", "gap", "bill", "next_step", "note"}),
        problems=flaws,
    )
)
POLICIES = register(
    FactKind(
        "forum.policies",
        "Policies and good practice",
        Policy,
        file_of("policies"),
        key="policies",
        id_pattern="{member}.{code}.s{submission}",
        grade="primary",
        choices={"actions": "actions"},
        hidden=SOURCES,
        long=frozenset({"text", "lesson", "note"}),
        problems=flaws,
    )
)
ADOPTIONS = register(
    FactKind(
        "forum.adoptions",
        "Policies of others taken over",
        Adoption,
        file_of("adoptions"),
        key="adoptions",
        id_pattern="{member}.takes.{policy}.s{submission}",
        grade="primary",
        choices={"actions": "actions", "policy": "policies"},
        hidden=SOURCES,
        long=frozenset({"text", "note"}),
        problems=flaws,
    )
)
