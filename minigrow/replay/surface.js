// What the network computes on a plane: its answer as colour, how sure it is as the colour's strength, and the data points.
class Surface {
  constructor(canvas, data) {
    const size = data.size, names = data.classes || [];
    Object.assign(this, {canvas, data, size, answer: unpack(data.class, "u1"), level: unpack(data.level, "u1")});
    this.plain = this.answer.every((value) => value === 0); // one output: its value, from pale (low) to dark (high)
    this.marked = !this.plain || names.length > 1; // the data points have classes
    this.count = this.plain ? 1 : Math.max(names.length, this.answer.reduce((most, value) => Math.max(most, value), 0) + 1);
    [this.low, this.high] = data.range || [0, 1];
    const targets = (data.points || []).map((point) => point[2]), span = this.high - this.low || 1;
    this.halfway = 255 * (middle(targets, this.low, this.high) - this.low) / span;
    this.chance = this.low === 0 && this.high === 1 ? 255 / this.count : 0; // the level of an answer that is a mere guess
    this.shades = document.createElement("canvas");
    this.shades.width = this.shades.height = size;
    this.image = new ImageData(size, size);
  }
  draw(position) {
    const [c, width, height] = pen(this.canvas), {x, y, names, at} = this.data, box = square(c, width, height);
    const [i, j, t] = about(at, position), pixels = this.size * this.size;
    this.shade(i * pixels, j * pixels, t);
    this.box = box;
    c.save();
    c.beginPath(); c.rect(box.left, box.top, box.wide, box.tall); c.clip();
    const cellX = box.wide / (this.size - 1), cellY = box.tall / (this.size - 1);
    c.imageSmoothingEnabled = true;
    c.drawImage(this.shades, box.left - cellX / 2, box.top - cellY / 2, cellX * this.size, cellY * this.size);
    this.borders(c, box, i * pixels, j * pixels, t);
    this.points(c, box, Math.floor(position + 1e-6));
    c.restore();
    surround(c, box, x, y, names);
  }
  // One pixel per point of the grid; rows go up, an image's rows go down.
  shade(a, b, t) {
    const n = this.size, from = [0, 0, 0], to = [0, 0, 0];
    const paper = rgb(colours.paper), tints = Array.from({length: this.count}, (_, k) => rgb(colours[`class${k % CLASSES}`]));
    for (let p = 0; p < n * n; p++) {
      const q = 4 * ((n - 1 - Math.floor(p / n)) * n + p % n);
      this.colour(a + p, paper, tints, from);
      this.colour(b + p, paper, tints, to);
      for (let channel = 0; channel < 3; channel++) this.image.data[q + channel] = (1 - t) * from[channel] + t * to[channel];
      this.image.data[q + 3] = 255;
    }
    this.shades.getContext("2d").putImageData(this.image, 0, 0);
  }
  // Put a recorded answer's colour into `made`: the surer, the less of the paper's.
  colour(p, paper, tints, made) {
    const sure = 0.2 + 0.65 * Math.max(0, this.level[p] - this.chance) / (255 - this.chance), tint = tints[this.answer[p]];
    for (let channel = 0; channel < 3; channel++)
      made[channel] = this.plain ? ramp(this.level[p] / 255, channel) : paper[channel] + sure * (tint[channel] - paper[channel]);
  }
  // Where the answer changes, a dark line: it is seen in grey, too. With one output, the line between low and high.
  borders(c, box, a, b, t) {
    const n = this.size, field = new Float32Array(n * n), least = this.plain ? this.halfway : this.chance - 1;
    const signed = (p, k) => this.plain ? this.level[p] - least : (this.answer[p] === k ? 1 : -1) * Math.max(1, this.level[p] - least);
    c.strokeStyle = colours.ink;
    c.lineWidth = 1.6;
    c.beginPath();
    for (let k = 0; k < this.count; k++) {
      for (let p = 0; p < n * n; p++) field[p] = (1 - t) * signed(a + p, k) + t * signed(b + p, k);
      contour(c, field, n, box);
    }
    c.stroke();
  }
  points(c, box, f) { // where the task changes, a point says at which frames it is part of it
    const {x, y, points} = this.data, sets = new Map();
    for (const [u, v, label, from = 0, until = Infinity] of points || []) {
      if (f < from || f >= until) continue;
      const set = this.marked ? label : Math.round(12 * (label - this.low) / (this.high - this.low || 1));
      if (!sets.has(set)) sets.set(set, []);
      sets.get(set).push([box.left + box.wide * (u - x[0]) / (x[1] - x[0]), box.top + box.tall * (y[1] - v) / (y[1] - y[0])]);
    }
    c.lineWidth = 1;
    for (const [set, places] of sets) {
      c.beginPath();
      for (const place of places) marker(c, this.marked ? set : 0, ...place, markSize(c, box));
      c.fillStyle = this.marked ? colours.ink : `rgb(${[0, 1, 2].map((channel) => ramp(set / 12, channel))})`;
      c.strokeStyle = this.marked ? colours.paper : set < 6 ? "#000000" : "#ffffff";
      c.fill();
      c.stroke();
    }
  }
}
// Halfway between the least and the greatest target, or between low and high where there are no targets.
function middle(targets, low, high) {
  const [least, most] = limits(targets);
  return most > least ? (least + most) / 2 : (low + high) / 2;
}

