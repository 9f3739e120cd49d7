// The page's reducer: node --test

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";

import { BOUNCE_MS, LEFT_ALONE_MS, SETTLE_MS, SILENCE_MS, initial, keysFor, meant, next, numbersFor, picture } from "../../kiosk_ui/static/state.js";

const EPOCH = "0".repeat(32);
const COUNTS = Array.from({ length: 21 }, (_, n) => n);
const texts = (state) => ({
  fi: { headline: `${state} fi`, text: "", label: "", counts: COUNTS.map((n) => `${n} lasta`) },
  sv: { headline: `${state} sv`, text: "", label: "", counts: COUNTS.map((n) => `${n} barn`) },
});
const screen = (state, question = null) => ({ type: "screen/1", state, question, texts: texts(state) });
const question = (seq, most = 20, more = {}) => ({ epoch: EPOCH, seq, about: "children", most, given: null, can_go_back: false, hurry_s: null, ...more });
const controls = { more: "more", fewer: "fewer", back: "back", more_time: "More time", numbers: { children: "children", assistants: "assistants" } };
const setup = {
  languages: ["fi", "sv"],
  controls: { fi: controls, sv: controls },
  starting: screen("starting"),
  lost: screen("out_of_order"),
  small: { ...screen("out_of_order"), texts: texts("small") },
};
const show = (state, asked = null, at = 0) => ({ type: "screen", screen: screen(state, asked), at });
const of = (visitor, shown) => ({ ...shown, screen: { ...shown.screen, visitor } });
const press = (what, value = null, at = 0) => ({ type: "press", what, value, at, touch: false });
const touch = (what, value, at) => ({ ...press(what, value, at), touch: true });
const after = (...events) => events.reduce(next, initial(setup, 0));
const labels = (state) => picture(state).keys.map((key) => key.text).join(" ");

describe("messages", () => {
  test("it starts with the first language and the starting screen", () => {
    const { state, language, size, contrast, texts: words } = picture(after());
    assert.deepEqual([state, language, size, contrast, words.headline], ["starting", "fi", 0, false, "starting fi"]);
  });

  test("each message is shown as a whole", () => {
    assert.equal(picture(after(show("idle"), show("ask_staff"))).state, "ask_staff");
  });

  test("the staff's digit is drawn while it is said, and none otherwise", () => {
    const said = after({ ...show("ask_staff"), screen: { ...screen("ask_staff"), digit: 3 } });
    assert.equal(picture(said).digit, 3);
    assert.equal(picture(next(said, show("idle"))).digit, null);
    assert.equal(picture(next(said, { type: "tick", at: SILENCE_MS })).digit, null);
  });

  test("an unknown event is an error", () => {
    assert.throws(() => after({ type: "surprise" }), /surprise/);
  });

  test("nothing changes an earlier state", () => {
    const before = Object.freeze(after(show("accepted", question(1))));
    Object.freeze(before.choice);
    next(before, press("size"));
    next(before, press("more"));
    next(before, press("number", "2"));
    assert.deepEqual(before, after(show("accepted", question(1))));
  });
});

describe("a message that is none", () => {
  const asked = after(show("accepted", question(1)));
  const told = (said) => ({ type: "screen", screen: said, at: 10 });
  const good = screen("idle");
  const broken = {
    "no object": null,
    "a word": "idle",
    "no state": { ...good, state: undefined },
    "a state of another version": { ...good, state: "dancing" },
    "a state that every object has": { ...good, state: "toString" },
    "no texts": { ...good, texts: undefined },
    "a language less": { ...good, texts: { fi: good.texts.fi } },
    "a text less": { ...good, texts: { ...good.texts, sv: { headline: "" } } },
    "a question about nobody known": screen("accepted", question(2, 20, { about: "dogs" })),
    "a number without a name": screen("accepted", question(2, 21)),
  };
  for (const [name, said] of Object.entries(broken)) {
    test(`${name} is out of order until there is a good one`, () => {
      const lost = next(asked, told(said));
      assert.deepEqual([picture(lost).state, picture(lost).keys], ["out_of_order", []]);
      const pinged = next(lost, { type: "ping", at: 20 });
      assert.equal(picture(next(pinged, { type: "tick", at: 30 })).state, "out_of_order");
      assert.equal(next(pinged, press("number", "1", 5000)).sent, null);
      assert.equal(picture(next(pinged, told(good))).state, "idle");
    });
  }
});

