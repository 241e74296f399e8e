"use strict";
// One slide at a time: arrow keys, page keys, space, Home and End turn them, N opens the notes, F fills the screen; #7 opens slide 7.
const slides = [...document.querySelectorAll("section")];
const [back, on, notes] = ["back", "on", "notes"].map((name) => document.getElementById(name));
const counter = document.getElementById("counter");
let now = 0;

function show(number) {
  now = Math.max(0, Math.min(slides.length - 1, number));
  slides.forEach((slide, i) => slide.classList.toggle("on", i === now));
  back.disabled = now === 0;
  on.disabled = now === slides.length - 1;
  notes.disabled = !slides[now].querySelector("details");
  counter.textContent = `${now + 1} of ${slides.length}`;
  document.title = `${slides[now].dataset.title} (${now + 1} of ${slides.length})`;
  if (location.hash !== `#${now + 1}`) history.replaceState(null, "", `#${now + 1}`);
}

function fold() {
  const details = slides[now].querySelector("details");
  if (details) details.open = !details.open;
}

function fill() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen().catch(() => {});
}

const KEYS = {
  ArrowRight: () => show(now + 1), ArrowDown: () => show(now + 1), PageDown: () => show(now + 1), " ": () => show(now + 1),
  ArrowLeft: () => show(now - 1), ArrowUp: () => show(now - 1), PageUp: () => show(now - 1),
  Home: () => show(0), End: () => show(slides.length - 1), n: fold, N: fold, f: fill, F: fill,
};

document.addEventListener("keydown", (event) => {
  const own = event.target.closest("button, summary, a") && [" ", "Enter"].includes(event.key);
  const scrolls = event.target.closest("details div, pre") && event.key.startsWith("Arrow");
  if (own || scrolls || event.ctrlKey || event.altKey || event.metaKey || !(event.key in KEYS)) return;
  event.preventDefault();
  KEYS[event.key]();
});
back.addEventListener("click", () => show(now - 1));
on.addEventListener("click", () => show(now + 1));
notes.addEventListener("click", fold);
window.addEventListener("hashchange", () => show((parseInt(location.hash.slice(1), 10) || 1) - 1));
window.addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((details) => { details.open = true; }));
window.addEventListener("afterprint", () => document.querySelectorAll("details").forEach((details) => { details.open = false; }));
document.body.classList.add("js");
show((parseInt(location.hash.slice(1), 10) || 1) - 1);
