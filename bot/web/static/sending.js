"use strict";
// Sends what the person wrote, in order, until the server has stored it. What is not sent yet survives a reload.
window.sending = (() => {
  const STORE = "unsent";
  const LONGEST_WAIT = 30;
  let queue = [];
  let running = false;
  let wake = () => {};
  const on = { stored() {}, refused() {}, waiting() {} };

  function load() {
    try {
      queue = JSON.parse(sessionStorage.getItem(STORE)) || [];
    } catch {
      queue = [];
    }
    return queue;
  }

  function save() {
    try {
      sessionStorage.setItem(STORE, JSON.stringify(queue));
    } catch {
      // A browser without storage keeps what is unsent for as long as the page is open.
    }
  }

  // crypto.randomUUID is there only over https and on this machine.
  function uuid() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  function add(item) {
    const message = { client_id: uuid(), ...item };
    queue.push(message);
    save();
    run();
    return message;
  }

  async function post(message) {
    const body = message.token ? { client_id: message.client_id, token: message.token } : { client_id: message.client_id, text: message.text };
    const response = await fetch("/chat/messages", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      credentials: "same-origin",
      signal: AbortSignal.timeout ? AbortSignal.timeout(15000) : undefined,
    });
    const answer = await response.json().catch(() => ({}));
    return { response, answer };
  }

  function pause(seconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, seconds * 1000);
      wake = () => { clearTimeout(timer); resolve(); };
    });
  }

  async function run() {
    if (running) return;
    running = true;
    let tries = 0;
    while (queue.length) {
      const message = queue[0];
      let wait = Math.min(2 ** tries, LONGEST_WAIT);
      try {
        const { response, answer } = await post(message);
        if (response.status === 202) {
          queue.shift();
          save();
          tries = 0;
          on.stored(message, answer.key, answer.chat);
          continue;
        }
        if (response.status < 500 && response.status !== 429 && response.status !== 408) {
          queue.shift();
          save();
          on.refused(message, answer.error || "");
          continue;
        }
        wait = Math.max(wait, Number(response.headers.get("Retry-After")) || 0);
        on.waiting(message, answer.error || "", answer.crisis || "");
      } catch {
        on.waiting(message, "", "");
      }
      tries += 1;
      await pause(wait);
    }
    running = false;
  }

  function clear() {
    queue = [];
    save();
  }

  window.addEventListener("online", () => wake());
  return { load, add, run, clear, on, again: () => wake() };
})();
