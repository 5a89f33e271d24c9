"use strict";
// Which charts there are, and what is in each.
report.charts = data => {
  const figure = name => document.querySelector(`[data-chart="${name}"]`);
  const flowColour = i => report.colour("c" + i % report.colours);
  // Where colours come round again, lines are dashed.
  const dash = i => [[], [8, 5], [2, 4], [10, 4, 2, 4]][Math.floor(i / report.colours) % 4];
  const { units } = report, t = data.timeline;
  const clockAxis = { axis: units.clock };
  const linear = { range: (_, min, max) => [0, max > 0 ? max * 1.08 : 1] };
  // A range that fits the data, with at least a factor of four.
  const logarithmic = { distr: 3, range: (_, min, max) => {
    const from = (min ?? 1) / 1.25, to = (max ?? 10) * 1.25, lack = Math.sqrt(Math.max(1, 4 / (to / from)));
    return [from / lack, to * lack];
  } };
  // The median, p90, p99 and so on.
  const percentileMarks = (_, splits) => splits.map(v => v === 2 || (v > 1 && Math.abs(Math.log10(v) - Math.round(Math.log10(v))) < 1e-9) ? v : null);
  const plots = [];

  // A line a flow and, where there are two kinds, a thin one for the second.
  function lines(kinds) {
    return data.flows.flatMap((name, i) => kinds.map((kind, n) => ({
      label: kinds.length > 1 ? name + " " + kind.label : name, flow: i, heights: kind.of(i),
      stroke: () => flowColour(i), width: n ? 1 : 2, alpha: n ? .75 : 1, dash: dash(i), points: { show: false }, spanGaps: false, ...(kind.paths && { paths: kind.paths }),
    })));
  }
  function add(name, o) {
    const f = figure(name);
    if (!f) return null;
    o.x0 = o.x0 || t.at;
    const chart = {
      figure: f, label: o.label, data: [o.x0].concat(o.lines.map(l => l.heights)), series: o.lines,
      raw: n => o.raw ? o.raw(n) : chart.plot.data[n], stroke: n => o.lines[n - 1].stroke(), head: o.head, format: o.format,
      x: o.x, y: o.y, sync: o.sync, bands: o.bands,
    };
    chart.plot = report.plot(chart);
    chart.lines = o.lines;
    report.tableBehind(f, chart, o.column);
    plots.push(chart);
    return chart;
  }

  if (data.curves.length) percentiles();
  if (t) timeline();
  return plots;

  function percentiles() {
    const last = n => Math.max(10, ...data.curves[n].flows.flatMap(c => c.x));
    function columns(n) {
      const xs = [...new Set(data.curves[n].flows.flatMap(c => c.x))].sort((a, b) => a - b);
      return [xs].concat(data.curves[n].flows.map(c => {
        const at = new Map(c.x.map((x, i) => [x, c.y[i]]));
        return xs.map(x => at.has(x) ? at.get(x) : undefined); // undefined is joined over, null a gap
      }));
    }
    let current = columns(0);
    const name = n => data.curves[n].name;
    const chart = add("percentiles", {
      label: "Percentile curves of " + name(0) + ", a line a flow", x0: current[0],
      lines: lines([{ of: i => current[i + 1] }]).map(l => Object.assign(l, { spanGaps: true })),
      head: units.percentile, format: units.time, column: "percentile",
      x: { scale: { distr: 3, range: (_, min, max) => [1, Math.max(10, max ?? 10) * 1.1] }, axis: units.percentile, filter: percentileMarks }, y: { scale: logarithmic, axis: units.axisTime, log: true },
    });
    document.getElementById("curves").addEventListener("change", e => {
      current = columns(Number(e.target.value));
      chart.plot.setData(current);
      chart.figure.querySelector(".canvas").setAttribute("aria-label", "Percentile curves of " + name(Number(e.target.value)) + ", a line a flow");
    });
  }
  function timeline() {
    const common = { head: units.clock, x: clockAxis, sync: "time", bands: t.bands, column: "time" };
    const counted = { format: units.count, y: { scale: linear, axis: units.axisCount } };
    const stepped = uPlot.paths.stepped({ align: 1 });
    add("rate", { ...common, ...counted, label: "Messages accepted a second over time, a line a flow", lines: lines([{ of: i => t.flows[i].rate }]) });
    add("latency", { ...common, label: "Message latency over time, p99 and p50 of each flow", format: units.time,
      lines: lines([{ label: "p99", of: i => t.flows[i].p99 }, { label: "p50", of: i => t.flows[i].p50 }]),
      y: { scale: logarithmic, axis: units.axisTime, log: true } });
    add("open", { ...common, ...counted, label: "Open sessions over time, a line a flow", lines: lines([{ of: i => t.flows[i].open, paths: stepped }]) });
    if (t.errors.length) errors(common, counted);
  }
  // Bars upon bars: each class is drawn with those below it, the highest first.
  function errors(common, counted) {
    const n = t.errors.length, colour = i => report.colour("c" + [6, 1, 4, 3, 5, 0, 2, 7][i % 8]);
    const stacked = [];
    let below = t.at.map(() => 0);
    for (const e of t.errors) stacked.push(below = below.map((v, i) => v + (e.count[i] || 0)));
    const bars = uPlot.paths.bars({ size: [.85, 24, 1], align: 0 });
    const chart = add("errors", { ...common, ...counted, label: "Errors a second over time, by class",
      raw: k => t.errors[n - k].count.map(v => v || null),
      lines: t.errors.map((_, k) => n - 1 - k).map(i => ({
        label: t.errors[i].class, heights: stacked[i].map(v => v || null), stroke: () => colour(i), fill: () => colour(i), width: 0, paths: bars, points: { show: false },
      })) });
    const legend = document.createElement("div");
    legend.className = "legend";
    legend.append(...t.errors.map((e, i) => {
      const item = document.createElement("span"), swatch = document.createElement("span");
      swatch.className = "swatch part-" + [6, 1, 4, 3, 5, 0, 2, 7][i % 8];
      item.append(swatch, e.class);
      return item;
    }));
    chart.figure.querySelector(".canvas").after(legend);
  }
};
