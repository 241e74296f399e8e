// Read packed numbers: base64 of little-endian bytes, in the kinds u1, i1, u2, i2 and f4, and write numbers as words.
"use strict";
function bytes(text) {
  const raw = atob(text), found = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) found[i] = raw.charCodeAt(i);
  return found;
}
const READERS = {
  u1: ["getUint8", Uint8Array], i1: ["getInt8", Int8Array], u2: ["getUint16", Uint16Array],
  i2: ["getInt16", Int16Array], f4: ["getFloat32", Float32Array],
};
function unpack(text, kind) {
  const [reader, Numbers] = READERS[kind], wide = Numbers.BYTES_PER_ELEMENT;
  const view = new DataView(bytes(text).buffer), found = new Numbers(view.byteLength / wide);
  for (let i = 0; i < found.length; i++) found[i] = view[reader](i * wide, true);
  return found;
}

// The number of the last of the ascending `values` that is at most x, -1 before the first.
function lastUpTo(values, x) {
  let low = 0, high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] <= x) low = middle + 1; else high = middle;
  }
  return low - 1;
}
// The two recorded frames about a position, and how far it is from the one to the other: [i, j, share].
function about(at, position) {
  const i = Math.max(0, lastUpTo(at, position)), j = Math.min(i + 1, at.length - 1);
  return [i, j, j > i ? Math.min(1, Math.max(0, (position - at[i]) / (at[j] - at[i]))) : 0];
}
const nearer = (values, x) => (best, value, f) => Math.abs(value - x) < Math.abs(values[best] - x) ? f : best;
const nearest = (values, x) => values.reduce(nearer(values, x), 0);

function number(x) {
  if (x === null || x === undefined || Number.isNaN(x)) return "none";
  return Number.isInteger(x) ? x.toLocaleString("en-GB") : String(Number(x.toPrecision(3))).replace("e-", "e−");
}
