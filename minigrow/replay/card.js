// A neuron's card: its life, its numbers, its picture; shown on hover and on focus, and kept when clicked or tapped.
class Card {
  constructor(view) {
    Object.assign(this, {view, life: -1, pinned: false, box: view.parts.card});
    this.title = this.box.querySelector(".title");
    this.list = this.box.querySelector("dl");
    this.field = this.box.querySelector("canvas");
    this.walk = new Walk(this);
    this.box.querySelector("button").addEventListener("click", () => { this.walk.button.focus(); this.unpin(); });
    this.listen(view.parts.picture, view.picture);
    if (view.computes && view.computes.lifeAt) this.listen(view.parts.surface, view.computes);
  }
  listen(canvas, drawn) {
    const life = (event, more) => drawn.lifeAt(event.offsetX, event.offsetY, this.view.frame, more);
    canvas.addEventListener("pointermove", (event) => {
      if (this.pinned || event.pointerType === "touch") return;
      this.show(life(event, 4));
      canvas.style.cursor = this.life < 0 ? "" : "pointer";
    });
    canvas.addEventListener("pointerleave", () => { if (!this.pinned) this.show(-1); });
    canvas.addEventListener("click", (event) => {
      const found = life(event, event.pointerType === "touch" ? 16 : 4);
      if (found < 0 || this.pinned && found === this.life) this.unpin(); else this.pin(found);
    });
  }
  show(life) {
    if (life === this.life) return;
    this.life = life;
    redraw();
  }
  pin(life) {
    this.pinned = true;
    this.life = life;
    redraw();
  }
  unpin() {
    this.pinned = false;
    this.show(-1);
  }
  // Fill the card for the frame that the page shows, and put it beside its neuron.
  update() {
    const {box, life, view: {run, frame, shows}} = this;
    this.walk.update();
    box.hidden = life < 0;
    box.classList.toggle("pinned", this.pinned);
    if (life < 0) return;
    const told = `${life} ${frame} ${shows.kind} ${shows.sample} ${this.pinned}`;
    if (told !== this.told) this.fill(run, life, frame, shows);
    this.told = told;
    this.place();
    if (!this.field.hidden) this.drawField();
  }
  fill(run, life, frame, shows) {
    this.title.textContent = neuronTitle(run, life, frame);
    this.list.replaceChildren();
    for (const [term, words] of cardWords(run, life, frame, shows)) {
      const pair = item(this.list, "div", "");
      item(pair, "dt", term);
      item(pair, "dd", words);
    }
    this.field.hidden = !run.fields || run.fields.place(life, frame) < 0;
    this.field.setAttribute("aria-label", `The weights into ${run.spaceName(life)} from the image: dark is positive, pale is negative`);
  }
  drawField() {
    const [c, width, height] = pen(this.field);
    const high = height / 2 - 1, wide = this.view.run.fields.shape[0] === 1 ? width / 2 - 1 : high;
    this.view.picture.weights.draw(c, this.life, this.view.frame, width / 2, height / 2, wide, high);
  }
  place() {
    const {box, view: {run, parts, picture: {stage}}} = this, [x, y] = stage.xy[run.lives.place[this.life]];
    const wide = box.offsetWidth, tall = box.offsetHeight, r = stage.radius[run.lives.space[this.life]] + 12;
    const room = parts.views.clientWidth, right = x + r + wide <= room, beside = right || x - r - wide >= 0;
    const top = beside ? Math.max(0, Math.min(stage.height + 3 * fontSize - tall, y - tall / 2)) : y + r; // below, where no side has room
    box.style.left = `${right ? x + r : beside ? x - r - wide : Math.max(0, Math.min(room - wide, x - wide / 2))}px`;
    box.style.top = `${top}px`;
  }
}