describe("a screen without room for letters", () => {
  const small = after(show("accepted", question(1)), { type: "measured", small: true });

  test("says so, whatever is shown, and takes no answer", () => {
    assert.equal(picture(small).texts.headline, "small fi");
    assert.deepEqual(picture(small).keys, []);
    assert.equal(next(small, press("number", "1")).sent, null);
    assert.equal(picture(next(small, { type: "tick", at: SILENCE_MS })).texts.headline, "small fi");
  });

  test("shows what is to be seen once it has room", () => {
    assert.equal(picture(next(small, { type: "measured", small: false })).state, "accepted");
    assert.equal(next(small, { type: "measured", small: true }), small, "no further change, no drawing");
  });
});

describe("the golden messages of the wire", () => {
  const golden = (name) => JSON.parse(readFileSync(new URL(`../agent/wire/golden/${name}.json`, import.meta.url)));
  const told = (name) => ({ type: "screen", screen: golden(name), at: 0 });

  test("a question is drawn in each of its languages, with what its numbers are called", () => {
    const asked = after(told("screen-1"));
    assert.equal(picture(asked).texts.headline, "Tervetuloa");
    assert.deepEqual(picture(asked).keys.map((key) => key.name ?? key.text), ["0 lasta", "1 lapsi", "2 lasta", "3 lasta", "More time"]);
    assert.equal(picture(next(asked, press("language", "sv"))).keys[1].name, "1 barn");
    assert.equal(picture(asked).hurry.seconds, 20);
  });

  test("what a visitor says of it is as the agent reads it", () => {
    const asked = after(told("screen-1"));
    assert.deepEqual(next(asked, press("number", "2")).sent, golden("answer-1"));
    assert.deepEqual(next(asked, press("more_time")).sent, golden("wish-1"));
    assert.deepEqual(next(next(asked, press("language", "sv")), press("louder")).hear, golden("hear-1"));
  });

  test("every refusal is one screen, with a digit for the staff", () => {
    const { state, digit, keys, texts: words } = picture(after(told("screen-1-staff")));
    assert.deepEqual([state, digit, keys, words.headline], ["ask_staff", 3, [], "Tule kassalle"]);
  });
});

