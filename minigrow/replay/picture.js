// Draw the network between two frames: edges first, neurons over them, names and numbers below.
const drawn = {counts: [], edges: 0}; // what the last drawing shows: neurons of each space, edges
const column = data.columns;

// Pixels of every place, and a radius for every space from the nearest two of its places.
function stagePlaces(width, height) {
  const xy = data.places.map(([x, y]) => [x * width, y * height]), radius = data.spaces.map(() => Math.min(13, width / 45));
  const own = new Map();
  for (let life = 0; life < L; life++) own.set(lives.place[life], lives.space[life]);
  const places = [...own.keys()];
  for (const a of places) {
    for (const b of places) {
      if (a === b || column[a] !== column[b]) continue;
      const gap = Math.hypot(xy[a][0] - xy[b][0], xy[a][1] - xy[b][1]);
      radius[own.get(a)] = Math.max(1.6, Math.min(radius[own.get(a)], 0.4 * gap));
    }
  }
  return {xy, radius, width, height};
}

let stage = null;
function drawPicture(canvas, position) {
  const [c, width, height] = pen(canvas), below = 3.1 * c.fontSize;
  if (!stage || stage.width !== width || stage.height !== height - below) stage = stagePlaces(width, height - below);
  const f = Math.floor(position), g = Math.min(f + 1, F - 1), t = smooth(position - f);
  const seen = new Float32Array(L);
  for (let life = 0; life < L; life++) seen[life] = (1 - t) * presence(life, f) + t * presence(life, g);
  drawn.edges = drawEdges(c, f, g, t, seen);
  drawNeurons(c, f, t, seen);
  drawNames(c, width, height, below, f);
}
const smooth = (t) => t * t * (3 - 2 * t);

// Edges of the pictures at f and g, merged by their ends; a weight that is in one picture only fades.
function drawEdges(c, f, g, t, seen) {
  const a = pictureAt(f), b = pictureAt(g);
  let i = a < 0 ? 0 : edges.starts[a], j = b < 0 ? 0 : edges.starts[b], count = 0;
  const stopI = a < 0 ? 0 : edges.starts[a + 1], stopJ = b < 0 ? 0 : edges.starts[b + 1];
  const key = (e) => edges.ends[2 * e] * 65536 + edges.ends[2 * e + 1];
  while (i < stopI || j < stopJ) {
    const keyI = i < stopI ? key(i) : Infinity, keyJ = j < stopJ ? key(j) : Infinity, e = keyI <= keyJ ? i : j;
    let level = 0;
    if (keyI <= keyJ) level += (1 - t) * edges.levels[i++];
    if (keyJ <= keyI) level += t * edges.levels[j++];
    count += drawEdge(c, edges.ends[2 * e], edges.ends[2 * e + 1], level / 127, seen);
  }
  c.setLineDash([]);
  c.globalAlpha = 1;
  return count;
}
function drawEdge(c, from, to, weight, seen) {
  const there = Math.min(1, 3 * seen[from], 3 * seen[to]), size = Math.abs(weight);
  if (there * size < 0.004) return 0;
  c.globalAlpha = there * (0.1 + 0.85 * Math.sqrt(size));
  c.lineWidth = 0.5 + 4 * size;
  c.strokeStyle = weight > 0 ? colours.positive : colours.negative;
  c.setLineDash(weight > 0 ? [] : [2.5 + 1.6 * c.lineWidth, 2 + c.lineWidth]);
  c.beginPath();
  line(c, lives.place[from], lives.place[to]);
  c.stroke();
  return 1;
}
// Straight to the next column; bent to the right of its way where it skips one, goes back, or stays in its column.
function line(c, p, q) {
  const [x, y] = stage.xy[p], [u, v] = stage.xy[q], step = column[q] - column[p];
  if (p === q) {
    c.arc(x + 9, y - 9, 9, 0, 2 * Math.PI);
    return;
  }
  c.moveTo(x, y);
  const bend = step === 1 ? 0 : step === 0 ? 0.16 : step < 0 ? 0.3 : (y + v < stage.height ? -0.22 : 0.22);
  c.quadraticCurveTo((x + u) / 2 - bend * (v - y), (y + v) / 2 + bend * (u - x), u, v);
}

function drawNeurons(c, f, t, seen) {
  const counts = data.spaces.map(() => 0);
  for (let life = 0; life < L; life++) {
    if (!seen[life]) continue;
    const [x, y] = stage.xy[lives.place[life]], r = stage.radius[lives.space[life]];
    const gated = gateOf[life] >= 0;
    c.globalAlpha = gated ? Math.min(1, 6 * seen[life]) : seen[life];
    if (c.globalAlpha > 0.5 || gated) counts[lives.space[life]] += 1;
    disc(c, x, y, r, gated ? seen[life] : 1);
    if (lives.first[life] === f && f > 0) halo(c, x, y, r, colours.born, 1 - t, []);
    if (lives.last[life] === f + 1 && f + 1 < F) halo(c, x, y, r, colours.gone, 1 - t, [3, 3]);
  }
  c.globalAlpha = 1;
  drawn.counts = counts;
}
// A neuron, filled as far as its gate is open.
function disc(c, x, y, r, open) {
  c.beginPath();
  c.arc(x, y, r, 0, 2 * Math.PI);
  c.fillStyle = colours.paper;
  c.fill();
  c.fillStyle = colours.neuron;
  if (open >= 1) { c.fill(); return; }
  const alpha = c.globalAlpha;
  c.globalAlpha = alpha * open;
  c.fill();
  c.globalAlpha = alpha;
  c.strokeStyle = colours.neuron;
  c.lineWidth = 2;
  c.stroke();
}
function halo(c, x, y, r, colour, alpha, dash) {
  c.globalAlpha = alpha;
  c.strokeStyle = colour;
  c.lineWidth = Math.max(2, 0.3 * r);
  c.setLineDash(dash);
  c.beginPath();
  c.arc(x, y, r + c.lineWidth, 0, 2 * Math.PI);
  c.stroke();
  c.setLineDash([]);
}

function drawNames(c, width, height, below, f) {
  c.textAlign = "center";
  data.spaces.forEach((space, i) => {
    const x = space.x * width, here = space.widths[f];
    c.fillStyle = colours.ink;
    font(c, 1.05, "600");
    c.fillText(number(here), x, height - below + 1.35 * c.fontSize);
    c.fillStyle = colours.soft;
    font(c, width / data.spaces.length < 110 ? 0.75 : 0.9);
    const words = here > drawn.counts[i] ? `${space.words} (${drawn.counts[i]} drawn)` : space.words;
    c.fillText(words, x, height - below + 2.6 * c.fontSize);
  });
}

// The life whose place is under the pointer, in words, or "".
function lifeWords(x, y, f) {
  for (let life = 0; life < L && stage; life++) {
    const [u, v] = stage.xy[lives.place[life]];
    if (presence(life, f) && Math.hypot(x - u, y - v) < stage.radius[lives.space[life]] + 4) {
      const born = lives.first[life] ? `since ${clock} ${number(data.times[clock][lives.first[life]])}` : "from the start";
      const gone = lives.last[life] < F ? `until ${clock} ${number(data.times[clock][lives.last[life] - 1])}` : "to the end";
      return `${data.spaces[lives.space[life]].words}: a neuron ${born} ${gone}`;
    }
  }
  return "";
}
