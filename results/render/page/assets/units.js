"use strict";
// How numbers read: by the rules of Go's package human, which a test holds these
// to.
report.units = (() => {
  // Three significant digits, or all there are before the point.
  function rounded(v) {
    const size = Math.abs(v), scale = size < 1 ? 1000 : size < 10 ? 100 : size < 100 ? 10 : 1;
    return Math.sign(v) * Math.round(size * scale) / scale;
  }
  function digits(v) {
    v = rounded(v);
    const size = Math.abs(v);
    return v === 0 ? "0" : v.toFixed(size < 1 ? 3 : size < 10 ? 2 : size < 100 ? 1 : 0);
  }
  function count(v) {
    const [whole, ...fraction] = digits(v).split(".");
    return [whole.replace(/\B(?=(\d{3})+$)/g, ","), ...fraction].join(".");
  }
  // The name of a place on an axis, which is a round number: without zeros at
  // the end.
  const round = text => text.includes(".") ? text.replace(/\.?0+$/, "") : text;

  // The units of a time, each with its milliseconds, up to where the next begins.
  const timeUnits = [["µs", .001, 1000], ["ms", 1, 1000], ["s", 1000, 60]];
  function time(ms, number) {
    for (const [unit, size, below] of timeUnits) {
      // The rounded values are compared, as 999.9 µs would be 1000 µs.
      if (rounded(ms / size) < below) return number(ms / size) + " " + unit;
    }
    return number(Math.max(1, ms / 60000)) + " min";
  }
  // Where on the time axis something is.
  function clock(s) {
    if (s < 120) return round(digits(s)) + " s";
    const seconds = Math.round(s);
    return Math.floor(seconds / 60) + ":" + String(seconds % 60).padStart(2, "0");
  }
  function percentile(x) {
    const q = 100 * (1 - 1 / x);
    const nines = Math.max(0, Math.ceil(Math.log10(x) - 1e-9) - 2);
    return "p" + Number(q.toFixed(nines + (x % 10 ? 1 : 0)));
  }
  return {
    time: ms => time(ms, digits), axisTime: ms => time(ms, v => round(digits(v))),
    count, axisCount: v => round(count(v)),
    none: "–", // no figure
    clock, percentile,
  };
})();
