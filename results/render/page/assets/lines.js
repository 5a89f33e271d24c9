"use strict";
// What the lines of charts look like: a colour a flow, a stroke a kind.
report.lines = (() => {
  // Where colours come round again, lines are dashed.
  const dashes = [[], [8, 5], [2, 4], [10, 4, 2, 4]];

  // of makes a line for each flow and kind. A kind is {name, width, alpha, dash, has}:
  // has(flow) is false if the flow has none.
  function of(flows, kinds) {
    return flows.flatMap((name, flow) => kinds.filter(k => !k.has || k.has(flow)).map(k => ({
      label: kinds.length > 1 ? name + " " + k.name : name, flow, kind: k.name,
      stroke: () => report.colour("c" + flow % report.colours), width: k.width || 2, alpha: k.alpha || 1,
      dash: k.dash || dashes[Math.floor(flow / report.colours) % dashes.length], spanGaps: false, ...k.more,
    })));
  }
  // legend says below a chart what its strokes or colours are: {text, swatch} or {text,
  // width, dashed}.
  function legend(chart, items) {
    const box = document.createElement("div");
    box.className = "legend";
    box.append(...items.map(i => {
      const item = document.createElement("span"), sign = document.createElement("span");
      sign.className = i.swatch ? "swatch " + i.swatch : "stroke" + (i.dashed ? " dashed" : "");
      if (i.width) sign.style.borderTopWidth = i.width + "px";
      item.append(sign, i.text);
      return item;
    }));
    chart.figure.querySelector(".canvas").after(box);
  }
  return { of, legend };
})();
