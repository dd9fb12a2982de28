// Resting on a link fetches its page, so that opening it takes no time.

const REST = 80;
const FRESH = 30_000;
const fetched = new Map();
let timer;

function prefetch(link) {
  const url = new URL(link.href);
  const known = fetched.get(url.href);
  if (url.origin !== location.origin || url.pathname + url.search === location.pathname + location.search || (known && Date.now() - known < FRESH)) return;
  fetched.set(url.href, Date.now());
  document.head.append(Object.assign(document.createElement("link"), { rel: "prefetch", href: url.href }));
}

if (!navigator.connection?.saveData) {
  document.addEventListener("pointerover", ({ target, pointerType }) => {
    const link = target.closest?.("tbody th a[href], a.row, .person a, .pal-item[href], .rail-link[href], .tab[href]:not([hx-boost])");
    clearTimeout(timer);
    if (link && pointerType === "mouse" && !link.matches("[data-dialog], [data-drawer], [data-method], [data-act], [download]")) timer = setTimeout(prefetch, REST, link);
  });
}
