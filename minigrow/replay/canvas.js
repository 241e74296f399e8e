// What every drawing needs: the colours of the present theme, and a canvas's pen in CSS pixels, sharp on every screen.
let colours = {}, fontSize = 18;
const CLASSES = 8;
function readColours() {
  const style = getComputedStyle(document.documentElement);
  const names = ["paper", "ink", "soft", "line", "panel", "band", "positive", "negative", "neuron", "born", "gone", "accent"];
  colours = Object.create(null);
  for (const name of [...names, ...Array.from({length: CLASSES}, (_, i) => `class${i}`)])
    colours[name] = style.getPropertyValue("--" + name).trim();
  fontSize = parseFloat(style.fontSize);
}
const rgb = (colour) => [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));

function pen(canvas) {
  const scale = window.devicePixelRatio || 1, width = canvas.clientWidth, height = canvas.clientHeight;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  const c = canvas.getContext("2d");
  c.setTransform(scale, 0, 0, scale, 0, 0);
  c.clearRect(0, 0, width, height);
  c.fontSize = fontSize;
  return [c, width, height];
}
function font(c, share, weight = "") {
  c.font = `${weight} ${Math.round(c.fontSize * share)}px system-ui, "DejaVu Sans", sans-serif`;
}
// Words that end in … where they are longer than there is room.
function fitted(c, words, room) {
  if (c.measureText(words).width <= room) return words;
  let n = words.length;
  while (n > 0 && c.measureText(`${words.slice(0, n)}…`).width > room) n--;
  return n ? `${words.slice(0, n).trimEnd()}…` : "";
}

// Pale orange (low), grey, dark blue (high): it grows darker all the way, so it reads in grey and for colour-blind eyes.
const RAMP = [[253, 227, 192], [150, 150, 156], [8, 54, 107]];
function ramp(share, channel) {
  const x = 2 * Math.min(1, Math.max(0, share)), i = x < 1 ? 0 : 1;
  return RAMP[i][channel] + (x - i) * (RAMP[i + 1][channel] - RAMP[i][channel]);
}
