// Read the data of the page, and answer questions about a frame: who lives, how open, which edges, what happened.
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);

function bytes(text) {
  const raw = atob(text), found = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) found[i] = raw.charCodeAt(i);
  return found;
}
function shorts(text) { // little-endian on every machine
  const raw = bytes(text), found = new Uint16Array(raw.length / 2);
  for (let i = 0; i < found.length; i++) found[i] = raw[2 * i] | (raw[2 * i + 1] << 8);
  return found;
}

const F = data.rows.length;
const lives = {
  space: bytes(data.lives.space), place: shorts(data.lives.place),
  first: shorts(data.lives.first), last: shorts(data.lives.last),
};
const L = lives.space.length;
const edges = {
  at: data.edges.at, starts: data.edges.starts,
  ends: shorts(data.edges.ends), levels: new Int8Array(bytes(data.edges.levels).buffer),
};
const gateValues = bytes(data.gates.values), gateOf = new Int32Array(L).fill(-1);
shorts(data.gates.lives).forEach((life, i) => { gateOf[life] = i; });
const gatedLives = shorts(data.gates.lives).length;

const alive = (life, f) => lives.first[life] <= f && f < lives.last[life];
// How visible a neuron is at a frame: 0 where it does not live, its gate where it has one, else 1.
function presence(life, f) {
  if (!alive(life, f)) return 0;
  return gateOf[life] < 0 ? 1 : gateValues[f * gatedLives + gateOf[life]] / 255;
}
// The number of the last picture (row with weights) at or before a frame, -1 before the first.
function pictureAt(f) {
  let low = 0, high = edges.at.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges.at[middle] <= f) low = middle + 1; else high = middle;
  }
  return low - 1;
}

const timeNames = Object.keys(data.times), clock = timeNames[0];
const axes = {...data.times, ...data.amounts};
const eventsAt = Array.from({length: F}, () => []);
data.events.forEach((event, i) => eventsAt[event[0]].push(i));
const spaceOf = Object.fromEntries(data.spaces.map((space, i) => [space.name, i]));

function number(x) {
  if (x === null) return "none";
  return Number.isInteger(x) ? x.toLocaleString("en-GB") : String(Number(x.toPrecision(3)));
}
const nearer = (values, x) => (best, value, f) => Math.abs(value - x) < Math.abs(values[best] - x) ? f : best;
const nearest = (values, x) => values.reduce(nearer(values, x), 0);
const whenWords = (f) => timeNames.filter((name, i) => i === 0 || data.times[name][f] !== data.times[clock][f])
  .map((name) => `${name} ${number(data.times[name][f])}`).join(", ");
const widthWords = (f) => data.spaces.map((space) => number(space.widths[f])).join(" – ");
const spaceWords = (name) => name in spaceOf && data.spaces[spaceOf[name]].words !== name
  ? `${data.spaces[spaceOf[name]].words} (${name})` : name;

const VERBS = {grow: "grows by", prune: "loses", rotate: "is rotated"};
const SIGNS = {grow: "▲", prune: "▼"};
function eventWords(i) {
  const [, kind, space, neurons, before, after, reason] = data.events[i];
  const count = neurons ? ` ${number(neurons)} neuron${neurons === 1 ? "" : "s"}` : "";
  const sizes = before === after ? "" : `, ${number(before)} → ${number(after)}`;
  const why = data.reasons[reason] ? `: ${data.reasons[reason]}` : "";
  return `${SIGNS[kind] || "◆"} ${spaceWords(space)} ${VERBS[kind] || kind}${count}${sizes}${why}`;
}
function eventTime(i) { // one that nobody dated has the time of its frame
  const frame = data.events[i][0], step = data.events[i][7];
  return `${clock} ${number(step < 0 ? data.times[clock][frame] : step)}`;
}

// The colours of the present scheme, from the style sheet.
let colours = {};
function readColours() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ["paper", "ink", "soft", "line", "panel", "positive", "negative", "neuron", "born", "gone", "accent"])
    colours[name] = style.getPropertyValue("--" + name).trim();
}
// A canvas's pen in CSS pixels, sharp on every screen, cleared.
function pen(canvas) {
  const scale = window.devicePixelRatio || 1, width = canvas.clientWidth, height = canvas.clientHeight;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  const c = canvas.getContext("2d");
  c.setTransform(scale, 0, 0, scale, 0, 0);
  c.clearRect(0, 0, width, height);
  c.fontSize = parseFloat(getComputedStyle(document.documentElement).fontSize);
  return [c, width, height];
}
function font(c, share, weight = "") {
  c.font = `${weight} ${Math.round(c.fontSize * share)}px system-ui, "DejaVu Sans", sans-serif`;
}
