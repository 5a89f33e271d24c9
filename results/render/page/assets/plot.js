"use strict";
// One chart: uPlot with our colours, our tooltip, keys, and a table behind it.
report.plot = (() => {
  const height = () => innerWidth < 560 ? 240 : 300;
  const axis = (more) => Object.assign({
    stroke: () => report.colour("soft"), font: "12px system-ui, sans-serif",
    grid: { stroke: () => report.colour("grid"), width: 1 }, ticks: { stroke: () => report.colour("line"), width: 1, size: 5 },
  }, more);

  // On a logarithmic scale labels stand at 1, 2 and 5, or at fewer where there
  // are many decades.
  function logFilter(u, splits, index) {
    const { min, max } = u.scales[u.axes[index].scale], decades = Math.log10(max / min);
    const wanted = decades > 4 ? [1] : decades > 2 ? [1, 3] : [1, 2, 5];
    return splits.map(v => {
      const digit = v / 10 ** Math.floor(Math.log10(v) + 1e-9);
      return wanted.some(w => Math.abs(w - digit) < 1e-6) ? v : null;
    });
  }
  function bands(list) {
    return u => {
      if (!list) return;
      u.ctx.save();
      u.ctx.fillStyle = report.colour("band");
      for (const b of list) {
        const from = Math.max(u.valToPos(b.from, "x", true), u.bbox.left), to = Math.min(u.valToPos(b.to, "x", true), u.bbox.left + u.bbox.width);
        if (to > from) u.ctx.fillRect(from, u.bbox.top, to - from, u.bbox.height);
      }
      u.ctx.restore();
    };
  }
  // chart: {figure, label, data, series, raw, stroke, head, format, x, y, sync, bands}
  return chart => {
    const holder = document.createElement("div");
    holder.className = "canvas";
    holder.tabIndex = 0;
    holder.setAttribute("role", "img");
    holder.setAttribute("aria-label", chart.label + ". Arrow keys move along it; the table below has all values.");
    chart.figure.append(holder);
    const tip = report.tooltip(chart);
    const u = new uPlot({
      width: holder.clientWidth, height: height(), legend: { show: false }, padding: [8, 14, 0, 0],
      cursor: { ...(chart.sync && { sync: { key: chart.sync } }), y: false, points: { size: 7 }, drag: { x: true, y: false } },
      scales: { x: Object.assign({ time: false }, chart.x.scale), y: chart.y.scale },
      axes: [
        axis({ values: (_, v) => v.map(x => x == null ? "" : chart.x.axis(x)), size: 34, space: 50, ...(chart.x.filter && { filter: chart.x.filter }) }),
        axis({ values: (_, v) => v.map(x => x == null ? "" : chart.y.axis(x)), size: 62, ...(chart.y.log ? { filter: logFilter, space: 14 } : { space: 36 }) }),
      ],
      series: [{}].concat(chart.series),
      plugins: [tip.plugin, { hooks: { drawClear: bands(chart.bands) } }],
    }, chart.data, holder);

    new ResizeObserver(() => {
      if (holder.clientWidth > 0 && holder.clientWidth !== u.width) u.setSize({ width: holder.clientWidth, height: height() });
    }).observe(holder);
    holder.addEventListener("keydown", e => keys(u, tip, e));
    holder.addEventListener("blur", () => tip.hide());
    report.redraw.push(() => u.redraw(false));
    return u;
  };

  function keys(u, tip, e) {
    const last = u.data[0].length - 1, now = u.cursor.idx ?? -1;
    const step = e.shiftKey ? Math.max(1, Math.round(last / 20)) : 1;
    const to = { ArrowRight: Math.min(last, now + step), ArrowLeft: Math.max(0, now - step), Home: 0, End: last }[e.key];
    if (e.key === "Escape") u.setScale("x", { min: u.data[0][0], max: u.data[0][last] });
    if (to === undefined) return;
    e.preventDefault();
    u.setCursor({ left: u.valToPos(u.data[0][to], "x"), top: 10 });
    document.getElementById("readout").textContent = tip.text(u);
  }
})();
