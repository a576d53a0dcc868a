#!/usr/bin/env bash
# Installs the dependencies if needed, checks the sources and runs every default test on the Node that calls it.
#   scripts/test.sh [--all-nodes]     --all-nodes repeats the tests on Node 22 and 24
# Reports for machines go to $REPORTS (default: .vitest/), one JSON file per Node version.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

all_nodes=false
case "${1:-}" in
  '') ;;
  --all-nodes) all_nodes=true ;;
  *) echo "Unknown argument $1. Usage: scripts/test.sh [--all-nodes]" >&2; exit 2 ;;
esac

reports=${REPORTS:-.vitest}
mkdir -p "$reports"
rm -f "$reports"/node-*.json

if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo "Installing dependencies (npm ci) ..."
  npm ci --ignore-scripts --no-audit --no-fund
fi

# The package that brings one Node binary for this machine; unlike the package "node" it needs no install script.
node_package() {
  node -p '`${process.platform === "darwin" && process.arch === "arm64" ? "node-bin" : "node"}-${process.platform}-${process.arch}`'
}

run_tests() { # <major version> <command that is that Node ...>
  local major=$1
  shift
  local version
  version=$("$@" --version)
  case "$version" in
    "v$major".*) ;;
    *) echo "Asked for Node $major, but got $version." >&2; return 1 ;;
  esac
  echo "Testing on Node $version"
  "$@" node_modules/vitest/vitest.mjs run --config test/vitest.config.ts \
    --reporter=default --reporter=json --outputFile.json="$reports/node-$major.json"
}

failed=0
npm run --silent check || failed=1
run_tests "$(node -p 'process.versions.node.split(".")[0]')" node || failed=1
if $all_nodes; then
  package=$(node_package)
  for major in 22 24; do
    run_tests "$major" npm exec --yes --package="$package@$major" -- node || failed=1
  done
fi
exit "$failed"
