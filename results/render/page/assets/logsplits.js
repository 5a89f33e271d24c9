"use strict";
// The places of labels on a logarithmic axis: as many round numbers as there is room
// for, and never fewer than two.
report.logSplits = (u, _, min, max) => {
  const room = Math.max(2, Math.floor(u.bbox.height / devicePixelRatio / 24));
  const fine = [[1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9], [1, 2, 3, 4, 5, 6, 8], [1, 2, 3, 5], [1, 2, 5], [1, 3], [1]];
  let found = [];
  for (const digits of fine) {
    const list = [];
    for (let power = Math.floor(Math.log10(min)); power <= Math.log10(max); power++) {
      for (const d of digits) {
        const v = Number((d * 10 ** power).toPrecision(6));
        if (v >= min && v <= max) list.push(v);
      }
    }
    if (list.length < 2 && found.length) break;
    found = list;
    if (list.length <= room) break;
  }
  return found;
};
