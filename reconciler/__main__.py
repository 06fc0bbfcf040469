"""`python -m reconciler` is the same as `reconciler`.

Python puts the working folder first on its path then, and that may be a checkout by another author:
it leaves the path before anything is imported from it. That this very package is ours cannot
be checked from inside; the script `reconciler` never looks into the working folder.
"""

import sys

if __name__ == "__main__":
    if not sys.flags.safe_path:
        del sys.path[0]
    from reconciler.cli.main import run

    run()
