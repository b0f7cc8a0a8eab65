"""The wire of the AuthZEN Authorization API 1.0 (OpenID Foundation): requests, answers, errors.

What is decided is none of this module's business: a :class:`Policy` is asked. The law is one
(:mod:`serantau.govern.decision_point`); the fixture of the certification scenario is another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol, TypeVar

import msgspec

from serantau.base import SerantauError

T = TypeVar("T")

MOST_BYTES = 1_000_000
MOST_EVALUATIONS = 1_000

EVALUATION = "/access/v1/evaluation"
EVALUATIONS = "/access/v1/evaluations"
SEARCH = "/access/v1/search/"
CONFIGURATION = "/.well-known/authzen-configuration"


class AuthzenError(SerantauError):
    """A request that cannot be evaluated; ``status`` is the HTTP status."""

    def __init__(self, message: str, status: int = 400) -> None:
        """Say what is wrong."""
        super().__init__(message)
        self.status = status


class Entity(msgspec.Struct, frozen=True):
    """A subject or resource that is fully named."""

    type: str
    id: str
    properties: dict[str, Any] = {}


class Kind(msgspec.Struct, frozen=True):
    """What is searched for: a type, perhaps with properties; an id is passed over."""

    type: str
    properties: dict[str, Any] = {}


class Action(msgspec.Struct, frozen=True):
    """What is to be done."""

    name: str
    properties: dict[str, Any] = {}


class Evaluation(msgspec.Struct, frozen=True):
    """One question."""

    subject: Entity
    action: Action
    resource: Entity
    context: dict[str, Any] = {}


class Semantic(Enum):
    """When a batch ends."""

    ALL = "execute_all"
    FIRST_DENY = "deny_on_first_deny"
    FIRST_PERMIT = "permit_on_first_permit"


class Options(msgspec.Struct, frozen=True):
    """How a batch is worked on."""

    evaluations_semantic: Semantic = Semantic.ALL


class Batch(msgspec.Struct, frozen=True):
    """Several questions with defaults; each is kept raw, since a wrong one must not spoil the others."""

    evaluations: list[dict[str, Any]] = []
    options: Options = Options()
    subject: Any = None
    action: Any = None
    resource: Any = None
    context: Any = None


class SubjectSearch(msgspec.Struct, frozen=True):
    """Who may do this?"""

    subject: Kind
    action: Action
    resource: Entity
    context: dict[str, Any] = {}


class ResourceSearch(msgspec.Struct, frozen=True):
    """To what may this be done?"""

    subject: Entity
    action: Action
    resource: Kind
    context: dict[str, Any] = {}


class ActionSearch(msgspec.Struct, frozen=True):
    """What may be done?"""

    subject: Entity
    resource: Entity
    context: dict[str, Any] = {}


@dataclass(frozen=True)
class Decided:
    """An answer.

    Attributes:
        decision: Whether access is granted.
        context: What else is said; left out of the answer if empty.
    """

    decision: bool
    context: Mapping[str, Any]

    def body(self) -> dict[str, Any]:
        """As the wire has it."""
        return {"decision": self.decision, **({"context": dict(self.context)} if self.context else {})}


class Policy(Protocol):
    """What is asked."""

    def evaluate(self, question: Evaluation) -> Decided:
        """Decide.

        Raises:
            SerantauError: if the question makes no sense.
        """

    def subjects(self, question: SubjectSearch) -> list[dict[str, Any]]:
        """Entities of the wanted type that may."""

    def resources(self, question: ResourceSearch) -> list[dict[str, Any]]:
        """Entities of the wanted type to which it may be done."""

    def actions(self, question: ActionSearch) -> list[dict[str, Any]]:
        """Actions that may be done."""


@dataclass(frozen=True)
class Answer:
    """What goes back over the wire."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


def respond(
    policy: Policy,
    method: str,
    path: str,
    content_type: str,
    body: Callable[[], bytes],
    *,
    length: int,
    base: str,
) -> Answer:
    """Answer a request.

    Args:
        policy: Who decides.
        method: HTTP method.
        path: Path of the request.
        content_type: Its header; the scenario asks for 400 where it is another than JSON.
        body: Reads the body; not called for one that is too long.
        length: Length that the request announces.
        base: Scheme and host of the decision point, without a slash at the end.
    """
    try:
        if path == CONFIGURATION:
            return _json(200, configuration(base)) if method in {"GET", "HEAD"} else _method("GET, HEAD")
        work = _work(path)
        if method != "POST":
            return _method("POST")
        _check(content_type, length)
        return _json(200, work(policy, body()))
    except AuthzenError as error:
        return refusal(error.status, str(error))
    except SerantauError as error:
        return refusal(400, str(error))


