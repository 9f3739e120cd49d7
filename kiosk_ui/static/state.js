// What the page knows and what follows from it. Pure: no document, no clock, no network; time is an argument.

export const SILENCE_MS = 10_000; // two pings missed: the agent is dead, whatever the screen last said
export const BOUNCE_MS = 500; // a wet finger touches the same key twice
export const SETTLE_MS = 500; // a finger on its way to a key of the question before
const STILL_MEANT_MS = 2_000; // so long after its keys have gone a question may still be meant by one
export const LEFT_ALONE_MS = 45_000; // a choice made at rest, and nobody came
const AT_REST = ["idle", "one_card"]; // whoever held up two cards still stands here
const ANSWERING = ["number", "more", "fewer", "back"];
const CHOSEN_MS = 10_000; // by whoever is about to show a card
const CHOICES = ["language", "size", "contrast"];
const HOLD_MS = 3_000; // the corner that only the staff know of
const SIZES = 3;
// Each state's ground and shape, by which it is known from two metres.
const LOOKS = {
  starting: "rest", idle: "rest", seen: "rest", one_card: "rest",
  accepted: "welcome", thanks: "welcome", ask_staff: "ask", paused: "closed", out_of_order: "closed",
};
const FIRST_KEYS = 4;
const STEP_KEYS = 3;

export function initial(setup, at) {
  return {
    setup,
    screen: setup.starting,
    heardAt: at,
    lost: false,
    small: false, // the screen has no room for letters that can be read
    choice: untouched(setup),
    pressed: null, // what was pressed last, and when; null: nothing since the screen was last left
    pressedAt: null,
    choseAt: null,
    step: 0,
    sent: null,
    messages: 0,
    asked: null, // the question that was on the screen last, and until when
    askedAt: null,
    visitor: null, // whose the screen was last, until it is at rest
    settledAt: null, // when the keys last became those of another question
    heldSince: null, // a finger lies on the staff's corner
    toStaff: false, // it has lain there long enough
    hear: null, // what the voice is to do; a new object each time
  };
}

// What a press on the screen means now, besides its key: a finger may come down on one question and up on another.
export function meant(state) {
  const { epoch, seq, about } = state.screen.question ?? {};
  return epoch === undefined ? "" : `${epoch} ${seq} ${about}`;
}

export function next(state, event) {
  switch (event.type) {
    case "screen":
      return shown(state, event.screen, event.at);
    case "measured":
      return event.small === state.small ? state : { ...state, small: event.small };
    case "ping":
      return heard(state, event.at);
    case "tick":
      return passed(state, event.at);
    case "hold":
      return { ...state, heldSince: event.at };
    case "release":
      return state.heldSince === null ? state : { ...state, heldSince: null, toStaff: false };
    case "unsent": // the answer did not get through: the key may be pressed again
      return state.sent === event.answer ? { ...state, sent: null } : state;
    case "more": // a real key that means the page's own
      return pressed(state, { what: "more", touch: false, at: event.at });
    case "press":
      return pressed(state, event);
    default:
      throw new Error(`unknown event ${event.type}`);
  }
}

// Everything that is drawn. The view adds nothing to it.
export function picture(state) {
  const screen = current(state);
  const { language, size, contrast } = state.choice;
  const controls = state.setup.controls[language];
  const question = screen.question ?? null;
  return {
    state: screen.state,
    look: LOOKS[screen.state],
    language,
    size,
    contrast,
    texts: screen.texts[language],
    controls,
    digit: screen.digit ?? null,
    keys: question ? keysFor(question, state.step).map((key) => labelled(key, state)) : [],
    group: question ? controls.numbers[question.about] : null,
    visitor: state.visitor,
    hurry: question?.hurry_s ? { seconds: question.hurry_s, message: state.messages } : null,
  };
}

function current({ setup, screen, lost, small }) {
  if (small) return setup.small;
  return lost ? setup.lost : screen;
}

// Numbers, before them the way back and after them more time, where either is to be had.
export function keysFor({ most, can_go_back, hurry_s }, step) {
  return [
    ...(can_go_back ? [{ press: "back" }] : []),
    ...numbersFor(most, step),
    ...(hurry_s ? [{ press: "more_time" }] : []),
  ];
}

// 0 1 2 3 +, then − 4 5 6 +, and so on up to `most`; no "+" where the numbers fit into the row.
export function numbersFor(most, step) {
  if (step === 0) {
    return most <= FIRST_KEYS ? numbers(0, most) : [...numbers(0, FIRST_KEYS - 1), { press: "more" }];
  }
  const first = FIRST_KEYS + STEP_KEYS * (step - 1);
  const fewer = { press: "fewer" };
  return most <= first + STEP_KEYS
    ? [fewer, ...numbers(first, most)]
    : [fewer, ...numbers(first, first + STEP_KEYS - 1), { press: "more" }];
}

function hear(wanted, { language }) {
  return { type: "hear/1", wanted, language };
}

function untouched(setup) {
  return { language: setup.languages[0], size: 0, contrast: false };
}

function heard(state, at) {
  const back = state.lost && state.screen.state === "idle";
  return { ...state, heardAt: at, lost: false, choice: back ? untouched(state.setup) : state.choice };
}

