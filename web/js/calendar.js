// <zk-calendar>: days by keys, entries to other days by keys or by dragging. The server has the last word.
import { byFinger } from "./calendar-finger.js";
import { isTyping } from "./dom.js";
import { fireTriggers, send } from "./request.js";
import { openSheet } from "./sheet.js";

const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

const later = (iso, days) => {
  const date = new Date(`${iso}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
};

class Calendar extends HTMLElement {
  connectedCallback() {
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    const on = (target, name, call) => target.addEventListener(name, call, { signal });
    on(document, "keydown", (event) => this.key(event));
    byFinger(this, signal);
    on(this, "dragstart", (event) => this.lift(event));
    on(this, "dragover", (event) => this.over(event));
    on(this, "dragleave", ({ target }) => target.closest?.(".cal-slot, .cal-day")?.classList.remove("over"));
    on(this, "dragend", () => this.clear());
    on(this, "drop", (event) => this.drop(event));
    // a click on a day's empty place makes something new there
    on(this, "dblclick", (event) => {
      const day = event.target.closest(".cal-day");
      if (day && !event.target.closest("a, button")) this.anew(day, event.target.closest(".cal-slot")?.dataset.hour);
    });
    // a colleague chosen is shown at once
    on(this, "change", ({ target }) => target.name === "owner" && target.form.requestSubmit());
    this.rove();
    // where days lie below each other, the page begins with today
    if (matchMedia("(max-width: 760px)").matches) this.querySelector(".cal-day.today")?.scrollIntoView();
  }

  disconnectedCallback() {
    this.leaving?.abort();
  }

  get days() {
    return [...this.querySelectorAll(".cal-day")];
  }

  /** One day is in the order of Tab: today, or the first. */
  rove() {
    const days = this.days;
    const active = days.find((day) => day.classList.contains("active")) ?? days.find((day) => day.classList.contains("today")) ?? days[0];
    for (const day of days) day.tabIndex = day === active ? 0 : -1;
  }

  focusDay(day) {
    for (const each of this.days) each.classList.toggle("active", each === day);
    this.rove();
    day?.focus();
    day?.scrollIntoView({ block: "nearest" });
  }

  anew(day, hour) {
    const link = day.querySelector(".cal-new");
    if (link) openSheet("dialog", hour ? `${link.href}&hour=${hour}` : link.href);
  }

  key(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open], [popover].menu:popover-open")) return;
    const day = event.target.closest?.(".cal-day") ?? null;
    const entry = event.target.closest?.(".cal-entry") ?? null;
    const step = STEPS[event.key];
    if (event.key === "n" && !event.shiftKey) {
      const target = day ?? this.days.find((each) => each.classList.contains("today")) ?? this.days[0];
      if (!target) return;
      event.preventDefault();
      this.anew(target);
    } else if (!step) {
      return;
    } else if (event.shiftKey && entry?.dataset.move) {
      event.preventDefault();
      this.move(entry, later(day.dataset.date, this.dataset.shape === "month" || Math.abs(step) === 1 ? step : Math.sign(step)));
    } else if (entry && Math.abs(step) === 7) {
      event.preventDefault();
      const all = [...day.querySelectorAll(".cal-entry, .cal-more")];
      (all[all.indexOf(entry) + Math.sign(step)] ?? day).focus();
    } else if (day || !event.target.closest?.("a, button, summary, [tabindex]")) {
      event.preventDefault();
      const days = this.days;
      const from = days.indexOf(day);
      const first = days.find((each) => each.tabIndex === 0);
      // down from a day into what stands there, where days lie in one row
      const inside = day && this.dataset.shape !== "month" && Math.abs(step) === 7;
      if (inside) day.querySelector(".cal-entry")?.focus();
      else this.focusDay(day ? (days[from + step] ?? day) : first);
    }
  }

  lift(event) {
    const entry = event.target.closest?.(".cal-entry[data-move]");
    if (!entry) return;
    this.lifted = entry;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", entry.id);
    // the browser draws what hangs on the mouse from the entry as it is now
    requestAnimationFrame(() => this.lifted?.classList.add("dragged"));
  }

  over(event) {
    const day = this.lifted && event.target.closest?.(".cal-day");
    if (!day) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
    this.mark(event.target);
  }

  /** Shows where what is dragged would come to stand. */
  mark(place) {
    const target = place?.closest(".cal-slot[data-hour]") ?? place?.closest(".cal-day");
    if (target?.classList.contains("over")) return;
    for (const each of this.querySelectorAll(".over")) each.classList.remove("over");
    target?.classList.add("over");
  }

  clear() {
    this.lifted?.classList.remove("dragged");
    this.lifted = null;
    for (const each of this.querySelectorAll(".over")) each.classList.remove("over");
  }

  drop(event) {
    const entry = this.lifted;
    if (!entry || !event.target.closest?.(".cal-day")) return this.clear();
    event.preventDefault();
    this.put(entry, event.target);
  }

  /** Puts an entry where it was dropped, be it a day or an hour of it. */
  put(entry, place) {
    const day = place?.closest(".cal-day");
    const hour = place?.closest(".cal-slot")?.dataset.hour;
    this.clear();
    if (!day || !this.contains(day)) return;
    const from = entry.closest(".cal-slot").dataset.hour;
    if (day !== entry.closest(".cal-day") || (hour && hour !== from)) this.move(entry, day.dataset.date, hour !== from ? hour : undefined);
  }

  async move(entry, date, hour) {
    if (entry.getAttribute("aria-busy")) return;
    const day = this.querySelector(`[data-date="${CSS.escape(date)}"]`);
    const back = entry.parentElement;
    const next = entry.nextElementSibling;
    entry.setAttribute("aria-busy", "true");
    // at once; the answer puts it in its place there
    const slot = hour ? day?.querySelector(`[data-hour="${hour}"]`) : (entry.parentElement.dataset.hour && day?.querySelector(`[data-hour="${entry.parentElement.dataset.hour}"]`)) || day?.querySelector(".cal-slot");
    slot?.append(entry);
    const empty = day?.classList.contains("empty-day");
    day?.classList.remove("empty-day");
    entry.focus();
    const body = new URLSearchParams({ date, calendar: entry.dataset.calendar, ...(hour ? { hour } : {}) });
    const response = await send(entry.dataset.move, { method: "POST", body, headers: { "Zk-Frame": "dialog" } }).catch(() => null);
    entry.removeAttribute("aria-busy");
    if (response?.status === 204) {
      entry.id = entry.id.replace(/[^-]+$/, String(Date.parse(`${date}T00:00:00Z`) / 86_400_000));
      fireTriggers(response, this);
    } else {
      // `send` has said why
      back.insertBefore(entry, next?.parentElement === back ? next : null);
      day?.classList.toggle("empty-day", empty);
      entry.focus();
    }
  }
}
customElements.define("zk-calendar", Calendar);
