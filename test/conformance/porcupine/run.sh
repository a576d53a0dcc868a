#!/usr/bin/env bash
# Compares the verdicts of our checkers with Porcupine's (README.md). Without Go it says so and ends with 3. With REPORTS=folder the counts are left there as JSON.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
go=${GO:-go}
if ! "$go" version > /dev/null 2>&1; then
  echo "LEFT OUT: the suite porcupine was NOT RUN, because this machine has no Go ($go version)"
  exit 3
fi
reporters=(--reporter=default)
[ -z "${REPORTS:-}" ] || reporters+=(--reporter=json --outputFile.json="$REPORTS/conformance-porcupine.json")
exec npx vitest run --config test/conformance/porcupine/vitest.config.ts "${reporters[@]}" "$@"
