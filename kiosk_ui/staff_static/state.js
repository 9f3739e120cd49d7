// What the staff's page knows and what follows from it. Pure: no document, no clock, no network.

export const SILENCE_MS = 10_000; // two pings missed
export const LEFT_ALONE_MS = 60_000; // nobody is at the page: the visitors get their screen back
export const NOT_ENTERED_MS = 15_000; // somebody leaned on the corner
const STEP = 4; // numbers in a row, before the key for larger ones
const PAUSES = 2; // the longest on the smallest screen leave room for no more
const DIGITS = "0123456789";
const CODE_PLANES = ["ABCDEFGHIJKLM", "NOPQRSTUVWXYZ", DIGITS];
const WORD_PLANES = ["ABCDEFGHIJKLM", "NOPQRSTUVWXYZ", `${DIGITS}ÅÄÖ.`];
const LONGEST_CODE = 32;
const LONGEST_PIN = 12;

export function initial(setup, at) {
  return {
    setup,
    panel: setup.panel,
    language: setup.languages[0],
    view: null,
    heardAt: at,
    touchedAt: at,
    waitUntil: at,
    now: at,
    typed: "",
    plane: 0,
    step: 0,
    draft: null, // a letting in, as far as it has been said
    note: null, // a word of `setup.words`: what became of the last try
    sent: null, // a new object each time: what is to be posted
    leaving: false,
  };
}

export function next(state, event) {
  const now = { ...state, now: event.at };
  switch (event.type) {
    case "view":
      return { ...now, view: event.view, heardAt: event.at };
    case "ping":
      return { ...now, heardAt: event.at };
    case "visitor": // a card is held up, and the PIN pad hides its answer
      return entered(state) ? now : { ...now, leaving: true };
    case "over":
      return at(now, state.panel === "off" ? "off" : "pin", { view: null });
    case "tick":
      return event.at - state.touchedAt >= (entered(state) ? LEFT_ALONE_MS : NOT_ENTERED_MS) ? { ...now, leaving: true } : now;
    case "reply":
      return replied(now, event);
    case "press":
      return pressed({ ...now, touchedAt: event.at }, event.what, event.value);
    case "key":
      return keyed({ ...now, touchedAt: event.at }, event.key);
    default:
      throw new Error(`unknown event ${event.type}`);
  }
}

// A session is open, or has been.
export function entered({ panel }) {
  return !["pin", "off"].includes(panel);
}

// The staff's own stream, or only whether a visitor comes.
export function stream(state) {
  return entered(state) ? "/staff/events" : "/staff/visitors";
}

// Everything that is drawn. The view adds nothing to it.
export function picture(state) {
  const { page, keys: named } = words(state);
  const panel = panelOf(state);
  const draw = { language: state.language, panel, title: page[panel] ?? page.title, time: "", look: "plain", entry: "", lines: [], keys: [] };
  const keys = keysOf(state, panel).map((key) => ({ ...key, name: key.sign ? named[key.press] : null, text: key.sign ?? key.text ?? named[key.press] }));
  if (panel === "home") return { ...draw, ...outcomes(state), keys };
  if (panel === "off") return { ...draw, lines: [{ text: page.off_how.replaceAll("-", "\u2011") }], keys };
  if (panel === "reason") return { ...draw, title: texts(state).about || page.why, keys };
  const waits = Math.ceil((state.waitUntil - state.now) / 1000);
  const wait = panel === "pin" && waits > 0 ? page.wait.replace("{n}", waits) : null;
  const title = wait ?? page[state.note] ?? (["pause", "words"].includes(panel) ? page.message : draw.title);
  return { ...draw, title, entry: entry(panel, state.typed), keys };
}

function panelOf(state) {
  return entered(state) && state.now - state.heardAt >= SILENCE_MS ? "lost" : state.panel;
}