describe("choices", () => {
  test("a language shows its own words", () => {
    assert.equal(picture(after(show("idle"), press("language", "sv"))).texts.headline, "idle sv");
  });

  test("the size goes round", () => {
    const sizes = [1, 2, 3].map((times) => picture(after(...Array(times).fill(press("size")))).size);
    assert.deepEqual(sizes, [1, 2, 0]);
  });

  test("contrast goes on and off", () => {
    assert.equal(picture(after(press("contrast"))).contrast, true);
    assert.equal(picture(after(press("contrast"), press("contrast"))).contrast, false);
  });

  test("a choice made at rest stays for the visit, and idle takes it back", () => {
    const chosen = [show("idle"), press("language", "sv"), press("size"), press("contrast"), show("accepted", question(1))];
    assert.deepEqual(picture(after(...chosen)).language, "sv");
    const { language, size, contrast } = picture(after(...chosen, show("thanks"), show("idle")));
    assert.deepEqual([language, size, contrast], ["fi", 0, false]);
  });

  test("who is asked for one card at a time keeps the choice", () => {
    assert.equal(picture(after(show("idle"), press("language", "sv"), show("one_card"), show("idle"))).language, "sv");
  });

  test("a queue's next visitor begins as the venue wants it, unless the choice is a new one", () => {
    const asked = of(3, show("accepted", question(7), 1000));
    const chosen = [asked, press("language", "sv", 2000), press("size", null, 2000)];
    const seen = (...events) => Object.values((({ language, size }) => ({ language, size }))(picture(after(...events))));
    for (const [state, asks] of [["accepted", question(8)], ["accepted", null], ["seen", null], ["ask_staff", null]]) {
      assert.deepEqual(seen(...chosen, of(4, show(state, asks, 12_000))), ["fi", 0], state);
      assert.deepEqual(seen(...chosen, of(4, show(state, asks, 11_999))), ["sv", 1], "set just before the card");
    }
    assert.deepEqual(seen(...chosen, of(3, show("thanks", question(7), 30_000))), ["sv", 1]);
    const refused = [of(3, show("ask_staff", null, 1000)), press("language", "sv", 2000), press("size", null, 2000)];
    assert.deepEqual(seen(...refused, of(3, show("accepted", null, 30_000))), ["sv", 1], "let in by hand");
    const atRest = [asked, show("idle", null, 2000), press("language", "sv", 3000), press("size", null, 3000)];
    assert.deepEqual(seen(...atRest, of(4, show("accepted", question(8), 30_000))), ["sv", 1], "at rest it is the next one's");
  });

  test("the same idle shown again takes nothing back", () => {
    assert.equal(picture(after(show("idle"), press("language", "sv"), show("idle"))).language, "sv");
  });

  test("a choice left alone at rest is taken back once", () => {
    const chosen = after(show("idle", null, 0), press("language", "sv", 1000), { type: "ping", at: LEFT_ALONE_MS });
    assert.equal(picture(next(chosen, { type: "tick", at: LEFT_ALONE_MS + 999 })).language, "sv");
    const left = next(chosen, { type: "tick", at: LEFT_ALONE_MS + 1000 });
    assert.equal(picture(left).language, "fi");
    assert.equal(next(left, { type: "tick", at: LEFT_ALONE_MS + 1500 }), left, "no further change, no drawing");
  });

  test("a wet finger's second touch is ignored, a key's is not", () => {
    assert.equal(picture(after(touch("size", null, 0), touch("size", null, BOUNCE_MS - 1))).size, 1);
    assert.equal(picture(after(touch("size", null, 0), touch("size", null, BOUNCE_MS))).size, 2);
    assert.equal(picture(after(press("size", null, 0), press("size", null, 1))).size, 2);
  });

  test("a quick touch of another key counts", () => {
    const quick = picture(after(touch("size", null, 0), touch("contrast", null, 1), touch("language", "sv", 2)));
    assert.deepEqual([quick.size, quick.contrast, quick.language], [1, true, "sv"]);
  });

  test("the first touch of all counts", () => {
    assert.equal(picture(after(touch("size", null, 0))).size, 1);
  });
});