// The lines on which a field (n, n) is zero, added to the path: in each cell straight between the sides it crosses.
function contour(c, field, n, {left, top, wide, tall}) {
  const toX = (u) => left + wide * u / (n - 1), toY = (v) => top + tall * (1 - v / (n - 1));
  for (let row = 0; row + 1 < n; row++) {
    for (let column = 0; column + 1 < n; column++) {
      const p = row * n + column, corners = [[p, 0, 0], [p + 1, 1, 0], [p + n + 1, 1, 1], [p + n, 0, 1]], found = [];
      const over = field[p] > 0;
      if (over === field[p + 1] > 0 && over === field[p + n] > 0 && over === field[p + n + 1] > 0) continue;
      corners.forEach(([from, u, v], k) => {
        const [to, w, z] = corners[(k + 1) % 4];
        if (field[from] > 0 === field[to] > 0) return;
        const share = field[from] / (field[from] - field[to]);
        found.push([toX(column + u + share * (w - u)), toY(row + v + share * (z - v))]);
      });
      for (let k = 0; k + 1 < found.length; k += 2) { c.moveTo(...found[k]); c.lineTo(...found[k + 1]); }
    }
  }
}

// Every class has its own mark: disc, square, triangle, diamond, and so on; the legend draws the same ones.
const MARKS = [
  null, [[-1, -1], [1, -1], [1, 1], [-1, 1]], [[0, -1.3], [1.2, 0.9], [-1.2, 0.9]], [[0, -1.4], [1.4, 0], [0, 1.4], [-1.4, 0]],
  [[0, 1.3], [1.2, -0.9], [-1.2, -0.9]], [[-1.5, -0.5], [1.5, -0.5], [1.5, 0.5], [-1.5, 0.5]],
  [[-0.5, -1.5], [0.5, -1.5], [0.5, 1.5], [-0.5, 1.5]], [[-1.3, -1.3], [1.3, 1.3], [1.3, -1.3], [-1.3, 1.3]],
];
function marker(c, k, x, y, r) {
  const corners = MARKS[Math.abs(Math.round(k)) % MARKS.length];
  if (!corners) { c.moveTo(x + r, y); c.arc(x, y, r, 0, 2 * Math.PI); return; }
  corners.forEach(([u, v], i) => i ? c.lineTo(x + r * u, y + r * v) : c.moveTo(x + r * u, y + r * v));
  c.closePath();
}
