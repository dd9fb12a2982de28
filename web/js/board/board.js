// <zk-board>: cards in columns, moved by pointer, by keys or from their menu. The server has the last word.
import { isTyping } from "../dom.js";
import { cardsAnew } from "./anew.js";
import { draggable } from "./drag.js";
import { Figures } from "./figures.js";
import { moveTo } from "./move.js";
import { tabs } from "./tabs.js";

class Board extends HTMLElement {
  connectedCallback() {
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    const on = (target, name, call, options) => target.addEventListener(name, call, { signal, ...options });
    this.figures = new Figures(this);
    /** Cards on their way: what colleagues do to them waits. */
    this.moving = new Set();
    /** How often each was moved. */
    this.moves = new Map();
    this.anew = cardsAnew(this);
    tabs(this, signal);
    if ("movable" in this.dataset) draggable(this, signal);
    on(this, "keydown", (event) => this.key(event));
    on(this, "focusin", ({ target }) => this.activate(target.closest(".board-card")));
    on(this, "click", (event) => this.clicked(event));
    on(this, "htmx:load", () => this.rove());
    on(document, "zk-live", ({ detail }) => this.anew.hear(detail));
    on(document, "visibilitychange", () => !document.hidden && this.anew.flush());
    // an undo: the card is read again, wherever it is now
    on(document, "zk-refresh", (event) => {
      event.stopImmediatePropagation();
      this.anew.everything();
    });
    on(document, "keydown", (event) => this.enter(event));
    this.rove();
    this.figures.read();
  }

  disconnectedCallback() {
    this.leaving?.abort();
  }

  get columns() {
    return [...this.querySelectorAll(".board-column")];
  }

  column(key) {
    return this.columns.find(({ dataset }) => dataset.stage === key);
  }

  cards(column) {
    return [...column.querySelectorAll(".board-card")];
  }

  card(id) {
    return this.querySelector(`#c-${CSS.escape(id)}`);
  }

  // Focus: one card is in the order of Tab; arrows lead to the others.

  rove() {
    const cards = [...this.querySelectorAll(".board-card")];
    const active = this.querySelector(".board-card.active") ?? cards[0];
    for (const card of cards) for (const each of card.querySelectorAll(".board-title, .board-menu")) each.tabIndex = card === active ? 0 : -1;
  }

  activate(card) {
    if (!card || card.matches(".active")) return;
    this.querySelector(".board-card.active")?.classList.remove("active");
    card.classList.add("active");
    this.rove();
  }

  focusCard(card) {
    this.activate(card);
    card?.querySelector(".board-title").focus();
    card?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** Up and down within the column, left and right to the nearest card of the next column that has one. */
  step(card, key) {
    const column = card.closest(".board-column");
    const cards = this.cards(column);
    const at = cards.indexOf(card);
    if (key === "ArrowUp" || key === "ArrowDown") return this.focusCard(cards[at + (key === "ArrowUp" ? -1 : 1)]);
    const columns = this.columns;
    const by = key === "ArrowLeft" ? -1 : 1;
    for (let next = columns.indexOf(column) + by; columns[next]; next += by) {
      const there = this.cards(columns[next]);
      if (there.length) return this.focusCard(there[Math.min(at, there.length - 1)]);
    }
    return undefined;
  }

  key(event) {
    const card = event.target.closest(".board-card");
    if (!card || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || this.querySelector("[popover].menu:popover-open")) return;
    const { key } = event;
    if (key.startsWith("Arrow")) {
      event.preventDefault();
      if (!event.shiftKey) this.step(card, key);
      else if (key === "ArrowLeft" || key === "ArrowRight") this.shift(card, key === "ArrowLeft" ? -1 : 1);
    } else if (key === "m" && card.querySelector(".board-menu")) {
      event.preventDefault();
      event.stopPropagation();
      card.querySelector(".board-menu").focus();
      card.querySelector(".board-menu").click();
    }
  }

  /** An arrow anywhere on the page enters the board; `/` goes to the search in it. */
  enter(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || isTyping(event.target) || document.querySelector("dialog[open], [popover].menu:popover-open")) return;
    if (event.key === "/") {
      event.preventDefault();
      document.querySelector("[data-find]")?.focus();
    } else if (["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight"].includes(event.key) && !event.target.closest("a, button, summary, [tabindex]")) {
      event.preventDefault();
      this.focusCard(this.querySelector(".board-card.active") ?? this.querySelector(".board-card"));
    }
  }

  shift(card, by) {
    const columns = this.columns.filter(({ dataset }) => dataset.stage);
    const next = columns[columns.indexOf(card.closest(".board-column")) + by];
    if (next) moveTo(this, card, next.dataset.stage, { focus: true });
  }

  // The menu of a card, one for all of them

  clicked(event) {
    const opener = event.target.closest(".board-menu");
    if (opener) {
      this.chosen = opener.closest(".board-card");
      for (const item of this.querySelectorAll("#board-menu [data-stage]")) {
        if (item.dataset.stage === this.chosen.dataset.stage) item.setAttribute("aria-current", "true");
        else item.removeAttribute("aria-current");
      }
    }
    const item = event.target.closest("#board-menu [data-stage]");
    if (item && this.chosen?.isConnected) moveTo(this, this.chosen, item.dataset.stage, { focus: true });
  }
}
customElements.define("zk-board", Board);

// List or board: which of the two an object's bare address leads to.
const YEAR = 31_536_000;
document.addEventListener("click", ({ target }) => {
  const link = target.closest?.("a[data-shape]");
  if (!link) return;
  const names = new Set((document.cookie.match(/(?:^|; )zk-boards=([^;]*)/)?.[1] ?? "").split(".").filter(Boolean));
  if (link.dataset.shape === "board") names.add(link.dataset.object);
  else names.delete(link.dataset.object);
  document.cookie = `zk-boards=${[...names].join(".")}; path=/; max-age=${names.size ? YEAR : 0}; samesite=lax`;
});
