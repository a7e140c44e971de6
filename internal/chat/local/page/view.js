// Builds elements out of what the server sends. Text only ever goes in as text:
// there is no innerHTML, so nothing somebody typed can become markup.

export function el(tag, props = {}, ...kids) {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(props)) {
    if (v === undefined || v === null || v === false) continue;
    if (k === "class") e.className = v;
    else if (k.startsWith("on")) e.addEventListener(k.slice(2), v);
    else e.setAttribute(k, v === true ? "" : v);
  }
  e.append(...kids.filter((k) => k !== null && k !== undefined && k !== false));
  return e;
}

// wall is a moment at UTC+7, the zone of every duty roster.
function wall(ms) { return new Date(ms + 7 * 3600e3); }
const two = (n) => String(n).padStart(2, "0");
export function hm(ms) { const d = wall(ms); return two(d.getUTCHours()) + ":" + two(d.getUTCMinutes()); }
export function hms(ms) { return hm(ms) + ":" + two(wall(ms).getUTCSeconds()); }
const days = ["Chủ nhật", "Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy"];
export function day(ms) {
  const d = wall(ms);
  return days[d.getUTCDay()] + ", " + two(d.getUTCDate()) + "/" + two(d.getUTCMonth() + 1) + "/" + d.getUTCFullYear();
}

const tags = new Set(["b", "i", "u", "s", "code", "pre", "a"]);

function nodes(list, act) {
  return (list || []).flatMap((n) => {
    if (!tags.has(n.g)) return words(n.t || "", act);
    if (n.g !== "a" || !n.h) return [el(n.g === "a" ? "span" : n.g, {}, ...nodes(n.k, act))];
    return [el("a", { href: n.h, target: "_blank", rel: "noopener noreferrer" }, ...nodes(n.k))];
  });
}

// words is text in which commands can be tapped, as in the messengers.
function words(text, act) {
  if (!act?.open) return [text];
  return text.split(/(?<=^|[\s(])(\/[a-z0-9_]{1,32})(?![\w/])/).map((part, i) => i % 2 === 0 ? part :
    el("button", { type: "button", class: "command", onclick: () => act.take(part.slice(1)) }, part));
}

// brief is a message in one line, for the list of chats.
export function brief(m) {
  const words = plain(m.body).split("\n")[0];
  return words || (m.file && m.file.name) || (m.contact && m.contact.name + ", " + m.contact.phone) || "";
}

export function plain(list) { return (list || []).map((n) => (n.t || "") + plain(n.k)).join(""); }

function size(n) { return n < 1024 ? n + " B" : n < 1 << 20 ? Math.round(n / 1024) + " kB" : (n / (1 << 20)).toFixed(1) + " MB"; }

function attached(f) {
  const href = "/file/" + encodeURIComponent(f.id);
  if (f.photo) return el("a", { href, target: "_blank", class: "photo" }, el("img", { src: href, alt: f.name, loading: "lazy" }));
  return el("a", { href, class: "filebox", download: f.name },
    el("span", { class: "fileicon", "aria-hidden": "true" }, (f.name.split(".").pop() || "?").slice(0, 4).toUpperCase()),
    el("span", {}, el("b", {}, f.name), el("small", {}, size(f.size))));
}

function keyboard(m, act) {
  if (!m.buttons) return null;
  return el("div", { class: "keys" }, ...m.buttons.map((row) => el("div", { class: "row" }, ...row.map((b) => {
    if (b.url) return el("a", { href: b.url, target: "_blank", rel: "noopener noreferrer", class: "key" }, b.label, el("span", { "aria-hidden": "true" }, " ↗"));
    return el("button", { type: "button", class: "key", disabled: !act.open, onclick: (e) => act.press(m, b.action, e.currentTarget) }, b.label);
  }))));
}

// hue gives each person their own colour, always the same.
function hue(id) { let h = 7; for (const c of id) h = (h * 31 + c.codePointAt(0)) % 360; return h; }
// avatar: people by the first letter of their given name, the last word; chats and the bot by their first.
export function avatar(name, id, kind) {
  const words = name.split(/\s+/), word = kind === "person" ? words[words.length - 1] : words[0];
  const a = el("span", { class: "avatar" + (kind === "bot" ? " ours" : ""), "aria-hidden": "true" }, word.slice(0, 1).toUpperCase());
  a.style.setProperty("--h", hue(id || name));
  return a;
}

// message is one bubble. act = {me, open, press, share, quote, take}.
export function message(m, act) {
  const mine = m.person === act.me, bot = m.person === "";
  const bubble = el("div", { class: "bubble" },
    !mine && el("div", { class: "from" }, m.from),
    m.reply && el("div", { class: "reply" }, el("b", {}, m.reply.from), m.reply.text),
    m.file && attached(m.file),
    el("div", { class: "body" }, ...nodes(m.body, bot && act)),
    m.contact && el("a", { class: "contact", href: "tel:" + m.contact.phone }, el("b", {}, m.contact.name), m.contact.phone),
    el("div", { class: "meta" },
      act.open && el("button", { type: "button", class: "answer", onclick: () => act.quote(m) }, "Trả lời"),
      m.silent && el("span", { title: "Gửi không chuông" }, "không chuông"),
      m.edited && el("span", { class: "edited", title: "Tin này đã được sửa tại chỗ" }, "đã sửa " + hm(m.edited)),
      el("time", {}, hm(m.at))));
  if (!bot) bubble.querySelector(".from")?.style.setProperty("--h", hue(m.person));
  const col = el("div", { class: "col" }, bubble, keyboard(m, act),
    m.ask && el("div", { class: "keys" }, el("div", { class: "row" },
      el("button", { type: "button", class: "key share", disabled: !act.open, onclick: act.share }, m.ask))));
  return el("article", { class: "msg" + (mine ? " mine" : "") + (bot ? " bot" : ""), "data-id": m.id },
    !mine && avatar(m.from, m.person, bot ? "bot" : "person"), col);
}
