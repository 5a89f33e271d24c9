"use strict";
// Errors a second over time: bars upon bars, a colour a class.
report.errors = (() => {
  const colours = [6, 1, 4, 3, 5, 0, 2, 7], place = i => colours[i % colours.length];

  // t is {at, length, series, turns} with the marks and bands of the clock, if there are any.
  return (figure, t) => {
    const n = t.series.length;
    const stacked = () => {
      const list = [];
      let below = t.at.map(() => 0);
      for (const e of t.series) list.push(below = below.map((v, i) => v + (e.count[i] || 0)));
      return [t.at].concat(list.reverse().map(sum => sum.map(v => v || null)));
    };
    // The highest is drawn first, and the others over it.
    const order = t.series.map((_, k) => n - 1 - k);
    const bars = uPlot.paths.bars({ size: [.85, 24, 1], align: 0 });
    const chart = report.plot({
      figure, label: "Errors a second over time, by class", columns: stacked(), raw: k => t.series[n - k].count.map(v => v || null),
      lines: order.map(i => ({
        label: t.series[i].class, stroke: () => report.colour("c" + place(i)), fill: () => report.colour("c" + place(i)), width: 0, paths: bars,
        points: { show: false },
      })),
      head: report.units.clock, column: "time", times: { marks: t.marks || [], bands: t.bands || [], turns: t.turns || [] },
      x: { axis: report.units.clock, length: () => t.length }, sync: t.own ? undefined : "clock", ...report.overTime.counted,
    });
    report.lines.legend(chart, t.series.map((e, i) => ({ text: e.class, swatch: "part-" + place(i) })));
    return chart;
  };
})();
