"""Checks a definition as a whole, in words a statistician understands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from serantau.base import Problem, suggest
from serantau.measure.definition import Aggregate, Definition, Impute, Normalise, Screen, Treat
from serantau.measure.indicators import Direction

MAX_DEPTH = 100
"""Most levels of a tree."""

RESERVED_WEIGHTS = {"given", "equal", "pca"}
"""What the step ``aggregate`` may name beside the weight sets."""


def definition_problems(definition: Definition) -> list[Problem]:
    """Every defect of a definition, each once; empty if it can be run on suitable data."""
    tree = list(_tree_problems(definition))
    if tree:
        return tree
    found = [*_indicator_problems(definition), *_weight_problems(definition), *_step_problems(definition)]
    return list(dict.fromkeys(found))  # a step and its alternative under `robustness` may have the same one


def _tree_problems(definition: Definition) -> Iterator[Problem]:
    groups = {group.id: group for group in definition.groups}
    names = [group.id for group in definition.groups] + [leaf.id for leaf in definition.indicators]
    for name, count in Counter(names).items():
        if count > 1:
            yield Problem("tree", f"the id {name!r} is used {count} times.", "Every node needs an id of its own.")
    if not definition.indicators:
        yield Problem("indicators", "there is no indicator.", "List at least one.")
    roots = [group.id for group in definition.groups if not group.parent]
    if len(roots) != 1:
        found = ", ".join(roots) or "none"
        yield Problem("groups", f"exactly one group has no parent; found: {found}.", "Give every other group a parent.")
    yield from _parent_problems(definition)
    for leaf in definition.indicators:
        if leaf.group not in groups:
            what = f"the indicator {leaf.id!r} is in the group {leaf.group!r}, which does not exist."
            yield Problem("indicators", what, suggest(leaf.group, groups))
    used = {leaf.group for leaf in definition.indicators} | {group.parent for group in definition.groups}
    for name in groups:
        if name not in used:
            yield Problem("groups", f"the group {name!r} has no child.", "Put an indicator into it, or remove it.")


def _parent_problems(definition: Definition) -> Iterator[Problem]:
    parents = {group.id: group.parent for group in definition.groups}
    for group in definition.groups:
        above = _ancestors(group.id, parents)
        if group.parent and group.parent not in parents:
            what = f"the group {group.id!r} has the parent {group.parent!r}, which does not exist."
            yield Problem("groups", what, suggest(group.parent, parents))
        elif group.id in above:
            yield Problem("groups", f"the group {group.id!r} is its own ancestor.", "Break the cycle.")
        elif len(above) == MAX_DEPTH:
            yield Problem("groups", f"{group.id!r} lies more than {MAX_DEPTH} levels deep.", "Make the tree flatter.")
            return


def _ancestors(group: str, parents: dict[str, str]) -> list[str]:
    """Groups above a group, the nearest first; stops at one found twice, and at the greatest depth."""
    found: list[str] = []
    node = parents[group]
    while node and node not in found and len(found) < MAX_DEPTH:
        found.append(node)
        node = parents.get(node, "")
    return found


def _indicator_problems(definition: Definition) -> Iterator[Problem]:
    for leaf in definition.indicators:
        posts = leaf.goalposts
        if posts is not None and posts.low == posts.high:
            yield Problem(leaf.id, f"both goalposts are {posts.low}.", "They must differ.")
        if posts is not None and posts.scale == "log" and min(posts.low, posts.high) <= 0:
            yield Problem(leaf.id, "a goalpost on a log scale is not positive.", "Use positive ends or a linear scale.")
        if leaf.direction is Direction.REFERENCE and leaf.reference_value is None:
            yield Problem(leaf.id, "direction `reference` without a reference_value.", "State the best value.")


def _weight_problems(definition: Definition) -> Iterator[Problem]:
    given = {leaf.id: leaf.weight for leaf in definition.indicators}
    given |= {group.id: group.weight for group in definition.groups}
    for name in RESERVED_WEIGHTS & definition.weight_sets.keys():
        yield Problem(f"weights {name}", f"{name!r} has a meaning of its own.", "Give the set another name.")
    for name, changes in {"given": {}, **definition.weight_sets}.items():
        for node in changes.keys() - given.keys():
            yield Problem(f"weights {name}", f"{node!r} is no node of the tree.", suggest(node, given))
        weights = given | changes
        for group, children in definition.children.items():
            if sum(weights[child] for child in children) <= 0:
                what = f"the weights below {group!r} sum to zero."
                yield Problem(f"weights {name}", what, "Give at least one child a positive weight.")


def _step_problems(definition: Definition) -> Iterator[Problem]:
    if not any(isinstance(step, Aggregate) for step in definition.steps):
        yield Problem("steps", "there is no step `aggregate`.", "Add it as the last step.")
    elif not isinstance(definition.steps[-1], Aggregate):
        yield Problem("steps", "`aggregate` is not the last step.", "Nothing can follow it.")
    if sum(isinstance(step, Aggregate) for step in definition.steps) > 1:
        yield Problem("steps", "`aggregate` stands twice.", "Keep one.")
    if sum(isinstance(step, Normalise) for step in definition.steps) > 1:
        yield Problem("steps", "`normalise` stands twice.", "Keep one.")
    robust = definition.robustness
    alternatives = () if robust is None else (*robust.treat, *robust.impute, *robust.normalise, *robust.aggregate)
    for step in (*definition.steps, *alternatives):
        yield from _one_step(definition, step)
    if robust is not None:
        yield from _alternatives_replace_steps(definition)


def _one_step(definition: Definition, step: object) -> Iterator[Problem]:
    leaves = {leaf.id: leaf for leaf in definition.indicators}
    if isinstance(step, Screen):
        for group in step.by_group.keys() - definition.children.keys():
            yield Problem("screen", f"{group!r} is no group.", suggest(group, definition.children))
    if isinstance(step, Treat):
        for name in set(step.skip) - leaves.keys():
            yield Problem("treat", f"{name!r} is no indicator.", suggest(name, leaves))
    if isinstance(step, Normalise):
        yield from _normalise_problems(definition, step)
    if isinstance(step, Aggregate):
        named = {*RESERVED_WEIGHTS, *definition.weight_sets}
        if step.weights not in named:
            yield Problem("aggregate", f"there is no weight set {step.weights!r}.", suggest(step.weights, named))
        for group in step.by_group.keys() - definition.children.keys():
            yield Problem("aggregate", f"{group!r} is no group.", suggest(group, definition.children))
        if len(step.levels) > definition.heights[definition.root]:
            what = f"{len(step.levels)} levels are described, the tree has {definition.heights[definition.root]}."
            yield Problem("aggregate", what, "Describe each level once, from the lowest up.")


def _normalise_problems(definition: Definition, step: Normalise) -> Iterator[Problem]:
    leaves = {leaf.id: leaf for leaf in definition.indicators}
    for name in step.by_indicator.keys() - leaves.keys():
        yield Problem("normalise", f"{name!r} is no indicator.", suggest(name, leaves))
    if step.low >= step.high:
        yield Problem("normalise", f"low ({step.low}) is not below high ({step.high}).", "Exchange them.")
    for leaf in definition.indicators:
        method = step.by_indicator.get(leaf.id, step.method)
        if method == "goalposts" and leaf.goalposts is None:
            yield Problem("normalise", f"{leaf.id!r} has no goalposts.", "State them, or use another method.")
        if method == "target_distance" and leaf.target is None:
            yield Problem("normalise", f"{leaf.id!r} has no target.", "State it, or use another method.")
        if method == "reference_distance" and not step.reference_unit:
            yield Problem("normalise", "reference_distance needs `reference_unit`.", "Name the unit of comparison.")
            return


def _alternatives_replace_steps(definition: Definition) -> Iterator[Problem]:
    robust = definition.robustness
    assert robust is not None
    pairs = (
        ("treat", robust.treat, Treat),
        ("impute", robust.impute, Impute),
        ("normalise", robust.normalise, Normalise),
    )
    for name, options, kind in pairs:
        count = sum(isinstance(step, kind) for step in definition.steps)
        if options and count != 1:
            what = f"the alternatives of `{name}` need exactly one step `{name}`; there are {count}."
            yield Problem("robustness", what, f"Add `{name}` to the steps where it belongs.")
