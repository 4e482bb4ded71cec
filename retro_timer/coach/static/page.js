// The live page: puts in place what the box's events bring, ticks its clocks, and greys itself out when it is stale.
// Without it everything works by itself: forms are sent and the page comes back.

const STALE_MS = 3500; // Three beats of the stream and half of one more.
const OPEN_MS = 4000; // A stream that has not begun by then is opened anew.
const MEASURE_EVERY_MS = 15000;
const ASTRAY_MS = 1000; // A beat is on the way for less.
const KEPT_TRIPS = 8;
const ANSWER_MS = 12000; // The page's process gives up after ten seconds.
const TOLD_MS = 6000; // What became of a command is read by then.
const ALWAYS = /\/do\/(halt|stop)$/;

const live = document.getElementById("live");
const stale = document.getElementById("stale");
const answer = document.getElementById("answer");

// The box's clock, in milliseconds, minus this phone's. The round trip that took least is the best known:
// offset = box - (sent + received) / 2.
export class BoxClock {
  trips = [];

  note(sentMs, boxMs, receivedMs) {
    this.trips.push({ tookMs: receivedMs - sentMs, offsetMs: boxMs - (sentMs + receivedMs) / 2 });
    if (this.trips.length > KEPT_TRIPS) this.trips.shift();
  }

  forget() {
    this.trips = [];
  }

  get offsetMs() {
    return this.trips.reduce((best, trip) => (best && best.tookMs <= trip.tookMs ? best : trip), null)?.offsetMs;
  }
}

export function sinceText(ms) {
  return (Math.floor(Math.max(0, ms) / 100) / 10).toFixed(1);
}

export function untilText(ms) {
  const left = Math.ceil(Math.max(0, ms) / 1000);
  return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
}

const clock = new BoxClock();
let last = live?.dataset.since ?? "";
let heardMs = -Infinity; // The page comes stale: only a beat makes it fresh.
let boxAnswers = false;
let source = null;
let pressed = null; // What a finger is on.
const waiting = new Map();
const underway = new Set(); // Buttons whose command has not been answered.

function boxMs() {
  return performance.now() + (clock.offsetMs ?? Number(live.dataset.now) / 1e6 - loadedMs);
}

const loadedMs = performance.now();

async function measure() {
  const sentMs = performance.now();
  try {
    const told = await fetch("/clock", { cache: "no-store" });
    if (told.status === 401) location.assign("/pair");
    if (told.ok) clock.note(sentMs, (await told.json()).now_ns / 1e6, performance.now());
  } catch {
    // The stream tells that nobody answers.
  }
}

async function measureWell() {
  clock.forget();
  for (let trip = 0; trip < 4; trip += 1) await measure();
}

function put(name, html) {
  const place = document.getElementById(name);
  // A board has not all of them; and nothing is taken away from under the finger.
  if (!place) return;
  if (pressed && place.contains(pressed)) waiting.set(name, html);
  else place.innerHTML = html;
}

function putWaiting() {
  pressed = null;
  for (const [name, html] of waiting) document.getElementById(name).innerHTML = html;
  waiting.clear();
}

function take(state) {
  for (const [name, html] of Object.entries(state)) {
    if (name === "hand") {
      const hand = html.split(" ");
      for (const form of document.querySelectorAll("#hand form")) form.hidden = !hand.includes(form.dataset.command);
    } else {
      put(name, html);
    }
  }
  tick();
}

