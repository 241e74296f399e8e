// Say in plain words what a frame, an event, a neuron is. The same names everywhere: inputs, hidden 1, outputs.
const ROUNDING = 2 ** -52; // a loss below this share of the greatest one is rounding
const VERBS = new Map([["grow", "grows by"], ["prune", "loses"], ["rotate", "is rotated"]]);
const SIGNS = new Map([["grow", "▲"], ["prune", "▼"]]);

function whenWords(run, f) {
  const own = run.times.get(run.clock);
  return [...run.times].filter(([name, values]) => name === run.clock || values[f] !== own[f])
    .map(([name, values]) => `${name} ${number(values[f])}`).join(", ");
}
const losses = (run) => Object.values(run.data.curves).flat().filter((value) => value !== null);
function lossFloor(run) {
  if (run.floor === undefined) run.floor = losses(run).reduce((most, value) => Math.max(most, value), 0) * ROUNDING;
  return run.floor;
}
function lossWords(run, f) {
  const loss = run.loss(f), name = Object.keys(run.data.curves)[0];
  if (loss === null) return name && f === 0 && run.data.curves[name].length > 1 ? ", before training" : name ? ", loss none" : "";
  return `, loss ${loss >= 0 && loss < lossFloor(run) ? `below ${number(Number(lossFloor(run).toPrecision(1)))}` : number(loss)}`;
}
const widthWords = (run, f) => run.data.spaces.map((space) => number(space.widths[f])).join(" – ");
const spaceWords = (run, name) => run.spaceOf.has(name) ? run.data.spaces[run.spaceOf.get(name)].words : name;
const neurons = (count) => `${number(count)} neuron${count === 1 ? "" : "s"}`;

function eventWords(run, i) {
  const [, kind, space, count, before, after, reason] = run.data.events[i];
  const sizes = before === after ? "" : `, ${number(before)} → ${number(after)}`;
  const why = run.data.reasons[reason] ? `: ${run.data.reasons[reason]}` : "";
  const sign = SIGNS.get(kind) || "◆", verb = VERBS.get(kind) || kind, many = count ? ` ${neurons(count)}` : "";
  return `${sign} ${spaceWords(run, space)} ${verb}${many}${sizes}${why}`;
}
function eventTime(run, i) { // one that nobody dated has the time of its frame
  const frame = run.data.events[i][0], step = run.data.events[i][7];
  return `${run.clock} ${number(step < 0 ? run.time(frame) : step)}`;
}
const toldEvent = (run, i) => `${eventTime(run, i)}: ${eventWords(run, i)}`;

// When a neuron came and went, and why where an event says so.
function lifeWords(run, life) {
  const {first, last} = run.lives, reasonOf = (list) => {
    const event = run.data.events[list && list[life] >= 0 ? list[life] : -1];
    return event && run.data.reasons[event[6]] ? `: ${run.data.reasons[event[6]]}` : "";
  };
  const when = (f) => `${run.clock} ${number(run.time(f))}`;
  const dated = (list, f) => list && list[life] >= 0 ? eventTime(run, list[life]) : when(f);
  const born = first[life] ? `at ${dated(run.data.born, first[life])}${reasonOf(run.data.born)}` : "there from the start";
  const gone = last[life] < run.frames ? `at ${dated(run.data.gone, last[life])}${reasonOf(run.data.gone)}` : "to the last moment";
  return [born, gone];
}
// A neuron's card as [term, words] pairs; what was not recorded is left out.
function cardWords(run, life, f, shows) {
  const [born, gone] = lifeWords(run, life), stays = run.lives.last[life] === run.frames, told = run.norms(life, f);
  const found = [["Born", born], [stays ? "Stays" : "Gone", gone]];
  const gate = run.gateOf[life] < 0 ? "" : `${number(100 * run.presence(life, f))} % open`;
  const put = (term, words) => { if (words !== "" && words !== "none") found.push([term, words]); };
  put("Gate", run.alive(life, f) ? gate : "");
  put("Singular value", number(told.sigma));
  put("Norm of weights in", number(told.into));
  put("Norm of weights out", number(told.out));
  const active = shows.kind === "activity" ? run.activation(life, f, shows.sample) : NaN;
  if (!Number.isNaN(active)) put(`Activation on ${shows.words}`, number(active));
  return found;
}
function neuronTitle(run, life, f) {
  const state = run.alive(life, f) ? "" : f < run.lives.first[life] ? " (not born yet)" : " (gone)";
  const first = run.lives.space.indexOf(run.lives.space[life]);
  const {words, name} = run.data.spaces[run.lives.space[life]], symbol = name === words ? "" : ` (${name})`;
  return `${words}${symbol}, neuron ${life - first + 1}${state}`;
}
