"""Reads the tables of a file, a folder or a database in batches, never whole."""

from serantau.sources.datasets.model import Batch, Dataset, DatasetError
from serantau.sources.datasets.opening import READERS, datasets_of

__all__ = ["READERS", "Batch", "Dataset", "DatasetError", "datasets_of"]
