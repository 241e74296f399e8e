// Draw the edges of two recorded pictures, merged by their ends; a weight that is in one picture only fades.
function drawEdges(c, picture, f, g, t) {
  const {edges} = picture.run, a = lastUpTo(edges.at, f), b = lastUpTo(edges.at, g);
  let i = a < 0 ? 0 : edges.starts[a], j = b < 0 ? 0 : edges.starts[b], count = 0;
  const stopI = a < 0 ? 0 : edges.starts[a + 1], stopJ = b < 0 ? 0 : edges.starts[b + 1];
  const key = (e) => edges.ends[2 * e] * 65536 + edges.ends[2 * e + 1];
  while (i < stopI || j < stopJ) {
    const keyI = i < stopI ? key(i) : Infinity, keyJ = j < stopJ ? key(j) : Infinity, e = keyI <= keyJ ? i : j;
    let level = 0;
    if (keyI <= keyJ) level += (1 - t) * edges.levels[i++];
    if (keyJ <= keyI) level += t * edges.levels[j++];
    count += drawEdge(c, picture, edges.ends[2 * e], edges.ends[2 * e + 1], level / 127);
  }
  c.setLineDash([]);
  c.globalAlpha = 1;
  return count;
}
function drawEdge(c, picture, from, to, weight) {
  const {seen, run} = picture, there = Math.min(1, 3 * seen[from], 3 * seen[to]), size = Math.abs(weight);
  if (there * size < 0.004) return 0;
  const own = picture.marked < 0 || picture.marked === from || picture.marked === to; // the others step back
  c.globalAlpha = there * (0.1 + 0.85 * Math.sqrt(size)) * (own ? 1 : 0.25);
  c.lineWidth = 0.5 + 4 * size;
  c.strokeStyle = weight > 0 ? colours.positive : colours.negative;
  c.setLineDash(weight > 0 ? [] : [2.5 + 1.6 * c.lineWidth, 2 + c.lineWidth]);
  c.beginPath();
  edgeLine(c, picture, run.lives.place[from], run.lives.place[to]);
  c.stroke();
  return 1;
}
// Straight to the next column; bent to the right of its way where it skips one, goes back, or stays in its column.
function edgeLine(c, {stage, columns}, p, q) {
  const [x, y] = stage.xy[p], [u, v] = stage.xy[q], step = columns[q] - columns[p];
  if (p === q) {
    c.arc(x + 9, y - 9, 9, 0, 2 * Math.PI);
    return;
  }
  c.moveTo(x, y);
  if (step === 1) { c.lineTo(u, v); return; }
  const bend = step === 0 ? 0.16 : step < 0 ? 0.3 : (y + v < stage.height ? -0.22 : 0.22);
  c.quadraticCurveTo((x + u) / 2 - bend * (v - y), (y + v) / 2 + bend * (u - x), u, v);
}
