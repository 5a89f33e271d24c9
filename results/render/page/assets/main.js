"use strict";
// The page comes alive: charts, the choice of flows, and paper.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const figure = name => document.querySelector(`[data-chart="${name}"]`), t = data.timeline;
  const plots = [];
  const add = (name, draw) => { const f = figure(name); if (f) plots.push(draw(f)); };
  if (t) {
    const clock = { ...(!t.own && { marks: t.marks, bands: t.bands }), own: t.own };
    for (const kind of ["rate", "latency", "open"]) add(kind, f => report.overTime[kind](f, data.flows, t));
    add("errors", f => report.errors(f, { ...t.errors, ...clock }));
    for (const kind of ["cores", "memory"]) add("server-" + kind, f => report.server[kind](f, { ...t.server, ...clock }));
    (t.queries || []).forEach((q, i) => add("query-" + i, f => report.server.query(f, { ...q, ...clock })));
  }
  if ((data.curves || []).length) add("percentiles", f => report.percentiles(f, data.flows, data.curves, document.getElementById("curves")));

  // A line is drawn if its flow is shown and its kind chosen.
  const hidden = new Set(), kinds = document.getElementById("kinds"), latency = figure("latency")?.chart;
  const show = () => plots.forEach(p => p.show(l => !hidden.has(l.flow) && (p !== latency || !kinds.value || l.kind === kinds.value)));
  if (latency) {
    if (data.flows.length > 2) kinds.value = "p99"; // three lines a flow are too many
    kinds.addEventListener("change", show);
    show();
  }
  const picker = document.getElementById("picker");
  if (picker && plots.length && data.flows.length > 1) {
    picker.hidden = false;
    picker.addEventListener("click", e => {
      const button = e.target.closest("button"), flow = Number(button?.dataset.flow);
      if (!button) return;
      hidden.has(flow) ? hidden.delete(flow) : hidden.add(flow);
      button.setAttribute("aria-pressed", String(!hidden.has(flow)));
      show();
    });
  }
  document.querySelectorAll(".scroll").forEach(report.scrollHint);

  const opened = [];
  addEventListener("beforeprint", () => {
    report.theme.force("light");
    document.querySelectorAll(".printed:not([open])").forEach(d => { d.open = true; opened.push(d); });
    plots.forEach(({ plot }) => plot.setSize({ width: 660, height: 260 }));
  });
  addEventListener("afterprint", () => {
    report.theme.force(null);
    opened.splice(0).forEach(d => { d.open = false; });
    plots.forEach(({ plot, figure }) => plot.setSize({ width: figure.querySelector(".canvas").clientWidth, height: 300 }));
  });
  document.documentElement.dataset.ready = "true";
})();