function outcomes(state) {
  if (!state.view) return { title: words(state).page.title };
  const { last, before, notes, spot_check, age } = texts(state);
  const said = (text, kind = "") => (text ? [{ text, kind }] : []);
  return {
    title: last.words,
    time: last.time,
    look: last.look,
    lines: [
      ...said(words(state).page[state.note], "note"),
      ...said(spot_check, "spot"),
      ...said(last.more),
      ...notes.map((text) => ({ text, kind: "note" })),
      ...before.map(({ words: told, time, more }) => ({ time, text: more ? `${told}, ${more}` : told })),
      ...said(age),
    ],
  };
}

// A PIN is never shown, nor a code in full: only what was typed last.
function entry(panel, typed) {
  if (panel === "words") return `${typed}_`;
  if (panel === "pin") return "•".repeat(typed.length);
  return panel === "code" ? "•".repeat(Math.max(0, typed.length - 1)) + typed.slice(-1) : "";
}

function keysOf(state, panel) {
  const { view, setup, typed } = state;
  const back = { press: "back", sign: "←" };
  const language = setup.languages.length > 1 ? [{ press: "language", text: words(state).name }] : [];
  switch (panel) {
    case "home":
      return [
        { press: "let_in", off: !view?.let_in, main: Boolean(view?.let_in?.adopts) },
        { press: "take_back", off: !view?.take_back },
        { press: "type", off: !view?.types },
        { press: view?.paused ? "resume" : "pause", off: !view },
        ...language,
        { press: "done" },
      ];
    case "pin":
      return [...letters(DIGITS), { press: "erase", sign: "⌫" }, back, ...language, { press: "ok", off: waiting(state) || !typed, main: true }];
    case "reason":
      return [...Object.entries(words(state).reasons).map(([value, text]) => ({ press: "reason", value, text })), back];
    case "children":
    case "assistants":
      return [...numbers(view?.let_in?.[panel] ?? 0, state.step), { press: "no_answer" }, back];
    case "code":
      return [...typing(CODE_PLANES, state), back, { press: "ok", off: !typed, main: true }];
    case "words":
      return [...typing(WORD_PLANES, state), { press: "space", sign: "␣" }, back, { press: "ok", off: !typed.trim(), main: true }];
    case "pause":
      return [...pauses(setup.pauses, state.step), back];
    case "off":
      return [back, ...language];
    default:
      return [back];
  }
}

function typing(planes, { plane }) {
  const after = planes[(plane + 1) % planes.length];
  const sign = after.startsWith("0") ? "0–9" : `${after[0]}–${after.at(-1)}`;
  return [...letters(planes[plane]), { press: "next_keys", sign }, { press: "erase", sign: "⌫" }];
}

function letters(plane) {
  return [...plane].map((value) => ({ press: "letter", value, text: value }));
}

function numbers(most, step) {
  const first = STEP * step;
  const last = Math.min(most, first + STEP - 1);
  const row = Array.from({ length: last - first + 1 }, (_, index) => ({ press: "number", value: first + index, text: String(first + index) }));
  return last < most ? [...row, { press: "more", sign: "+" }] : row;
}

// The venue's words, and after all of them the staff's own.
function pauses(texts, step) {
  const after = PAUSES * (step + 1);
  const some = texts.slice(after - PAUSES, after).map((text) => ({ press: "say", value: text, text }));
  return [...some, { press: "no_words" }, after < texts.length ? { press: "more", sign: "+" } : { press: "own_words" }];
}

