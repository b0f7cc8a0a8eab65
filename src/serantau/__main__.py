"""``python -m serantau`` is ``serantau``."""

from serantau.cli import main

if __name__ == "__main__":  # the server's workers import this module too
    main(prog_name="serantau")
