// The timeline: growth points up, above; losses point down, below; anything else is a diamond between.
const THUMB = 16; // width of the slider's thumb in pixels
class Timeline {
  constructor(canvas, clock, tip) {
    Object.assign(this, {canvas, clock, tip});
    this.phased = clock.runs.find((run) => (run.data.phases || []).length);
    canvas.classList.toggle("phased", Boolean(this.phased));
    this.kinds = new Map([...clock.eventful].map((m) => [m, new Set(clock.events(m).map(([run, i]) => run.data.events[i][1]))]));
    this.phases = this.phased ? this.bands() : [];
  }
  x(m) {
    return THUMB / 2 + (this.canvas.clientWidth - THUMB) * (this.clock.length > 1 ? m / (this.clock.length - 1) : 0);
  }
  momentAt(x) {
    return Math.round((x - THUMB / 2) / (this.canvas.clientWidth - THUMB) * (this.clock.length - 1));
  }
  draw(now) {
    const [c, , height] = pen(this.canvas), middle = this.phased ? height - 20 : height / 2;
    if (this.phased) drawBands(c, this.phases, (m) => this.x(m), 0, height);
    c.strokeStyle = colours.line;
    c.lineWidth = 1;
    c.beginPath(); c.moveTo(this.x(0), middle); c.lineTo(this.x(this.clock.length - 1), middle); c.stroke();
    for (const [m, kinds] of this.kinds) {
      c.globalAlpha = m <= now ? 1 : 0.4;
      for (const kind of kinds) mark(c, this.x(m), middle, kind);
    }
    c.globalAlpha = 1;
    c.strokeStyle = colours.ink;
    c.lineWidth = 2;
    c.beginPath(); c.moveTo(this.x(now), 0); c.lineTo(this.x(now), height); c.stroke();
  }
  // The bands of the phases, in moments.
  bands() {
    const {phased: run, clock} = this, times = run.times.get(run.clock), own = clock.moments[run.index];
    const found = run.data.phases.map(([x, words]) => [times.findIndex((time) => time >= x), words]).filter(([f]) => f >= 0);
    return found.map(([f, words], i) => [own[f], i + 1 < found.length ? own[found[i + 1][0]] : own[own.length - 1], words]);
  }
  // The moment with an event nearest to a place on the timeline, if one is within 12 px, else -1.
  eventNear(x) {
    let best = -1, least = 12;
    for (const m of this.clock.eventful) {
      const gap = Math.abs(this.x(m) - x);
      if (gap < least) [best, least] = [m, gap];
    }
    return best;
  }
  say(x) {
    const m = x === null ? -1 : this.eventNear(x), told = m < 0 ? [] : this.clock.events(m).slice(0, 4);
    this.tip.hidden = !told.length;
    this.tip.textContent = told.map(([run, i]) => named(this.clock, run) + toldEvent(run, i)).join("; ");
    const half = this.tip.offsetWidth / 2;
    this.tip.style.left = `${Math.min(this.canvas.clientWidth - half, Math.max(half, x || 0))}px`;
  }
  listen(go) {
    this.canvas.addEventListener("pointermove", (event) => this.say(event.offsetX));
    this.canvas.addEventListener("pointerleave", () => this.say(null));
    this.canvas.addEventListener("click", (event) => {
      const m = this.eventNear(event.offsetX);
      go(m >= 0 ? m : this.momentAt(event.offsetX));
    });
  }
}
const named = (clock, run) => clock.runs.length > 1 ? `${run.name}, ` : "";

function mark(c, x, y, kind) {
  const way = kind === "grow" ? -1 : kind === "prune" ? 1 : 0;
  c.fillStyle = way < 0 ? colours.born : way > 0 ? colours.gone : colours.soft;
  c.beginPath();
  if (way) { c.moveTo(x - 6, y + 3 * way); c.lineTo(x + 6, y + 3 * way); c.lineTo(x, y + 16 * way); }
  else { c.moveTo(x - 5, y); c.lineTo(x, y - 6); c.lineTo(x + 5, y); c.lineTo(x, y + 6); }
  c.fill();
}
