#!/usr/bin/env bash
# Measures brokers that it starts itself, beside the least that Node can do with the same bytes. --help tells the rest.
source "$(dirname "$(readlink -f "$0" 2> /dev/null || echo "$0")")/../prepare.sh"
node "$root/scripts/build.mjs" --out "$root/scripts/bench/dist" \
  --program bench=scripts/bench/bench.ts --program floor-server=scripts/bench/floor/floor-server.ts
exec node "$root/scripts/bench/dist/bench.js" "$@"
