"use strict";
(() => {
  const { words, log } = window.bubbles;
  const { bubbles, sending } = window;
  const scroll = document.getElementById("scroll");
  const typing = document.getElementById("typing");
  const state = document.getElementById("state");
  const below = document.getElementById("below");
  const composer = document.getElementById("composer");
  const text = document.getElementById("text");
  // The server gives a sign of life every 15 seconds.
  const SILENCE = 40000;
  let source = null;
  let after = 0;
  let lastSign = Date.now();
  let shown = "";
  let chat = "";

  // ---- where the page is scrolled to
  // What is new since the person last wrote stays in view from its beginning: the first words may matter most.
  let following = true;
  let anchor = null;
  const end = () => scroll.scrollHeight - scroll.clientHeight;
  // Whether the last message has a part that cannot be seen; a few pixels of its edge do not matter.
  const moreBelow = () => {
    const last = log.lastElementChild;
    return Boolean(last) && last.getBoundingClientRect().bottom > scroll.getBoundingClientRect().bottom + 12;
  };
  function toEnd() {
    following = true;
    anchor = null;
    scroll.scrollTop = end();
    below.hidden = true;
  }
  function follow() {
    if (!following) return;
    const top = anchor ? anchor.offsetTop - log.offsetTop : Infinity;
    scroll.scrollTop = Math.min(end(), top);
  }
  function arrive(change) {
    change();
    follow();
    below.hidden = !moreBelow();
  }
  scroll.addEventListener("scroll", () => { if (!moreBelow()) below.hidden = true; });
  for (const name of ["wheel", "touchmove", "keydown"]) scroll.addEventListener(name, () => { following = false; }, { passive: true });
  below.addEventListener("click", () => { toEnd(); text.focus(); });
  new ResizeObserver(follow).observe(scroll);

  // ---- the line that says how the connection is
  function say(message) {
    if (message === shown) return;
    shown = message;
    state.textContent = message;
    state.hidden = !message;
  }
  function connection() {
    if (!navigator.onLine) return say(words.offline);
    if (source && source.readyState !== EventSource.OPEN) return say(words.reconnecting);
    say("");
  }

  function setTyping(on) {
    if (typing.hidden === !on) return;
    typing.hidden = !on;
    follow();
  }

  // ---- what the server says
  function listen() {
    if (source) source.close();
    source = new EventSource(`/chat/events?after=${after}`);
    const sign = () => { lastSign = Date.now(); };
    source.addEventListener("open", () => { sign(); connection(); sending.again(); });
    source.addEventListener("alive", sign);
    source.addEventListener("typing", (event) => { sign(); setTyping(event.data === "true"); });
    source.addEventListener("message", (event) => {
      sign();
      after = Math.max(after, Number(event.lastEventId) || 0);
      const entry = JSON.parse(event.data);
      setTyping(false);
      arrive(() => bubbles.show(entry, true));
    });
    source.addEventListener("error", () => setTimeout(connection, 1500));
  }

  async function loadHistory() {
    const response = await fetch("/chat/history", { credentials: "same-origin" });
    if (!response.ok) throw new Error("history");
    const history = await response.json();
    log.setAttribute("aria-busy", "true");
    for (const entry of history.entries) bubbles.show(entry, false);
    log.removeAttribute("aria-busy");
    after = Math.max(after, history.after);
    chat = history.chat;
    return Boolean(history.chat);
  }

  async function open() {
    for (let wait = 1; ; wait = Math.min(wait * 2, 30)) {
      try {
        const exists = await loadHistory();
        say("");
        showUnsent();
        toEnd();
        if (exists) listen();
        return;
      } catch {
        say(navigator.onLine ? words.failed_load : words.offline);
        await new Promise((resolve) => setTimeout(resolve, wait * 1000));
      }
    }
  }

  // ---- what the person sends
  function mine(message) {
    const bubble = bubbles.show({ key: `c${message.client_id}`, who: "person", kind: "text", text: message.shown || message.text, buttons: [], extra: {} }, true);
    bubbles.note(bubble, words.sending);
    return bubble;
  }
  function showUnsent() {
    for (const message of sending.load()) mine(message);
    sending.run();
  }
  function send(item) {
    const bubble = mine(sending.add(item));
    toEnd();
    anchor = bubble;
  }
  const bubbleOf = (message) => bubbles.find(`c${message.client_id}`) || mine(message);

  sending.on.stored = (message, key, nowIn) => {
    const bubble = bubbleOf(message);
    bubbles.note(bubble, "");
    if (bubbles.find(key)) bubble.remove();
    else bubble.dataset.key = key;
    connection();
    setTyping(true);
    const another = chat !== "" && chat !== nowIn;
    chat = nowIn;
    if (another || !source || source.readyState === EventSource.CLOSED) listen();
  };
  sending.on.refused = (message, error) => {
    bubbles.note(bubbleOf(message), `${words.refused}. ${error}`, true);
    if (message.text && !text.value) {
      text.value = message.text;
      grow();
    }
  };
  sending.on.waiting = (message, error, crisis) => {
    bubbles.note(bubbleOf(message), words.unsent);
    if (crisis && !bubbles.find(`crisis-${message.client_id}`)) {
      arrive(() => bubbles.show({ key: `crisis-${message.client_id}`, who: "assistant", kind: "crisis", text: crisis, buttons: [], extra: {} }, true));
    }
    if (error && navigator.onLine) say(error);
    else if (!navigator.onLine) say(words.offline);
    else say(words.reconnecting);
  };
  bubbles.pressed((title, token) => send({ token, shown: title }));

  function grow() {
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight + 3, 152)}px`;
  }
  text.addEventListener("input", grow);
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      composer.requestSubmit();
    }
  });
  composer.addEventListener("submit", (event) => {
    event.preventDefault();
    const value = text.value.trim();
    if (!value) {
      text.focus();
      return;
    }
    text.value = "";
    grow();
    send({ text: value });
    text.focus();
  });

  // ---- forgetting the chat on this device
  const dialog = document.getElementById("forget-dialog");
  const problem = document.getElementById("forget-problem");
  document.getElementById("forget").addEventListener("click", () => { problem.hidden = true; dialog.showModal(); });
  document.getElementById("forget-no").addEventListener("click", () => dialog.close());
  document.getElementById("forget-yes").addEventListener("click", async () => {
    try {
      const response = await fetch("/chat/forget", { method: "POST", credentials: "same-origin" });
      if (!response.ok) throw new Error("forget");
      sending.clear();
      location.replace("/");
    } catch {
      problem.hidden = false;
    }
  });

  // ---- coming back
  window.addEventListener("online", () => { connection(); if (source) listen(); });
  window.addEventListener("offline", connection);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && source && Date.now() - lastSign > SILENCE) listen();
  });
  setInterval(() => {
    if (source && navigator.onLine && Date.now() - lastSign > SILENCE) {
      lastSign = Date.now();
      listen();
    }
  }, 5000);

  open();
})();
