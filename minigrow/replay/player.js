// Play, pause, step, scrub: one position between 0 and F - 1 moves, and everything is drawn from it.
const get = (id) => document.getElementById(id);
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
const SECONDS = 28; // how long a life takes at speed 1
const pace = Math.min(24, Math.max(3, F / SECONDS)); // frames a second at speed 1
let position = 0, playing = false, before = 0, asked = 0;
const frameNow = () => Math.min(F - 1, Math.floor(position + 1e-6));

function draw() {
  const f = frameNow();
  drawPicture(get("picture"), calm.matches ? f : position);
  drawChart(get("loss"), lossCurves, "loss", get("axis").value, f);
  drawChart(get("size"), sizeCurves, "neurons", get("axis").value, f);
  drawMarks(get("marks"), f);
  say(f);
}
let said = -1;
function say(f) {
  if (f === said) return;
  said = f;
  const loss = lossCurves.length ? `, loss ${number(lossCurves[0].values[f])}` : "";
  get("when").textContent = whenWords(f) + loss;
  get("widths").textContent = `${widthWords(f)} neurons`;
  const label = (id, parts) => get(id).setAttribute("aria-label", parts.join(", ") || "nothing recorded");
  label("picture", [`The network at ${whenWords(f)}`, ...data.spaces.map((s) => `${s.words} ${s.widths[f]}`)]);
  label("loss", lossCurves.map((curve) => `${curve.name} ${number(curve.values[f])}`));
  label("size", sizeCurves.map((curve) => `${curve.name} ${number(curve.values[f])} neurons`));
  get("scrub").value = f;
  get("scrub").setAttribute("aria-valuetext", whenWords(f));
  tell(f);
}
// The event of this frame in words, or the one before it, paler.
function tell(f) {
  let at = f;
  while (at >= 0 && !eventsAt[at].length) at--;
  const here = at < 0 ? [] : eventsAt[at], kinds = here.map((i) => data.events[i][1]);
  get("happened").className = at === f ? "fresh " + (new Set(kinds).size === 1 ? kinds[0].replace(/\W/g, "") : "") : "";
  const more = here.length > 3 ? ` (and ${here.length - 3} more)` : "";
  get("happened").textContent = here.length ? `${eventTime(here[0])}: ${here.slice(0, 3).map(eventWords).join("; ")}${more}`
    : data.events.length ? "No growth event yet." : "No growth events in this history.";
}

function go(f) { // to a frame, paused
  position = Math.min(F - 1, Math.max(0, f));
  pause();
}
function press(words, shape) { // the big button says what it does next
  const path = `<path d="${shape}" fill="currentColor"/>`;
  get("play").innerHTML = `<svg width="20" height="18" viewBox="0 0 20 18" aria-hidden="true">${path}</svg> ${words}`;
}
function pause() {
  playing = false;
  position = frameNow();
  press("Play", "M5 2v14l12-7z");
  get("happened").setAttribute("aria-live", "polite");
  follow();
  draw();
}
function play() {
  if (F < 2) return;
  if (frameNow() === F - 1) position = 0;
  playing = true;
  press("Pause", "M4 2h4v14H4zM12 2h4v14h-4z");
  get("happened").setAttribute("aria-live", "off"); // a reader would never catch up
  before = performance.now();
  requestAnimationFrame(tick);
}
function tick(now) {
  if (!playing) return;
  const speed = Number(get("speed").value) * (calm.matches ? 0.5 : 1);
  position = Math.min(F - 1, position + Math.min(0.25, Math.max(0, now - before) / 1000) * pace * speed);
  before = now;
  if (position >= F - 1) { pause(); return; }
  draw();
  requestAnimationFrame(tick);
}
const toggle = () => playing ? pause() : play();

// The address follows when paused, and a link such as #step=120 or #epoch=4 opens at the nearest drawn row.
function follow() {
  const hash = `#${clock}=${data.times[clock][frameNow()]}`;
  get("link").setAttribute("href", hash);
  try { history.replaceState(null, "", hash); } catch (error) { /* a viewer that forbids it still plays */ }
}
function linked() {
  const [name, value] = decodeURIComponent(location.hash.slice(1)).split("="), x = Number(value);
  if (value === undefined || value === "" || !Number.isFinite(x)) return -1;
  const values = data.times[name] || (name === "step" ? data.times[clock] : name === "row" ? data.rows : null);
  return values ? nearest(values, x) : -1;
}

function nextEvent(way) {
  for (let f = frameNow() + way; f >= 0 && f < F; f += way) if (eventsAt[f].length) { go(f); return; }
}
function faster(way) {
  const speed = get("speed");
  speed.selectedIndex = Math.min(speed.options.length - 1, Math.max(0, speed.selectedIndex + way));
}
const KEYS = {
  " ": toggle, ArrowLeft: () => go(frameNow() - 1), ArrowRight: () => go(frameNow() + 1),
  Home: () => go(0), End: () => go(F - 1),
  ArrowUp: () => faster(1), ArrowDown: () => faster(-1), n: () => nextEvent(1), p: () => nextEvent(-1),
};
function key(event) {
  const own = event.target.tagName, act = KEYS[event.key];
  if (!act || event.ctrlKey || event.metaKey || event.altKey || own === "SELECT") return;
  if (event.key === " " && (own === "BUTTON" || own === "SUMMARY" || own === "A")) return; // it presses what has the focus
  event.preventDefault();
  act();
}

