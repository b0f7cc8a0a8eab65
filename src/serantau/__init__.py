"""Serantau: runs a region's digital masterplan.

Importing this package is light on purpose: no numerical library, no web
framework. Rooms (``serantau.measure``, ``serantau.plan``, ...) are imported
where they are used.
"""

__version__ = "0.1.0"
