// Play, pause, step: one position between 0 and the last moment moves, and everything is drawn from it.
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
const SECONDS = 28; // how long a life takes at speed 1
class Player {
  constructor(clock, drawAll) {
    Object.assign(this, {clock, drawAll, position: 0, playing: false, before: 0});
    this.pace = Math.min(24, Math.max(3, clock.length / SECONDS)); // moments a second at speed 1
    this.last = clock.length - 1;
  }
  get moment() {
    return Math.min(this.last, Math.floor(this.position + 1e-6));
  }
  draw() {
    this.drawAll(calm.matches ? this.moment : this.position, this.moment);
  }
  go(moment) { // to a moment, paused
    this.position = Math.min(this.last, Math.max(0, moment));
    this.pause();
  }
  step(way) {
    this.go(this.moment + way);
  }
  pause() {
    this.playing = false;
    this.position = this.moment;
    this.show("Play", "M5 2v14l12-7z");
    follow(this.clock, this.moment);
    this.draw();
  }
  play() {
    if (this.last < 1) return;
    if (this.moment === this.last) this.position = 0;
    this.playing = true;
    this.show("Pause", "M4 2h4v14H4zM12 2h4v14h-4z");
    this.before = performance.now();
    requestAnimationFrame((now) => this.tick(now));
  }
  show(words, shape) { // the big button says what it does next
    const path = `<path d="${shape}" fill="currentColor"/>`; // only constants from this file
    get("play").innerHTML = `<svg width="20" height="18" viewBox="0 0 20 18" aria-hidden="true">${path}</svg> ${words}`;
    // while it plays, a screen reader would never catch up
    for (const told of document.querySelectorAll(".happened")) told.setAttribute("aria-live", this.playing ? "off" : "polite");
  }
  tick(now) {
    if (!this.playing) return;
    const speed = Number(get("speed").value) * (calm.matches ? 0.5 : 1);
    this.position = Math.min(this.last, this.position + Math.min(0.25, Math.max(0, now - this.before) / 1000) * this.pace * speed);
    this.before = now;
    if (this.position >= this.last) { this.pause(); return; }
    this.draw();
    requestAnimationFrame((next) => this.tick(next));
  }
  toggle() {
    if (this.playing) this.pause(); else this.play();
  }
  event(way) {
    for (let m = this.moment + way; m >= 0 && m <= this.last; m += way) if (this.clock.eventful.has(m)) { this.go(m); return; }
  }
  faster(way) {
    const speed = get("speed");
    speed.selectedIndex = Math.min(speed.options.length - 1, Math.max(0, speed.selectedIndex + way));
    if (!this.playing) follow(this.clock, this.moment);
  }
}

// What each key does; a key that presses what has the focus is left to it.
function listenKeys(player) {
  const press = (id) => () => get(id).click();
  const keys = new Map([
    [" ", () => player.toggle()], ["ArrowLeft", () => player.step(-1)], ["ArrowRight", () => player.step(1)],
    ["Home", () => player.go(0)], ["End", () => player.go(player.last)], ["ArrowUp", () => player.faster(1)],
    ["ArrowDown", () => player.faster(-1)], ["n", () => player.event(1)], ["p", () => player.event(-1)],
    ["f", press("full")], ["v", press("present")], ["Escape", () => { if (presenting()) get("present").click(); }],
  ]);
  document.addEventListener("keydown", (event) => {
    const own = event.target.tagName, act = keys.get(event.key);
    if (!act || event.ctrlKey || event.metaKey || event.altKey || own === "SELECT") return;
    if (event.key === " " && (own === "BUTTON" || own === "SUMMARY" || own === "A")) return;
    event.preventDefault();
    act();
  });
}
