"""``python -m serantau`` is ``serantau``."""

from serantau.cli import main

main(prog_name="serantau")
