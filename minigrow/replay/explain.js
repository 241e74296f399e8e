// Fill in what stays: task, summary, legend, list of events, what was left out.
function item(parent, tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  parent.append(made);
  return made;
}
function drawnSample(parent, wide, draws, words) {
  const made = item(parent, "span", "");
  made.innerHTML = `<svg width="${wide}" height="22" aria-hidden="true">${draws}</svg>`; // only constants from these files
  made.append(words);
}
const stroke = (colour, dash) =>
  `<line x1="2" y1="11" x2="50" y2="11" stroke="var(--${colour})" stroke-width="3" stroke-dasharray="${dash}"/>`;
const circle = (more) => `<circle cx="26" cy="11" r="7" ${more}/>`;

function explain(runs, views) {
  const total = (k) => runs.reduce((sum, run) => sum + run.data.total[k], 0), moments = runs.reduce((sum, run) => sum + run.frames, 0);
  const of = moments < total(0) ? ` of ${number(total(0))}` : "", events = `${number(total(1))} growth event${total(1) === 1 ? "" : "s"}`;
  get("summary").textContent = `${number(moments)}${of} moments, ${events}, loss and size up to the present`;
  const tasks = [...new Set(runs.map((run) => run.data.task || ""))], shared = tasks.length === 1;
  get("purpose").textContent = shared ? tasks[0] : "";
  get("purpose").hidden = !shared || !tasks[0];
  for (const view of views) {
    view.parts.task.textContent = shared ? "" : view.run.data.task;
    view.parts.task.hidden = shared || !view.run.data.task;
  }
  for (const [draws, words] of samples(runs)) drawnSample(get("legend"), 52, draws, words);
  const own = (run, words) => runs.length > 1 ? `${run.name}: ${words}` : words;
  for (const run of runs.filter((run) => run.data.hint)) item(get("legend"), "span", own(run, run.data.hint)).className = "hint";
  const left = new Set(runs.flatMap((run) => (run.data.left || []).map((words) => own(run, words))));
  get("left").hidden = !left.size;
  for (const words of left) item(get("left").querySelector("ul"), "li", words);
}
// The legend: [drawing, words] of what occurs in these runs.
function samples(runs) {
  const found = [], gated = runs.some((run) => run.gated);
  if (runs.some((run) => run.edges.at.length)) {
    found.push([stroke("positive", ""), "positive weight"], [stroke("negative", "7 4"), "negative weight"]);
    const name = (run) => runs.length > 1 ? `in ${run.name} ` : "";
    const most = runs.filter((run) => run.edges.at.length).map((run) => name(run) + widest(run).join(", "));
    const words = `wider: greater |weight${gated ? " × gate" : ""}|; widest ${most.join("; ")}`;
    found.push([`<path d="M2 10.6 L50 7 L50 15 L2 11.4 Z" fill="var(--ink)"/>`, words]);
  }
  found.push([circle('fill="var(--neuron)" stroke="var(--born)" stroke-width="3"'), "new neuron"]);
  found.push([circle('fill="var(--neuron)" stroke="var(--gone)" stroke-width="3" stroke-dasharray="3 3"'), "goes next"]);
  if (gated) found.push([circle('fill="none" stroke="var(--neuron)" stroke-width="2"'), "opening: filled as far as its gate is open"]);
  const shade = (k) => [0, 1, 2].map((channel) => Math.round(ramp(k / 8, channel)));
  const block = (k) => `<rect x="${3 + 5 * k}" y="3" width="5.5" height="16" fill="rgb(${shade(k)})"/>`;
  const scale = Array.from({length: 9}, (_, k) => block(k)).join("");
  if (runs.some((run) => run.fields)) found.push([scale, "weights from the image: pale negative, grey zero, dark positive"]);
  if (runs.some((run) => run.activity)) {
    const edge = 'stroke="var(--neuron)" stroke-width="2"', bar = `<path d="M22 11h8" ${edge}/>`;
    found.push([circle(`fill="var(--positive)" ${edge}`), "active on the sample: fuller is more"]);
    found.push([circle(`fill="var(--negative)" ${edge}`) + bar, "negative activation"]);
  }
  const up = `<path d="M8 18 L14 4 L20 18 Z" fill="var(--born)"/>`, down = `<path d="M32 4 L38 18 L44 4 Z" fill="var(--gone)"/>`;
  return [...found, [up + down, "event on the timeline: grows, loses"]];
}
// The weight of the widest edge between each two spaces, in words.
function widest(run) {
  const scales = new Map(Object.entries(run.data.edges.scales)), spaces = run.data.spaces;
  return spaces.flatMap((a) => spaces.filter((b) => scales.has(`${a.name}>${b.name}`))
    .map((b) => `${number(scales.get(`${a.name}>${b.name}`))} (${a.words} to ${b.words})`));
}

function listEvents(clock, go) {
  const box = get("events"), all = clock.runs.flatMap((run, r) => run.data.events.map((event, i) => [clock.moments[r][event[0]], run, i]));
  all.sort((a, b) => a[0] - b[0]);
  box.hidden = !all.length;
  box.querySelector("summary").textContent = `All events (${all.length})`;
  box.addEventListener("toggle", () => {
    if (!box.open || box.querySelector("button")) return;
    for (const [moment, run, i] of all) {
      const button = item(item(box.querySelector("ol"), "li", ""), "button", named(clock, run) + toldEvent(run, i));
      button.type = "button";
      button.addEventListener("click", () => go(moment));
    }
  });
}
