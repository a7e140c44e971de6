// Keeps the board fresh: the server says when there is news, the part is fetched anew.
const part = document.getElementById("part"), link = document.getElementById("link");
const query = document.body.dataset.unit ? "?unit=" + encodeURIComponent(document.body.dataset.unit) : "";
const tell = (words) => { if (link.textContent !== words) link.textContent = words; link.hidden = !words; };
const point = () => document.getElementById("point")?.textContent.trim() || "";
let stream;

async function fetchPart() {
  const r = await fetch("/board/part" + query);
  if (r.status === 401 || r.status === 403) { location.reload(); return; }
  if (!r.ok) { tell("Chưa lấy được số liệu mới."); return; }
  const fresh = new DOMParser().parseFromString(await r.text(), "text/html");
  const held = document.activeElement, region = part.contains(held) ? held.getAttribute("aria-labelledby") : null;
  const scrolled = [...part.querySelectorAll(".scroll")].map((e) => [e.getAttribute("aria-labelledby"), e.scrollLeft]);
  const before = point();
  part.replaceChildren(...fresh.body.childNodes);
  if (point() !== before) document.getElementById("news").textContent = point(); // read out by screen readers
  const find = (id) => part.querySelector(`.scroll[aria-labelledby="${CSS.escape(id)}"]`);
  for (const [id, left] of scrolled) { const e = find(id); if (e) e.scrollLeft = left; }
  if (region) find(region)?.focus({ preventScroll: true });
  tell("");
}

function listen() {
  stream = new EventSource("/board/events" + query);
  stream.addEventListener("news", fetchPart);
  stream.addEventListener("alive", () => tell(""));
  stream.addEventListener("stale", () => tell("Chưa lấy được số liệu mới; đang thử lại."));
  stream.addEventListener("closed", () => { stream.close(); location.reload(); });
  stream.onerror = () => {
    tell("Mất kết nối; số liệu có thể đã cũ.");
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => { fetchPart().finally(listen); }, 10000);
  };
}

listen();
document.addEventListener("visibilitychange", () => { if (!document.hidden) fetchPart(); });
