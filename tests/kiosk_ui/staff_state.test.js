// The staff page's reducer: node --test

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { LEFT_ALONE_MS, NOT_ENTERED_MS, SILENCE_MS, initial, next, picture, stream } from "../../kiosk_ui/staff_static/state.js";

const EPOCH = "0".repeat(32);
const X = { epoch: EPOCH, seq: 5 };
const echo = (prefix) => new Proxy({}, { get: (_, key) => (typeof key === "string" && key !== "null" ? `${prefix}${key}` : undefined) });
const words = (language) => ({
  page: { title: "title", pin: "pin", wrong: "wrong", wait: "wait {n}", off: "off", off_how: "how-to", lost: "lost", why: "why", children: "children?", assistants: "assistants?", code: "code", not_a_code: "no code", has_code: "no codes", too_wide: "too long", message: "message", changed: "changed", unsent: "unsent" },
  keys: echo("key "),
  reasons: { worn_card: "worn", other: "other" },
  name: language,
});
const setup = { panel: "pin", languages: ["fi", "sv"], pauses: ["Back at 13."], longest: 40, words: { fi: words("FI"), sv: words("SV") } };
const line = (told, time = "14.02", more = "") => ({ words: told, time, more, look: "in" });
const texts = { last: line("last"), before: [line("before", "14.01", "worn")], notes: ["note"], spot_check: "spot", age: "age", about: "Expired 14.02" };
const VIEW = { type: "staff/1", paused: false, types: true, let_in: { adopts: X, children: 20, assistants: 0 }, take_back: X, texts: { fi: texts, sv: { ...texts, last: line("sist") } } };
const view = (more = {}, at = 0) => ({ type: "view", view: { ...VIEW, ...more }, at });
const press = (what, value = "", at = 0) => ({ type: "press", what, value, at });
const key = (pressed, at = 0) => ({ type: "key", key: pressed, at });
const reply = (path, status, wait_s, at = 0) => ({ type: "reply", path, status, wait_s, at });
const start = (panel = "home") => initial({ ...setup, panel }, 0);
const from = (state, ...events) => events.reduce(next, state);
const home = (...events) => from(start(), view(), ...events);
const type = (text) => [...text].map((letter) => key(letter));
const offered = (state) => picture(state).keys.filter((one) => !one.off).map((one) => one.press);

describe("the door", () => {
  test("takes a PIN that is shown as dots and sent once", () => {
    const typed = from(start("pin"), ...type("4711"));
    assert.equal(picture(typed).entry, "••••");
    const sent = from(typed, key("Enter"));
    assert.deepEqual(sent.sent, { path: "enter", body: { pin: "4711" } });
    assert.equal(picture(sent).entry, "");
    assert.equal(next(sent, key("Enter")).sent, sent.sent);
  });

  test("takes digits only", () => {
    assert.equal(from(start("pin"), ...type("4a 7"), key("Backspace")).typed, "4");
  });

  test("opens, and only then something is listened to", () => {
    const open = from(start("pin"), reply("enter", 204));
    assert.equal(stream(start("pin")), "/staff/visitors");
    assert.equal(stream(open), "/staff/events");
    assert.equal(picture(open).panel, "home");
  });

  test("says that a PIN is wrong, and how long to wait", () => {
    assert.equal(picture(from(start("pin"), reply("enter", 403, 0))).title, "wrong");
    const shut = from(start("pin"), reply("enter", 403, 4), ...type("4711"));
    assert.equal(picture(shut).title, "wait 4");
    assert.equal(from(shut, key("Enter")).sent, null);
    const later = from(shut, { type: "tick", at: 4000 });
    assert.equal(from(later, press("ok", "", 4000)).sent.path, "enter");
  });

  test("is shut again when the session is over, whatever was being typed", () => {
    const over = home(press("type"), ...type("A99"), { type: "over", at: 0 });
    assert.deepEqual([over.panel, over.typed, over.view], ["pin", "", null]);
    assert.equal(home(reply("say/resume", 403)).panel, "pin");
  });

  test("that is not there says how it is made", () => {
    const { title, lines } = picture(start("off"));
    assert.deepEqual([title, lines[0].text], ["off", "how\u2011to"]);
    assert.deepEqual(offered(start("off")), ["back", "language"]);
  });
});

