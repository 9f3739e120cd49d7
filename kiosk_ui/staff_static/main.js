// Wires the staff's page: the agent's events, fingers and keys into state.js, its pictures into view.js.

import { entered, initial, next, picture, stream } from "./state.js";
import { draw } from "./view.js";

const TICK_MS = 500;
const AGAIN_MS = 1000;
const now = () => performance.now();
const setup = JSON.parse(document.querySelector('meta[name="kaiku-setup"]').content);

let state = initial(setup, now());
let heard = null; // the stream that is listened to

function dispatch(event) {
  const before = state;
  state = next(before, { ...event, at: now() });
  if (stream(state) !== stream(before)) listen();
  if (state.sent !== before.sent) send(state.sent);
  if (state.leaving && !before.leaving) leave();
  draw(picture(state));
}

function post(path, body) {
  return fetch(`/staff/${path}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

async function send({ path, body }) {
  try {
    const response = await post(path, body);
    const { wait_s } = response.ok ? {} : await response.json();
    dispatch({ type: "reply", path, status: response.status, wait_s });
  } catch {
    dispatch({ type: "reply", path, status: 0 });
  }
}

function listen() {
  heard?.close();
  const source = new EventSource(stream(state));
  source.addEventListener("view", ({ data }) => dispatch({ type: "view", view: JSON.parse(data) }));
  for (const type of ["ping", "over", "visitor"]) source.addEventListener(type, () => dispatch({ type }));
  source.addEventListener("error", () => {
    // While it says CONNECTING the browser tries again by itself; refused for good, the session is over.
    if (source === heard && source.readyState === EventSource.CLOSED && entered(state)) dispatch({ type: "over" });
  });
  heard = source;
}

// Who leaves is logged out: the next one at this screen may be a visitor. A page that is not served would
// leave the browser's own error up, so it is asked for first.
async function leave() {
  try {
    const response = await post("leave", {});
    if (response.ok) return location.replace("/");
  } catch {
    // not there
  }
  setTimeout(leave, AGAIN_MS);
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (button) dispatch({ type: "press", what: button.dataset.press, value: button.dataset.value });
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Enter" && document.activeElement?.matches("button")) return; // it presses that
  if (event.key === " " && document.activeElement?.matches("button") && state.panel !== "words") return;
  if (event.key.length === 1 || ["Enter", "Backspace", "Escape"].includes(event.key)) {
    dispatch({ type: "key", key: event.key });
    if (event.key === " ") event.preventDefault();
  }
});

document.addEventListener("contextmenu", (event) => event.preventDefault());
setInterval(() => dispatch({ type: "tick" }), TICK_MS);
draw(picture(state));
listen();
