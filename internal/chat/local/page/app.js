import { el, message, avatar, brief, hm, hms, day } from "./view.js";

const $ = (id) => document.getElementById(id);
const app = $("app"), log = $("log"), text = $("text");
const store = { get: (k) => sessionStorage.getItem(k), set: (k, v) => sessionStorage.setItem(k, v) };

let state = { people: [], chats: [], messages: {}, commands: [] };
let me = store.get("me") || "", open = store.get("open") || "", quote = null, stream = null;
let seen = JSON.parse(store.get("seen") || "{}"); // chat -> newest message read, by person
let clock = { now: Date.now(), speed: 0, at: performance.now() };

// --- to the server

async function post(path, body) {
  const form = body instanceof FormData;
  try {
    const r = await fetch(path, { method: "POST", body: form ? body : JSON.stringify(body), headers: form ? {} : { "Content-Type": "application/json" } });
    if (r.ok) return true;
    toast((await r.json()).error || "Không gửi được.");
  } catch { toast("Mất kết nối với chương trình."); }
  return false;
}

let toastTimer;
function toast(words) {
  $("toast").textContent = words;
  $("toast").hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { $("toast").hidden = true; }, 4000);
}

// --- from the server

async function load() {
  const r = await fetch("/api/state?me=" + encodeURIComponent(me));
  state = await r.json();
  state.chats ||= [];
  state.people ||= [];
  if (!state.people.some((p) => p.id === me) && state.people.length) { me = (state.people.find((p) => p.id === state.me) || state.people[0]).id; store.set("me", me); return load(); }
  if (!state.chats.some((c) => c.id === open)) open = (state.chats.find((c) => c.mine && c.kind !== "private") || state.chats.find((c) => c.mine) || state.chats[0] || {}).id || "";
  setClock(state.clock);
  people();
  side();
  room();
  listen();
}

function listen() {
  if (stream) stream.close();
  stream = new EventSource("/api/events?me=" + encodeURIComponent(me) + "&rev=" + state.rev);
  stream.addEventListener("clock", (e) => setClock(JSON.parse(e.data)));
  stream.addEventListener("message", (e) => { if (e.data) arrive(JSON.parse(e.data)); });
  stream.addEventListener("reload", () => load());
  stream.onopen = () => document.body.classList.remove("lost");
  stream.onerror = () => document.body.classList.add("lost");
}

function arrive(m) {
  const list = (state.messages[m.chat] ||= []);
  const at = list.findIndex((x) => x.id === m.id);
  if (at >= 0) list[at] = m; else list.push(m);
  if (m.chat === open) {
    const old = log.querySelector(`[data-id="${CSS.escape(m.id)}"]`);
    const now = message(m, acts());
    if (old) { now.classList.add("changed"); old.replaceWith(now); } else { separate(list[list.length - 2], m); log.append(now); }
    log.querySelector(".empty")?.remove();
    if (stick || m.person === me) toEnd();
  }
  side();
}

// --- people and chats

function people() {
  const pick = $("me");
  pick.replaceChildren(...state.people.map((p) => el("option", { value: p.id, selected: p.id === me }, p.name + (p.note ? " · " + p.note : ""))));
}

// A private chat is called after the one it is with.
const name = (c) => c.kind === "private" ? state.bot : c.title;
const readKey = (id) => me + "/" + id;
function unread(c) {
  const last = seen[readKey(c.id)] || 0;
  return (state.messages[c.id] || []).filter((m) => Number(m.id) > last && m.person !== me).length;
}

function read() {
  if (!open || document.hidden || (narrow() && app.dataset.view !== "room")) return;
  const list = state.messages[open] || [];
  if (list.length) seen[readKey(open)] = Number(list[list.length - 1].id);
  store.set("seen", JSON.stringify(seen));
}

function side() {
  read();
  const groups = [
    ["Nhóm của tôi", (c) => c.kind !== "private" && c.mine],
    ["Riêng với bot", (c) => c.kind === "private"],
    ["Nhóm khác, chỉ xem", (c) => c.kind !== "private" && !c.mine],
  ];
  $("side").replaceChildren(...groups.flatMap(([name, of]) => {
    const list = state.chats.filter(of);
    return list.length ? [el("h2", {}, name), el("ul", {}, ...list.map(entry))] : [];
  }));
  const total = state.chats.filter((c) => c.mine).reduce((n, c) => n + unread(c), 0);
  document.title = (total ? "(" + total + ") " : "") + document.title.replace(/^\(\d+\) /, "");
}

function entry(c) {
  const list = state.messages[c.id] || [], last = list[list.length - 1], n = unread(c);
  const words = last ? (last.person === me ? "Tôi: " : "") + brief(last) : "Chưa có tin";
  return el("li", {}, el("button", { type: "button", class: "chat" + (c.id === open ? " on" : ""), "aria-current": c.id === open, "data-chat": c.id, onclick: () => enter(c.id) },
    avatar(name(c), c.id, c.kind === "private" && "bot"),
    el("span", { class: "what" }, el("b", { title: name(c) }, name(c)), el("span", { class: "last" }, words)),
    el("span", { class: "side-meta" }, last && el("time", {}, hm(last.edited || last.at)), n > 0 && el("span", { class: "badge", "aria-label": n + " tin chưa đọc" }, n > 99 ? "99+" : String(n)))));
}

