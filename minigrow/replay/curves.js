// Draw the curves, faint in full and strong up to the present: the loss, and how many neurons each space has.
const DASHES = [[], [9, 5], [3, 4], [12, 4, 3, 4]];
const TINTS = ["born", "gone", "accent", "ink"];

function lossCurves(runs) {
  return runs.flatMap((run, r) => Object.entries(run.data.curves).map(([name, values], i, all) => {
    const words = all.length > 1 && name === "loss" ? "training loss" : name.replace(/_/g, " ");
    return curve(run, runs, words, words.split(" ")[0], values, DASHES[(i + 2 * r) % 4], r ? "accent" : i ? "gone" : "ink");
  }));
}
function sizeCurves(runs) {
  return runs.flatMap((run, r) => {
    const hidden = run.data.spaces.filter((space) => space.hidden);
    const moving = hidden.filter((space) => space.widths.some((w) => w !== space.widths[0]));
    return (moving.length ? moving : hidden).slice(0, 8).map((space, i) => (
      curve(run, runs, space.words, space.words, space.widths, DASHES[(i + 2 * r) % 4], TINTS[(i + 2 * r) % 4])));
  });
}
const curve = (run, runs, words, brief, values, dash, tint) => runs.length === 1 ? {run, name: words, brief, values, dash, tint}
  : {run, name: `${run.name}: ${words}`, brief: `${run.index + 1}: ${brief}`, values, dash, tint};

