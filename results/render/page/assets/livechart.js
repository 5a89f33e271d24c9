"use strict";
// A chart of the live page: lines that grow to the right, a new point each second.
// lines is a list of {label, colour, width, dash}; update(xs, columns, marks) draws anew.
// marks is a list of {at, text}: where a round or a stage begins.
report.liveChart = (figure, lines, { format, axis, log, label }) => {
  figure.hidden = false;
  const holder = document.createElement("div");
  holder.className = "canvas";
  holder.setAttribute("role", "img");
  holder.setAttribute("aria-label", label);
  figure.append(holder);
  const height = () => innerWidth < 560 ? 200 : 260;
  const style = more => ({
    stroke: () => report.colour("soft"), font: "12px system-ui, sans-serif",
    grid: { stroke: () => report.colour("grid"), width: 1 }, ticks: { stroke: () => report.colour("line"), width: 1, size: 5 }, ...more,
  });
  const linear = { range: (_, min, max) => [0, max > 0 ? max * 1.08 : 1] };
  // A range that fits the data, with at least a factor of ten: then there is a label in
  // every state.
  const logarithmic = { distr: 3, range: (_, min, max) => {
    const from = (min > 0 ? min : 1) / 1.25, to = (max > 0 ? max : 10) * 1.25, lack = Math.sqrt(Math.max(1, 10 / (to / from)));
    return [from / lack, to * lack];
  } };
  let marks = [];
  // A line at each mark, and its text where there is room.
  function drawMarks(u) {
    const scale = devicePixelRatio, c = u.ctx, end = u.bbox.left + u.bbox.width;
    c.save();
    c.font = 11 * scale + "px system-ui, sans-serif";
    c.fillStyle = report.colour("soft");
    c.strokeStyle = report.colour("faint");
    c.setLineDash([2 * scale, 3 * scale]);
    let free = u.bbox.left;
    for (const m of marks) {
      const x = Math.round(u.valToPos(m.at, "x", true)) + .5;
      if (x < u.bbox.left || x > end) continue;
      c.beginPath();
      c.moveTo(x, u.bbox.top);
      c.lineTo(x, u.bbox.top + u.bbox.height);
      c.stroke();
      const width = c.measureText(m.text).width;
      if (x < free || x + width + 4 * scale > end) continue;
      c.fillText(m.text, x + 4 * scale, u.bbox.top - 5 * scale);
      free = x + width + 12 * scale;
    }
    c.restore();
  }
  const plot = new uPlot({
    width: holder.clientWidth, height: height(), legend: { show: false }, padding: [20, 14, 0, 0], hooks: { drawClear: [drawMarks] }, cursor: { y: false, drag: { x: false, y: false } },
    scales: { x: { time: false, range: (_, min, max) => min == null ? [0, 10] : [min, Math.max(max, min + 10)] }, y: log ? logarithmic : linear },
    axes: [
      style({ values: (_, v) => v.map(x => x == null ? "" : report.units.clock(x)), size: 34, space: 60, incrs: [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400] }),
      style({ values: (_, v) => v.map(x => x == null ? "" : axis(x)), size: 62, ...(log ? { splits: report.logSplits, filter: (_, v) => v } : { space: 36 }) }),
    ],
    series: [{}].concat(lines.map(l => ({
      label: l.label, stroke: () => report.colour(l.colour), width: l.width || 2, dash: l.dash || [], points: { show: l.points || false }, spanGaps: false,
    }))),
  }, [[]].concat(lines.map(() => [])), holder);

  const legend = document.createElement("div");
  legend.className = "legend";
  const values = lines.map(l => {
    const item = document.createElement("span"), swatch = document.createElement("span"), value = document.createElement("b");
    swatch.className = "swatch part-" + l.colour.slice(1);
    item.append(swatch, l.label + " ", value);
    legend.append(item);
    return value;
  });
  figure.append(legend);
  new ResizeObserver(() => {
    if (holder.clientWidth > 0 && holder.clientWidth !== plot.width) plot.setSize({ width: holder.clientWidth, height: height() });
  }).observe(holder);
  report.redraw.push(() => plot.redraw(false));
  return {
    update(xs, columns, begun) {
      marks = begun;
      plot.setData([xs].concat(columns));
      columns.forEach((c, i) => {
        const last = c[c.length - 1];
        values[i].textContent = last == null ? report.units.none : format(last);
      });
    },
    remove() {
      plot.destroy();
      holder.remove();
      legend.remove();
    },
  };
};
