// What the network computes of one input: its graph as lines, the targets as points. And the frame that both kinds share.
class Graph {
  constructor(canvas, data) {
    Object.assign(this, {canvas, data, plain: false, values: unpack(data.values, "i2")});
    const seen = (data.points || []).map((point) => point[1]), scale = data.scale;
    if (!seen.length) for (const value of this.values) seen.push(value * scale / 32767);
    const [low, high] = limits(seen), room = 0.15 * (high - low) || 1;
    this.y = [low - room, high + room];
    this.x = limits(data.x);
  }
  draw(position) {
    const [c, width, height] = pen(this.canvas), {at, x, outputs, names, points, scale} = this.data, box = square(c, width, height);
    const [i, j, t] = about(at, position), toX = (u) => box.left + box.wide * (u - this.x[0]) / (this.x[1] - this.x[0] || 1);
    const toY = (v) => box.top + box.tall * (this.y[1] - v) / (this.y[1] - this.y[0]);
    this.box = box;
    c.save();
    c.beginPath(); c.rect(box.left, box.top, box.wide, box.tall); c.clip();
    c.beginPath();
    for (const [u, v, from = 0, until = Infinity] of points || []) // where the task changes, a point says at which frames it is part of it
      if (from <= Math.floor(position + 1e-6) && position < until) marker(c, 0, toX(u), toY(v), markSize(c, box));
    c.fillStyle = colours.soft;
    c.fill();
    for (let k = 0; k < outputs; k++) {
      const value = (frame, p) => this.values[(frame * x.length + p) * outputs + k] * scale / 32767;
      c.strokeStyle = [colours.accent, colours.negative, colours.born, colours.gone][k % 4];
      c.lineWidth = 3;
      c.setLineDash(DASHES[k % DASHES.length]);
      c.beginPath();
      x.forEach((u, p) => c[p ? "lineTo" : "moveTo"](toX(u), toY((1 - t) * value(i, p) + t * value(j, p))));
      c.stroke();
    }
    c.restore();
    surround(c, box, this.x, this.y, names);
  }
}

// The greatest square within a canvas, with room for words on the left and below.
function square(c, width, height) {
  const size = c.fontSize, left = 2.9 * size, side = Math.max(20, Math.min(width - left - 0.8 * size, height - 3 * size));
  return {left: left + Math.max(0, (width - left - side) / 2 - 0.4 * size), top: 0.4 * size, wide: side, tall: side};
}
const markSize = (c, box) => Math.max(1.8, Math.min(0.22 * c.fontSize, box.wide / 80));
function surround(c, {left, top, wide, tall}, [x0, x1], [y0, y1], [across, up]) {
  const toX = (v) => left + wide * (v - x0) / (x1 - x0 || 1), toY = (v) => top + tall * (y1 - v) / (y1 - y0 || 1);
  c.setLineDash([]);
  c.strokeStyle = colours.soft;
  c.lineWidth = 1.5;
  c.strokeRect(left, top, wide, tall);
  c.fillStyle = colours.soft;
  font(c, 0.78);
  c.textAlign = "center";
  for (const v of ticks(x0, x1, 4)) c.fillText(tickWords(v), toX(v), top + tall + c.fontSize);
  c.textAlign = "right";
  for (const v of ticks(y0, y1, 4)) c.fillText(tickWords(v), left - 0.35 * c.fontSize, toY(v) + 0.28 * c.fontSize);
  font(c, 0.9);
  c.fillStyle = colours.ink;
  c.textAlign = "center";
  c.fillText(fitted(c, across, wide), left + wide / 2, top + tall + 2.1 * c.fontSize);
  c.save();
  c.translate(left - 2.1 * c.fontSize, top + tall / 2);
  c.rotate(-Math.PI / 2);
  c.fillText(fitted(c, up, tall), 0, 0);
  c.restore();
}