// What is not as the wire has it must not leave the picture before it up.
function understood(told, { languages, controls }) {
  const { state, texts, question } = told ?? {};
  const said = (one) => [texts?.[one]?.headline, texts?.[one]?.text].every((text) => typeof text === "string");
  const named = (one) => !question || (controls[one].numbers[question.about] && texts[one].counts?.length > question.most);
  return Object.hasOwn(LOOKS, state) && languages.every((one) => said(one) && named(one));
}

function shown(state, told, at) {
  const screen = understood(told, state.setup) ? told : state.setup.lost;
  const visitor = screen.state === "idle" ? null : screen.visitor ?? state.visitor;
  const chosenNow = state.choseAt !== null && at - state.choseAt < CHOSEN_MS;
  const nextOne = state.visitor !== null && visitor !== null && visitor !== state.visitor && !chosenNow;
  const idleAgain = screen.state === "idle" && !AT_REST.includes(state.screen.state);
  const heardNow = heard({ ...state, screen }, at);
  return {
    ...heardNow,
    ...settling(state, screen.question, at),
    visitor,
    choice: idleAgain || nextOne ? untouched(state.setup) : heardNow.choice,
    step: sameQuestion(screen.question, state.screen.question) ? state.step : 0,
    sent: null,
    messages: state.messages + 1,
  };
}

// Whether a press now may be meant for another question than the one that comes.
function settling(state, question, at) {
  const askedAt = state.screen.question ? at : state.askedAt;
  if (!question) return { askedAt };
  const meant = askedAt !== null && at - askedAt < STILL_MEANT_MS;
  const another = meant && !sameQuestion(question, state.asked);
  return { asked: question, askedAt: at, settledAt: another ? at : state.settledAt };
}

function passed(state, at) {
  if (state.heldSince !== null && at - state.heldSince >= HOLD_MS && !state.toStaff) {
    return passed({ ...state, toStaff: true }, at);
  }
  const lost = at - state.heardAt >= SILENCE_MS;
  const leftAlone = state.screen.state === "idle" && pressedBefore(state, at - LEFT_ALONE_MS);
  if (leftAlone) {
    const choice = untouched(state.setup);
    return { ...state, lost, choice, pressed: null, pressedAt: null, hear: hear("reset", choice) };
  }
  return lost === state.lost ? state : { ...state, lost };
}

function pressed(state, { what, value, touch, at }) {
  const again = state.pressed === `${what} ${value}` && !pressedBefore(state, at - BOUNCE_MS);
  if (touch && again) return state;
  if (ANSWERING.includes(what) && state.settledAt !== null && at - state.settledAt < SETTLE_MS) return state;
  const choseAt = CHOICES.includes(what) ? at : state.choseAt;
  return heeded({ ...state, pressed: `${what} ${value}`, pressedAt: at, choseAt }, what, value);
}

// Whatever a visitor does ends what is being said, and may be about the voice itself.
function heeded(touched, what, value) {
  const after = done(touched, what, value);
  const again = what === "enter" && !after.sent;
  return { ...after, hear: hear(what === "louder" ? "louder" : again ? "again" : "hush", after.choice) };
}

function done(touched, what, value) {
  const { choice } = touched;
  switch (what) {
    case "louder":
      return touched;
    case "language":
      return { ...touched, choice: { ...choice, language: value } };
    case "size":
      return { ...touched, choice: { ...choice, size: (choice.size + 1) % SIZES } };
    case "contrast":
      return { ...touched, choice: { ...choice, contrast: !choice.contrast } };
    default:
      return answering(touched, what, Number(value));
  }
}

function answering(state, what, count) {
  const { question } = current(state);
  if (!question || state.sent) return state; // a tap is sent once
  const { epoch, seq, about } = question;
  if (what === "number") {
    return count <= question.most ? { ...state, sent: { type: "answer/1", epoch, seq, about, count } } : state;
  }
  const wanted = what === "enter" ? "more_time" : what;
  if (!keysFor(question, state.step).some((key) => key.press === wanted)) return state;
  switch (wanted) {
    case "more":
      return { ...state, step: state.step + 1 };
    case "fewer":
      return { ...state, step: state.step - 1 };
    default:
      return { ...state, sent: { type: "wish/1", epoch, seq, about, wanted } };
  }
}

function pressedBefore({ pressedAt }, at) {
  return pressedAt !== null && pressedAt <= at;
}

function numbers(first, last) {
  return Array.from({ length: last - first + 1 }, (_, index) => ({ press: "number", value: first + index }));
}

const SIGNS = { more: "+", fewer: "−", back: "←" };

function labelled(key, { setup, screen, choice, sent }) {
  const controls = setup.controls[choice.language];
  if (key.press === "more_time") return { ...key, text: controls.more_time, name: null, chosen: false };
  if (key.press !== "number") return { ...key, text: SIGNS[key.press], name: controls[key.press], chosen: false };
  const chosen = sent ? sent.count : screen.question.given;
  return { ...key, text: String(key.value), name: screen.texts[choice.language].counts[key.value], chosen: chosen === key.value };
}

function sameQuestion(one, other) {
  return Boolean(one && other) && one.epoch === other.epoch && one.seq === other.seq && one.about === other.about;
}
