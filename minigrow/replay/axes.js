// Axes: round numbers along them, the phases of a task as bands with words, and a floor where a loss is only rounding.
function ticks(low, high, most) {
  const rough = (high - low) / most || 1, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((k) => k * power).find((k) => k >= rough - 1e-12);
  const found = [];
  const last = Math.floor(high / step + 1e-9);
  for (let k = Math.ceil(low / step - 1e-9); k <= last; k++) found.push(Number((k * step).toPrecision(12)));
  return found;
}
function decades(low, high, most) {
  const found = [], fine = Math.log10(high / low) < 2.2 ? [1, 2, 5] : [1];
  for (let k = Math.floor(Math.log10(low)); k <= Math.log10(high); k++) {
    for (const m of fine) {
      const x = Number((m * 10 ** k).toPrecision(2));
      if (x >= low * 0.999 && x <= high * 1.001) found.push(x);
    }
  }
  return found.filter((_, i) => i % Math.ceil(found.length / most) === 0);
}
function tickWords(x) {
  const size = Math.abs(x);
  if (size >= 1e6) return `${Number((x / 1e6).toPrecision(3))}M`;
  if (size >= 1e4) return `${Number((x / 1e3).toPrecision(3))}k`;
  if (size === 0 || size >= 1e-3) return String(Number(x.toPrecision(3))).replace("-", "−");
  const [digit, power] = x.toExponential(0).split("e");
  const raised = [...power.replace("-", "⁻")].map((d) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[d] || d).join("");
  return digit === "1" ? `10${raised}` : `${digit}·10${raised}`;
}

const wider = ([a, b], v) => v === null ? [a, b] : [Math.min(a, v), Math.max(b, v)];
const limits = (values) => values.reduce(wider, [Infinity, -Infinity]);
// Where a chart's numbers fall: limits of both axes, logarithmic upwards where losses span more than a factor of 20.
function scales(curves, xs, loss) {
  const [least, most] = limits(curves.flatMap((curve) => curve.values)), [x0, x1] = limits(xs);
  const floor = most * ROUNDING, lowest = Math.max(floor, least), log = loss && least >= 0 && most / lowest > 20;
  const low = log ? lowest : Math.min(0, least);
  return {log, low, cut: log && least < floor, high: most > low ? most : low + 1, x0, x1: x1 > x0 ? x1 : x0 + 1};
}

// Where the phases of a task begin and end on an axis: [from, to, words]; they are recorded on the run's own clock.
function phaseBands(run, axis) {
  const times = run.times.get(run.clock), xs = run.axes.get(axis), last = run.frames - 1;
  const place = (x) => {
    if (axis === run.clock) return Math.min(x, times[last]);
    const f = times.findIndex((time) => time >= x);
    return f < 0 ? null : xs[f];
  };
  const starts = (run.data.phases || []).map(([x, words]) => [place(x), words]).filter(([x]) => x !== null);
  return starts.map(([x, words], i) => [x, i + 1 < starts.length ? starts[i + 1][0] : xs[last], words]);
}
function drawBands(c, bands, toX, top, bottom) {
  font(c, 0.78);
  c.textAlign = "left";
  bands.forEach(([from, to, words], i) => {
    const [x, end] = [toX(from), toX(to)];
    c.fillStyle = colours[i % 2 ? "panel" : "band"];
    c.fillRect(x, top, end - x, bottom - top);
    c.fillStyle = colours.ink;
    c.fillText(fitted(c, words, end - x - 8), x + 4, top + 0.85 * c.fontSize);
  });
}
