"use strict";
// One chart: uPlot with our colours, our tooltip, keys, and a table behind it.
//
// report.plot takes {figure, label, columns, lines, head, format, x, y, times, raw, column,
// sync} and returns the chart: its plot, its lines, show(which) and update(columns, more).
// A line is a series of uPlot with the flow and the kind it is of. times is what
// report.marks draws.
report.plot = (() => {
  const none = { marks: [], bands: [], turns: [] };

  // The whole axis, unless a part of it was drawn out.
  const wholeAxis = length => (u, min, max) => {
    const xs = u.data[0];
    return min == null || min <= xs[0] && max >= xs[xs.length - 1] ? [0, length() > 0 ? length() : 1] : [min, max];
  };
  // A value between two gaps is a dot: a line needs two.
  function lonely(u, n) {
    const v = u.data[n], list = [];
    for (let i = 0; i < v.length; i++) {
      if (v[i] != null && v[i - 1] === (i ? null : undefined) && (i + 1 === v.length || v[i + 1] === null)) list.push(i);
    }
    return list.length ? list : null;
  }

  return chart => {
    chart.times = Object.assign({}, none, chart.times);
    const { frame } = report, height = frame.height(240, 300);
    const holder = frame.holder(chart.figure, chart.label + ". Arrow keys move along it; the table below has all values.");
    holder.tabIndex = 0;
    chart.raw ||= n => chart.plot.data[n];
    const tip = report.tooltip(chart);
    const u = chart.plot = new uPlot({
      width: holder.clientWidth, height: height(), legend: { show: false }, padding: [8 + report.marks.height(chart.times), 14, 0, 0],
      cursor: { ...(chart.sync && { sync: { key: chart.sync } }), y: false, points: { size: 7 }, drag: { x: true, y: false } },
      scales: { x: { time: false, ...(chart.x.length ? { range: wholeAxis(chart.x.length) } : chart.x.scale) }, y: chart.y.scale },
      axes: frame.axes({ axis: v => chart.x.axis(v), space: 50, ...(chart.x.filter && { filter: chart.x.filter }) }, { axis: v => chart.y.axis(v), log: chart.y.log }),
      series: [{}].concat(chart.lines.map(l => ({ points: { show: false, size: 5, filter: lonely }, ...l }))),
      plugins: [tip.plugin, { hooks: { drawClear: u => report.marks.shade(u, chart.times), draw: u => report.marks.draw(u, chart.times) } }],
    }, chart.columns, holder);

    frame.follow(u, holder, height);
    holder.addEventListener("keydown", e => keys(u, tip, e));
    holder.addEventListener("blur", () => tip.hide());
    report.tableBehind(chart);

    // show draws the lines for which which(line) is true.
    chart.show = which => u.batch(() => chart.lines.forEach((l, n) => {
      if (u.series[n + 1].show !== which(l)) u.setSeries(n + 1, { show: which(l) });
    }));
    // update puts other values in: of the same lines, along another time.
    chart.update = (columns, more) => {
      Object.assign(chart, more);
      chart.times = Object.assign({}, none, chart.times);
      u.setData(columns);
    };
    chart.rename = label => holder.setAttribute("aria-label", label);
    chart.figure.chart = chart;
    return chart;
  };

  function keys(u, tip, e) {
    const last = u.data[0].length - 1, now = u.cursor.idx ?? -1;
    const step = e.shiftKey ? Math.max(1, Math.round(last / 20)) : 1;
    const to = { ArrowRight: Math.min(last, now + step), ArrowLeft: Math.max(0, now - step), Home: 0, End: last }[e.key];
    if (e.key === "Escape") u.setScale("x", { min: u.data[0][0], max: u.data[0][last] });
    if (to === undefined) return;
    e.preventDefault();
    u.setCursor({ left: u.valToPos(u.data[0][to], "x"), top: 10 });
    const readout = document.getElementById("readout");
    if (readout) readout.textContent = tip.text(u);
  }
})();