function enter(id) {
  open = id;
  store.set("open", id);
  app.dataset.view = "room";
  answer(null);
  room();
  side();
}

// --- the open chat

const narrow = () => matchMedia("(max-width: 760px)").matches;
const current = () => state.chats.find((c) => c.id === open);
let stick = true; // the reader is at the newest message and stays there
const atEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 120;
const toEnd = () => { log.scrollTop = log.scrollHeight; stick = true; };
log.addEventListener("scroll", () => { stick = atEnd(); });
log.addEventListener("load", () => { if (stick) toEnd(); }, true); // a picture got its height

function acts() {
  return {
    me, open: !!current()?.mine, quote: answer, take,
    share: () => post("/api/contact", { me, chat: open }),
    press: async (m, action, button) => {
      button.classList.add("busy");
      await post("/api/press", { me, chat: m.chat, message: m.id, action });
      button.classList.remove("busy");
    },
  };
}

function separate(before, m) {
  if (!before || day(before.at) !== day(m.at)) log.append(el("div", { class: "daymark" }, day(m.at)));
}

function room() {
  const c = current(), list = state.messages[open] || [];
  $("title").textContent = c ? name(c) : "";
  $("members").textContent = !c ? "" : c.kind === "private" ? "riêng với " + c.members[0] : (c.members || []).length + " người: " + (c.members || []).join(", ");
  log.replaceChildren();
  if (c && !list.length) log.append(el("p", { class: "empty" }, "Chưa có tin nào. Gõ / để xem các lệnh."));
  list.forEach((m, i) => { separate(list[i - 1], m); log.append(message(m, acts())); });
  toEnd();
  $("composer").hidden = $("chips").hidden = !c?.mine;
  $("chips").replaceChildren(...(state.commands || []).map((k) => el("button", { type: "button", title: k.text, onclick: () => take(k.name) }, "/" + k.name)));
  $("locked").hidden = !!c?.mine;
  const own = state.people.find((p) => p.id === me)?.name || "";
  $("locked").textContent = c && !c.mine ? own + " không ở trong nhóm này. Chọn người khác ở ô “Tôi là” để nhắn." : "";
}

function answer(m) {
  quote = m;
  $("quoting").hidden = !m;
  $("quoted").textContent = m ? m.from + ": " + brief(m) : "";
  if (m) text.focus();
}

// --- writing

function grow() { text.style.height = "auto"; text.style.height = Math.min(text.scrollHeight, 140) + "px"; }

// take puts a command into the box, to be sent or completed.
function take(name) { text.value = "/" + name + " "; grow(); menu(); text.focus(); }

function menu() {
  const m = /^\/(\S*)$/.exec(text.value), box = $("menu");
  const hits = m ? state.commands?.filter((c) => c.name.startsWith(m[1])) || [] : [];
  box.hidden = !hits.length;
  box.replaceChildren(...hits.map((c) => el("li", {}, el("button", { type: "button", onclick: () => take(c.name) },
    el("b", {}, "/" + c.name), el("span", {}, c.text)))));
}

async function send() {
  const words = text.value.trim();
  if (!words) return;
  const body = { me, chat: open, text: words };
  if (quote) body.reply = quote.id;
  text.value = "";
  answer(null);
  grow();
  menu();
  if (!await post("/api/say", body) && !text.value) { text.value = words; grow(); }
}

$("composer").addEventListener("submit", (e) => { e.preventDefault(); send(); });
text.addEventListener("keydown", (e) => {
  if (e.key === "Enter" && !e.shiftKey && !e.isComposing) { e.preventDefault(); send(); }
  if (e.key === "Escape") { answer(null); $("menu").hidden = true; }
});
text.addEventListener("input", () => { grow(); menu(); });
$("unquote").addEventListener("click", () => answer(null));
$("file").addEventListener("change", async (e) => {
  const form = new FormData();
  form.append("me", me);
  form.append("chat", open);
  form.append("text", text.value);
  form.append("file", e.target.files[0]);
  e.target.value = "";
  if (await post("/api/upload", form)) { text.value = ""; grow(); }
});
$("me").addEventListener("change", (e) => { me = e.target.value; store.set("me", me); answer(null); load(); });
$("back").addEventListener("click", () => { app.dataset.view = "list"; side(); });
document.addEventListener("visibilitychange", side);

// --- the clock

function setClock(c) {
  clock = { ...c, at: performance.now() };
  for (const b of $("speeds").children) b.setAttribute("aria-pressed", String(Number(b.dataset.speed) === c.speed));
  tick();
}

function tick() {
  const now = clock.now + (performance.now() - clock.at) * clock.speed;
  $("now").textContent = hms(now);
  $("day").textContent = day(now);
}
setInterval(tick, 250);

$("speeds").addEventListener("click", (e) => {
  const speed = e.target.dataset.speed;
  if (speed !== undefined) post("/api/clock", { speed: Number(speed) });
});
$("jump").addEventListener("click", async () => {
  $("jump").disabled = true;
  await post("/api/clock", { jump: true });
  $("jump").disabled = false;
});

load();
