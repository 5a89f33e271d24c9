"use strict";
// What happens along a chart's time: shaded bands, turns of flows, and where rounds and
// stages begin or the run ended. Their names stand above the plot.
report.marks = (() => {
  const rowHeight = 15, font = "11px system-ui, sans-serif";

  // Rounds stand above stages, and these above queues; whatever else there is shares the
  // top row.
  const kindsOf = times => ["round", "stage", "queue"].filter(k => times.marks.some(m => m.kind === k));
  const rows = times => kindsOf(times).length || (times.marks.length || times.turns.length ? 1 : 0);

  function shade(u, times) {
    const fill = (from, to, colour, height = u.bbox.height) => {
      const left = Math.max(u.valToPos(from, "x", true), u.bbox.left), right = Math.min(u.valToPos(to, "x", true), u.bbox.left + u.bbox.width);
      u.ctx.fillStyle = colour;
      if (right > left) u.ctx.fillRect(left, u.bbox.top, right - left, height);
    };
    u.ctx.save();
    for (const b of times.bands) fill(b.from, b.to, report.colour("band"));
    // Turns are strips in the colours of their flows.
    for (const t of times.turns) fill(t.from, t.to, report.colour("c" + t.flow % report.colours), 4 * devicePixelRatio);
    u.ctx.restore();
  }
  function draw(u, times) {
    const ratio = devicePixelRatio, right = u.bbox.left + u.bbox.width, of = rows(times), kinds = kindsOf(times);
    const labels = times.marks.map(m => ({ at: m.at, text: m.text, kind: m.kind, row: Math.max(0, kinds.indexOf(m.kind)) }))
      .concat(times.turns.map(t => ({ at: t.from, text: t.text, kind: "turn", row: 0 })))
      .map(l => ({ ...l, x: u.valToPos(l.at, "x", true) })).filter(l => l.x >= u.bbox.left - 1 && l.x <= right + 1);
    u.ctx.save();
    u.ctx.font = font.replace("11px", 11 * ratio + "px");
    u.ctx.textBaseline = "middle";
    u.ctx.textAlign = "left";
    for (let row = 0; row < of; row++) {
      const own = labels.filter(l => l.row === row), y = u.bbox.top - (of - row - .5) * rowHeight * ratio;
      // The end is told in any case, on the side where there is room.
      const end = own.find(l => l.kind === "end"), endWidth = end ? u.ctx.measureText(end.text).width : 0;
      const limit = end ? Math.min(end.x, right) - endWidth - 8 * ratio : right;
      own.forEach((l, i) => {
        line(u, l, ratio);
        if (l === end) return;
        const next = own[i + 1], room = Math.min(next && next !== end ? next.x : limit, limit) - l.x - 6 * ratio;
        const text = [l.text, l.text.replace(/^round |, round \d+$/, "")].find(t => u.ctx.measureText(t).width <= room);
        if (text) write(u, text, l.x + 3 * ratio, y, l.kind === "queue" ? "bad" : "soft");
      });
      if (end) write(u, end.text, Math.max(u.bbox.left, Math.min(end.x, right) - endWidth), y, "bad");
    }
    u.ctx.restore();
  }
  function line(u, l, ratio) {
    u.ctx.strokeStyle = report.colour(l.kind === "end" || l.kind === "queue" ? "bad" : l.kind === "turn" ? "line" : "faint");
    u.ctx.lineWidth = ratio;
    u.ctx.setLineDash(l.kind === "stage" ? [3 * ratio, 3 * ratio] : []);
    u.ctx.beginPath();
    u.ctx.moveTo(l.x, u.bbox.top - 2 * ratio);
    u.ctx.lineTo(l.x, u.bbox.top + u.bbox.height);
    u.ctx.stroke();
  }
  function write(u, text, x, y, colour) {
    u.ctx.fillStyle = report.colour(colour);
    u.ctx.fillText(text, x, y);
  }
  // What is going on at a time, in words.
  function names(times, at) {
    const last = kind => times.marks.filter(m => m.kind === kind && m.at <= at).pop();
    const stage = last("stage"), queue = last("queue");
    const found = [last("round"), stage, queue && (!stage || queue.at >= stage.at) && queue, times.turns.find(t => t.from <= at && at < t.to)];
    const warm = times.bands.some(b => b.from <= at && at < b.to);
    return found.filter(Boolean).map(m => m.text).concat(warm ? "warm-up" : []);
  }
  // times: {marks, bands, turns}
  return { height: times => rows(times) * rowHeight, shade, draw, names };
})();
