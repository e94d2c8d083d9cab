#!/usr/bin/env bash
# Make the virtual environment, or say in one line what the machine lacks.
set -euo pipefail

python="${1:-}"
venv="$2"

say() { echo "产图 Chantu: $*" >&2; exit 1; }

[ -n "$python" ] || say "Python 3.11 or newer is needed and no python3 was found (Debian: apt install python3 python3-venv)"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    say "Python 3.11 or newer is needed; $python is $("$python" -V | cut -d' ' -f2) (choose one: make PYTHON=/path/to/python3.11)"
"$python" -c 'import ensurepip, venv' 2>/dev/null ||
    say "$python cannot make virtual environments (Debian: apt install python3-venv)"

echo "making $venv with $("$python" -V)"
# a half-made environment is worse than none: it would be taken for a whole one
"$python" -m venv "$venv" || { rm -rf "$venv"; say "the virtual environment could not be made"; }
