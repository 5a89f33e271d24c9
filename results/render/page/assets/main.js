"use strict";
// The page comes alive: charts, the choice of flows, and paper.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  data.curves ||= [];
  if (data.timeline) for (const list of ["errors", "bands", "flows"]) data.timeline[list] ||= [];
  const plots = report.charts(data);

  const picker = document.getElementById("picker");
  if (picker && plots.length && data.flows.length > 1) {
    picker.hidden = false;
    picker.addEventListener("click", e => {
      const button = e.target.closest("button");
      if (!button) return;
      const shown = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(shown));
      for (const { plot, lines } of plots) {
        plot.batch(() => lines.forEach((l, n) => {
          if (l.flow === Number(button.dataset.flow)) plot.setSeries(n + 1, { show: shown });
        }));
      }
    });
  }

  const opened = [];
  addEventListener("beforeprint", () => {
    report.theme.force("light");
    document.querySelectorAll(".all details:not([open])").forEach(d => { d.open = true; opened.push(d); });
    plots.forEach(({ plot }) => plot.setSize({ width: 660, height: 260 }));
  });
  addEventListener("afterprint", () => {
    report.theme.force(null);
    opened.splice(0).forEach(d => { d.open = false; });
    plots.forEach(({ plot, figure }) => plot.setSize({ width: figure.querySelector(".canvas").clientWidth, height: 300 }));
  });
  document.documentElement.dataset.ready = "true";
})();
