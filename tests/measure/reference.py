"""The specification of an index, interpreted slowly: lists, dictionaries and ``math``, nothing else.

Written from ``docs/method/index.md`` without a look at the engine, so that a mistake in one is not a mistake in
both. A table is ``table[year][unit][column]``: a number, or None where there is none. Answers have the form
``{year: {node: {unit: (score, rank)}}}``.
"""

from __future__ import annotations

import math

from serantau.measure.definition import Aggregate, Denominate, Impute, Normalise, Screen, Treat


class RefusedError(Exception):
    """The specification calls these data or this definition an error."""


def reference_index(definition, table):
    """Every node's score and rank for each unit in each year."""
    return _run(definition, table, definition.steps, weight_factors={}, drawn_values=None)


def reference_replicate(definition, table, choices, weight_factors, drawn_values):
    """One replicate of the robustness analysis, from its draws.

    Args:
        definition: The index.
        table: The observations.
        choices: The step drawn for each kind that varies: ``{"treat": Treat(...), "aggregate": Aggregate(...)}``.
        weight_factors: Factor of each node's weight; 1 where it has none.
        drawn_values: Value drawn for a missing cell, by (year, unit, indicator); they take the place of imputation.
            None where nothing is drawn.

    Returns:
        ``{year: {unit: rank}}`` of the root.
    """
    kinds = {"treat": Treat, "impute": Impute, "normalise": Normalise, "aggregate": Aggregate}
    steps = list(definition.steps)
    for name, chosen in choices.items():
        steps = [chosen if isinstance(step, kinds[name]) else step for step in steps]
    answer = _run(definition, table, steps, weight_factors, drawn_values)
    return {year: {unit: rank for unit, (_, rank) in nodes[definition.root].items()} for year, nodes in answer.items()}


def _run(definition, table, steps, weight_factors, drawn_values):
    indicators = [leaf.id for leaf in definition.indicators]
    values = {
        year: {unit: {name: row.get(name) for name in indicators} for unit, row in units.items()}
        for year, units in table.items()
    }
    everyone = {year: list(units) for year, units in table.items()}
    transformed = set()
    for step in steps:
        if isinstance(step, Denominate):
            denominate(definition, table, values)
        elif isinstance(step, Screen):
            screen(definition, step, values)
        elif drawn_values is not None:
            fill(values, drawn_values)
        if isinstance(step, Impute):
            values = impute(definition, step, values) if drawn_values is None else values
        elif isinstance(step, Treat):
            transformed |= treat(step, values)
        elif isinstance(step, Normalise):
            refuse_transformed(definition, step, transformed)
            values = normalise(definition, step, values)
        elif isinstance(step, Aggregate):
            scores = aggregate(definition, step, values, weight_factors)
    return {
        year: {node: _with_ranks({unit: cells.get((year, unit)) for unit in units}) for node, cells in scores.items()}
        for year, units in everyone.items()
    }


def fill(values, drawn_values):
    """Values drawn for missing cells, in place of imputation; a second call finds nothing to fill."""
    for (year, unit, name), value in drawn_values.items():
        if unit in values[year] and values[year][unit][name] is None:
            values[year][unit][name] = value


# --- denominate, screen, impute --------------------------------------------------------------------------------------


def denominate(definition, table, values):
    for leaf in definition.indicators:
        for year, units in values.items():
            for unit, row in units.items():
                x = row[leaf.id]
                if x is None:
                    continue
                if not leaf.denominator:
                    row[leaf.id] = x * leaf.factor
                    continue
                d = table[year][unit].get(leaf.denominator)
                row[leaf.id] = None if d is None or d == 0 else x * leaf.factor / d


def indicators_below(definition, group):
    leaves = {leaf.id for leaf in definition.indicators}
    found = []
    for child in definition.children[group]:
        found += [child] if child in leaves else indicators_below(definition, child)
    return found


def screen(definition, step, values):
    """Units are judged on the last year, and go in all years."""
    last = values[max(values)]
    gone = {unit for unit, row in last.items() if leaves_out(definition, step, unit, row)}
    if len(gone) == len(last):
        raise RefusedError("screening leaves no unit")
    for units in values.values():
        for unit in gone:
            del units[unit]


