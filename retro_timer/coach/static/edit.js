// A form that is checked by the box while somebody types in it. Without this its button "Check" does the same.

const PAUSE_MS = 700; // After the last key: who is still typing is not yet wrong.

const form = document.querySelector("form[data-checks]");
let last = 0;
let pause;

async function check() {
  last += 1;
  const own = last;
  const fields = new URLSearchParams(new FormData(form));
  fields.set("do", "check");
  try {
    const told = await fetch(form.action, { method: "POST", body: fields });
    const page = new DOMParser().parseFromString(await told.text(), "text/html");
    const checked = page.getElementById("checked");
    // An answer that is overtaken by another key is of a text that is no more.
    if (checked && own === last) show(checked);
  } catch {
    // Whoever presses "Check" or "Keep" learns that nobody answers.
  }
}

function show(checked) {
  document.getElementById("checked").replaceWith(checked);
  const text = form.elements.namedItem("text");
  const wrong = document.getElementById("wrong");
  if (wrong) {
    text.setAttribute("aria-invalid", "true");
    text.setAttribute("aria-describedby", "wrong");
  } else {
    text.removeAttribute("aria-invalid");
    text.removeAttribute("aria-describedby");
  }
}

if (form) {
  form.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(check, PAUSE_MS);
  });
}
