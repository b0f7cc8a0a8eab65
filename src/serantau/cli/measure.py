"""``serantau measure``: how far, from observations to index, uncertainty and trajectory."""

from __future__ import annotations

from serantau.cli.groups import LazyGroup

measure = LazyGroup(
    name="measure",
    help="Measure how far, how sure, and where it goes.",
    commands_at={
        "run": "serantau.cli.measure_run:run",
        "schema": "serantau.cli.measure_run:schema",
        "score": "serantau.cli.measure_standing:score",
        "robustness": "serantau.cli.measure_robustness:robustness",
        "compare": "serantau.cli.measure_compare:compare",
        "assess": "serantau.cli.measure_standing:assess",
        "trajectory": "serantau.cli.measure_time:trajectory",
        "convergence": "serantau.cli.measure_time:convergence",
        "fetch": "serantau.cli.fetch:fetch",
    },
)