describe("the first panel", () => {
  test("has the last outcome large and what else is to be known below it", () => {
    const { title, time, look, lines } = picture(home());
    assert.deepEqual([title, time, look], ["last", "14.02", "in"]);
    assert.deepEqual(lines.map((one) => one.text), ["spot", "note", "before, worn", "age"]);
  });

  test("offers what the kiosk offers; the other keys stay where they are", () => {
    assert.deepEqual(offered(home()), ["let_in", "take_back", "type", "pause", "language", "done"]);
    const less = from(start(), view({ let_in: null, take_back: null, types: false, paused: true }));
    assert.deepEqual(offered(less), ["resume", "language", "done"]);
    assert.equal(picture(less).keys.length, picture(home()).keys.length);
    assert.equal(from(less, press("take_back")).sent, null);
  });

  test("undoes what it shows", () => {
    assert.deepEqual(home(press("take_back")).sent, { path: "say/take-back", body: { of: X } });
  });

  test("says that what was pressed is not offered any more", () => {
    const changed = home(press("take_back"), reply("say/take-back", 409));
    assert.equal(picture(changed).lines[0].text, "changed");
    assert.equal(picture(home(reply("say/resume", 0))).lines[0].text, "unsent");
  });

  test("speaks the next language, which it keeps", () => {
    const swedish = home(press("language"));
    assert.deepEqual([picture(swedish).language, picture(swedish).title], ["sv", "sist"]);
    assert.equal(picture(from(swedish, press("language"))).language, "fi");
  });
});

describe("letting in by hand", () => {
  const why = home(press("let_in"));

  test("says whom it is of, then why, then with how many", () => {
    assert.equal(picture(why).title, "Expired 14.02");
    const counting = from(why, press("reason", "worn_card"));
    assert.equal(picture(counting).keys.map((one) => one.text).slice(0, 5).join(" "), "0 1 2 3 +");
    assert.deepEqual(from(counting, press("number", "2")).sent, {
      path: "say/let-in",
      body: { adopts: X, children: 2, assistants: 0, reason: "worn_card" },
    });
  });

  test("is of whom it was offered for, also when another came", () => {
    const other = from(why, press("reason", "other"), view({ let_in: { ...VIEW.let_in, adopts: { epoch: EPOCH, seq: 9 } } }), press("no_answer"));
    assert.deepEqual(other.sent.body, { adopts: X, children: null, assistants: 0, reason: "other" });
  });

  test("has larger numbers up to the bound", () => {
    const more = from(why, press("reason", "other"), view({ let_in: { adopts: X, children: 5, assistants: 0 } }), press("more"));
    assert.deepEqual(picture(more).keys.map((one) => one.text).slice(0, 2), ["4", "5"]);
    assert.equal(offered(more).includes("more"), false);
  });

  test("asks for assistants where they are counted", () => {
    const counted = from(start(), view({ let_in: { adopts: null, children: 20, assistants: 3 } }), press("let_in"), press("reason", "other"), press("number", "1"));
    assert.equal(picture(counted).title, "assistants?");
    assert.equal(counted.sent, null);
    assert.deepEqual(from(counted, press("no_answer")).sent.body, { adopts: null, children: 1, assistants: 0, reason: "other" });
  });
});

describe("a code that is typed", () => {
  const typed = home(press("type"), ...type("a99"));

  test("shows what was typed last and no more of it", () => {
    assert.equal(picture(typed).entry, "••9");
  });

  test("is sent once and forgotten", () => {
    const sent = from(typed, key("Enter"));
    assert.deepEqual(sent.sent, { path: "say/code", body: { code: "a99" } });
    assert.equal(sent.typed, "");
    assert.equal(from(sent, reply("say/code", 204)).panel, "home");
  });

  test("that is none may be typed again", () => {
    assert.equal(picture(from(typed, key("Enter"), reply("say/code", 422))).title, "no code");
  });

  test("in the words of a pause has them written anew", () => {
    const refused = picture(from(typed, reply("say/pause", 422)));
    assert.deepEqual([refused.title, refused.entry, refused.panel], ["no codes", "_", "words"]);
  });

  test("in words that are too long leaves them to be shortened", () => {
    const long = picture(from({ ...typed, panel: "words", typed: "Suljettu" }, press("ok"), reply("say/pause", 413)));
    assert.deepEqual([long.title, long.entry], ["too long", "Suljettu_"]);
  });

  test("is typed on three planes of keys", () => {
    const letters = (state) => picture(state).keys.filter((one) => one.press === "letter").map((one) => one.text).join("");
    const second = from(typed, press("next_keys"));
    assert.deepEqual([letters(typed), letters(second), letters(from(second, press("next_keys")))], ["ABCDEFGHIJKLM", "NOPQRSTUVWXYZ", "0123456789"]);
    assert.equal(from(typed, press("letter", "Z")).typed, "a99", "a key that is not there");
  });
});

