"use strict";
// The charts over time. Each takes the figure it is drawn in, the names of the flows and a
// timeline as the page's data has it.
report.overTime = (() => {
  const { units, lines } = report;
  const linear = { range: (_, min, max) => [0, max > 0 ? max * 1.08 : 1] };
  // A range that fits the data, with at least a factor of four.
  const logarithmic = { distr: 3, range: (_, min, max) => {
    const from = (min > 0 ? min : 1) / 1.25, to = (max > 0 ? max : 10) * 1.25, lack = Math.sqrt(Math.max(1, 4 / (to / from)));
    return [from / lack, to * lack];
  } };
  const counted = { format: units.count, y: { scale: linear, axis: units.axisCount } };
  const timed = { format: units.time, y: { scale: logarithmic, axis: units.axisTime, log: true } };
  const percentiles = [{ name: "p99", key: "p99", width: 2 }, { name: "p90", key: "p90", width: 1.5, alpha: .8 }, { name: "p50", key: "p50", width: 1, alpha: .7 }];

  const timesOf = t => ({ marks: t.marks || [], bands: t.bands || [], turns: t.turns || [] });
  // columns are the values of the lines, by their flows and kinds.
  const columns = (t, list, keys) => [t.at].concat(list.map(l => t.flows[l.flow][keys[l.kind]] || t.at.map(() => null)));

  function chart(figure, flows, t, kinds, o) {
    const keys = Object.fromEntries(kinds.map(k => [k.name, k.key])), list = lines.of(flows, kinds);
    let now = t;
    const c = report.plot({
      figure, label: o.label, lines: list, columns: columns(t, list, keys), head: units.clock, column: "time", times: timesOf(t),
      x: { axis: units.clock, length: () => now.length }, sync: t.own ? "own" : "clock", format: o.format, y: o.y,
    });
    // refresh takes a later state of the same run.
    c.refresh = later => { now = later; c.update(columns(later, list, keys), { times: timesOf(later) }); };
    return c;
  }

  function rate(figure, flows, t) {
    const has = flow => !!(t.flows[flow].offered || []).length;
    const kinds = [{ name: "accepted", key: "rate", width: 2 }];
    if (flows.some((_, i) => has(i))) kinds.push({ name: "offered", key: "offered", width: 1.25, alpha: .9, dash: [3, 3], has });
    const c = chart(figure, flows, t, kinds, { ...counted, label: kinds.map(k => k.name).join(" and ") + " messages a second over time, a line a flow" });
    if (kinds.length > 1) lines.legend(c, [{ text: "accepted", width: 2 }, { text: "offered", width: 1.5, dashed: true }]);
    return c;
  }
  function latency(figure, flows, t) {
    const c = chart(figure, flows, t, percentiles, { ...timed, label: "Message latency over time: p99, p90 and p50 of each flow" });
    lines.legend(c, percentiles.map(k => ({ text: k.name, width: k.width + .5 })));
    return c;
  }
  function open(figure, flows, t) {
    return chart(figure, flows, t, [{ name: "open", key: "open", more: { paths: uPlot.paths.stepped({ align: 1 }) } }],
      { ...counted, label: "Open sessions over time, a line a flow" });
  }
  return { rate, latency, open, counted, timed };
})();