describe("keys", () => {
  const row = (most, step) => numbersFor(most, step).map((key) => key.value ?? { more: "+", fewer: "−" }[key.press]).join(" ");

  test("a few numbers need no step", () => {
    assert.deepEqual([1, 2, 3, 4].map((most) => row(most, 0)), ["0 1", "0 1 2", "0 1 2 3", "0 1 2 3 4"]);
  });

  test("larger numbers come by steps of one row", () => {
    assert.deepEqual([0, 1, 2, 3].map((step) => row(11, step)), ["0 1 2 3 +", "− 4 5 6 +", "− 7 8 9 +", "− 10 11"]);
  });

  test("every bound can be reached, each number is offered once, five keys at most", () => {
    for (let most = 1; most <= 99; most += 1) {
      const offered = [];
      let step = 0;
      let keys = numbersFor(most, step);
      for (;;) {
        assert.ok(keys.length <= 5, `${keys.length} keys for ${most}`);
        offered.push(...keys.filter((key) => key.press === "number").map((key) => key.value));
        if (!keys.some((key) => key.press === "more")) break;
        step += 1;
        keys = numbersFor(most, step);
      }
      assert.deepEqual(offered, Array.from({ length: most + 1 }, (_, number) => number));
    }
  });

  test("there are keys only where something is asked", () => {
    assert.equal(labels(after(show("accepted"))), "");
    assert.equal(labels(after(show("accepted", question(1)))), "0 1 2 3 +");
  });

  test("+ and − go on and back, and never beyond", () => {
    const asked = show("accepted", question(1, 5));
    assert.equal(labels(after(asked, press("fewer"))), "0 1 2 3 +");
    assert.equal(labels(after(asked, press("more"))), "− 4 5");
    assert.equal(labels(after(asked, press("more"), press("more"))), "− 4 5");
    assert.equal(labels(after(asked, press("more"), press("fewer"))), "0 1 2 3 +");
  });

  test("a new question starts at the first row, the same one shown again stays", () => {
    const more = [show("accepted", question(1)), press("more")];
    assert.equal(labels(after(...more, show("accepted", question(1)))), "− 4 5 6 +");
    assert.equal(labels(after(...more, show("accepted", question(2)))), "0 1 2 3 +");
  });
});

describe("answers", () => {
  const asked = show("accepted", question(7, 5));

  test("a number names the question that is shown", () => {
    assert.deepEqual(after(asked, press("number", "3")).sent, {
      type: "answer/1",
      epoch: EPOCH,
      seq: 7,
      about: "children",
      count: 3,
    });
  });

  test("zero is an answer", () => {
    assert.equal(after(asked, press("number", "0")).sent.count, 0);
  });

  test("a tap is sent once, and the key shows it", () => {
    const state = after(asked, press("number", "1"), press("number", "2"), press("more"));
    assert.equal(state.sent.count, 1);
    assert.deepEqual(picture(state).keys.map((key) => key.chosen), [false, true, false, false, false]);
  });

  test("a number above the bound, or where nothing is asked, is none", () => {
    assert.equal(after(asked, press("number", "6")).sent, null);
    assert.equal(after(show("idle"), press("number", "1")).sent, null);
  });

  test("the next message takes the tap back", () => {
    assert.equal(after(asked, press("number", "1"), show("accepted", question(8))).sent, null);
  });

  test("what was answered is chosen while it may be corrected, until another is tapped", () => {
    const chosen = (state) => picture(state).keys.filter((key) => key.chosen).map((key) => key.value);
    const thanked = after(show("thanks", question(7, 5, { given: 0 })));
    assert.deepEqual(chosen(thanked), [0]);
    assert.deepEqual(chosen(next(thanked, press("number", "3"))), [3]);
    assert.equal(next(thanked, press("number", "3")).sent.count, 3);
  });

  test("a key is called by its number of somebody, in the language that is chosen", () => {
    const names = (state) => picture(state).keys.map((key) => key.name);
    assert.deepEqual(names(after(asked)).slice(0, 2), ["0 lasta", "1 lasta"]);
    assert.deepEqual(names(after(asked, press("language", "sv"))).slice(1), ["1 barn", "2 barn", "3 barn", "more"]);
    assert.equal(picture(after(asked)).group, "children");
    assert.equal(picture(after(show("idle"))).group, null);
  });

  test("an answer that did not get through may be given again", () => {
    const tapped = after(asked, press("number", "1"));
    assert.equal(next(tapped, { type: "unsent", answer: tapped.sent }).sent, null);
    const later = next(next(tapped, show("accepted", question(8))), press("number", "2", SETTLE_MS));
    assert.equal(next(later, { type: "unsent", answer: tapped.sent }).sent.count, 2);
  });
});

