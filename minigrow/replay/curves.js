// Draw the curves, faint in full and strong up to the present, and the marks of the events on the timeline.
const DASHES = [[], [9, 5], [3, 4], [12, 4, 3, 4]];
const lossCurves = Object.entries(data.curves).map(([name, values], i) => (
  {name: name.replace("_", " "), brief: name.split("_")[0], values, dash: DASHES[i % 4], tint: i ? "gone" : "ink"}));
const TINTS = ["born", "gone", "accent", "ink"];
const moving = data.spaces.filter((space) => space.hidden && space.widths.some((w) => w !== space.widths[0]));
const sizeCurves = (moving.length ? moving : data.spaces.filter((space) => space.hidden)).slice(0, 8)
  .map((space, i) => (
    {name: space.words, brief: space.name, values: space.widths, dash: DASHES[i % 4], tint: TINTS[i % 4]}));

function ticks(low, high, most) {
  const rough = (high - low) / most || 1, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((k) => k * power).find((k) => k >= rough - 1e-12);
  const found = [];
  const last = Math.floor(high / step + 1e-9);
  for (let k = Math.ceil(low / step - 1e-9); k <= last; k++) found.push(Number((k * step).toPrecision(12)));
  return found;
}
function decades(low, high) {
  const found = [], fine = Math.log10(high / low) < 2.2 ? [1, 2, 5] : [1];
  for (let k = Math.floor(Math.log10(low)); k <= Math.log10(high); k++) {
    for (const m of fine) {
      const x = Number((m * 10 ** k).toPrecision(2));
      if (x >= low * 0.999 && x <= high * 1.001) found.push(x);
    }
  }
  return found.filter((_, i) => i % Math.ceil(found.length / 6) === 0);
}
function tickWords(x) {
  const size = Math.abs(x);
  if (size >= 1e6) return `${Number((x / 1e6).toPrecision(3))}M`;
  if (size >= 1e4) return `${Number((x / 1e3).toPrecision(3))}k`;
  return size > 0 && size < 1e-3 ? x.toExponential(0).replace("e-", "e−") : String(Number(x.toPrecision(3)));
}

