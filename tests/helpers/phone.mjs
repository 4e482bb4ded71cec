// A phone without a screen: as much of a browser as the page's script asks for. Time passes when it is told to.

class Place {
  constructor(id) {
    Object.assign(this, { id, dataset: {}, hidden: false, innerHTML: "", textContent: "", buttons: [], classes: new Set() });
    this.classList = {
      contains: (name) => this.classes.has(name),
      add: (name) => this.classes.add(name),
      toggle: (name, on) => (on ? this.classes.add(name) : this.classes.delete(name)),
    };
  }
  contains() {
    return false;
  }
  closest() {
    return null;
  }
  querySelectorAll() {
    return this.buttons;
  }
}

export const phone = { nowMs: 0, sources: [], asked: [], answers: [], places: {}, listeners: {}, beats: [], timers: [] };
const listen = (name, action) => (phone.listeners[name] ??= []).push(action);
for (const id of ["live", "stale", "answer", "now"]) phone.places[id] = new Place(id);
const { live } = phone.places;
live.classes.add("stale");
live.dataset = { since: "", now: "0", answers: "yes" };

export const button = (command) => {
  const form = { action: `http://box/do/${command}`, fields: {}, closest: () => null };
  live.buttons.push({ form, disabled: false });
  return live.buttons.at(-1);
};
export const happen = (name, event = {}) => (phone.listeners[name] ?? []).forEach((action) => action(event));
export const soon = () => new Promise((done) => setImmediate(done));
export const pass = async (ms) => {
  for (const end = phone.nowMs + ms; phone.nowMs < end; ) {
    phone.nowMs += 100;
    for (const action of phone.beats) action();
    for (const timer of phone.timers.filter((each) => each.atMs <= phone.nowMs)) {
      phone.timers.splice(phone.timers.indexOf(timer), 1);
      timer.action();
    }
    await soon();
  }
};
export const beat = async (nowMs, answers = true) => {
  phone.sources.at(-1).hear("beat", { now_ns: nowMs * 1e6, answers });
  await soon();
};

Object.defineProperty(globalThis, "performance", { value: { now: () => phone.nowMs } });
Object.assign(globalThis, {
  document: {
    hidden: false,
    getElementById: (id) => phone.places[id],
    querySelectorAll: () => [],
    addEventListener: listen,
  },
  addEventListener: listen,
  location: { assign: (path) => phone.asked.push(path) },
  EventSource: class {
    static CLOSED = 2;
    readyState = 1;
    told = {};
    constructor() {
      phone.sources.push(this);
    }
    addEventListener(name, action) {
      this.told[name] = action;
    }
    hear(name, data) {
      this.told[name]({ lastEventId: "", data: JSON.stringify(data) });
    }
    close() {
      this.readyState = 2;
    }
  },
  FormData: class {
    constructor(form) {
      return Object.entries(form.fields);
    }
  },
  setInterval: (action, ms) => ms <= 100 && phone.beats.push(action),
  setTimeout: (action, ms) => phone.timers.push({ action, atMs: phone.nowMs + ms }),
  clearTimeout: () => {},
  fetch: (path, options = {}) =>
    new Promise((answer, fail) => {
      phone.asked.push(String(path));
      options.signal?.addEventListener("abort", () => fail(new Error("aborted")));
      if (path === "/clock") {
        answer({ ok: true, status: 200, json: async () => ({ now_ns: (phone.nowMs + phone.boxAheadMs) * 1e6 }) });
      } else {
        phone.answers.push({ body: options.body, tell: (told) => answer({ status: 200, json: async () => told }) });
      }
    }),
});
phone.boxAheadMs = 0;
