#!/usr/bin/env bash
# Runs one conformance suite against servers that it starts itself; see README.md.
#   test/conformance/run.sh java|node|python|client|controller [options]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$here/../.." && pwd)
# The build looks for changes in the sources of the product only.
rm -rf "$here/dist"
node "$repository/scripts/build.mjs" --out "$here/dist" \
  --program run=test/conformance/run.ts --program ali-ons-checks=test/conformance/node/main.ts \
  --program client-checks=test/conformance/client/main.ts
exec node "$here/dist/run.js" "$@"
