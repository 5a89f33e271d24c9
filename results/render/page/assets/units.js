"use strict";
// How numbers read.
report.units = (() => {
  function digits(v) {
    const size = Math.abs(v);
    if (v === 0) return "0";
    if (size >= 99.95) return Math.round(v).toLocaleString("en");
    return v.toFixed(size >= 9.995 ? 1 : 2);
  }
  // Without zeros at the end: for axes.
  const short = v => String(Number(v.toPrecision(3)));

  function time(ms, number) {
    if (ms >= 1000) return number(ms / 1000) + " s";
    if (ms >= 1) return number(ms) + " ms";
    return number(ms * 1000) + " µs";
  }
  function clock(s) {
    if (s < 120) return short(s) + " s";
    const minutes = Math.floor(s / 60), rest = Math.round(s % 60);
    return minutes + ":" + String(rest).padStart(2, "0");
  }
  function percentile(x) {
    const q = 100 * (1 - 1 / x);
    const nines = Math.max(0, Math.ceil(Math.log10(x) - 1e-9) - 2);
    return "p" + Number(q.toFixed(nines + (x % 10 ? 1 : 0)));
  }
  return {
    time: ms => time(ms, digits), axisTime: ms => time(ms, short),
    count: digits, axisCount: v => v >= 10000 ? short(v / 1000) + "k" : short(v),
    clock, percentile,
  };
})();
