// Shows how far a file is, and goes to what came of it. Without script the page asks for itself again.
const line = document.getElementById("far");
const bar = document.getElementById("bar");

async function look() {
  try {
    const { words, share, done } = await (await fetch(line.dataset.now)).json();
    if (done) return location.reload();
    if (line.textContent !== words) line.textContent = words;
    if (share === null) bar.removeAttribute("value");
    else bar.value = share;
  } catch {
    // The server does not answer: what is shown stays, and it is asked again.
  }
  setTimeout(look, 500);
}

setTimeout(look, 500);
