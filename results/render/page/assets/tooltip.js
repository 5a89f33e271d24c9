"use strict";
// What stands at the cursor, beside it and for screen readers.
report.tooltip = chart => {
  const box = document.createElement("div");
  box.className = "tooltip";
  box.hidden = true;
  const most = 12;

  function lines(u, i) {
    return u.series.map((s, n) => ({ s, n })).slice(1)
      .filter(({ s, n }) => s.show && chart.raw(n)[i] != null)
      .map(({ s, n }) => ({ name: s.label, value: chart.raw(n)[i], own: chart.lines[n - 1].stroke() }))
      .sort((a, b) => b.value - a.value);
  }
  const heading = (u, i) => [chart.head(u.data[0][i])].concat(report.marks.names(chart.times, u.data[0][i])).join(", ");
  function show(u) {
    const i = u.cursor.idx;
    const list = i == null || u.cursor.left < 0 ? [] : lines(u, i);
    box.hidden = list.length === 0;
    if (box.hidden) return;
    const head = document.createElement("b");
    head.textContent = heading(u, i);
    box.replaceChildren(head, ...list.slice(0, most).map(l => {
      const row = document.createElement("div"), name = document.createElement("span"), value = document.createElement("span");
      const swatch = document.createElement("span");
      swatch.className = "swatch";
      swatch.style.background = l.own;
      name.append(swatch, l.name);
      value.textContent = chart.format(l.value);
      row.append(name, value);
      return row;
    }));
    if (list.length > most) box.append("and " + (list.length - most) + " more");
    const width = box.offsetWidth, room = u.over.clientWidth;
    const left = u.cursor.left > room / 2 ? u.cursor.left - width - 14 : u.cursor.left + 14;
    box.style.transform = `translate(${Math.max(0, Math.min(left, room - width))}px, 4px)`;
  }
  function text(u) {
    const i = u.cursor.idx;
    if (i == null) return "";
    return heading(u, i) + ": " + lines(u, i).map(l => l.name + " " + chart.format(l.value)).join(", ");
  }
  return {
    text,
    plugin: { hooks: {
      init: u => u.over.appendChild(box),
      setCursor: u => show(u),
    } },
    hide: () => { box.hidden = true; },
  };
};
