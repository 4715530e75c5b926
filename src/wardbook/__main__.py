"""The way in: ``wardbook`` and ``python -m wardbook``.

Kept apart from the commands so that Ctrl-C is answered in one sentence also while the program is loading.
"""

from __future__ import annotations

import io
import sys


def run() -> None:
    """Load the commands and run the one asked for; exits with its code, or 130 after Ctrl-C.

    Characters that the terminal or pipe cannot show are written out.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        from wardbook.cli import main

        main()
    except KeyboardInterrupt:
        sys.stderr.write("wardbook: interrupted; nothing half done is kept. Run the command again.\n")
        sys.exit(130)


if __name__ == "__main__":
    run()
