// What the box sees, once a second. Without this it is as it was when the page came.

const EVERY_MS = 1000;
const STALE_MS = 4000;

const now = document.getElementById("box-now");
let heardMs = performance.now();

async function look() {
  if (document.hidden) return;
  const patience = new AbortController();
  const over = setTimeout(() => patience.abort(), STALE_MS);
  try {
    const told = await fetch("/box/now", { cache: "no-store", signal: patience.signal });
    if (told.status === 401) location.assign("/pair");
    if (told.ok) {
      now.innerHTML = await told.text();
      heardMs = performance.now();
    }
  } catch {
    // It greys out by itself.
  }
  clearTimeout(over);
}

async function beat() {
  await look();
  now.classList.toggle("stale", performance.now() - heardMs > STALE_MS);
  setTimeout(beat, EVERY_MS);
}

if (now) beat();

for (const form of document.querySelectorAll("form[data-told]")) {
  const answer = form.querySelector("[role=status]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    answer.textContent = "…";
    try {
      const told = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form, event.submitter)),
        headers: { accept: "application/json" },
      });
      if (told.status === 401) location.assign("/pair");
      const { ok, text } = await told.json();
      answer.textContent = text || (ok ? "✓" : "✗");
    } catch {
      answer.textContent = "✗";
    }
  });
}
