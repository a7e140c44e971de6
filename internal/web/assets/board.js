// Keeps the board fresh: the server says when there is news, the part is fetched anew.
const part = document.getElementById("part"), link = document.getElementById("link"), words = document.body.dataset;
const query = location.search;
const tell = (text) => { if (link.textContent !== text) link.textContent = text; link.hidden = !text; };
const point = () => document.getElementById("point")?.textContent.trim() || "";
let stream;

async function fetchPart() {
  const r = await fetch("/board/part" + query);
  if (r.status === 401 || r.status === 403) { location.reload(); return; }
  if (!r.ok) { tell(words.failed); return; }
  const fresh = new DOMParser().parseFromString(await r.text(), "text/html");
  const held = document.activeElement, inside = part.contains(held);
  const region = inside ? held.getAttribute("aria-labelledby") : null, href = inside ? held.getAttribute("href") : null;
  const scrolled = [...part.querySelectorAll(".scroll")].map((e) => [e.getAttribute("aria-labelledby"), e.scrollLeft]);
  const before = point();
  part.replaceChildren(...fresh.body.childNodes);
  if (point() !== before) document.getElementById("news").textContent = point(); // read out by screen readers
  const find = (id) => part.querySelector(`.scroll[aria-labelledby="${CSS.escape(id)}"]`);
  for (const [id, left] of scrolled) { const e = find(id); if (e) e.scrollLeft = left; }
  if (region) find(region)?.focus({ preventScroll: true });
  if (href) part.querySelector(`a[href="${CSS.escape(href)}"]`)?.focus({ preventScroll: true });
  tell("");
}

function listen() {
  stream = new EventSource("/board/events" + query);
  stream.addEventListener("news", fetchPart);
  stream.addEventListener("alive", () => tell(""));
  stream.addEventListener("stale", () => tell(words.stale));
  stream.addEventListener("closed", () => { stream.close(); location.reload(); });
  stream.onerror = () => {
    tell(words.lost);
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => { fetchPart().finally(listen); }, 10000);
  };
}

listen();
document.addEventListener("visibilitychange", () => { if (!document.hidden) fetchPart(); });
