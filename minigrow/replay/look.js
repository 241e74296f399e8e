// How the page looks: light or dark, full screen, and a presentation that shows only picture, surface, charts and buttons.
const get = (id) => document.getElementById(id);
const remembered = { // where a viewer forbids storage, nothing is remembered and nothing breaks
  read(name) { try { return localStorage.getItem(`minigrow.${name}`); } catch (error) { return null; } },
  write(name, value) { try { localStorage.setItem(`minigrow.${name}`, value); } catch (error) { /* not here */ } },
};
function setTheme(theme) {
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  readColours();
}
function setPresenting(on) {
  document.body.classList.toggle("presenting", on);
  get("present").setAttribute("aria-pressed", String(on));
  readColours();
}
const presenting = () => document.body.classList.contains("presenting");
function toggleFull() {
  const asked = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
  if (asked) asked.catch(() => { /* the viewer refuses */ });
}

function listenLooks(draw) {
  const theme = get("theme"), known = remembered.read("theme");
  if (known === "light" || known === "dark") theme.value = known;
  setTheme(theme.value);
  theme.addEventListener("change", () => { setTheme(theme.value); remembered.write("theme", theme.value); draw(); });
  get("present").addEventListener("click", () => { setPresenting(!presenting()); draw(); });
  get("full").hidden = !document.fullscreenEnabled;
  get("full").addEventListener("click", toggleFull);
  document.addEventListener("fullscreenchange", () => {
    get("full").setAttribute("aria-pressed", String(Boolean(document.fullscreenElement)));
    draw();
  });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { readColours(); draw(); });
}