function pressed(state, what, value) {
  const panel = panelOf(state);
  const key = keysOf(state, panel).find((one) => one.press === what && String(one.value ?? "") === String(value ?? ""));
  if (!key || key.off) return state;
  const { view, setup, typed, draft } = state;
  switch (what) {
    case "language":
      return { ...state, language: setup.languages[(setup.languages.indexOf(state.language) + 1) % setup.languages.length] };
    case "let_in":
      return at(state, "reason", { draft: { adopts: view.let_in.adopts, children: null, assistants: 0 } });
    case "reason":
      return at(state, "children", { draft: { ...draft, reason: value } });
    case "number":
      return counted(state, key.value);
    case "no_answer":
      return counted(state, state.panel === "children" ? null : 0);
    case "more":
      return { ...state, step: state.step + 1 };
    case "take_back":
      return sends(state, "say/take-back", { of: view.take_back });
    case "type":
      return at(state, "code");
    case "pause":
      return at(state, "pause");
    case "own_words":
      return at(state, "words");
    case "no_words":
      return sends(state, "say/pause", { message: "" });
    case "say":
      return sends(state, "say/pause", { message: value });
    case "resume":
      return sends(state, "say/resume", {});
    case "letter":
      return typedInto(state, value);
    case "space":
      return typedInto(state, " ");
    case "erase":
      return { ...state, note: null, typed: typed.slice(0, -1) };
    case "next_keys":
      return { ...state, plane: (state.plane + 1) % CODE_PLANES.length };
    case "ok":
      return says(state);
    case "done":
      return { ...state, leaving: true };
    default:
      return ["pin", "off", "lost"].includes(panel) ? { ...state, leaving: true } : at(state, "home");
  }
}

// A keyboard does what the keys on the screen do.
function keyed(state, key) {
  if (key === "Enter") return pressed(state, "ok");
  if (key === "Backspace") return pressed(state, "erase");
  if (key === "Escape") return pressed(state, "back");
  const fits = { pin: /^[0-9]$/, code: /^[\p{L}0-9]$/u, words: /^[^\p{C}]$/u }[state.panel];
  return fits?.test(key) ? typedInto(state, key) : state;
}

function typedInto(state, letter) {
  const longest = { pin: LONGEST_PIN, code: LONGEST_CODE, words: state.setup.longest }[state.panel];
  if (state.typed.length >= longest) return state;
  const small = state.panel === "words" && !/(^|\. )$/.test(state.typed); // a sentence begins with a capital
  return { ...state, note: null, typed: state.typed + (small ? letter.toLowerCase() : letter) };
}

function says(state) {
  const typed = state.typed;
  if (state.panel === "pin") return sends({ ...state, typed: "" }, "enter", { pin: typed });
  if (state.panel === "code") return sends({ ...state, typed: "" }, "say/code", { code: typed });
  return sends(state, "say/pause", { message: typed.trim() });
}

function counted(state, count) {
  const draft = { ...state.draft, [state.panel]: count };
  if (state.panel === "children" && state.view?.let_in?.assistants) return at(state, "assistants", { draft });
  return sends(state, "say/let-in", draft);
}

function replied(state, { path, status, wait_s }) {
  if (path === "enter") {
    if (status === 204) return at(state, "home", { heardAt: state.now });
    const note = status === 403 ? "wrong" : status === 429 ? null : "unsent";
    return { ...state, note, waitUntil: state.now + 1000 * (wait_s ?? 0) };
  }
  if (status === 403) return at(state, "pin", { view: null });
  if (status === 204) return at(state, "home");
  if (status === 422 && path === "say/code") return at(state, "code", { note: "not_a_code" });
  if (status === 422 && path === "say/pause") return at(state, "words", { note: "has_code" });
  if (status === 413 && path === "say/pause") return at(state, "words", { note: "too_wide", typed: state.typed });
  return at(state, "home", { note: status === 409 ? "changed" : "unsent" });
}

function sends(state, path, body) {
  return { ...state, note: null, sent: { path, body } };
}

function at(state, panel, more = {}) {
  return { ...state, panel, typed: "", plane: 0, step: 0, draft: null, note: null, ...more };
}

function waiting({ waitUntil, now }) {
  return waitUntil > now;
}

function words(state) {
  return state.setup.words[state.language];
}

function texts(state) {
  return state.view.texts[state.language];
}
