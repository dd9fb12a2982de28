// A card goes where it was put at once; the server then says whether it stays there.
import { fireTriggers, send } from "../request.js";
import { openAnswer } from "../sheet.js";

/** Puts a card at the head of a column: what was changed last stands first. */
export function put(board, card, stage) {
  const column = board.column(stage);
  if (!column) return;
  column.querySelector(".board-cards").prepend(card);
  card.dataset.stage = stage;
}

/** Where a card stands now, to put it back there. */
function place(card) {
  const { parentElement: list, nextElementSibling: next } = card;
  const { stage } = card.dataset;
  return () => {
    card.dataset.stage = stage;
    if (next?.parentElement === list) next.before(card);
    else list.append(card);
  };
}

export async function moveTo(board, card, stage, { focus = false } = {}) {
  const { id, version, stage: from } = card.dataset;
  if (stage === from || board.moving.has(id) || "fixed" in card.dataset) return;
  const back = place(card);
  const show = () => {
    board.tabTo?.(card.dataset.stage);
    if (focus) board.focusCard(card);
  };
  board.moving.add(id);
  board.moves.set(id, (board.moves.get(id) ?? 0) + 1);
  card.setAttribute("aria-busy", "true");
  put(board, card, stage);
  board.figures.shift(from, stage);
  show();
  const refused = () => {
    back();
    board.figures.shift(stage, from);
    show();
  };
  const settled = (read) => {
    board.moving.delete(id);
    card.removeAttribute("aria-busy");
    if (read) board.anew.of([id]);
    board.figures.soon();
  };
  const url = `/${board.dataset.object}/${id}/stage`;
  const body = new URLSearchParams({ _stage: stage, _from: from, _version: version, _back: location.pathname + location.search });
  let response;
  try {
    response = await send(url, { method: "POST", body, headers: { "Zk-Frame": "dialog" } });
  } catch {
    refused();
    settled(false);
    return;
  }
  const page = response.headers.get("Zk-Goto");
  if (page) {
    // it takes a page of its own; until that is done the card stands where it stood
    refused();
    settled(false);
    location.assign(page);
  } else if (response.status === 204) {
    fireTriggers(response, board);
    settled(true);
  } else if (response.status === 422 || response.status === 409) {
    // the stage wants to know more first
    let saved = false;
    openAnswer("dialog", await response.text(), {
      saved: () => (saved = true),
      closed: () => {
        if (!saved) refused();
        settled(true);
      },
    });
  } else {
    // `send` has said why
    refused();
    settled(true);
  }
}
