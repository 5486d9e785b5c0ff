"use strict";
(() => {
  const { view, number, token } = document.body.dataset;
  const lost = document.getElementById("lost");
  const said = document.getElementById("said");
  const title = document.title;
  const SILENCE = 40000;
  const ACTIVE_EVERY = 5 * 60 * 1000;
  let lastSign = Date.now();
  let source = null;

  // ---- time left to acknowledge, every second
  function left(deadline) {
    const seconds = Math.round((new Date(deadline) - Date.now()) / 1000);
    const all = Math.abs(seconds);
    const hours = Math.floor(all / 3600);
    const words = hours ? `${hours} h ${Math.floor((all % 3600) / 60)} min` : `${Math.floor(all / 60)} min ${String(all % 60).padStart(2, "0")} s`;
    return seconds >= 0 ? `${words} left to acknowledge` : `${words} overdue`;
  }
  function tick() {
    for (const clock of document.querySelectorAll("[data-deadline]")) {
      clock.textContent = left(clock.dataset.deadline);
      clock.classList.toggle("overdue", new Date(clock.dataset.deadline) < Date.now());
    }
    const open = document.querySelectorAll(".alert-row.is-open").length;
    document.title = view === "board" && open ? `(${open}) ${title}` : title;
  }
  setInterval(tick, 1000);
  tick();

  // ---- what somebody typed survives a reload after a click elsewhere on the page
  for (const field of document.querySelectorAll("[data-keep]")) {
    const key = `draft-${field.dataset.keep}`;
    try {
      field.value = field.value || sessionStorage.getItem(key) || "";
      field.addEventListener("input", () => sessionStorage.setItem(key, field.value));
      field.form.addEventListener("submit", () => sessionStorage.removeItem(key));
    } catch {
      // No storage: nothing is kept.
    }
  }
  document.addEventListener("submit", (event) => {
    // One press is one request; the page comes back with what it led to.
    setTimeout(() => { for (const button of event.target.querySelectorAll("button")) button.disabled = true; });
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });

  // ---- a person at the keyboard keeps the login; a page left open alone does not
  let lastActive = Date.now();
  function active() {
    if (Date.now() - lastActive < ACTIVE_EVERY) return;
    lastActive = Date.now();
    fetch("/staff/session", { method: "POST", headers: { "X-Token": token }, credentials: "same-origin" }).catch(() => {});
  }
  for (const name of ["keydown", "pointerdown", "wheel"]) document.addEventListener(name, active, { passive: true });

  if (!view) return;

  // ---- live parts
  function trouble(text, login) {
    lost.replaceChildren(text);
    if (login) {
      const link = document.createElement("a");
      link.href = `/staff/login?next=${encodeURIComponent(location.pathname)}`;
      link.textContent = "Log in again";
      lost.append(" ", link, ".");
    }
    lost.hidden = !text;
  }

  function swap({ part, html, digest }) {
    const box = document.querySelector(`[data-part="${part}"]`);
    if (!box || box.dataset.digest === digest) return;
    const before = new Set([...box.querySelectorAll("[data-alert]")].map((row) => row.dataset.alert));
    const focused = box.contains(document.activeElement) ? document.activeElement.id : "";
    box.innerHTML = html;
    box.dataset.digest = digest;
    box.toggleAttribute("data-empty", !box.textContent.trim());
    if (focused && document.getElementById(focused)) document.getElementById(focused).focus();
    for (const row of box.querySelectorAll("[data-alert]")) {
      if (!before.has(row.dataset.alert)) {
        row.classList.add("fresh");
        said.textContent = `New alert: ${row.querySelector(".head").textContent.replace(/\s+/g, " ").trim()}`;
      }
    }
    if (part === "conversation") said.textContent = "The conversation has changed.";
    if (part === "summary") said.textContent = "The state of this page has changed.";
    tick();
  }

  function listen() {
    if (source) source.close();
    lastSign = Date.now();
    source = new EventSource(`/staff/events?view=${view}&number=${number}`);
    const sign = () => { lastSign = Date.now(); };
    source.addEventListener("open", () => { sign(); trouble(""); });
    source.addEventListener("alive", () => { sign(); trouble(""); });
    source.addEventListener("part", (event) => { sign(); swap(JSON.parse(event.data)); });
    source.addEventListener("trouble", () => { sign(); trouble("The database cannot be reached. What you see may be out of date."); });
    source.addEventListener("expired", () => check());
    source.addEventListener("error", () => setTimeout(check, 2000));
  }

  async function check() {
    try {
      const response = await fetch("/staff/session", { credentials: "same-origin" });
      if (response.status === 401) {
        source.close();
        source = null;
        return trouble("You are logged out, and this page does not change any more.", true);
      }
    } catch {
      // Not reachable: handled below.
    }
    if (source && source.readyState === EventSource.OPEN) return undefined;
    trouble("The connection is lost. What you see may be out of date. Trying again.");
    if (source && source.readyState === EventSource.CLOSED) setTimeout(() => source && listen(), 3000);
    return undefined;
  }

  setInterval(() => { if (source && Date.now() - lastSign > SILENCE) { trouble("The connection is lost. What you see may be out of date. Trying again."); listen(); } }, 5000);
  listen();
})();
