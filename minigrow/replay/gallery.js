// What the neurons look for: the pictures of their weights from the image, large, each in one cell for life.
class Gallery {
  constructor(canvas, run, picture) {
    Object.assign(this, {canvas, run, picture, plain: false});
    const own = new Set();
    run.lives.place.forEach((place, life) => { if (run.lives.space[life] === run.fields.space) own.add(place); });
    const [at, columns] = [(place) => run.data.places[place], run.data.columns];
    const order = [...own].sort((a, b) => columns[a] - columns[b] || at(a)[1] - at(b)[1] || at(a)[0] - at(b)[0]);
    this.cells = new Map(order.map((place, i) => [place, i]));
  }
  // As many columns as make the cells greatest, as wide as their pictures; one of one row is drawn as a curve, twice as wide as high.
  layout(width, height) {
    const [rows, columns] = this.run.fields.shape, wide = rows === 1 ? 2 : Math.min(4, Math.max(0.25, columns / rows));
    let best = {side: 0};
    for (let across = 1; across <= this.cells.size; across++) {
      const side = Math.min(width / across / wide, height / Math.ceil(this.cells.size / across), 8 * fontSize / Math.min(1, wide));
      if (side > best.side) best = {side, columns: across};
    }
    this.box = {...best, wide, left: Math.max(0, (width - best.columns * wide * best.side) / 2)};
  }
  middle(life) {
    const {side, columns, wide, left} = this.box, cell = this.cells.get(this.run.lives.place[life]);
    return [left + (cell % columns + 0.5) * wide * side, (Math.floor(cell / columns) + 0.5) * side];
  }
  draw(position) {
    const [c, width, height] = pen(this.canvas), {run, picture: {seen, weights, marked}} = this, f = Math.floor(position + 1e-6);
    this.layout(width, height);
    const half = 0.45 * this.box.side;
    for (let life = 0; life < run.count; life++) {
      if (!seen[life] || run.lives.space[life] !== run.fields.space) continue;
      const [x, y] = this.middle(life), fresh = run.lives.first[life] === f && f > 0;
      c.globalAlpha = Math.min(1, 6 * seen[life]);
      if (!weights.draw(c, life, position, x, y, half * this.box.wide, half)) continue;
      if (!fresh && life !== marked) continue;
      c.strokeStyle = life === marked ? colours.accent : colours.born;
      c.lineWidth = 3;
      c.strokeRect(x - half * this.box.wide, y - half, 2 * half * this.box.wide, 2 * half);
    }
    c.globalAlpha = 1;
  }
  // The neuron whose picture is under the pointer at a frame, or -1.
  lifeAt(x, y, f) {
    const {run, box} = this;
    for (let life = 0; life < run.count && box; life++) {
      if (run.lives.space[life] !== run.fields.space || !run.presence(life, f)) continue;
      const [u, v] = this.middle(life);
      if (Math.abs(x - u) < box.wide * box.side / 2 && Math.abs(y - v) < box.side / 2) return life;
    }
    return -1;
  }
}
