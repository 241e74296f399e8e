// One clock for all runs: its moments are the times of all frames; at each, a run shows its last frame so far.
class Clock {
  constructor(runs) {
    this.runs = runs;
    const shared = [...runs[0].times.keys()].find((name) => runs.every((run) => run.times.has(name)));
    this.unit = shared || "frame";
    const times = runs.map((run) => shared ? run.times.get(shared) : run.data.rows.map((_, f) => f));
    this.values = runs.length === 1 ? times[0] : [...new Set(times.flat())].sort((a, b) => a - b);
    this.frames = runs.map((_, r) => this.values.map((x, m) => runs.length === 1 ? m : Math.max(0, lastUpTo(times[r], x))));
    this.moments = times.map((own) => own.map((x, f) => runs.length === 1 ? f : lastUpTo(this.values, x)));
    this.length = this.values.length;
    this.eventful = new Set(runs.flatMap((run, r) => run.data.events.map((event) => this.moments[r][event[0]])));
  }
  // Where a run is at a position of the clock: a frame and a share of the way to the next.
  position(r, position) {
    const m = Math.floor(position + 1e-6), next = Math.min(m + 1, this.length - 1);
    const [from, to] = [this.frames[r][m], this.frames[r][next]];
    return from + (to - from) * Math.max(0, position - m);
  }
  // The events of a moment, as [run, number of the event].
  events(m) {
    return this.runs.flatMap((run, r) => this.moments[r][this.frames[r][m]] === m
      ? run.eventsAt[this.frames[r][m]].map((i) => [run, i]) : []);
  }
}