const wider = ([a, b], v) => v === null ? [a, b] : [Math.min(a, v), Math.max(b, v)];
const limits = (values) => values.reduce(wider, [Infinity, -Infinity]);
// Where a chart's numbers fall: limits of both axes, logarithmic upwards where losses span more than a factor of 20.
function scales(curves, xs, wantLog) {
  const [least, most] = limits(curves.flatMap((curve) => curve.values)), [x0, x1] = limits(xs);
  const log = wantLog && least > 0 && most / least > 20;
  const low = log ? least : Math.min(0, least);
  return {log, low, high: most > low ? most : low + 1, x0, x1: x1 > x0 ? x1 : x0 + 1};
}
function drawChart(canvas, curves, title, axis, f) {
  const [c, width, height] = pen(canvas), xs = axes[axis];
  if (!curves.length || !curves.some((curve) => curve.values.some((v) => v !== null))) return;
  const s = scales(curves, xs, title === "loss"), size = c.fontSize;
  const left = 3.4 * size, right = width - 1.1 * size, top = 1.9 * size, bottom = height - 2.6 * size;
  const up = (v) => s.log ? Math.log(v / s.low) / Math.log(s.high / s.low) : (v - s.low) / (s.high - s.low);
  const along = (x) => (x - s.x0) / (s.x1 - s.x0);
  const at = (i, values) => [left + (right - left) * along(xs[i]), bottom - (bottom - top) * up(values[i])];
  frame(c, s, {left, right, top, bottom, up, axis, size});
  legend(c, curves, title, left, right, size);
  for (const strong of [false, true]) {
    c.globalAlpha = strong ? 1 : 0.28;
    for (const curve of curves) path(c, curve, at, strong ? f : F - 1, strong ? 2.6 : 1.8);
  }
  c.globalAlpha = 1;
  for (const curve of curves) {
    if (curve.values[f] !== null && xs[f] !== null) dot(c, ...at(f, curve.values), colours[curve.tint]);
  }
}
function frame(c, s, box) {
  const {left, right, top, bottom, up, axis, size} = box;
  c.lineWidth = 1;
  c.strokeStyle = colours.line;
  c.fillStyle = colours.soft;
  font(c, 0.78);
  c.textAlign = "right";
  for (const v of s.log ? decades(s.low, s.high) : ticks(s.low, s.high, 4)) {
    const y = bottom - (bottom - top) * up(v);
    c.beginPath(); c.moveTo(left, y); c.lineTo(right, y); c.stroke();
    c.fillText(tickWords(v), left - 6, y + 0.28 * size);
  }
  c.textAlign = "center";
  for (const v of ticks(s.x0, s.x1, Math.max(2, (right - left) / (3.2 * size)))) {
    c.fillText(tickWords(v), left + (right - left) * (v - s.x0) / (s.x1 - s.x0), bottom + 1.05 * size);
  }
  c.fillText(axis, (left + right) / 2, bottom + 2.2 * size);
}
function legend(c, curves, title, left, right, size) {
  font(c, 0.95, "600");
  c.textAlign = "left";
  c.fillStyle = colours.ink;
  c.fillText(title, left, 1.1 * size);
  let x = left + c.measureText(title).width + 1.2 * size;
  font(c, 0.85);
  const shown = curves.length > 1 || curves[0].name !== title ? curves : [];
  const wideOf = (name) => c.measureText(name).width + 3 * size;
  const tight = x + shown.reduce((sum, curve) => sum + wideOf(curve.name), 0) > right + size;
  for (const curve of shown) {
    const name = tight ? curve.brief : curve.name, long = tight ? 1 : 1.8, wide = wideOf(name) - (1.8 - long) * size;
    if (x + wide > right + size) break;
    c.strokeStyle = colours[curve.tint]; c.lineWidth = 2.6; c.setLineDash(curve.dash);
    c.beginPath(); c.moveTo(x, 0.8 * size); c.lineTo(x + long * size, 0.8 * size); c.stroke();
    c.setLineDash([]);
    c.fillText(name, x + (long + 0.3) * size, 1.1 * size);
    x += wide;
  }
}
function path(c, curve, at, last, wide) {
  c.strokeStyle = colours[curve.tint];
  c.lineWidth = wide;
  c.setLineDash(curve.dash);
  c.beginPath();
  let open = false;
  for (let i = 0; i <= last; i++) {
    const [x, y] = curve.values[i] === null ? [NaN, NaN] : at(i, curve.values);
    const there = Number.isFinite(x) && Number.isFinite(y);
    if (there && open) c.lineTo(x, y);
    else if (there) c.moveTo(x, y);
    open = there;
  }
  c.stroke();
  c.setLineDash([]);
}
function dot(c, x, y, colour) {
  c.fillStyle = colour;
  c.strokeStyle = colours.paper;
  c.lineWidth = 2;
  c.beginPath(); c.arc(x, y, 6, 0, 2 * Math.PI); c.fill(); c.stroke();
}

// Marks: growth points up, above; losses point down, below; anything else is a diamond between. The thumb is 16 px wide.
const THUMB = 16;
const markX = (f, width) => THUMB / 2 + (width - THUMB) * (F > 1 ? f / (F - 1) : 0);
function drawMarks(canvas, f) {
  const [c, width, height] = pen(canvas);
  c.strokeStyle = colours.line;
  c.beginPath(); c.moveTo(THUMB / 2, height / 2); c.lineTo(width - THUMB / 2, height / 2); c.stroke();
  for (let at = 0; at < F; at++) {
    for (const kind of new Set(eventsAt[at].map((i) => data.events[i][1]))) {
      c.globalAlpha = at <= f ? 1 : 0.4;
      mark(c, markX(at, width), height / 2, kind);
    }
  }
  c.globalAlpha = 1;
  c.strokeStyle = colours.ink;
  c.lineWidth = 2;
  c.beginPath(); c.moveTo(markX(f, width), 0); c.lineTo(markX(f, width), height); c.stroke();
}
function mark(c, x, y, kind) {
  const way = kind === "grow" ? -1 : kind === "prune" ? 1 : 0;
  c.fillStyle = way < 0 ? colours.born : way > 0 ? colours.gone : colours.soft;
  c.beginPath();
  if (way) { c.moveTo(x - 6, y + 3 * way); c.lineTo(x + 6, y + 3 * way); c.lineTo(x, y + 16 * way); }
  else { c.moveTo(x - 5, y); c.lineTo(x, y - 6); c.lineTo(x + 5, y); c.lineTo(x, y + 6); }
  c.fill();
}