def leaves_out(definition, step, unit, row):
    present = [x for x in row.values() if x is not None]
    stays = len(present) / len(row) >= step.min_share
    for group, least in step.by_group.items():
        below = indicators_below(definition, group)
        stays = stays and sum(row[name] is not None for name in below) / len(below) >= least
    zeros = sum(x == 0 for x in present)
    stays = stays and (not present or zeros / len(present) <= step.max_zero_share)
    return unit in step.drop or (not stays and unit not in step.keep)


def median(numbers):
    ordered, n = sorted(numbers), len(numbers)
    return ordered[n // 2] if n % 2 else (ordered[n // 2 - 1] + ordered[n // 2]) / 2


def mean(numbers):
    return math.fsum(numbers) / len(numbers)


def impute(definition, step, values):
    """A new table; the filled cells look at the old one only."""
    return {
        year: {
            unit: {
                name: x if x is not None else imputed(definition, step, values, (year, unit, name))
                for name, x in row.items()
            }
            for unit, row in units.items()
        }
        for year, units in values.items()
    }


def imputed(definition, step, values, cell):
    year, unit, name = cell
    if step.method == "none":
        return None
    if step.method in ("latest", "linear"):
        own = {y: units[unit][name] for y, units in values.items() if unit in units and units[unit][name] is not None}
        earlier = [y for y in own if year - step.max_years <= y < year]
        later = [y for y in own if year < y <= year + step.max_years]
        if step.method == "latest":
            return own[max(earlier)] if earlier else None
        if not earlier or not later:
            return None
        a, b = max(earlier), min(later)
        return own[a] + (own[b] - own[a]) * (year - a) / (b - a)
    peers = list(values[year])
    if step.method.startswith("group_"):
        group = definition.unit_groups.get(unit)
        peers = [other for other in peers if group is not None and definition.unit_groups.get(other) == group]
    seen = [values[year][other][name] for other in peers if values[year][other][name] is not None]
    if not seen:
        return None
    return mean(seen) if step.method.endswith("mean") else median(seen)


# --- treat -----------------------------------------------------------------------------------------------------------


def skewness_and_kurtosis(numbers, estimator):
    n, centre = len(numbers), mean(numbers)
    m2, m3, m4 = (math.fsum((x - centre) ** k for x in numbers) / n for k in (2, 3, 4))
    g1, g2 = m3 / m2**1.5, m4 / m2**2 - 3
    if estimator == "population":
        return g1, g2
    return g1 * math.sqrt(n * (n - 1)) / (n - 2), (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * g2 + 6)


def passes(numbers, step):
    if len(numbers) < 4 or max(numbers) == min(numbers):
        return True
    skewness, kurtosis = skewness_and_kurtosis(numbers, step.estimator)
    return not (abs(skewness) > step.skew_limit and kurtosis > step.kurtosis_limit)


def winsorised(numbers, step):
    """The values, with as many points pulled in as it takes or as are allowed."""
    ordered, n = sorted(numbers), len(numbers)
    p = q = 0
    current = list(numbers)
    while not passes(current, step) and p + q < min(step.winsorise_max, n - 2):
        if skewness_and_kurtosis(current, step.estimator)[0] > 0:
            p += 1
        else:
            q += 1
        lowest, highest = ordered[q], ordered[n - 1 - p]
        current = [min(max(x, lowest), highest) for x in numbers]
    return current


def box_cox(numbers):
    low, high, n = min(numbers), max(numbers), len(numbers)
    shift = 0.0 if low > 0 else 0.01 * (high - low) - low
    xs = [x + shift for x in numbers]
    logs = [math.log(x) for x in xs]

    def transform(power):
        return logs if power == 0 else [math.expm1(power * ln) / power for ln in logs]

    def likelihood(power):
        ys = transform(power)
        centre = mean(ys)
        return -n / 2 * math.log(math.fsum((y - centre) ** 2 for y in ys) / n) + (power - 1) * math.fsum(logs)

    grid = [-5 + k / 50 for k in range(501)]
    best = max(grid, key=likelihood)
    low, high = max(-5.0, best - 0.02), min(5.0, best + 0.02)
    for _ in range(100):
        third = (high - low) / 3
        if likelihood(low + third) < likelihood(high - third):
            low += third
        else:
            high -= third
    return transform((low + high) / 2)


def transform(numbers, step):
    """The transformed values, or None where nothing is done."""
    low, high = min(numbers), max(numbers)
    negative = skewness_and_kurtosis(numbers, step.estimator)[0] < 0
    xs = [high + low - x for x in numbers] if negative else numbers
    if step.fallback == "log":
        if low <= 0:
            return None
        result = [math.log(x) for x in xs]
    elif step.fallback == "log_shift":
        result = [math.log(x - low + 1) for x in xs]
    elif step.fallback == "log_range":
        result = [math.log(x - low + 0.01 * (high - low)) for x in xs]
    else:
        result = box_cox(xs)
    return [max(result) + min(result) - y for y in result] if negative else result


def treated(numbers, step):
    """The treated values and whether they were transformed (and so left their unit)."""
    if passes(numbers, step):
        return numbers, False
    pulled_in = winsorised(numbers, step)
    if passes(pulled_in, step) or step.fallback == "none":
        return pulled_in, False
    result = transform(numbers, step)
    return (numbers, False) if result is None else (result, True)


def treat(step, values):
    """Change the values in place; returns the indicators transformed in any year."""
    transformed = set()
    for units in values.values():
        names = {name for row in units.values() for name in row}
        for name in names - set(step.skip):
            having = [unit for unit, row in units.items() if row[name] is not None]
            if not having:
                continue
            result, left_unit = treated([units[unit][name] for unit in having], step)
            for unit, x in zip(having, result, strict=True):
                units[unit][name] = x
            if left_unit:
                transformed.add(name)
    return transformed


def refuse_transformed(definition, step, transformed):
    for leaf in definition.indicators:
        method = step.by_indicator.get(leaf.id, step.method)
        in_own_unit = method in ("goalposts", "target_distance") or leaf.direction.value == "reference"
        if leaf.id in transformed and in_own_unit:
            raise RefusedError(f"{leaf.id} was transformed and cannot be compared with values in its unit")


# --- normalise -------------------------------------------------------------------------------------------------------


def turned(leaf, x):
    """Higher is better."""
    if leaf.direction.value == "reference":
        return -abs(x - leaf.reference_value)
    return -x if leaf.direction.value == "lower" else x


def normalise(definition, step, values):
    """A new table of scores."""
    result = {year: {unit: {} for unit in units} for year, units in values.items()}
    for leaf in definition.indicators:
        method = step.by_indicator.get(leaf.id, step.method)
        by_year = {
            year: {unit: row[leaf.id] for unit, row in units.items() if row[leaf.id] is not None}
            for year, units in values.items()
        }
        everything = [x for xs in by_year.values() for x in xs.values()]
        for year, xs in by_year.items():
            population = everything if step.over == "all_years" else list(xs.values())
            scores = normalised(leaf, step, method, xs, population)
            for unit in values[year]:
                result[year][unit][leaf.id] = scores.get(unit)
    return result


def normalised(leaf, step, method, xs, population):
    """Scores of one indicator in one year, by unit; ``population`` is what ends, means and ranks are taken over."""
    if not xs:
        return {}
    ys = {unit: turned(leaf, x) for unit, x in xs.items()}
    all_y = [turned(leaf, x) for x in population]
    worse = {unit: sum(significant(other) < significant(y) for other in all_y) for unit, y in ys.items()}
    if method == "rank":
        return {unit: 1 + worse[unit] for unit in ys}
    if method == "borda":
        return {unit: worse[unit] for unit in ys}
    if method == "zscore":
        return z_scores(step, ys, all_y)
    if method == "goalposts":
        zs = {unit: goalposts_z(leaf, step, x) for unit, x in xs.items()}
    elif method == "share_of_best":
        zs = shares_of_best(leaf, xs, population)
    elif method == "percentile_rank":
        n = len(all_y)
        ties = {unit: sum(significant(other) == significant(y) for other in all_y) - 1 for unit, y in ys.items()}
        zs = {unit: (worse[unit] + 0.5 * ties[unit]) / (n - 1) for unit in ys} if n > 1 else {}
    else:
        top = top_end(leaf, step, method, ys, all_y)
        bottom = min(all_y)
        zs = {} if top is None or top == bottom else {unit: (y - bottom) / (top - bottom) for unit, y in ys.items()}
    return {unit: to_scale(step, z) for unit, z in zs.items() if z is not None}


def significant(y):
    """Forty significant bits: values are compared without the last bits of their rounding."""
    mantissa, exponent = math.frexp(y)
    return math.ldexp(round(mantissa * 2**40), exponent - 40)


def to_scale(step, z):
    if step.cap:
        z = min(max(z, 0.0), 1.0)
    return step.low + (step.high - step.low) * z


def z_scores(step, ys, all_y):
    if len(all_y) < 2 or max(all_y) == min(all_y):
        return {}
    centre = mean(all_y)
    sd = math.sqrt(math.fsum((y - centre) ** 2 for y in all_y) / (len(all_y) - 1))
    return {unit: step.mean + step.sd * (y - centre) / sd for unit, y in ys.items()}


def top_end(leaf, step, method, ys, all_y):
    if method in ("minmax", "best_distance"):
        return max(all_y)
    if method == "reference_distance":
        return ys.get(step.reference_unit)
    top = turned(leaf, leaf.target)
    if top <= min(all_y):
        raise RefusedError(f"the target of {leaf.id} is not better than its worst value")
    return top


def goalposts_z(leaf, step, x):
    posts = leaf.goalposts
    v = abs(x - leaf.reference_value) if leaf.direction.value == "reference" else x
    low, high = posts.low, posts.high
    if posts.scale == "log":
        if v <= 0:
            return (1.0 if low > high else 0.0) if step.cap else None
        v, low, high = math.log(v), math.log(low), math.log(high)
    return (v - low) / (high - low)


def shares_of_best(leaf, xs, population):
    if leaf.direction.value == "reference" or min(population) <= 0:
        raise RefusedError(f"{leaf.id} has no share of the best: needs positive values and a direction")
    if leaf.direction.value == "lower":
        return {unit: min(population) / x for unit, x in xs.items()}
    return {unit: x / max(population) for unit, x in xs.items()}


# --- weights ---------------------------------------------------------------------------------------------------------


def node_weights(definition, step):
    """Weight of each node among its siblings; principal components come later, from the scores."""
    weights = {node.id: node.weight for node in (*definition.indicators, *definition.groups)}
    if step.weights in ("equal", "pca"):
        return dict.fromkeys(weights, 1.0)
    return weights if step.weights == "given" else {**weights, **definition.weight_sets[step.weights]}


def correlation(xs, ys):
    a, b = mean(xs), mean(ys)
    top = math.fsum((x - a) * (y - b) for x, y in zip(xs, ys, strict=True))
    return top / math.sqrt(math.fsum((x - a) ** 2 for x in xs) * math.fsum((y - b) ** 2 for y in ys))


def component_weights(children, scores):
    """Squared entries of the first eigenvector of the children's correlation matrix, over units and years."""
    equal = dict.fromkeys(children, 1.0)
    cells = [cell for cell in scores[children[0]] if all(scores[child][cell] is not None for child in children)]
    columns = [[scores[child][cell] for cell in cells] for child in children]
    if len(cells) < 3 or any(max(column) == min(column) for column in columns):
        return equal
    matrix = [[correlation(a, b) for b in columns] for a in columns]
    # Squaring the matrix again and again leaves the first eigenvector alone, however close the second comes.
    for _ in range(60):
        matrix = [
            [math.fsum(row[k] * matrix[k][j] for k in range(len(row))) for j in range(len(row))] for row in matrix
        ]
        largest = max(abs(x) for row in matrix for x in row)
        matrix = [[x / largest for x in row] for row in matrix]
    column = max(range(len(matrix)), key=lambda j: matrix[j][j])
    vector = [row[column] for row in matrix]
    length = math.fsum(x * x for x in vector)
    return {child: x * x / length for child, x in zip(children, vector, strict=True)}


def effective_weights(definition, step):
    """Product of the normalised weights on each indicator's way to the root (not for principal components)."""
    weights = node_weights(definition, step)
    result = {definition.root: 1.0}
    for group in reversed(definition.bottom_up()):
        total = math.fsum(weights[child] for child in definition.children[group])
        for child in definition.children[group]:
            result[child] = result[group] * weights[child] / total
    return {leaf.id: result[leaf.id] for leaf in definition.indicators}


# --- aggregate -------------------------------------------------------------------------------------------------------


def level_of(definition, step, group):
    if group in step.by_group:
        return step.by_group[group]
    height = definition.heights[group]
    return step.levels[height - 1] if height <= len(step.levels) else step.default


def aggregate(definition, step, values, weight_factors):
    """Scores of every node: ``{node: {(year, unit): score or None}}``."""
    cells = [(year, unit) for year, units in values.items() for unit in units]
    scores = {leaf.id: {(y, u): values[y][u][leaf.id] for y, u in cells} for leaf in definition.indicators}
    weights = node_weights(definition, step)
    for group in definition.bottom_up():
        children = definition.children[group]
        if step.weights == "pca":
            weights = {**weights, **component_weights(children, scores)}
        own = {child: weights[child] * weight_factors.get(child, 1.0) for child in children}
        own = {child: w for child, w in own.items() if w > 0}
        level = level_of(definition, step, group)
        refuse_undefined(group, level, [scores[child][cell] for child in own for cell in cells])
        before = {child: weights[child] for child in own}  # noise makes no figure more or less present
        rows = {cell: present_children(level, before, scores, cell) for cell in cells}
        if level.method == "copeland":
            scores[group] = {}
            for year in values:
                scores[group] |= copeland(own, {cell: row for cell, row in rows.items() if cell[0] == year})
        else:
            scores[group] = {cell: None if row is None else power_mean(level, own, row) for cell, row in rows.items()}
    return scores


def present_children(level, weights, scores, cell):
    """The scores that count for a unit, by child; None if the rule on missing children gives it no score."""
    row = {child: scores[child][cell] for child in weights if scores[child][cell] is not None}
    if not row or (level.missing == "refuse" and len(row) < len(weights)):
        return None
    share = math.fsum(weights[child] for child in row) / math.fsum(weights.values())
    return None if level.missing == "skip" and share < level.min_share - 1e-12 else row


def exponent_of(level):
    return {"arithmetic": 1.0, "geometric": 0.0, "harmonic": -1.0, "power": level.exponent, "copeland": 1.0}[
        level.method
    ]


def refuse_undefined(group, level, scores):
    if exponent_of(level) != 1 and any(s is not None and s <= 0 for s in scores):
        raise RefusedError(f"{group}: a {level.method} mean needs positive scores")


def power_mean(level, weights, row):
    total, p = math.fsum(weights[child] for child in row), exponent_of(level)
    if p == 1:
        return math.fsum(weights[child] * s for child, s in row.items()) / total
    if p == 0:
        return math.exp(math.fsum(weights[child] * math.log(s) for child, s in row.items()) / total)
    return (math.fsum(weights[child] * s**p for child, s in row.items()) / total) ** (1 / p)


def copeland(weights, rows):
    """Wins minus losses against each other unit that has a score here."""
    result = {}
    for unit, own in rows.items():
        if own is None:
            result[unit] = None
            continue
        balance = 0
        for other, theirs in rows.items():
            if other == unit or theirs is None:
                continue
            common = [child for child in own if child in theirs]
            ahead = math.fsum(weights[c] for c in common if rounded(own[c]) > rounded(theirs[c]))
            behind = math.fsum(weights[c] for c in common if rounded(own[c]) < rounded(theirs[c]))
            balance += (ahead > behind) - (ahead < behind)
        result[unit] = float(balance)
    return result


# --- scores and ranks ------------------------------------------------------------------------------------------------


def rounded(score):
    return round(score * 1e9) / 1e9


def _with_ranks(by_unit):
    """(score, rank) of each unit; (None, None) without a score."""
    scores = {unit: rounded(score) for unit, score in by_unit.items() if score is not None}
    return {
        unit: (scores[unit], 1 + sum(other > scores[unit] for other in scores.values()))
        if unit in scores
        else (None, None)
        for unit in by_unit
    }
