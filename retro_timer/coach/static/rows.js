// The rows of a group: moved by a finger on the grip, by the arrow keys on it, or by the arrows beside it; a name is
// spoken without leaving the page. Without this the buttons do the same, a page at a time.

const rows = document.getElementById("rows");
const answer = document.getElementById("answer");
const form = document.getElementById("roster");

function nameOf(row) {
  return row.querySelector("[name=athlete]").value.trim() || String(place(row) + 1);
}

function place(row) {
  return [...rows.children].indexOf(row);
}

// Buttons tell the box the row's number: it follows the row.
function number() {
  [...rows.children].forEach((row, at, all) => {
    for (const button of row.querySelectorAll("[name=do]")) {
      const word = button.value.split(":")[0];
      button.value = `${word}:${at}`;
      if (word === "up") button.disabled = at === 0;
      if (word === "down") button.disabled = at === all.length - 1;
    }
  });
}

function tell(row) {
  answer.textContent = rows.dataset.moved
    .replace("{name}", () => nameOf(row))
    .replace("{place}", place(row) + 1)
    .replace("{count}", rows.children.length);
}

function move(row, by) {
  const other = by < 0 ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (by < 0) other.before(row);
  else other.after(row);
  number();
  tell(row);
}

function drag(down) {
  const row = down.target.closest("li");
  const grip = down.target;
  grip.setPointerCapture(down.pointerId);
  row.classList.add("held");
  const follow = (event) => {
    const under = [...rows.children].find((each) => {
      const box = each.getBoundingClientRect();
      return event.clientY >= box.top && event.clientY < box.bottom;
    });
    if (!under || under === row) return;
    if (place(under) < place(row)) under.before(row);
    else under.after(row);
    // Moving it in the page lets go of the finger.
    grip.setPointerCapture(event.pointerId);
  };
  const drop = () => {
    grip.removeEventListener("pointermove", follow);
    grip.removeEventListener("pointerup", drop);
    grip.removeEventListener("pointercancel", drop);
    row.classList.remove("held");
    number();
    tell(row);
  };
  grip.addEventListener("pointermove", follow);
  grip.addEventListener("pointerup", drop);
  grip.addEventListener("pointercancel", drop);
}

async function say(row) {
  const text = (row.querySelector("[name=say]").value || row.querySelector("[name=athlete]").value).trim();
  answer.textContent = "…";
  try {
    const told = await fetch("/rosters/say", {
      method: "POST",
      body: new URLSearchParams({ text }),
      headers: { accept: "application/json" },
    });
    const { ok, text: line } = await told.json();
    answer.textContent = line || (ok ? "✓" : "✗");
  } catch {
    answer.textContent = "✗";
  }
}

if (rows) {
  document.querySelector(".keys").hidden = false;
  for (const grip of rows.querySelectorAll(".grip")) grip.hidden = false;
  rows.addEventListener("pointerdown", (event) => event.target.matches(".grip") && drag(event));
  rows.addEventListener("keydown", (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by || !event.target.matches(".grip")) return;
    event.preventDefault();
    move(event.target.closest("li"), by);
    event.target.focus();
  });
  form.addEventListener("submit", (event) => {
    const [word] = (event.submitter?.value ?? "").split(":");
    const row = event.submitter?.closest("#rows li");
    if (!row || !["up", "down", "say"].includes(word)) return;
    event.preventDefault();
    if (word === "say") {
      say(row);
      return;
    }
    move(row, word === "up" ? -1 : 1);
    event.submitter.focus();
  });
}
