// Begin: read the data, put every part on the page, listen. Everything is drawn from one position on one clock.
const packed = new Blob([bytes(get("data").textContent)]); // JSON, compressed by zlib, in base64
if (!window.DecompressionStream) {
  get("summary").textContent = "This page needs a browser of 2023 or later, which can unpack its data.";
  return;
}
const page = JSON.parse(await new Response(packed.stream().pipeThrough(new DecompressionStream("deflate"))).text());
const runs = page.runs.map((data, i) => new Run(data, i)), clock = new Clock(runs);
setTheme(remembered.read("theme"));
const views = runs.map((run) => new View(run, runs.length > 1));
document.body.classList.add(runs.length > 1 ? "two" : "one");
document.body.classList.toggle("computing", views.some((view) => view.computes));
const charts = [new Chart(get("loss"), lossCurves(runs), "loss"), new Chart(get("size"), sizeCurves(runs), "neurons")];
const timeline = new Timeline(get("marks"), clock, get("tip"));
const player = new Player(clock, drawAll);
let said = -1;
const redraw = () => { said = -1; player.draw(); };

// What the neurons show: nothing more, their weights from an image, or how active they are on a chosen sample.
function shown() {
  const [kind, sample] = get("shows").value.split(":"), words = get("shows").selectedOptions[0].dataset.words || "";
  return {kind, sample: Number(sample || 0), words};
}
function offerShows() {
  const offer = (value, text, words = "") => Object.assign(item(get("shows"), "option", text), {value}).dataset.words = words;
  offer("plain", "plain");
  if (runs.some((run) => run.fields)) offer("fields", "weights from the image");
  const active = runs.find((run) => run.activity);
  if (active) active.data.activity.samples.forEach(({words}, i) => offer(`activity:${i}`, `activity on ${words}`, words));
  get("shows").parentElement.hidden = get("shows").options.length < 2;
  if (runs.some((run) => run.fields)) get("shows").value = "fields";
}

function drawAll(position, moment) {
  const began = performance.now(), shows = shown(), frames = runs.map((_, r) => clock.frames[r][moment]);
  views.forEach((view, r) => view.draw(clock.position(r, position), shows));
  if (moment !== said) { // between two moments only the network and its surface move
    for (const chart of charts) chart.draw(get("axis").value, frames);
    timeline.draw(moment);
    say(moment, frames);
  }
  for (const view of views) view.told();
  window.replay.milliseconds = performance.now() - began;
}
function say(moment, frames) {
  const label = (id, curves, unit) => get(id).setAttribute("aria-label",
    curves.map((curve) => `${curve.name} ${number(curve.values[frames[curve.run.index]])}${unit}`).join(", ") || "nothing recorded");
  said = moment;
  label("loss", charts[0].curves, "");
  label("size", charts[1].curves, " neurons");
  get("scrub").value = moment;
  const when = runs.length === 1 ? whenWords(runs[0], moment) : `${clock.unit} ${number(clock.values[moment])}`;
  get("scrub").setAttribute("aria-valuetext", when);
}

function offerAxes() {
  const shared = [...runs[0].axes.keys()].filter((name) => runs.every((run) => run.axes.has(name)));
  for (const name of shared.length ? shared : ["frame"]) item(get("axis"), "option", name).value = name;
}
function listen() {
  const go = (moment) => player.go(moment);
  const actions = {
    play: () => player.toggle(), first: () => go(0), last: () => go(player.last), back: () => player.step(-1),
    forward: () => player.step(1), before: () => player.event(-1), after: () => player.event(1),
  };
  for (const [id, act] of Object.entries(actions)) get(id).addEventListener("click", act);
  get("scrub").max = player.last;
  get("scrub").addEventListener("input", (event) => go(Number(event.target.value)));
  const linkAgain = () => { if (!player.playing) follow(clock, player.moment); };
  get("axis").addEventListener("change", () => { linkAgain(); redraw(); });
  get("speed").addEventListener("change", linkAgain);
  get("shows").addEventListener("change", () => { for (const view of views) view.choose(shown()); redraw(); });
  timeline.listen(go);
  listenKeys(player);
  window.addEventListener("hashchange", openLink);
  window.addEventListener("resize", () => { readColours(); redraw(); });
}
// Open at the place of the link, if it names one.
function openLink() {
  const moment = linkedMoment(clock);
  linkedChoice(get("speed"), "speed");
  linkedChoice(get("axis"), "by");
  said = -1;
  if (moment >= 0) player.go(moment); else redraw();
}

// For tests and for the curious: what the page shows now, of the first run and of all of them.
window.replay = {
  get frame() { return views[0].frame; }, get position() { return player.position; }, get playing() { return player.playing; },
  get row() { return runs[0].data.rows[views[0].frame]; }, drawn: views[0].picture.drawn, places: () => views[0].picture.stage,
  data: runs[0].data, lives: runs[0].lives, alive: (...of) => runs[0].alive(...of), presence: (...of) => runs[0].presence(...of),
  runs, views, clock, player, charts, timeline, milliseconds: 0, // of the last drawing
};
offerAxes();
offerShows();
explain(runs, views);
listEvents(clock, (moment) => player.go(moment));
listenLooks(redraw);
player.show("Play", "M5 2v14l12-7z");
listen();
openLink();
window.replay.ready = performance.now(); // when the first picture stood, in milliseconds since the page was asked for