describe("a break", () => {
  test("has the venue's words, none, or the staff's own in small letters after a capital", () => {
    assert.deepEqual(home(press("pause"), press("say", "Back at 13.")).sent.body, { message: "Back at 13." });
    assert.deepEqual(home(press("pause"), press("no_words")).sent.body, { message: "" });
    const own = home(press("pause"), press("own_words"), press("letter", "H"), press("letter", "E"), press("space"), press("letter", "I"));
    assert.equal(picture(own).entry, "He i_");
    assert.deepEqual(from(own, key("Enter")).sent.body, { message: "He i" });
    assert.equal(from(own, press("letter", "L"), key("."), press("space"), press("letter", "M")).typed, "He il. M");
  });

  test("has more words of the venue's than there is room for at once", () => {
    const many = from(initial({ ...setup, panel: "home", pauses: ["a", "b", "c"] }, 0), view(), press("pause"));
    const shown = (state) => picture(state).keys.map((one) => one.text);
    assert.deepEqual(shown(many), ["a", "b", "key no_words", "+", "←"]);
    assert.equal(from(many, press("say", "c")).sent, null);
    const later = from(many, press("more"));
    assert.deepEqual(shown(later), ["c", "key no_words", "key own_words", "←"]);
    assert.deepEqual(from(later, press("say", "c")).sent.body, { message: "c" });
    assert.deepEqual(shown(from(later, press("back"), press("pause"))), shown(many));
  });

  test("takes forty characters and no empty ones of one's own", () => {
    const own = home(press("pause"), press("own_words"));
    assert.equal(from(own, ...type("x".repeat(50))).typed.length, 40);
    assert.equal(from(own, ...type("  "), key("Enter")).sent, null);
  });
});

describe("a page that is left", () => {
  test("goes back to the visitors after a minute, and at once where somebody says so", () => {
    assert.equal(home({ type: "tick", at: LEFT_ALONE_MS - 1 }).leaving, false);
    assert.equal(home({ type: "tick", at: LEFT_ALONE_MS }).leaving, true);
    assert.equal(home(press("type", "", 30_000), { type: "tick", at: LEFT_ALONE_MS }).leaving, false);
    assert.equal(home(press("done")).leaving, true);
    assert.equal(from(start("pin"), key("Escape")).leaving, true);
    assert.equal(from(start("pin"), { type: "tick", at: NOT_ENTERED_MS }).leaving, true);
    assert.equal(from(start("pin"), key("4", 1), { type: "tick", at: NOT_ENTERED_MS }).leaving, false);
  });

  test("makes way for whoever shows a card, until a PIN was entered", () => {
    assert.equal(from(start("pin"), key("4"), { type: "visitor", at: 1 }).leaving, true);
    assert.equal(from(start("off"), { type: "visitor", at: 1 }).leaving, true);
    assert.equal(home({ type: "visitor", at: 1 }).leaving, false);
  });

  test("says that the kiosk is silent, and offers nothing meanwhile but the way back", () => {
    const lost = home({ type: "tick", at: SILENCE_MS });
    assert.deepEqual([picture(lost).panel, picture(lost).title, offered(lost)], ["lost", "lost", ["back"]]);
    assert.equal(from(lost, press("take_back", "", SILENCE_MS)).sent, null);
    assert.equal(from(lost, press("back", "", SILENCE_MS)).leaving, true);
    assert.equal(picture(from(lost, { type: "ping", at: SILENCE_MS })).panel, "home");
  });
});
