// Draw the network between two frames: edges first, neurons over them, names and numbers below.
const smooth = (t) => t * t * (3 - 2 * t);

class Picture {
  constructor(canvas, run) {
    Object.assign(this, {canvas, run, stage: null, drawn: {counts: [], edges: 0}, marked: -1, weights: null});
    this.seen = new Float32Array(run.count);
    this.columns = run.data.columns;
    if (run.fields) this.weights = new Fields(run);
  }
  draw(position, shows) {
    const {run, seen} = this, [c, width, height] = pen(this.canvas), below = 3.1 * c.fontSize;
    if (!this.stage || this.stage.width !== width || this.stage.height !== height - below || this.stage.kind !== shows.kind)
      this.stage = this.places(width, height - below, shows.kind);
    const f = Math.floor(position + 1e-6), g = Math.min(f + 1, run.frames - 1), t = smooth(Math.max(0, position - f));
    for (let life = 0; life < run.count; life++) seen[life] = (1 - t) * run.presence(life, f) + t * run.presence(life, g);
    this.drawn.edges = drawEdges(c, this, f, g, t);
    this.neurons(c, f, t, {...shows, position});
    this.names(c, width, height, below, f);
  }
  // Pixels of every place, and a radius for every space from the nearest two of its places.
  places(width, height, kind) {
    const {run, columns} = this, xy = run.data.places.map(([x, y]) => [x * width, y * height]);
    const most = Math.min(0.72 * fontSize, width / 40), own = new Map(), groups = new Map();
    const radius = run.data.spaces.map((_, i) => this.pictured(i, kind) ? 2.2 * most : most);
    for (let life = 0; life < run.count; life++) own.set(run.lives.place[life], run.lives.space[life]);
    for (const place of own.keys()) groups.set(columns[place], [...(groups.get(columns[place]) || []), place]);
    for (const group of groups.values()) {
      const space = own.get(group[0]), share = this.pictured(space, kind) ? 0.47 : 0.4;
      let gap = Infinity;
      for (const a of group) for (const b of group) if (a < b) gap = Math.min(gap, Math.hypot(xy[a][0] - xy[b][0], xy[a][1] - xy[b][1]));
      radius[space] = Math.max(1.6, Math.min(radius[space], share * gap));
    }
    return {xy, radius, width, height, kind};
  }
  // Whether a space's neurons are drawn as pictures of their weights from the image.
  pictured(space, kind) {
    return kind === "fields" && this.run.fields !== null && this.run.fields.space === space;
  }
  neurons(c, f, t, shows) {
    const {run, stage, seen} = this, {first, last, place, space} = run.lives, counts = run.data.spaces.map(() => 0);
    for (let life = 0; life < run.count; life++) {
      if (!seen[life]) continue;
      const [x, y] = stage.xy[place[life]], r = stage.radius[space[life]], gated = run.gateOf[life] >= 0;
      c.globalAlpha = gated ? Math.min(1, 6 * seen[life]) : seen[life];
      if (c.globalAlpha > 0.5 || gated) counts[space[life]] += 1;
      this.neuron(c, life, [x, y, r], gated ? seen[life] : 1, shows, f);
      if (first[life] === f && f > 0) halo(c, x, y, r, colours.born, 1 - t, []);
      if (last[life] === f + 1 && f + 1 < run.frames) halo(c, x, y, r, colours.gone, 1 - t, [3, 3]);
      if (life === this.marked) halo(c, x, y, r + 3, colours.accent, 1, []);
    }
    c.globalAlpha = 1;
    this.drawn.counts = counts;
  }
  // A disc, or what is asked for: the picture of its weights, or how active it is on a sample.
  neuron(c, life, [x, y, r], open, shows, f) {
    if (this.pictured(this.run.lives.space[life], shows.kind) && r >= 4 && this.weights.draw(c, life, shows.position, x, y, 0.85 * r)) return;
    const share = shows.kind === "activity" ? this.run.share(life, f, shows.sample) : NaN;
    if (Number.isNaN(share)) disc(c, x, y, r, open);
    else activeDisc(c, x, y, r, share);
  }
  names(c, width, height, below, f) {
    const spaces = this.run.data.spaces, room = width / spaces.length;
    c.textAlign = "center";
    spaces.forEach((space, i) => {
      const x = space.x * width, here = space.widths[f];
      c.fillStyle = colours.ink;
      font(c, 1.05, "600");
      c.fillText(number(here), x, height - below + 1.35 * c.fontSize);
      c.fillStyle = colours.soft;
      font(c, room < 110 ? 0.75 : 0.9);
      const words = here > this.drawn.counts[i] ? `${space.words} (${this.drawn.counts[i]} drawn)` : space.words;
      c.fillText(fitted(c, words, 1.25 * room), x, height - below + 2.6 * c.fontSize);
    });
  }
  // The neuron whose place is under the pointer at a frame, or -1; a finger may be `more` pixels beside it.
  lifeAt(x, y, f, more = 4) {
    const {run, stage} = this;
    let best = -1, least = Infinity;
    for (let life = 0; life < run.count && stage; life++) {
      const [u, v] = stage.xy[run.lives.place[life]], away = Math.hypot(x - u, y - v);
      if (away < least && away < stage.radius[run.lives.space[life]] + more && run.presence(life, f)) [best, least] = [life, away];
    }
    return best;
  }
}

// A neuron, filled as far as its gate is open.
function disc(c, x, y, r, open) {
  c.beginPath();
  c.arc(x, y, r, 0, 2 * Math.PI);
  c.fillStyle = colours.paper;
  c.fill();
  c.fillStyle = colours.neuron;
  if (open >= 1) { c.fill(); return; }
  outlined(c, colours.neuron, open);
}
function outlined(c, fill, share) {
  const alpha = c.globalAlpha;
  c.fillStyle = fill;
  c.globalAlpha = alpha * share;
  c.fill();
  c.globalAlpha = alpha;
  c.strokeStyle = colours.neuron;
  c.lineWidth = 2;
  c.stroke();
}
// Filled as far as the neuron is active; a bar across it says that the activation is negative.
function activeDisc(c, x, y, r, share) {
  c.beginPath();
  c.arc(x, y, r, 0, 2 * Math.PI);
  c.fillStyle = colours.paper;
  c.fill();
  outlined(c, share < 0 ? colours.negative : colours.positive, Math.min(1, Math.abs(share)));
  if (share > -0.02 || r < 4) return;
  c.fillStyle = colours.neuron;
  c.fillRect(x - 0.55 * r, y - 1.25, 1.1 * r, 2.5);
}
function halo(c, x, y, r, colour, alpha, dash) {
  c.globalAlpha = alpha;
  c.strokeStyle = colour;
  c.lineWidth = Math.max(2, 0.3 * Math.min(r, 13));
  c.setLineDash(dash);
  c.beginPath();
  c.arc(x, y, r + c.lineWidth, 0, 2 * Math.PI);
  c.stroke();
  c.setLineDash([]);
}