describe("a press that is late", () => {
  const asked = show("accepted", question(7), 1000);
  const numbers = (at) => [press("number", "3", at), touch("number", "3", at)];
  const sent = (...events) => after(...events).sent?.seq ?? null;

  test("is not taken for another question's until half a second later", () => {
    for (const other of [question(8), question(7, 3, { about: "assistants" })]) {
      const next = show("accepted", other, 2000);
      for (const late of numbers(2000 + SETTLE_MS - 1)) assert.equal(sent(asked, next, late), null);
      for (const meant of numbers(2000 + SETTLE_MS)) assert.equal(sent(asked, next, meant), other.seq);
    }
  });

  test("nor after thanks, or another screen between the two", () => {
    const next = show("accepted", question(8), 2200);
    assert.equal(sent(asked, show("thanks", question(7), 1500), next, press("number", "3", 2300)), null);
    assert.equal(sent(asked, show("seen", null, 2000), next, press("number", "3", 2300)), null);
    assert.equal(sent(asked, show("idle", null, 2000), show("accepted", question(8), 9000), press("number", "3", 9001)), 8);
  });

  test("moves no row of keys and leads nowhere", () => {
    const other = show("accepted", question(8, 20, { can_go_back: true }), 2000);
    assert.equal(labels(after(asked, other, press("more", null, 2100))), "← 0 1 2 3 +");
    assert.equal(sent(asked, other, press("back", null, 2100)), null);
    assert.equal(picture(after(asked, other, press("language", "sv", 2100))).language, "sv");
  });

  test("is at once what it says where the question is the first, or the same", () => {
    assert.equal(sent(asked, press("number", "3", 1001)), 7);
    assert.equal(sent(asked, show("accepted", question(7, 20, { hurry_s: 20 }), 2000), press("number", "3", 2001)), 7);
  });

  test("meant what was asked when the finger came down", () => {
    assert.equal(meant(after(show("idle"))), "");
    assert.equal(meant(after(asked)), `${EPOCH} 7 children`);
  });
});

describe("more time, and the question before", () => {
  const ending = show("accepted", question(7, 5, { hurry_s: 20 }));
  const second = show("accepted", question(7, 3, { about: "assistants", can_go_back: true }));
  const wish = (about, wanted) => ({ type: "wish/1", epoch: EPOCH, seq: 7, about, wanted });

  test("more time is the last key, once the question says that it ends", () => {
    assert.equal(labels(after(ending)), "0 1 2 3 + More time");
    assert.equal(labels(after(ending, press("more"))), "− 4 5 More time");
    assert.deepEqual(after(ending, press("more_time")).sent, wish("children", "more_time"));
    assert.equal(after(show("accepted", question(7)), press("more_time")).sent, null);
  });

  test("Enter means it, and nothing where there is time enough", () => {
    assert.deepEqual(after(ending, press("enter")).sent, wish("children", "more_time"));
    assert.equal(after(show("accepted", question(7)), press("enter")).sent, null);
    assert.equal(after(show("idle"), press("enter")).sent, null);
  });

  test("the bar runs for as long as is said, and begins anew with each message", () => {
    assert.deepEqual(picture(after(ending)).hurry, { seconds: 20, message: 1 });
    assert.deepEqual(picture(after(ending, press("size"))).hurry, { seconds: 20, message: 1 });
    assert.deepEqual(picture(after(ending, ending)).hurry, { seconds: 20, message: 2 });
    assert.equal(picture(after(ending, show("accepted", question(7)))).hurry, null);
  });

  test("the way back is the first key of the second question alone", () => {
    assert.equal(labels(after(second)), "← 0 1 2 3");
    assert.deepEqual(after(second, press("back")).sent, wish("assistants", "back"));
    assert.equal(after(show("accepted", question(7)), press("back")).sent, null);
  });

  test("the second question of a visitor is another one", () => {
    const stepped = after(show("accepted", question(7)), press("more"), second);
    assert.equal(labels(stepped), "← 0 1 2 3");
    assert.equal(after(second, press("number", "2")).sent.about, "assistants");
  });

  test("a real key for larger numbers is the page's own", () => {
    assert.equal(labels(after(show("accepted", question(1)), { type: "more", at: 0 })), "− 4 5 6 +");
    assert.equal(labels(after(show("idle"), { type: "more", at: 0 })), "");
  });
});

