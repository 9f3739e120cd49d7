// Wires the page: the agent's events, fingers and number keys into state.js, its pictures into view.js.

import { initial, meant, next, picture } from "./state.js";
import { draw } from "./view.js";

const TICK_MS = 500;
const COME_BACK_MS = 1000;
const STAFF_CORNER_MM = 25;
const setting = (name) => document.querySelector(`meta[name="kaiku-${name}"]`).content;
const token = setting("token");
const now = () => performance.now();

const setup = JSON.parse(setting("setup"));
const tooSmall = matchMedia(setup.too_small);

let state = initial(setup, now());

function dispatch(event) {
  const before = state;
  state = next(before, event);
  if (state.hear !== before.hear) post("/hear", state.hear).catch(() => {}); // the next press says it again
  if (state.sent && state.sent !== before.sent) send(state.sent);
  if (state.toStaff && !before.toStaff) goToStaff();
  if (state !== before) draw(picture(state));
}

function post(path, said) {
  const headers = { "content-type": "application/json", "x-kaiku-token": token };
  return fetch(path, { method: "POST", headers, body: JSON.stringify(said) });
}

async function send(answer) {
  try {
    const response = await post("/answer", answer);
    if (response.status >= 500) dispatch({ type: "unsent", answer });
  } catch {
    dispatch({ type: "unsent", answer });
  }
}

function read(data) {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}

// Letters are as large as the distance wants: on a small screen they have no room.
function measure() {
  dispatch({ type: "measured", small: tooSmall.matches });
  if (tooSmall.matches) post("/small", { width_px: innerWidth, height_px: innerHeight }).catch(() => {});
}

function listen() {
  const stream = new EventSource(`/events?token=${encodeURIComponent(token)}`);
  stream.addEventListener("screen", ({ data }) => dispatch({ type: "screen", screen: read(data), at: now() }));
  stream.addEventListener("more", () => dispatch({ type: "more", at: now() }));
  stream.addEventListener("ping", () => dispatch({ type: "ping", at: now() }));
  stream.addEventListener("error", () => {
    // While it says CONNECTING the browser tries again by itself.
    if (stream.readyState === EventSource.CLOSED) setTimeout(comeBack, COME_BACK_MS);
  });
}

// Here and below asked for first: a page that is not served would leave the browser's own error page up.
async function goToStaff() {
  const response = await fetch("/staff", { cache: "no-store" }).catch(() => null);
  if (response?.ok) location.assign("/staff");
}

// Refused for good: the agent was started anew and has another token.
async function comeBack() {
  try {
    const response = await fetch("/", { cache: "no-store" });
    if (response.ok) return location.reload();
  } catch {
    // not back yet
  }
  setTimeout(comeBack, COME_BACK_MS);
}

function press(what, value, touch) {
  dispatch({ type: "press", what, value, touch, at: now() });
}

// Keys are changed in place: a finger that comes up again may lie on another question's, or another number.
let touched = "";
function keyOf(target) {
  const key = target.closest?.("#keys button");
  return key ? `${meant(state)} ${key.dataset.press} ${key.dataset.value}` : "";
}

document.addEventListener("pointerdown", ({ target }) => (touched = keyOf(target)));
document.addEventListener("click", ({ target, detail }) => {
  const button = target.closest("button");
  const slipped = detail > 0 && keyOf(target) !== touched;
  if (button && !slipped) press(button.dataset.press, button.dataset.value, detail > 0);
  if (detail > 0) document.activeElement?.blur(); // a finger leaves nothing that a number pad's Enter would press
});

document.addEventListener("keydown", ({ key, code, repeat, ctrlKey, altKey, metaKey }) => {
  if (repeat || ctrlKey || altKey || metaKey) return;
  // By code too: a number pad without its lock says "Home" for 7.
  const [digit] = /^[0-9]$/.exec(key) ?? /(?<=^Numpad)[0-9]$/.exec(code) ?? [];
  if (digit) press("number", digit, false);
  else if (key === "Enter" && document.activeElement === document.body) press("enter", null, false);
  else if (key === "+") press("more", null, false);
  else if (key === "-") press("fewer", null, false);
  else if (key === "*") press("louder", null, false);
});

// No button, so that neither eye, ear nor Tab key finds it.
document.addEventListener("pointerdown", ({ clientX, clientY }) => {
  const corner = STAFF_CORNER_MM * parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--mm"));
  if (clientX > innerWidth - corner && clientY < corner) dispatch({ type: "hold", at: now() });
});
for (const end of ["pointerup", "pointercancel", "pointerleave"]) {
  document.addEventListener(end, () => dispatch({ type: "release" }));
}

document.addEventListener("contextmenu", (event) => event.preventDefault());
setInterval(() => dispatch({ type: "tick", at: now() }), TICK_MS);
draw(picture(state));
measure();
tooSmall.addEventListener("change", measure);
addEventListener("resize", () => draw(picture(state)));
listen();
