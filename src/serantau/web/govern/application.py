"""What the server of ``serantau govern serve`` loads."""

from __future__ import annotations

from serantau.web.govern.standalone import build

application = build()