describe("the voice", () => {
  const heard = (...events) => after(...events).hear;
  const hear = (wanted, language = "fi") => ({ type: "hear/1", wanted, language });

  test("ends with whatever a visitor does, and speaks the language that is chosen", () => {
    assert.equal(heard(show("idle")), null);
    assert.deepEqual(heard(show("accepted", question(7)), press("number", "1")), hear("hush"));
    assert.deepEqual(heard(show("idle"), press("language", "sv")), hear("hush", "sv"));
    assert.deepEqual(heard(show("idle"), press("language", "sv"), press("size")), hear("hush", "sv"));
  });

  test("says it again by Enter where that asks for nothing else, and louder by *", () => {
    assert.deepEqual(heard(show("idle"), press("enter")), hear("again"));
    assert.deepEqual(heard(show("accepted", question(7)), press("enter")), hear("again"));
    assert.deepEqual(heard(show("accepted", question(7, 5, { hurry_s: 20 })), press("enter")), hear("hush"));
    assert.deepEqual(heard(show("idle"), press("louder")), hear("louder"));
  });

  test("is as the venue wants it once who chose has gone", () => {
    const left = after(show("idle", null, 0), press("language", "sv", 0), { type: "tick", at: LEFT_ALONE_MS });
    assert.deepEqual(left.hear, hear("reset"));
  });

  test("a press that is none says nothing", () => {
    const once = after(touch("size", null, 0));
    assert.equal(next(once, touch("size", null, 1)).hear, once.hear);
  });
});

describe("the corner that only the staff know of", () => {
  const tick = (at) => ({ type: "tick", at });
  const hold = (at) => ({ type: "hold", at });

  test("leads to them once a finger has lain there for three seconds", () => {
    assert.equal(after(hold(1000), tick(3999)).toStaff, false);
    assert.equal(after(hold(1000), tick(4000)).toStaff, true);
  });

  test("and not after a finger was lifted", () => {
    assert.equal(after(hold(1000), { type: "release" }, tick(9000)).toStaff, false);
    assert.equal(after(hold(1000), { type: "release" }, hold(3000), tick(5000)).toStaff, false);
  });

  test("may be held again where the way was shut", () => {
    const once = after(hold(0), tick(3000), { type: "release" });
    assert.equal(once.toStaff, false);
    assert.equal([hold(4000), tick(7000)].reduce(next, once).toStaff, true);
  });
});

describe("a silent agent", () => {
  const idle = show("idle", null, 0);
  const tick = (at) => ({ type: "tick", at });

  test("is out of order after ten seconds without a word", () => {
    assert.equal(picture(after(idle, tick(SILENCE_MS - 1))).state, "idle");
    assert.equal(picture(after(idle, tick(SILENCE_MS))).state, "out_of_order");
  });

  test("never leaves the last good screen up, nor takes an answer", () => {
    const lost = after(show("accepted", question(1)), tick(SILENCE_MS));
    assert.equal(labels(lost), "");
    assert.equal(next(lost, press("number", "1")).sent, null);
  });

  test("a ping is a word, and heals", () => {
    assert.equal(picture(after(idle, { type: "ping", at: 5000 }, tick(SILENCE_MS + 4999))).state, "idle");
    assert.equal(picture(after(idle, tick(SILENCE_MS), { type: "ping", at: SILENCE_MS + 1 })).state, "idle");
  });

  test("back at rest after a silence, the choices of before are gone", () => {
    const chosen = [idle, press("language", "sv"), tick(SILENCE_MS)];
    assert.equal(picture(after(...chosen)).texts.headline, "out_of_order sv");
    assert.equal(picture(after(...chosen, show("idle", null, SILENCE_MS + 1))).language, "fi");
  });
});
