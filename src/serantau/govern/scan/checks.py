"""What can be wrong with a recogniser; light, since every start of the program reads the facts."""

from __future__ import annotations

import re

from serantau.base.normalise import SEPARATORS
from serantau.govern.scan.model import Birth, Chars, Check, Code, Luhn, Recogniser, Rule


def problems_of(recogniser: Recogniser) -> list[str]:
    """What is wrong with a recogniser, as sentences."""
    if (recogniser.pattern is None) == (not recogniser.shapes):
        return ["it has either shapes or a pattern, one of them and not both."]
    if recogniser.pattern is not None:
        return _pattern_problems(recogniser)
    widths = {width_of(shape) for shape in recogniser.shapes}
    if len(widths) > 1:
        return [f"its shapes have {sorted(widths)} letters and digits. Shapes of one recogniser have equally many."]
    width = widths.pop()
    if not width:
        return ["a shape has neither a letter nor a digit."]
    return [problem for rule in recogniser.rules for problem in _rule_problems(rule, width)]


def _pattern_problems(recogniser: Recogniser) -> list[str]:
    assert recogniser.pattern is not None
    for regex in (recogniser.pattern.regex, recogniser.pattern.shape):
        try:
            re.compile(regex)
        except re.error as error:
            return [f"its pattern is no regular expression ({error})."]
    return []


def _rule_problems(rule: Rule, width: int) -> list[str]:
    last = _last_position(rule)
    problems = [f"a rule speaks of position {last}, and a number has {width}."] if last > width else []
    if isinstance(rule, Check):
        results = [rule.result] if not rule.by else list(rule.results.values())
        if not results or any(len(result) != rule.modulus for result in results):
            problems.append(f"a check divides by {rule.modulus} and needs a result of as many characters.")
    if isinstance(rule, Code) and bool(rule.codes) == bool(rule.library):
        problems.append("a code names either its codes or a library.")
    if isinstance(rule, Code):
        wrong = [code for code in rule.codes if not re.fullmatch(rf"\d{{{rule.length}}}(-\d{{{rule.length}}})?", code)]
        problems += [f"the code {code!r} has not {rule.length} digits." for code in wrong]
    if isinstance(rule, Luhn) and rule.first >= rule.last:
        problems.append("a Luhn test begins after its end.")
    return problems


def _last_position(rule: Rule) -> int:
    if isinstance(rule, Chars):
        return rule.at
    if isinstance(rule, Code):
        return rule.at + rule.length - 1
    if isinstance(rule, Check):
        return max(rule.at, rule.first + len(rule.weights) - 1, rule.by)
    if isinstance(rule, Luhn):
        return rule.last
    if isinstance(rule, Birth):
        year = rule.year + rule.year_digits - 1 if rule.year else 0
        return max(year, *(part + 1 if part else 0 for part in (rule.month, rule.day)), rule.century)
    return 1


def width_of(shape: str) -> int:
    """Letters, digits and other marks of a shape, without what stands between the parts of a number."""
    return sum(mark not in SEPARATORS for mark in shape)


def knows_list(name: str) -> bool:
    """Whether python-stdnum keeps a list of this name."""
    from stdnum import numdb

    try:
        numdb.get(name)
    except (OSError, LookupError, ValueError, TypeError):
        return False
    return True
