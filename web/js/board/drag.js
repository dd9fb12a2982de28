// Dragging a card by mouse, pen or finger. A finger rests on the card first, so that the column can be scrolled.
import { moveTo } from "./move.js";

/** So far a pressed mouse goes before it drags, so long a finger rests. */
const FAR = 5;
const REST = 350;
/** So near to an edge the board scrolls, by so much a frame. */
const EDGE = 56;
const SPEED = 14;

export function draggable(board, signal) {
  let drag = null;

  const start = () => {
    const { card, x, y } = drag;
    const box = card.getBoundingClientRect();
    drag.ghost = card.cloneNode(true);
    drag.ghost.removeAttribute("id");
    drag.ghost.setAttribute("aria-hidden", "true");
    drag.ghost.classList.add("board-ghost");
    Object.assign(drag.ghost.style, { width: `${box.width}px`, left: `${box.left}px`, top: `${box.top}px` });
    drag.from = { x, y };
    document.body.append(drag.ghost);
    card.classList.add("dragged");
    board.classList.add("dragging");
    const column = card.closest(".board-column");
    const to = column.dataset.to.split(" ").filter(Boolean);
    for (const each of board.columns) each.classList.toggle("closed", each !== column && to.length > 0 && !to.includes(each.dataset.stage));
    getSelection()?.removeAllRanges();
    scroll();
  };

  /** Near an edge the board, or the column, scrolls on. */
  const scroll = () => {
    if (!drag?.ghost) return;
    const wide = board.querySelector(".board-columns");
    const box = wide.getBoundingClientRect();
    if (drag.x < box.left + EDGE) wide.scrollLeft -= SPEED;
    else if (drag.x > box.right - EDGE) wide.scrollLeft += SPEED;
    const list = drag.over?.querySelector(".board-cards");
    const high = list?.getBoundingClientRect();
    if (high && drag.y < high.top + EDGE) list.scrollTop -= SPEED;
    else if (high && drag.y > high.bottom - EDGE) list.scrollTop += SPEED;
    requestAnimationFrame(scroll);
  };

  const move = (event) => {
    Object.assign(drag, { x: event.clientX, y: event.clientY });
    drag.ghost.style.translate = `${drag.x - drag.from.x}px ${drag.y - drag.from.y}px`;
    const over = document.elementFromPoint(drag.x, drag.y)?.closest(".board-column");
    if (over === drag.over) return;
    drag.over?.classList.remove("over");
    drag.over = over && board.contains(over) ? over : null;
    drag.over?.classList.add("over");
  };

  const end = (dropped) => {
    if (!drag) return;
    clearTimeout(drag.timer);
    const { card, ghost, over } = drag;
    drag = null;
    if (!ghost) return;
    ghost.remove();
    card.classList.remove("dragged");
    board.classList.remove("dragging");
    for (const each of board.columns) each.classList.remove("over", "closed");
    // the click that ends a drag opens nothing
    const stop = (event) => {
      event.preventDefault();
      event.stopPropagation();
    };
    addEventListener("click", stop, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", stop, { capture: true }), 50);
    if (dropped && over?.dataset.stage) moveTo(board, card, over.dataset.stage);
    board.anew.flush();
  };

  board.addEventListener("pointerdown", (event) => {
    const card = event.target.closest(".board-card");
    if (!card || event.button !== 0 || "fixed" in card.dataset || event.target.closest("button") || board.isNarrow?.()) return;
    drag = { card, x: event.clientX, y: event.clientY, touch: event.pointerType === "touch", id: event.pointerId };
    if (drag.touch) drag.timer = setTimeout(() => drag && start(), REST);
  }, { signal });

  addEventListener("pointermove", (event) => {
    if (!drag || event.pointerId !== drag.id) return;
    if (drag.ghost) {
      event.preventDefault();
      move(event);
    } else if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > FAR) {
      // a finger that moves before it has rested is scrolling
      if (drag.touch) end(false);
      else start();
    }
  }, { signal });

  // once a card is lifted, the finger scrolls no more
  board.addEventListener("touchmove", (event) => drag?.ghost && event.preventDefault(), { passive: false, signal });
  board.addEventListener("contextmenu", (event) => drag?.touch && event.preventDefault(), { signal });
  board.addEventListener("dragstart", (event) => event.target.closest(".board-card") && event.preventDefault(), { signal });
  addEventListener("pointerup", (event) => drag?.id === event.pointerId && end(true), { signal });
  addEventListener("pointercancel", (event) => drag?.id === event.pointerId && end(false), { signal });
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !drag?.ghost) return;
    event.preventDefault();
    event.stopPropagation();
    end(false);
  }, { capture: true, signal });
  board.isDragging = () => !!drag?.ghost;
}
