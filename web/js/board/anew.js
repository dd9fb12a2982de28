// Cards read again: what colleagues do appears where it belongs, and so does what one did oneself.
import { debounce } from "../dom.js";
import { morph } from "../morph.js";
import { htmx, send } from "../request.js";
import { put } from "./move.js";

const WAIT = 300;
/** So many cards the server reads at once. */
const CARDS = 100;

async function read(url) {
  const response = await send(url, { headers: { "Zk-Frame": "live" }, quiet: true }).catch(() => null);
  if (!response?.ok) return null;
  const page = document.createElement("template");
  page.innerHTML = await response.text();
  return page.content;
}

export function cardsAnew(board) {
  const heard = new Set();
  let all = false;

  /** Puts a card as the server has it into its column; the place of one that stays in its column does not change. */
  const show = (fresh) => {
    const card = board.card(fresh.dataset.id);
    if (!card) {
      const list = board.column(fresh.dataset.stage)?.querySelector(".board-cards");
      list?.prepend(fresh);
      if (list) htmx.process(fresh);
      return;
    }
    // an element that is moved in the page loses the focus
    const focused = card.contains(document.activeElement);
    if (card.dataset.stage !== fresh.dataset.stage) put(board, card, fresh.dataset.stage);
    fresh.classList.toggle("active", card.classList.contains("active"));
    morph(card, fresh);
    if (focused) board.card(fresh.dataset.id)?.querySelector(".board-title").focus();
  };

  const of = async (ids) => {
    const url = new URL(board.dataset.url, location.href);
    url.searchParams.set("ids", ids.join(","));
    const moves = ids.map((id) => board.moves.get(id));
    const page = await read(url.href);
    if (!page || !board.isConnected) return;
    for (const [at, id] of ids.entries()) {
      // moved on since it was asked for: the answer tells of yesterday
      if (board.moving.has(id) || board.moves.get(id) !== moves[at]) continue;
      const fresh = page.getElementById(`c-${id}`);
      if (fresh) show(fresh);
      // moved out of the view, deleted, or not one's own to see any more
      else board.card(id)?.remove();
    }
    board.rove();
  };

  const everything = async () => {
    const page = await read(board.dataset.url);
    if (!page || !board.isConnected) return;
    for (const fresh of page.querySelectorAll(".board-cards")) {
      const list = document.getElementById(fresh.id);
      if (!list) continue;
      list.replaceChildren(...fresh.children);
      htmx.process(list);
    }
    board.rove();
    board.figures.read();
  };

  const flush = debounce(() => {
    // Nobody is looking, or a card is in the hand: it is read when that is over.
    if (!board.isConnected || document.hidden || board.isDragging?.()) return;
    if (all) everything();
    const ids = [...heard].filter((id) => !board.moving.has(id));
    heard.clear();
    if (!all) for (let at = 0; at < ids.length; at += CARDS) of(ids.slice(at, at + CARDS));
    if (ids.length) board.figures.soon();
    all = false;
  }, WAIT);

  const hear = ({ kind, object, id, mine, own }) => {
    // the answer to a move has shown the card already
    if ((mine && own) || board.moving.has(id)) return;
    if (kind === "refetch") all = true;
    else if (object === board.dataset.object) heard.add(id);
    else return;
    flush();
  };

  return { hear, of, everything, flush };
}
