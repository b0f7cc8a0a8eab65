"""Presidio's analyzer over the cells of columns, in a process of its own.

Reads columns from standard input as JSON (a list of lists of text), writes the
entity of each cell and the CPU seconds of the analysis. No language model: the
engine without one, and the pattern recognisers alone, among them those of the
region's countries, which are off by default.
"""

from __future__ import annotations

import json
import logging
import sys
import time

import tldextract
from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NoOpNlpEngine
from presidio_analyzer.predefined_recognizers import (
    CreditCardRecognizer,
    EmailRecognizer,
    IbanRecognizer,
    IpRecognizer,
    MacAddressRecognizer,
    PhoneRecognizer,
    PhUmidRecognizer,
    SgFinRecognizer,
    ThTninRecognizer,
)

REGIONS = ("SG", "MY", "TH", "ID", "PH", "VN", "KH", "LA", "MM", "BN", "TL")


def analyzer() -> BatchAnalyzerEngine:
    """The analyzer with the recognisers that have a chance here."""
    # Its list of public suffixes would be fetched; the copy that it ships is enough.
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())
    registry = RecognizerRegistry(supported_languages=["en"])
    for recogniser in (
        SgFinRecognizer(supported_language="en"),
        ThTninRecognizer(supported_language="en"),
        PhUmidRecognizer(supported_language="en"),
        PhoneRecognizer(supported_language="en", supported_regions=REGIONS),
        EmailRecognizer(),
        CreditCardRecognizer(),
        IbanRecognizer(),
        IpRecognizer(),
        MacAddressRecognizer(),
    ):
        registry.add_recognizer(recogniser)
    engine = AnalyzerEngine(
        registry=registry,
        nlp_engine=NoOpNlpEngine(models=[{"lang_code": "en", "model_name": "none"}]),
        supported_languages=["en"],
    )
    return BatchAnalyzerEngine(analyzer_engine=engine)


def main() -> None:
    """Analyze what stands on standard input."""
    logging.disable(logging.CRITICAL)
    columns = json.load(sys.stdin)
    batch = analyzer()
    list(batch.analyze_iterator(["warm 12345678"], language="en"))
    start = time.process_time()
    found = [list(batch.analyze_iterator(cells, language="en")) for cells in columns]
    seconds = time.process_time() - start
    entities = [[max(cell, key=_order).entity_type if cell else "" for cell in cells] for cells in found]
    json.dump({"seconds": seconds, "entities": entities}, sys.stdout)


def _order(result: object) -> tuple[float, int]:
    return (getattr(result, "score", 0.0), getattr(result, "end", 0) - getattr(result, "start", 0))


if __name__ == "__main__":
    main()
