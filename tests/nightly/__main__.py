"""`python -m tests.nightly`."""

import sys

from tests.nightly.running import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
