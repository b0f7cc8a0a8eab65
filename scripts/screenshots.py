"""Takes the two pictures of the README again, with the tests' own browser: `scripts/screenshots.py`."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from tests.support.chromium import chromium_browser  # noqa: E402 - found by the path set above
from tests.support.site import live_site  # noqa: E402 - likewise

PICTURES = {"overview": ("/", 1280, 1500), "outcome": ("/outcomes/{outcome}/", 1280, 1180)}
"""Address, width and height of each."""


def main() -> None:
    """Serve the region that ships, look at two pages, keep what is seen."""
    folder = ROOT / "docs" / "images"
    with live_site() as site, chromium_browser() as browser:
        for name, (address, width, height) in PICTURES.items():
            context = browser.new_context(viewport={"width": width, "height": height}, device_scale_factor=1)
            page = context.new_page()
            page.goto(site.url + address.format(outcome=first_scored(site.url)))
            page.screenshot(path=folder / f"{name}.png")
            context.close()
            print(f"docs/images/{name}.png")


def first_scored(url: str) -> str:
    """The first outcome that has a score."""
    import json
    import urllib.request

    with urllib.request.urlopen(f"{url}/api/v1/standing") as answer:  # noqa: S310 - our own server
        found = json.load(answer)
    return next(one["outcome"] for one in found["outcomes"] if one["scored"])


if __name__ == "__main__":
    main()
