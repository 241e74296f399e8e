// Walk through the neurons with the keyboard: Tab leads to one of them, arrow keys to its neighbours, Enter keeps its card.
class Walk {
  constructor(card) {
    Object.assign(this, {card, run: card.view.run, life: -1, group: card.view.parts.neurons, button: null});
  }
  // One button stands on the neuron that Tab reaches; a new one for each neuron, so that a screen reader says its name.
  stand(life, focus) {
    const old = this.button, button = document.createElement("button");
    Object.assign(button, {type: "button", className: "neuron"});
    button.addEventListener("focus", () => { if (!this.card.pinned) this.card.show(this.life); });
    button.addEventListener("blur", () => { if (!this.card.pinned) this.card.show(-1); });
    button.addEventListener("click", () => this.card.pinned ? this.card.unpin() : this.card.pin(this.life));
    button.addEventListener("keydown", (event) => this.key(event));
    Object.assign(this, {life, button, told: -1});
    this.group.append(button);
    this.update();
    if (focus) button.focus();
    if (old) old.remove();
  }
  update() {
    const {run, card: {view}} = this, stage = view.picture.stage;
    if (!this.button || !run.presence(this.life, view.frame) && document.activeElement !== this.button) this.first();
    if (!this.button || this.life < 0) return;
    const [x, y] = stage.xy[run.lives.place[this.life]], r = Math.max(6, stage.radius[run.lives.space[this.life]]);
    Object.assign(this.button.style, {left: `${x - r}px`, top: `${y - r}px`, width: `${2 * r}px`, height: `${2 * r}px`});
    if (this.told === view.frame) return;
    this.told = view.frame;
    const words = cardWords(run, this.life, view.frame, view.shows).map(([term, told]) => `${term}: ${told}`);
    this.button.setAttribute("aria-label", [neuronTitle(run, this.life, view.frame), ...words].join(". "));
  }
  // Tab leads to the first neuron of a hidden space, or of any other.
  first() {
    const here = this.there(), hidden = here.find((life) => this.run.data.spaces[this.run.lives.space[life]].hidden);
    this.life = hidden === undefined ? here.length ? here[0] : -1 : hidden;
    if (this.life < 0) return;
    if (this.button) this.told = -1; else this.stand(this.life, false);
  }
  there() {
    return Array.from({length: this.run.count}, (_, life) => life).filter((life) => this.run.presence(life, this.card.view.frame));
  }
  // The next neuron in a direction: within the column, or the nearest in the next column that has any.
  next(across, down) {
    const {run, card: {view: {picture}}} = this, at = (life) => picture.stage.xy[run.lives.place[life]];
    const columnOf = (life) => picture.columns[run.lives.place[life]], own = columnOf(this.life), [, y] = at(this.life);
    const order = (a, b) => at(a)[1] - at(b)[1] || at(a)[0] - at(b)[0], gap = (life) => Math.abs(at(life)[1] - y);
    if (down) {
      const column = [...new Set([...this.there(), this.life])].filter((life) => columnOf(life) === own).sort(order);
      return column[column.indexOf(this.life) + down] ?? -1;
    }
    const others = this.there().filter((life) => (columnOf(life) - own) * across > 0);
    const next = others.reduce((best, life) => Math.min(best, across * columnOf(life)), Infinity) * across;
    return others.filter((life) => columnOf(life) === next).reduce((best, life) => best < 0 || gap(life) < gap(best) ? life : best, -1);
  }
  key(event) {
    const way = new Map([["ArrowLeft", [-1, 0]], ["ArrowRight", [1, 0]], ["ArrowUp", [0, -1]], ["ArrowDown", [0, 1]]]).get(event.key);
    if (event.key === "Escape") this.card.unpin();
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    const found = this.next(...way);
    if (found < 0) return;
    this.stand(found, true);
    if (this.card.pinned) this.card.pin(found);
  }
}
