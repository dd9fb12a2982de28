// Moving an entry of the calendar by finger: it rests on the entry first, so that the page can be scrolled. A mouse drags as links are dragged.

/** So long a finger rests, so far it may tremble. */
const REST = 350;
const FAR = 8;
/** So near to an edge the page scrolls, by so much a frame. */
const EDGE = 72;
const SPEED = 10;

export function byFinger(calendar, signal) {
  let held = null;
  const options = { signal };

  const point = () => document.elementFromPoint(held.x, held.y);

  /** Days without entries take no room on a phone but while one is chosen; the entry stays under the finger. */
  const lift = () => {
    const { entry } = held;
    const before = entry.getBoundingClientRect();
    calendar.classList.add("dragging");
    scrollBy(0, entry.getBoundingClientRect().top - before.top);
    held.ghost = entry.cloneNode(true);
    held.ghost.removeAttribute("id");
    held.ghost.setAttribute("aria-hidden", "true");
    held.ghost.classList.add("cal-ghost");
    Object.assign(held.ghost.style, { left: `${before.left}px`, top: `${before.top}px`, width: `${before.width}px` });
    held.from = { x: held.x, y: held.y };
    document.body.append(held.ghost);
    entry.classList.add("dragged");
    getSelection()?.removeAllRanges();
    scroll();
  };

  const scroll = () => {
    if (!held?.ghost) return;
    if (held.y < EDGE) scrollBy(0, -SPEED);
    else if (held.y > innerHeight - EDGE) scrollBy(0, SPEED);
    calendar.mark(point());
    requestAnimationFrame(scroll);
  };

  const end = (dropped) => {
    if (!held) return;
    clearTimeout(held.timer);
    const { entry, ghost } = held;
    const over = ghost && dropped ? point() : null;
    held = null;
    if (!ghost) return;
    ghost.remove();
    entry.classList.remove("dragged");
    calendar.classList.remove("dragging");
    // the tap that ends it opens nothing
    const stop = (event) => {
      event.preventDefault();
      event.stopPropagation();
    };
    addEventListener("click", stop, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", stop, { capture: true }), 50);
    calendar.put(entry, over);
  };

  calendar.addEventListener("pointerdown", (event) => {
    const entry = event.target.closest(".cal-entry[data-move]");
    if (event.pointerType !== "touch" || !entry || held) return;
    held = { entry, x: event.clientX, y: event.clientY, id: event.pointerId };
    held.timer = setTimeout(() => held && lift(), REST);
  }, options);

  addEventListener("pointermove", (event) => {
    if (event.pointerId !== held?.id) return;
    const far = Math.hypot(event.clientX - held.x, event.clientY - held.y) > FAR;
    if (!held.ghost) {
      // a finger that moves before it has rested is scrolling
      if (far) end(false);
      return;
    }
    Object.assign(held, { x: event.clientX, y: event.clientY });
    held.ghost.style.translate = `${held.x - held.from.x}px ${held.y - held.from.y}px`;
  }, options);

  // once an entry is lifted, the finger scrolls no more, and its rest opens no menu of the browser's
  calendar.addEventListener("touchmove", (event) => held?.ghost && event.preventDefault(), { passive: false, signal });
  calendar.addEventListener("contextmenu", (event) => held && event.preventDefault(), options);
  calendar.addEventListener("dragstart", (event) => {
    if (!held) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, { capture: true, signal });
  addEventListener("pointerup", (event) => held?.id === event.pointerId && end(true), options);
  addEventListener("pointercancel", (event) => held?.id === event.pointerId && end(false), options);
}
