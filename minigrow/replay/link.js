// The place in the link: #step=120&speed=2&by=epoch opens at the nearest drawn row, at this speed, with curves over epochs.
function linkParts() {
  return new Map(new URLSearchParams(location.hash.slice(1))); // it forgives any %
}
function linkedMoment(clock) {
  const run = clock.runs[0];
  for (const [name, text] of linkParts()) {
    const x = Number(text), rows = clock.runs.length === 1 ? run.data.rows : null;
    if (text.trim() === "" || !Number.isFinite(x)) continue;
    if (name === clock.unit || name === "step") return nearest(clock.values, x);
    if (run.times.has(name)) return clock.moments[0][nearest(run.times.get(name), x)];
    if (name === "row" && rows) return nearest(rows, x);
  }
  return -1;
}
// Set a choice from the link, where the link names one of its options.
function linkedChoice(select, name) {
  const wanted = linkParts().get(name), found = [...select.options].findIndex((option) => option.value === wanted);
  if (found >= 0) select.selectedIndex = found;
}
function follow(clock, moment) {
  const speed = get("speed").value, axis = get("axis");
  const parts = [[clock.unit, clock.values[moment]], ...(speed === "1" ? [] : [["speed", speed]])];
  if (axis.selectedIndex > 0) parts.push(["by", axis.value]);
  const hash = `#${parts.map(([name, value]) => `${name}=${value}`).join("&")}`;
  get("link").setAttribute("href", hash);
  try { history.replaceState(null, "", hash); } catch (error) { /* a viewer that forbids it still plays */ }
}
