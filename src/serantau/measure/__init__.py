"""How far: observations -> index -> uncertainty -> trajectory.

The names below are the room's public face. They are imported when first
used, so that importing the room loads no numerical library.
"""

from importlib import import_module

_PLACES = {
    "Data": "data",
    "read_data": "data",
    "Definition": "definition",
    "read_definition": "definition_file",
    "definition_schema": "definition_file",
    "IndexResult": "index",
    "run_index": "index",
    "MeasureError": "errors",
    "RobustnessResult": "robustness",
    "monte_carlo": "robustness",
    "SobolResult": "sobol",
    "sobol_indices": "sobol",
    "Standing": "standing",
    "assess": "assessment",
    "explain": "provenance",
    "explain_outcome": "provenance",
    "MeasureFacts": "load",
    "load_measure": "load",
    "index_frame": "frames",
    "data_of_frame": "frames",
    "leave_one_out": "leave_out",
    "beta_convergence": "convergence",
    "sigma_convergence": "convergence",
}

__all__ = sorted(_PLACES)  # noqa: PLE0605 - built from the table above, which a test compares with the modules


def __getattr__(name: str) -> object:
    """Import a public name where it lives."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
