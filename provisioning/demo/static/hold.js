// Holds cards and pictures before a simulated camera, and says what the kiosk answered.

const MAX_BYTES = 8 * 1024 * 1024;
const FRAME = { width: 1280, height: 720 };
const FRAME_MS = 250; // the kiosk looks ten times a second; a person moves slowly
const COME_BACK_MS = 1000;
const ANSWER = ["Vastaa kioskin näytöllä", "Answer on the kiosk's screen"];
const CORRECT = ["Korjaa vastausta kioskin näytöllä", "Correct the answer on the kiosk's screen"];
const token = document.querySelector('meta[name="kaiku-token"]').content;
const part = (id) => document.getElementById(id);

let kiosks = [];
let chosen = null;
let stream = null;
let said = null;

function note(fi = "", en = "") {
  const english = Object.assign(document.createElement("span"), { lang: "en", textContent: en });
  part("note").replaceChildren(...(fi ? [fi, " ", english] : []));
}

async function hold(message) {
  try {
    const response = await fetch("/hold", {
      method: "POST",
      headers: { "content-type": "application/json", "x-kaiku-token": token },
      body: JSON.stringify({ kiosk: chosen.kiosk, ...message }),
    });
    const refused = response.ok ? {} : await response.json();
    note(refused.detail, refused.detail_en);
    return response.ok;
  } catch {
    note("Yhteys katkesi. Onko esittely vielä käynnissä?", "The connection was lost. Is the demo still running?");
    return false;
  }
}

function choose(kiosk) {
  chosen = kiosk;
  part("screen").href = kiosk.screen;
  part("answering").href = kiosk.screen;
  said?.close();
  const stream = new EventSource(`/events?kiosk=${kiosk.kiosk}&token=${encodeURIComponent(token)}`);
  stream.onmessage = ({ data }) => show(JSON.parse(data));
  stream.onerror = () => {
    show({ state: "lost", asks: false, fi: ["Kioski ei vastaa.", ""], en: "The kiosk does not answer." });
    // While it says CONNECTING the browser tries again by itself.
    if (stream.readyState === EventSource.CLOSED) setTimeout(comeBack, COME_BACK_MS, stream);
  };
  said = stream;
}

// Refused for good: the demo was started anew and has another token. Reloading a page that is not
// served would leave the browser's own error page up, so it is asked for first.
async function comeBack(stream) {
  if (stream !== said) return; // another kiosk was chosen, and its stream sees to this
  try {
    const response = await fetch("/", { cache: "no-store" });
    if (response.ok) return location.reload();
  } catch {
    // not back yet
  }
  setTimeout(comeBack, COME_BACK_MS, stream);
}

function show({ state, asks, fi, en }) {
  part("said").dataset.state = state;
  part("headline").textContent = fi[0];
  part("text").textContent = fi[1];
  part("english").textContent = en;
  part("asks").hidden = !asks;
  const [answer, answerEnglish] = state === "thanks" ? CORRECT : ANSWER;
  part("answering").textContent = answer;
  part("answering-en").textContent = answerEnglish;
}

function listKiosks() {
  part("kiosks").replaceChildren(
    ...kiosks.map((kiosk, number) => {
      const label = document.createElement("label");
      const radio = Object.assign(document.createElement("input"), { type: "radio", name: "kiosk", checked: number === 0 });
      radio.addEventListener("change", () => choose(kiosk));
      const name = Object.assign(document.createElement("b"), { textContent: kiosk.name });
      const venue = Object.assign(document.createElement("span"), { textContent: kiosk.venue, className: "soft" });
      label.append(radio, name, venue);
      return label;
    }),
  );
}

async function base64(blob) {
  const url = await new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(blob);
  });
  return url.slice(url.indexOf(",") + 1);
}

async function holdFile(file) {
  if (file.size > MAX_BYTES) {
    note("Kuva on liian suuri. Enintään 8 Mt.", "The picture is too large. 8 MB at most.");
    return;
  }
  const picture = part("chosen");
  URL.revokeObjectURL(picture.src);
  picture.hidden = true; // what is no picture would be shown as a broken one
  picture.onload = () => (picture.hidden = false);
  picture.src = URL.createObjectURL(file);
  await hold({ type: "picture/1", picture: await base64(file) });
}

async function toggleCamera() {
  if (stream) {
    stopCamera();
    return;
  }
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: FRAME, audio: false });
  } catch {
    note(
      "Kameraa ei saatu käyttöön. Salli kamera selaimen asetuksista, tai valitse kuva.",
      "The camera could not be used. Allow it in the browser's settings, or choose a picture.",
    );
    return;
  }
  const view = part("view");
  view.srcObject = stream;
  view.hidden = false;
  part("chosen").hidden = true;
  part("camera").setAttribute("aria-pressed", "true");
  await view.play();
  await sendFrames(view, stream);
}

function stopCamera() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
  part("view").hidden = true;
  part("camera").setAttribute("aria-pressed", "false");
}

// One after another: a slow kiosk gets fewer frames, never a queue of old ones.
async function sendFrames(view, ours) {
  const canvas = Object.assign(document.createElement("canvas"), FRAME);
  const pen = canvas.getContext("2d");
  while (stream === ours) {
    pen.drawImage(view, 0, 0, FRAME.width, FRAME.height);
    const jpeg = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.8));
    if (!jpeg || !(await hold({ type: "picture/1", picture: await base64(jpeg), hold_s: 1 }))) {
      stopCamera();
      return;
    }
    await new Promise((done) => setTimeout(done, FRAME_MS));
  }
}

part("cards").addEventListener("click", async ({ target }) => {
  const button = target.closest("button");
  if (!button || !chosen) return;
  const { sort } = button.dataset;
  button.disabled = true;
  part("ignored").hidden = true;
  const held = await hold({ type: "card/1", sort });
  part("ignored").hidden = !held || sort !== "foreign";
  button.disabled = false;
});
part("file").addEventListener("change", ({ target }) => {
  const [file] = target.files;
  if (file && chosen) holdFile(file);
  target.value = ""; // the same file may be chosen again
});
part("camera").addEventListener("click", () => chosen && toggleCamera());
addEventListener("pagehide", stopCamera);

kiosks = await (await fetch("/kiosks", { headers: { "x-kaiku-token": token } })).json();
listKiosks();
choose(kiosks[0]);