def refusal(status: int, message: str) -> Answer:
    """An error as this API gives it."""
    return _json(status, {"error": {"status": status, "message": message}})


def _check(content_type: str, length: int) -> None:
    if length > MOST_BYTES:
        raise AuthzenError(f"The body has {length} bytes, more than {MOST_BYTES}.", 413)
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise AuthzenError("The Content-Type must be application/json.")


def configuration(base: str) -> dict[str, Any]:
    """The metadata of the decision point."""
    return {
        "policy_decision_point": base,
        "access_evaluation_endpoint": base + EVALUATION,
        "access_evaluations_endpoint": base + EVALUATIONS,
        "search_subject_endpoint": f"{base}{SEARCH}subject",
        "search_resource_endpoint": f"{base}{SEARCH}resource",
        "search_action_endpoint": f"{base}{SEARCH}action",
    }


def evaluation(policy: Policy, body: bytes) -> dict[str, Any]:
    """One question."""
    return policy.evaluate(_read(body, _EVALUATION)).body()


def evaluations(policy: Policy, body: bytes) -> dict[str, Any]:
    """A batch; without any evaluations, one question."""
    batch = _read(body, _BATCH)
    if not batch.evaluations:
        return evaluation(policy, body)
    if len(batch.evaluations) > MOST_EVALUATIONS:
        raise AuthzenError(f"{len(batch.evaluations)} evaluations are more than {MOST_EVALUATIONS}.")
    defaults = {
        name: value
        for name in ("subject", "action", "resource", "context")
        if (value := getattr(batch, name)) is not None
    }
    found: list[dict[str, Any]] = []
    for one in batch.evaluations:
        answer = _one_of_many(policy, {**defaults, **one})
        found.append(answer.body())
        if batch.options.evaluations_semantic is Semantic.FIRST_DENY and not answer.decision:
            break
        if batch.options.evaluations_semantic is Semantic.FIRST_PERMIT and answer.decision:
            break
    return {"evaluations": found}


def _one_of_many(policy: Policy, raw: dict[str, Any]) -> Decided:
    """One of a batch: what is wrong with it is its own answer, and no error of the whole."""
    try:
        return policy.evaluate(msgspec.convert(raw, Evaluation))
    except msgspec.ValidationError as error:
        return Decided(decision=False, context={"error": {"status": 400, "message": str(error)}})
    except SerantauError as error:
        return Decided(decision=False, context={"error": {"status": 400, "message": str(error)}})


def search_subject(policy: Policy, body: bytes) -> dict[str, Any]:
    """Who may do this?"""
    return {"results": policy.subjects(_read(body, _SUBJECTS))}


def search_resource(policy: Policy, body: bytes) -> dict[str, Any]:
    """To what may this be done?"""
    return {"results": policy.resources(_read(body, _RESOURCES))}


def search_action(policy: Policy, body: bytes) -> dict[str, Any]:
    """What may be done?"""
    return {"results": policy.actions(_read(body, _ACTIONS))}


_EVALUATION = msgspec.json.Decoder(Evaluation)
_BATCH = msgspec.json.Decoder(Batch)
_SUBJECTS = msgspec.json.Decoder(SubjectSearch)
_RESOURCES = msgspec.json.Decoder(ResourceSearch)
_ACTIONS = msgspec.json.Decoder(ActionSearch)
_WORK: dict[str, Callable[[Policy, bytes], dict[str, Any]]] = {
    EVALUATION: evaluation,
    EVALUATIONS: evaluations,
    f"{SEARCH}subject": search_subject,
    f"{SEARCH}resource": search_resource,
    f"{SEARCH}action": search_action,
}
PATHS = (*_WORK, CONFIGURATION)


def _work(path: str) -> Callable[[Policy, bytes], dict[str, Any]]:
    found = _WORK.get(path)
    if found is None:
        raise AuthzenError(f"There is no {path[:80]!r} here.", 404)
    return found


def _read(body: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    if len(body) > MOST_BYTES:
        raise AuthzenError(f"The body has {len(body)} bytes, more than {MOST_BYTES}.", 413)
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise AuthzenError(f"{error}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise AuthzenError(f"The body is no JSON: {error}.") from error
    except RecursionError as error:
        raise AuthzenError("The body is nested too deep.") from error


def _json(status: int, value: object) -> Answer:
    return Answer(status, msgspec.json.encode(value))


def _method(allowed: str) -> Answer:
    body = msgspec.json.encode({"error": {"status": 405, "message": f"Use {allowed}."}})
    return Answer(405, body, (("Allow", allowed),))
