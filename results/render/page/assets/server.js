"use strict";
// The server's own side over time, on the clock of the run: one line, which is of no flow.
// A query's values may be below 0.
report.server = (() => {
  // t is {at, length, cores, memory}, and {marks, bands} of the clock if there are any.
  const { counted } = report.overTime;
  const compact = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });
  const number = v => Math.abs(v) < .001 && v !== 0 ? v.toPrecision(3) : report.units.count(v);
  const anywhere = { format: number, y: { axis: v => Math.abs(v) < .001 && v !== 0 ? v.toPrecision(1) : compact.format(v), scale: { range: (_, min, max) => [Math.min(0, min ?? 0) * 1.08, max > 0 ? max * 1.08 : min < 0 ? 0 : 1] } } };
  function chart(figure, t, values, label, form = counted) {
    return report.plot({
      figure, label: label + " over time", columns: [t.at, values], lines: [{ label, stroke: () => report.colour("c5"), width: 2, spanGaps: false }],
      head: report.units.clock, column: "time", times: { marks: t.marks || [], bands: t.bands || [] },
      x: { axis: report.units.clock, length: () => t.length }, sync: t.own ? undefined : "clock", ...form,
    });
  }
  return {
    cores: (figure, t) => chart(figure, t, t.cores, "cores in use"),
    query: (figure, t) => chart(figure, t, t.value, t.name, anywhere),
    memory: (figure, t) => chart(figure, t, t.memory, "MiB of memory"),
  };
})();
