"use strict";
// A chart of the live page: lines that grow to the right, a new point each second.
// lines is a list of {label, colour, width, dash}; update(xs, columns, marks) draws anew.
// marks is a list of {at, text}: where a round or a stage begins.
report.liveChart = (figure, lines, { format, axis, log, label }) => {
  figure.hidden = false;
  const { frame } = report, holder = frame.holder(figure, label), height = frame.height(200, 260);
  const linear = { range: (_, min, max) => [0, max > 0 ? max * 1.08 : 1] };
  // A range that fits the data, with at least a factor of ten: then there is a label in
  // every state.
  const logarithmic = { distr: 3, range: (_, min, max) => {
    const from = (min > 0 ? min : 1) / 1.25, to = (max > 0 ? max : 10) * 1.25, lack = Math.sqrt(Math.max(1, 10 / (to / from)));
    return [from / lack, to * lack];
  } };
  const times = { marks: [{}], bands: [], turns: [] };
  const plot = new uPlot({
    width: holder.clientWidth, height: height(), legend: { show: false }, padding: [8 + report.marks.height(times), 14, 0, 0], hooks: { draw: [u => report.marks.draw(u, times)] }, cursor: { y: false, drag: { x: false, y: false } },
    scales: { x: { time: false, range: (_, min, max) => min == null ? [0, 10] : [min, Math.max(max, min + 10)] }, y: log ? logarithmic : linear },
    axes: frame.axes({ axis: report.units.clock, space: 60, incrs: [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400] }, { axis, log }),
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
  const unfollow = frame.follow(plot, holder, height);
  return {
    update(xs, columns, marks) {
      times.marks = marks.map(m => ({ ...m, kind: "stage" }));
      plot.setData([xs].concat(columns));
      columns.forEach((c, i) => {
        const last = c[c.length - 1];
        values[i].textContent = last == null ? report.units.none : format(last);
      });
    },
    remove() {
      unfollow();
      plot.destroy();
      holder.remove();
      legend.remove();
    },
  };
};
