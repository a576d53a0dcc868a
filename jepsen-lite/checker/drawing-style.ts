/** Light, dark and print: one set of colours, which pages and drawings use. */
export const colours = `:root { color-scheme: light dark; --fg: #1c1e21; --bg: #fff; --soft: #606770; --rule: #d8dbe0; --ok: #2e7d32; --bad: #c62828; --maybe: #f9a825; --fault: #b0b7c3; --line: #1565c0; --leads: #1565c0; --on: #fff; }
@media (prefers-color-scheme: dark) { :root { --fg: #e4e6eb; --bg: #18191b; --soft: #a2a8b1; --rule: #3a3d42; --ok: #66bb6a; --bad: #ef5350; --maybe: #ffca28; --fault: #5a6270; --line: #64b5f6; --leads: #64b5f6; --on: #10131a; } }
@media print { :root { color-scheme: light; --fg: #000; --bg: #fff; --soft: #444; --rule: #bbb; --ok: #2e7d32; --bad: #c62828; --maybe: #f9a825; --fault: #b0b7c3; --line: #1565c0; --leads: #1565c0; --on: #fff; } }`;

/** How the parts of a drawing look. */
export const drawingStyle = `svg { font: 11px system-ui, sans-serif; } svg .back { fill: var(--bg); }
svg .ok { fill: var(--ok); } svg .bad { fill: var(--bad); } svg .maybe { fill: var(--maybe); } svg .fault { fill: var(--fault); fill-opacity: .35; } svg .line { fill: none; stroke: var(--line); stroke-width: 1.4; }
svg .leads { fill: var(--leads); } svg .on { fill: var(--on); } svg .soft { fill: var(--soft); } svg .grid { stroke: var(--rule); stroke-width: .6; fill: none; } svg .mark { stroke: var(--bad); stroke-width: 1.2; stroke-dasharray: 4 3; fill: none; }`;