function tip(x, text) {
  const box = get("tip");
  box.hidden = !text;
  box.textContent = text;
  const half = box.offsetWidth / 2;
  box.style.left = `${Math.min(get("timeline").clientWidth - half, Math.max(half, x))}px`;
}
// The frame with an event nearest to a place on the timeline, if one is within 12 px, else -1.
function eventNear(x, width) {
  let best = -1, least = 12;
  for (let f = 0; f < F; f++) {
    const gap = Math.abs(markX(f, width) - x);
    if (eventsAt[f].length && gap < least) [best, least] = [f, gap];
  }
  return best;
}

// Fill in what stays: summary, legend, list of events, what was left out.
function item(parent, tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  parent.append(made);
  return made;
}
function sample(draws, words) {
  const made = item(get("legend"), "span", "");
  made.innerHTML = `<svg width="52" height="22" aria-hidden="true">${draws}</svg>`; // only constants from this file
  made.append(words);
}
const stroke = (colour, dash) =>
  `<line x1="2" y1="11" x2="50" y2="11" stroke="var(--${colour})" stroke-width="3" stroke-dasharray="${dash}"/>`;
const circle = (x, more) => `<circle cx="${x}" cy="11" r="7" ${more}/>`;
function explain() {
  const [rows, grown] = data.total, of = F < rows ? ` of ${number(rows)}` : "";
  const events = `${number(grown)} growth event${grown === 1 ? "" : "s"}`;
  get("summary").textContent = `${number(F)}${of} moments, ${events}, loss and size up to the present`;
  if (edges.at.length) {
    sample(stroke("positive", ""), "positive weight");
    sample(stroke("negative", "7 4"), "negative weight");
    const most = Object.entries(data.edges.scales).map(([pair, scale]) => `${scale} (${pair.replace(">", " to ")})`);
    const words = `wider: greater |weight${gatedLives ? " × gate" : ""}|; widest ${most.join(", ")}`;
    sample(`<path d="M2 10.6 L50 7 L50 15 L2 11.4 Z" fill="var(--ink)"/>`, words);
  }
  sample(circle(26, 'fill="var(--neuron)" stroke="var(--born)" stroke-width="3"'), "new neuron");
  sample(circle(26, 'fill="var(--neuron)" stroke="var(--gone)" stroke-width="3" stroke-dasharray="3 3"'), "goes next");
  const ring = 'fill="none" stroke="var(--neuron)" stroke-width="2"';
  if (gatedLives) sample(circle(26, ring), "opening: filled as far as its gate is open");
  const up = `<path d="M8 18 L14 4 L20 18 Z" fill="var(--born)"/>`, down = `<path d="M32 4 L38 18 L44 4 Z" fill="var(--gone)"/>`;
  sample(up + down, "event on the timeline: grows, loses");
  if (data.hint) item(get("legend"), "span", data.hint).className = "hint";
  get("left").hidden = !data.left.length;
  for (const words of data.left) item(get("left").querySelector("ul"), "li", words);
}
function listEvents() {
  const box = get("events");
  box.hidden = !data.events.length;
  box.querySelector("summary").textContent = `All events (${data.events.length})`;
  box.addEventListener("toggle", () => {
    if (!box.open || box.querySelector("button")) return;
    data.events.forEach((event, i) => {
      const button = item(item(box.querySelector("ol"), "li", ""), "button", `${eventTime(i)}: ${eventWords(i)}`);
      button.type = "button";
      button.addEventListener("click", () => go(event[0]));
    });
  });
}

function begin() {
  readColours();
  get("scrub").max = F - 1;
  for (const name of Object.keys(axes)) item(get("axis"), "option", name).value = name;
  explain();
  listEvents();
  const actions = {
    play: toggle, first: KEYS.Home, last: KEYS.End, back: KEYS.ArrowLeft, forward: KEYS.ArrowRight, before: KEYS.p, after: KEYS.n,
  };
  for (const [id, act] of Object.entries(actions)) get(id).addEventListener("click", act);
  get("scrub").addEventListener("input", (event) => go(Number(event.target.value)));
  get("axis").addEventListener("change", draw);
  document.addEventListener("keydown", key);
  window.addEventListener("hashchange", () => { if (linked() >= 0) go(linked()); });
  window.addEventListener("resize", draw);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { readColours(); draw(); });
  const marks = get("marks");
  marks.addEventListener("pointermove", (event) => {
    const f = eventNear(event.offsetX, marks.clientWidth);
    tip(event.offsetX, f < 0 ? "" : eventsAt[f].slice(0, 4).map((i) => `${eventTime(i)}: ${eventWords(i)}`).join("; "));
  });
  marks.addEventListener("pointerleave", () => tip(0, ""));
  marks.addEventListener("click", (event) => {
    const f = eventNear(event.offsetX, marks.clientWidth);
    go(f >= 0 ? f : Math.round((event.offsetX - THUMB / 2) / (marks.clientWidth - THUMB) * (F - 1)));
  });
  get("picture").addEventListener("pointermove", (event) => {
    get("picture").title = lifeWords(event.offsetX, event.offsetY, frameNow());
  });
  const start = linked();
  if (start >= 0) go(start);
  else { press("Play", "M5 2v14l12-7z"); draw(); }
}
begin();
// For tests and for the curious: what the page shows now.
window.replay = {get frame() { return frameNow(); }, get position() { return position; }, get playing() { return playing; },
  get row() { return data.rows[frameNow()]; }, drawn, places: () => stage, data, lives, alive, presence};
