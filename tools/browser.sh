#!/usr/bin/env bash
# Print the path of a Chromium, found or installed; say on stderr which one. Without one the tests fail, none is skipped.
set -euo pipefail

python="${1:-python3}"

found() { echo "browser: $1 ($2)" >&2; echo "$1"; exit 0; }

look() {
    if [ -n "${CHROMIUM:-}" ]; then
        [ -x "$CHROMIUM" ] || { echo "browser: CHROMIUM=$CHROMIUM cannot be run" >&2; exit 1; }
        found "$CHROMIUM" "named by CHROMIUM"
    fi
    local name path
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        if path="$(command -v "$name")" && [ -x "$path" ]; then found "$path" "$1"; fi
    done
    path="$("$python" -c 'from playwright.sync_api import sync_playwright as s
with s() as p: print(p.chromium.executable_path)' 2>/dev/null)" || path=""
    if [ -n "$path" ] && [ -x "$path" ]; then found "$path" "$1 by Playwright"; fi
}

look "found"

as_root=()
if [ "$(id -u)" != 0 ]; then as_root=(sudo -n); fi
if command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; then
    echo "browser: none found, installing chromium by apt" >&2
    if "${as_root[@]}" apt-get -qq update >&2 &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends chromium >&2; then
        look "installed by apt"
    fi
fi

echo "browser: none found, installing chromium by Playwright" >&2
"$python" -m playwright install chromium >&2 || true
look "installed"

echo "browser: no Chromium could be found or installed; install one and name it: CHROMIUM=/path/to/chromium make test" >&2
exit 1