class Chart {
  constructor(canvas, curves, title) {
    Object.assign(this, {canvas, curves, title});
    this.phased = curves.map((curve) => curve.run).find((run) => (run.data.phases || []).length);
    this.empty = !curves.some((curve) => curve.values.some((v) => v !== null));
  }
  // What stays the same until axis or size change: scales, the box of the curves, and every curve's points in pixels.
  layout(c, axis, width, height) {
    const {curves, title} = this, key = `${axis} ${width} ${height} ${c.fontSize}`, size = c.fontSize;
    if (this.laid && this.laid.key === key) return this.laid;
    const xsOf = (curve) => curve.run.axes.get(axis) || curve.run.data.rows.map((_, f) => f);
    const s = scales(curves, curves.flatMap(xsOf), title === "loss"), box = {left: 3.4 * size, right: width - 1.1 * size, bottom: height - 2.6 * size};
    const named = legendRows(c, curves.length > 1 || curves[0].name !== title ? curves : [], title, box.left, box.right);
    box.top = ((this.phased ? 3.1 : 1.9) + 1.2 * (named.rows - 1)) * size;
    const up = (v) => s.log ? Math.log(Math.max(v, s.low) / s.low) / Math.log(s.high / s.low) : (v - s.low) / (s.high - s.low);
    const toX = (x) => box.left + (box.right - box.left) * (x - s.x0) / (s.x1 - s.x0), toY = (v) => box.bottom - (box.bottom - box.top) * up(v);
    const bands = this.phased && this.phased.axes.has(axis) ? phaseBands(this.phased, axis) : [];
    const points = curves.map((curve) => xsOf(curve).map((x, i) => x === null || curve.values[i] === null ? null : [toX(x), toY(curve.values[i])]));
    this.laid = {key, s, box, named, toX, toY, bands, points};
    return this.laid;
  }
  // `frames` holds the frame of each run now.
  draw(axis, frames) {
    if (this.empty) return;
    const [c, width, height] = pen(this.canvas), {curves, title} = this, {s, box, named, toX, toY, bands, points} = this.layout(c, axis, width, height);
    drawBands(c, bands, toX, box.top - 1.1 * c.fontSize, box.bottom);
    this.frame(c, s, box, toX, toY, axis);
    legend(c, named, title, box.left);
    for (const strong of [false, true]) {
      c.globalAlpha = strong ? 1 : 0.28;
      const until = (run) => strong ? frames[run.index] : run.frames - 1;
      curves.forEach((curve, k) => path(c, curve, points[k], until(curve.run), strong ? 2.6 : 1.8));
    }
    c.globalAlpha = 1;
    curves.forEach((curve, k) => {
      const place = points[k][frames[curve.run.index]];
      if (place) dot(c, ...place, colours[curve.tint]);
    });
  }
  frame(c, s, {left, right, top, bottom}, toX, toY, axis) {
    const rows = Math.max(1, Math.floor((bottom - top) / (1.5 * c.fontSize))), columns = Math.max(2, (right - left) / (3.2 * c.fontSize));
    c.lineWidth = 1;
    c.strokeStyle = colours.line;
    c.fillStyle = colours.soft;
    font(c, 0.78);
    c.textAlign = "right";
    for (const v of s.log ? decades(s.low, s.high, Math.max(2, Math.min(6, rows))) : ticks(s.low, s.high, Math.min(4, rows))) {
      c.beginPath(); c.moveTo(left, toY(v)); c.lineTo(right, toY(v)); c.stroke();
      c.fillText(tickWords(v), left - 6, toY(v) + 0.28 * c.fontSize);
    }
    c.textAlign = "center";
    for (const v of ticks(s.x0, s.x1, columns)) c.fillText(tickWords(v), toX(v), bottom + 1.05 * c.fontSize);
    c.fillText(axis, (left + right) / 2, bottom + 2.2 * c.fontSize);
    c.textAlign = "left";
    if (!s.cut) return;
    c.strokeStyle = colours.paper;
    c.lineWidth = 5;
    c.strokeText(`smaller losses are drawn at ${tickWords(s.low)}`, left + 6, bottom - 0.4 * c.fontSize);
    c.fillText(`smaller losses are drawn at ${tickWords(s.low)}`, left + 6, bottom - 0.4 * c.fontSize);
  }
}
// Names and line samples of the curves beside the title, in smaller type and in further rows where they need more room.
function legend(c, laid, title, left) {
  const size = c.fontSize;
  font(c, 0.95, "600");
  c.textAlign = "left";
  c.fillStyle = colours.ink;
  c.fillText(title, left, 1.1 * size);
  font(c, laid.share);
  for (const {curve, name, x, row} of laid.places) {
    const y = (0.8 + 1.2 * row) * size;
    c.strokeStyle = colours[curve.tint]; c.lineWidth = 2.6; c.setLineDash(curve.dash);
    c.beginPath(); c.moveTo(x, y); c.lineTo(x + laid.long, y); c.stroke();
    c.setLineDash([]);
    c.fillText(name, x + laid.long + 0.3 * size, y + 0.3 * size);
  }
}
function legendRows(c, curves, title, left, right) {
  const size = c.fontSize;
  font(c, 0.95, "600");
  const start = left + c.measureText(title).width + 1.2 * size;
  for (const share of [0.85, 0.75]) {
    const tight = share < 0.8, long = (tight ? 0.9 : 1.8) * size, places = [];
    let x = start, row = 0;
    font(c, share);
    for (const curve of curves) {
      const name = tight ? curve.brief : curve.name, wide = long + 0.3 * size + c.measureText(name).width;
      if (x + wide > right && x > left) { x = left; row++; }
      places.push({curve, name, x, row});
      x += wide + (tight ? 0.5 : 0.9) * size;
    }
    if (tight || row === 0) return {places, share, long, rows: row + 1};
  }
}
function path(c, curve, points, last, wide) {
  c.strokeStyle = colours[curve.tint];
  c.lineWidth = wide;
  c.setLineDash(curve.dash);
  c.beginPath();
  for (let i = 0; i <= last; i++) if (points[i]) c[i && points[i - 1] ? "lineTo" : "moveTo"](...points[i]);
  c.stroke();
  c.setLineDash([]);
}
function dot(c, x, y, colour) {
  c.fillStyle = colour;
  c.strokeStyle = colours.paper;
  c.lineWidth = 2;
  c.beginPath(); c.arc(x, y, 6, 0, 2 * Math.PI); c.fill(); c.stroke();
}
