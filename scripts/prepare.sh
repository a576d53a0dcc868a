#!/usr/bin/env bash
# Sourced by the launchers: finds the repository ($root), and installs and builds what is missing or out of date, saying so.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

refuse() {
  echo "$1" >&2
  exit 1
}

command -v node > /dev/null || refuse "Node.js is not on the PATH; LedgerMQ needs version 20.19 or newer."
version=$(node --version)
number=${version#v}
major=${number%%.*}
number=${number#*.}
minor=${number%%.*}
if [ "$major" -lt 20 ] || { [ "$major" -eq 20 ] && [ "$minor" -lt 19 ]; }; then
  refuse "LedgerMQ needs Node.js 20.19 or newer, but $(command -v node) is $version."
fi

if [ ! -e "$root/node_modules/.package-lock.json" ] || [ "$root/package-lock.json" -nt "$root/node_modules/.package-lock.json" ]; then
  command -v npm > /dev/null || refuse "npm is not on the PATH; it comes with Node.js and installs what LedgerMQ needs."
  echo "Installing dependencies (npm ci) ..." >&2
  (cd "$root" && npm ci --ignore-scripts --no-audit --no-fund >&2) || refuse "npm ci failed; LedgerMQ cannot start without its dependencies."
fi
node "$root/scripts/build.mjs"
