"use strict";
// What each chart has, on the page of a run and on the live page: a place to stand, axes in
// our colours, and a size that follows the window's.
report.frame = (() => {
  const style = more => ({
    stroke: () => report.colour("soft"), font: "12px system-ui, sans-serif",
    grid: { stroke: () => report.colour("grid"), width: 1 }, ticks: { stroke: () => report.colour("line"), width: 1, size: 5 }, ...more,
  });
  const values = text => (_, list) => list.map(v => v == null ? "" : text(v));
  return {
    holder(figure, label) {
      const holder = document.createElement("div");
      holder.className = "canvas";
      holder.setAttribute("role", "img");
      holder.setAttribute("aria-label", label);
      figure.append(holder);
      return holder;
    },
    // x is {axis, space} and more of uPlot's options, y is {axis, log}: axis makes a label
    // of a value.
    axes: ({ axis, ...more }, y) => [
      style({ values: values(axis), size: 34, ...more }),
      style({ values: values(y.axis), size: 62, ...(y.log ? { splits: report.logSplits, filter: (_, v) => v } : { space: 36 }) }),
    ],
    height: (narrow, wide) => () => innerWidth < 560 ? narrow : wide,
    // follow keeps a plot as wide as its holder, and in the colours of the page, until the
    // function is called that it returns.
    follow(plot, holder, height) {
      const draw = () => plot.redraw(false), observer = new ResizeObserver(() => {
        if (holder.clientWidth > 0 && holder.clientWidth !== plot.width) plot.setSize({ width: holder.clientWidth, height: height() });
      });
      observer.observe(holder);
      report.redraw.push(draw);
      return () => {
        observer.disconnect();
        report.redraw.splice(report.redraw.indexOf(draw), 1);
      };
    },
  };
})();
