// One run on the page: its network, what it computes, and the words about both.
const PARTS = [
  "name", "task", "when", "widths", "sample", "views", "picture", "neurons", "card", "computes", "surface", "classes", "happened",
];
class View {
  constructor(run, several) {
    const part = get("run").content.cloneNode(true), find = (name) => part.querySelector(`.${name}`);
    Object.assign(this, {run, said: -1, parts: {}});
    for (const name of PARTS) {
      this.parts[name] = find(name);
      this.parts[name].id = run.index ? `${name}-${run.index + 1}` : name;
    }
    this.section = find("run");
    if (several) this.section.setAttribute("aria-label", `${run.name} at this moment`);
    this.parts.name.textContent = several ? run.name : "";
    this.parts.name.hidden = !several;
    this.picture = new Picture(this.parts.picture, run);
    this.computes = makeComputes(this.parts, run, this.picture);
    this.parts.computes.hidden = !this.computes;
    this.section.classList.toggle("sampled", Boolean(run.activity && run.data.activity.samples.some(({image}) => image)));
    this.parts.sample.hidden = true;
    get("runs").append(part);
    this.card = new Card(this);
  }
  draw(position, shows) {
    const f = Math.floor(position + 1e-6);
    this.shows = shows;
    this.frame = f;
    this.picture.marked = this.card.life;
    this.picture.draw(position, shows);
    if (this.computes) this.computes.draw(position);
    if (!this.parts.sample.hidden) this.drawSample();
  }
  // The words come after all drawing, so that the browser lays the page out once.
  told() {
    if (this.frame !== this.said) this.say(this.frame);
    this.card.update();
  }
  // The image of the chosen sample, where there is one.
  choose(shows) {
    const sample = shows.kind === "activity" && this.run.activity ? this.run.data.activity.samples[shows.sample] : null;
    this.image = sample && sample.image ? sample.image : "";
    this.parts.sample.hidden = !this.image;
    this.parts.sample.setAttribute("aria-label", `The sample: ${shows.words || ""}`);
  }
  drawSample() {
    drawSample(this.parts.sample, this.image, this.run.data.activity.shape);
  }
  say(f) {
    const {run, parts} = this, when = whenWords(run, f), sizes = run.data.spaces.map((space) => `${space.words} ${space.widths[f]}`);
    this.said = f;
    parts.when.textContent = when + lossWords(run, f);
    parts.widths.textContent = `${widthWords(run, f)} neurons`;
    parts.picture.setAttribute("aria-label", [`The network at ${when}`, ...sizes].join(", "));
    if (this.computes) parts.surface.setAttribute("aria-label", `${computesWords(this.computes)}, at ${when}${lossWords(run, f)}`);
    this.tell(f);
  }
  // The event of this frame in words, or the one before it, paler.
  tell(f) {
    const {run, parts: {happened}} = this;
    let at = f;
    while (at >= 0 && !run.eventsAt[at].length) at--;
    const here = at < 0 ? [] : run.eventsAt[at], kinds = new Set(here.map((i) => run.data.events[i][1]));
    happened.className = `happened ${at === f ? "fresh" : ""} ${at === f && kinds.size === 1 ? [...kinds][0].replace(/\W/g, "") : ""}`;
    const more = here.length > 3 ? ` (and ${here.length - 3} more)` : "";
    const told = here.slice(0, 3).map((i) => eventWords(run, i)).join("; ");
    happened.textContent = here.length ? `${eventTime(run, here[0])}: ${told}${more}`
      : run.data.events.length ? "No growth event yet." : "No growth events in this history.";
  }
}

const computesWords = ({data, plain, words}) => words ? words : data.kind === "line" ? "What the network computes"
  : plain ? "What the network computes" : "What the network answers";
// The surface, the graph or the weights from an image with a caption and what the marks mean; null where none was recorded.
function makeComputes(parts, run, picture) {
  const data = run.data.surface;
  if (run.fields && !(data && data.at.length)) return makeGallery(parts, run, picture);
  if (!data || !data.at.length) return null;
  const made = data.kind === "line" ? new Graph(parts.surface, data) : new Surface(parts.surface, data);
  parts.computes.querySelector("figcaption").textContent = computesWords(made);
  const classes = made.marked ? Math.max(made.count, (data.classes || []).length) : 0;
  for (let k = 0; k < classes; k++) classSample(parts.classes, k, (data.classes || [])[k] || `class ${k}`, made.plain);
  if (data.kind === "line" && (data.points || []).length) item(parts.classes, "span", "dots: targets");
  if (data.kind === "plane" && !made.plain) item(parts.classes, "span", "stronger: surer");
  if (made.plain) item(parts.classes, "span", `pale ${number(made.low)}, dark ${number(made.high)}`);
  return made;
}
function makeGallery(parts, run, picture) {
  const made = new Gallery(parts.surface, run, picture), space = run.data.spaces[run.fields.space].words;
  made.words = `What ${space} looks for`;
  parts.computes.querySelector("figcaption").textContent = made.words;
  item(parts.classes, "span", run.fields.shape[0] === 1 ? "its weights from the inputs" : "weights from the image: dark +, pale −");
  return made;
}
function classSample(parent, k, words, plain) {
  const corners = MARKS[k % MARKS.length], points = corners && corners.map(([u, v]) => `${11 + 5 * u},${11 + 5 * v}`).join(" ");
  const shape = corners ? `<polygon points="${points}" fill="var(--ink)"/>` : `<circle cx="11" cy="11" r="5" fill="var(--ink)"/>`;
  const back = `<rect width="22" height="22" fill="var(--class${k % CLASSES})" fill-opacity="0.85"/>`;
  drawnSample(parent, 22, (plain ? "" : back) + shape, words);
}
