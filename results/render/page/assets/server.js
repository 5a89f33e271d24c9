"use strict";
// The server's own side over time, on the clock of the run: one line, which is of no flow.
report.server = (() => {
  // t is {at, length, cores, memory}, and {marks, bands} of the clock if there are any.
  function chart(figure, t, values, label) {
    return report.plot({
      figure, label: label + " over time", columns: [t.at, values], lines: [{ label, stroke: () => report.colour("c5"), width: 2, spanGaps: false }],
      head: report.units.clock, column: "time", times: { marks: t.marks || [], bands: t.bands || [] },
      x: { axis: report.units.clock, length: () => t.length }, sync: t.own ? undefined : "clock", ...report.overTime.counted,
    });
  }
  return {
    cores: (figure, t) => chart(figure, t, t.cores, "cores in use"),
    memory: (figure, t) => chart(figure, t, t.memory, "MiB of memory"),
  };
})();
