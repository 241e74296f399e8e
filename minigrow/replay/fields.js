// A neuron's picture: its weights from the image, dark blue where positive, pale orange where negative, grey at zero.
const LEVELS = 127; // the greatest weight of a frame
class Fields {
  constructor(run) {
    Object.assign(this, {fields: run.fields, atlases: new Map()});
  }
  // One canvas with the pictures of all neurons that were recorded at `at[i]`, one below the other.
  atlas(i) {
    if (!this.atlases.has(i)) {
      const {shape: [rows, columns], starts, values} = this.fields, from = starts[i] * rows * columns;
      const image = new ImageData(columns, Math.max(1, (starts[i + 1] - starts[i]) * rows));
      for (let k = 0; k < (starts[i + 1] - starts[i]) * rows * columns; k++) {
        const level = values[from + k] / LEVELS, shade = 0.5 + 0.5 * Math.sign(level) * Math.abs(level) ** 0.6; // small ones show, too
        for (let channel = 0; channel < 3; channel++) image.data[4 * k + channel] = ramp(shade, channel);
        image.data[4 * k + 3] = 255;
      }
      const made = document.createElement("canvas");
      [made.width, made.height] = [image.width, image.height];
      made.getContext("2d").putImageData(image, 0, 0);
      this.atlases.set(i, made);
    }
    return this.atlases.get(i);
  }
  // Draw a neuron's picture about (x, y) at a position between frames, a curve if it is one row; false where there is none.
  draw(c, life, position, x, y, wide, high = wide) {
    const [i, j, t] = about(this.fields.at, position), alpha = c.globalAlpha;
    const both = [[i, 1], [j, t]].filter(([k, share]) => share > 0 && this.fields.places(k).has(life));
    if (!both.length) return false;
    c.imageSmoothingEnabled = false;
    for (const [k, share] of both) {
      c.globalAlpha = alpha * (both.length > 1 ? share : 1);
      if (this.fields.shape[0] === 1 && high > 9) this.curve(c, life, k, [x, y, wide, high]);
      else this.tile(c, life, k, [x, y, wide, high]);
    }
    c.globalAlpha = alpha;
    c.strokeStyle = colours.soft;
    c.lineWidth = 1;
    c.strokeRect(x - wide, y - high, 2 * wide, 2 * high);
    return true;
  }
  tile(c, life, k, [x, y, wide, high]) {
    const {shape: [rows, columns], starts} = this.fields, top = (this.fields.places(k).get(life) - starts[k]) * rows;
    c.drawImage(this.atlas(k), 0, top, columns, rows, x - wide, y - high, 2 * wide, 2 * high);
  }
  curve(c, life, k, [x, y, wide, high]) {
    const n = this.fields.shape[1], from = this.fields.places(k).get(life) * n;
    c.fillStyle = colours.panel;
    c.fillRect(x - wide, y - high, 2 * wide, 2 * high);
    c.strokeStyle = colours.line;
    c.lineWidth = 1;
    c.beginPath(); c.moveTo(x - wide, y); c.lineTo(x + wide, y); c.stroke();
    c.strokeStyle = colours.accent;
    c.lineWidth = 1.8;
    c.beginPath();
    for (let p = 0; p < n; p++)
      c.lineTo(x - wide + 2 * wide * (p + 0.5) / n, y - 0.9 * high * this.fields.values[from + p] / LEVELS);
    c.stroke();
  }
}

// A sample's image, brighter is lighter.
function drawSample(canvas, text, [rows, columns]) {
  const [c, width, height] = pen(canvas), grey = unpack(text, "u1"), image = new ImageData(columns, rows);
  grey.forEach((value, k) => image.data.set([value, value, value, 255], 4 * k));
  const made = document.createElement("canvas"), scale = Math.min(width / columns, height / rows);
  [made.width, made.height] = [columns, rows];
  made.getContext("2d").putImageData(image, 0, 0);
  c.imageSmoothingEnabled = false;
  c.drawImage(made, (width - scale * columns) / 2, 0, scale * columns, scale * rows);
}
