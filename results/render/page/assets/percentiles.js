"use strict";
// Percentile curves: how long all but the slowest took, a line a flow. all is a list of
// {name, flows: [{x, y}]}, of which one at a time is drawn.
report.percentiles = (figure, flows, all, choice) => {
  const { units } = report;
  // The median, p90, p99 and so on.
  const marks = (_, splits) => splits.map(v => v === 2 || (v > 1 && Math.abs(Math.log10(v) - Math.round(Math.log10(v))) < 1e-9) ? v : null);
  const label = n => "Percentile curves of " + all[n].name + ", a line a flow";
  function columns(n) {
    const xs = [...new Set(all[n].flows.flatMap(c => c.x))].sort((a, b) => a - b);
    return [xs].concat(all[n].flows.map(c => {
      const at = new Map(c.x.map((x, i) => [x, c.y[i]]));
      return xs.map(x => at.has(x) ? at.get(x) : undefined); // undefined is joined over, null a gap
    }));
  }
  const chart = report.plot({
    figure, label: label(0), columns: columns(0), lines: report.lines.of(flows, [{ name: "time", more: { spanGaps: true, points: { show: false } } }]),
    head: units.percentile, column: "percentile",
    x: { scale: { distr: 3, range: (_, min, max) => [1, Math.max(10, max ?? 10) * 1.1] }, axis: units.percentile, filter: marks }, ...report.overTime.timed,
  });
  choice.addEventListener("change", () => {
    chart.update(columns(Number(choice.value)));
    chart.rename(label(Number(choice.value)));
  });
  return chart;
};
