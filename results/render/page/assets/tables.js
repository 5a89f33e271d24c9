"use strict";
// The table behind a chart is made when it is asked for: a long run has
// thousands of rows, which few readers want.
report.tableBehind = chart => {
  const details = document.createElement("details"), summary = document.createElement("summary");
  details.className = "behind";
  summary.textContent = "As a table";
  details.append(summary);
  chart.figure.append(details);

  const cell = (kind, text, scope) => {
    const c = document.createElement(kind);
    c.textContent = text;
    if (scope) c.scope = scope;
    return c;
  };
  details.addEventListener("toggle", () => {
    details.querySelector("div")?.remove();
    if (!details.open) return;
    const scroll = document.createElement("div"), table = document.createElement("table");
    scroll.className = "scroll";
    scroll.tabIndex = 0;
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", chart.label);
    const head = table.createTHead().insertRow();
    head.append(cell("th", chart.column, "col"), ...chart.lines.map(l => cell("th", l.label, "col")));
    const body = table.createTBody();
    chart.plot.data[0].forEach((x, i) => {
      const row = body.insertRow();
      row.append(cell("th", chart.head(x), "row"), ...chart.lines.map((_, n) => {
        const v = chart.raw(n + 1)[i];
        return cell("td", v == null ? report.units.none : chart.format(v));
      }));
    });
    scroll.append(table);
    details.append(scroll);
    report.scrollHint(scroll);
  });
};

// A table that is wider than its place says so, as scroll bars may be hidden.
report.scrollHint = scroll => {
  const hint = document.createElement("p");
  hint.className = "scroll-hint";
  hint.textContent = "More columns to the right: scroll sideways.";
  hint.hidden = true;
  scroll.before(hint);
  const look = () => {
    const more = scroll.scrollWidth > scroll.clientWidth + 1;
    hint.hidden = !more;
    scroll.classList.toggle("more", more && scroll.scrollLeft + scroll.clientWidth < scroll.scrollWidth - 1);
  };
  scroll.addEventListener("scroll", look, { passive: true });
  new ResizeObserver(look).observe(scroll);
  look();
};