function open() {
  source?.close();
  const opened = new EventSource(`${live.dataset.stream ?? "/events?since="}${encodeURIComponent(last)}`);
  source = opened;
  const late = setTimeout(() => source === opened && open(), OPEN_MS);
  const heard = (event) => {
    clearTimeout(late);
    heardMs = performance.now();
    if (event.lastEventId) last = event.lastEventId;
    return JSON.parse(event.data);
  };
  opened.addEventListener("state", (event) => take(heard(event)));
  opened.addEventListener("beat", (event) => {
    const { answers, now_ns: nowNs } = heard(event);
    // A phone's clock may have stood still while it slept.
    const astray = Math.abs(nowNs / 1e6 - boxMs()) > ASTRAY_MS;
    if (answers && (!boxAnswers || astray)) measureWell();
    boxAnswers = answers;
    freshen();
  });
  opened.addEventListener("happened", heard);
  opened.onerror = () => {
    // Refused, or torn: again soon. Who has been put out learns it by the clock.
    if (source === opened && opened.readyState === EventSource.CLOSED) {
      clearTimeout(late);
      measure();
      setTimeout(() => source === opened && !document.hidden && open(), 1000);
    }
  };
}

function freshen() {
  const fresh = boxAnswers && performance.now() - heardMs < STALE_MS;
  if (live.classList.contains("stale") !== fresh) return;
  live.classList.toggle("stale", !fresh);
  stale.hidden = fresh;
  lock(!fresh);
}

// What holds everybody is never locked: it can do no harm, and a page is stale when it is needed most.
function lock(locked) {
  for (const button of live.querySelectorAll("button")) {
    if (!ALWAYS.test(button.form?.action)) button.disabled = locked || underway.has(button);
  }
}

function tick() {
  const now = boxMs();
  for (const time of document.querySelectorAll("time[data-since]")) {
    time.textContent = sinceText(now - Number(time.dataset.since) / 1e6);
  }
  for (const time of document.querySelectorAll("time[data-until]")) {
    time.textContent = untilText(Number(time.dataset.until) / 1e6 - now);
  }
  if (live.classList.contains("stale")) lock(true);
}

async function send(form, submitter) {
  const fields = new URLSearchParams(new FormData(form, submitter));
  // What arrives late was meant for another moment: the box refuses it by this, but for what holds everybody.
  if (clock.offsetMs !== undefined) fields.set("pressed_ms", Math.round(boxMs()));
  const patience = new AbortController();
  const over = setTimeout(() => patience.abort(), ANSWER_MS);
  if (submitter && !ALWAYS.test(form.action)) {
    underway.add(submitter);
    submitter.disabled = true;
  }
  answer.textContent = "…";
  try {
    const told = await fetch(form.action, {
      method: "POST",
      body: fields,
      headers: { accept: "application/json" },
      signal: patience.signal,
    });
    if (told.status === 401) location.assign("/pair");
    const { ok, text } = await told.json();
    const line = text || (ok ? "✓" : "✗");
    answer.textContent = line;
    setTimeout(() => answer.textContent === line && (answer.textContent = ""), TOLD_MS);
    answer.classList.toggle("refused", !ok);
    if (ok && form.closest("details")) form.reset();
  } catch {
    answer.textContent = "✗";
    answer.classList.add("refused");
  }
  clearTimeout(over);
  if (underway.delete(submitter)) submitter.disabled = live.classList.contains("stale");
}

if (live) {
  document.addEventListener("submit", (event) => {
    if (!answer || !new URL(event.target.action).pathname.startsWith("/do/")) return;
    event.preventDefault();
    send(event.target, event.submitter);
  });
  document.addEventListener("pointerdown", (event) => (pressed = event.target));
  for (const end of ["click", "pointercancel", "pointerup"]) {
    document.addEventListener(end, () => setTimeout(putWaiting, 0));
  }
  const wake = () => {
    if (document.hidden) {
      source?.close();
      source = null;
      heardMs = -Infinity;
      boxAnswers = false;
      freshen();
      return;
    }
    freshen();
    open();
  };
  document.addEventListener("visibilitychange", wake);
  addEventListener("pageshow", (event) => event.persisted && wake());
  setInterval(() => {
    freshen();
    tick();
  }, 100);
  setInterval(() => !document.hidden && measure(), MEASURE_EVERY_MS);
  wake();
}
