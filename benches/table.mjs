// Formats a table in plain text.

const heads = { what: "figure", must: "must", aim: "aim", measured: "measured", verdict: "" };

export function table(rows) {
  const all = rows.map(({ good, ...row }) => ({ ...row, verdict: good === undefined ? "" : good ? "ok" : "MISSED" }));
  const columns = Object.keys(heads);
  const widths = columns.map((name) => Math.max(...[heads, ...all].map((row) => row[name].length)));
  const line = (row) => columns.map((name, i) => row[name].padEnd(widths[i])).join("  ").trimEnd();
  return [line(heads), widths.map((width) => "-".repeat(width)).join("  ").trimEnd(), ...all.map(line)].join("\n");
}
