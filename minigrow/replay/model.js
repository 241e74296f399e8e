// A run answers questions about a frame: who lives, how open, which edges, what happened.
class Run {
  constructor(data, index) {
    Object.assign(this, {data, index, name: data.name || "", frames: data.rows.length});
    const lives = data.lives;
    this.lives = {
      space: unpack(lives.space, "u1"), place: unpack(lives.place, "u2"),
      first: unpack(lives.first, "u2"), last: unpack(lives.last, "u2"),
    };
    this.count = this.lives.space.length;
    const {at, starts, ends, levels} = data.edges;
    this.edges = {at, starts, ends: unpack(ends, "u2"), levels: unpack(levels, "i1")};
    this.readGates(data.gates);
    this.times = new Map(Object.entries(data.times));
    this.axes = new Map([...this.times, ...Object.entries(data.amounts)]);
    this.clock = [...this.times.keys()][0];
    this.spaceOf = new Map(data.spaces.map((space, i) => [space.name, i]));
    this.eventsAt = Array.from({length: this.frames}, () => []);
    data.events.forEach((event, i) => this.eventsAt[event[0]].push(i));
    this.readRecords(data);
  }
  readRecords({cards, fields, activity}) {
    this.cards = new Recorded(cards || {at: [], starts: [0], lives: ""});
    for (const name of ["into", "out", "sigma"]) this.cards[name] = unpack(cards ? cards[name] : "", "f4");
    this.fields = fields && fields.at.length ? new Recorded(fields) : null;
    if (this.fields) Object.assign(this.fields, {shape: fields.shape, values: unpack(fields.values, "i1"), space: fields.space});
    this.activity = activity && activity.at.length ? new Recorded(activity) : null;
    if (this.activity) this.activity.values = unpack(activity.values, "i1");
  }
  readGates({lives, values}) {
    const gated = unpack(lives, "u2");
    this.gateValues = unpack(values, "u1");
    this.gateOf = new Int32Array(this.count).fill(-1);
    this.gated = gated.length;
    gated.forEach((life, i) => { this.gateOf[life] = i; });
  }
  alive(life, f) {
    return this.lives.first[life] <= f && f < this.lives.last[life];
  }
  // How visible a neuron is at a frame: 0 where it does not live, its gate where it has one, else 1.
  presence(life, f) {
    if (!this.alive(life, f)) return 0;
    return this.gateOf[life] < 0 ? 1 : this.gateValues[f * this.gated + this.gateOf[life]] / 255;
  }
  spaceName(life) {
    return this.data.spaces[this.lives.space[life]].words;
  }
  time(f) {
    return this.times.get(this.clock)[f];
  }
  // Norms of the weights into and out of a neuron and its singular value, as last recorded; NaN where they never were.
  norms(life, f) {
    return {into: this.cards.last("into", life, f), out: this.cards.last("out", life, f), sigma: this.cards.last("sigma", life, f)};
  }
  // A neuron's activation on a sample as a share of its space's greatest, -1..1, and NaN where it was not recorded.
  share(life, f, sample) {
    const k = this.activity ? this.activity.place(life, f) : -1;
    return k < 0 ? NaN : this.activity.values[k * this.data.activity.samples.length + sample] / 127;
  }
  activation(life, f, sample) {
    return this.share(life, f, sample) * (this.activity ? this.data.activity.scale[this.lives.space[life]] : NaN);
  }
  // The loss at a frame, null where none was recorded, as before the first step.
  loss(f) {
    const curve = Object.values(this.data.curves)[0];
    return curve ? curve[f] : null;
  }
}

// Values that were recorded at some frames for some lives, so many for each life: receptive fields, activity, norms.
class Recorded {
  constructor({at, starts, lives}) {
    Object.assign(this, {at, starts, lives: unpack(lives, "u2"), found: new Map()});
  }
  // Where the values of each life stand that was recorded in picture i.
  places(i) {
    if (!this.found.has(i)) {
      const known = new Map();
      for (let k = this.starts[i]; k < this.starts[i + 1]; k++) known.set(this.lives[k], k);
      this.found.set(i, known);
    }
    return this.found.get(i);
  }
  // The last finite value of a column for a life up to a frame, NaN where there is none.
  last(name, life, f) {
    for (let i = lastUpTo(this.at, f); i >= 0; i--) {
      const k = this.places(i).get(life);
      if (k !== undefined && Number.isFinite(this[name][k])) return this[name][k];
    }
    return NaN;
  }
  // The place of a life's values at the last picture at or before a frame, -1 where it has none.
  place(life, f) {
    const i = lastUpTo(this.at, f), k = i < 0 ? undefined : this.places(i).get(life);
    return k === undefined ? -1 : k;
  }
}
