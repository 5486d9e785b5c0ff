"use strict";
// Puts messages on the page. Text only ever becomes text nodes and links that are made here.
window.bubbles = (() => {
  const words = JSON.parse(document.body.dataset.words);
  const dialable = JSON.parse(document.body.dataset.dialable);
  const log = document.getElementById("log");
  const escaped = dialable.map((number) => number.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).sort((a, b) => b.length - a.length);
  const links = new RegExp(`(https?://[^\\s<>"]+[^\\s<>".,;:!?)])|(?<![\\d-])(${escaped.join("|")})(?![\\d-])`, "g");
  let onPress = () => {};

  function withLinks(text) {
    const part = document.createDocumentFragment();
    let last = 0;
    for (const match of text.matchAll(links)) {
      part.append(text.slice(last, match.index));
      const link = document.createElement("a");
      link.textContent = match[0];
      if (match[1]) {
        link.href = match[1];
        link.target = "_blank";
        link.rel = "noopener noreferrer";
      } else {
        link.href = `tel:${match[2].replace(/[^\d+]/g, "")}`;
      }
      part.append(link);
      last = match.index + match[0].length;
    }
    part.append(text.slice(last));
    return part;
  }

  function answers(entry) {
    const box = document.createElement("div");
    box.className = "answers";
    for (const button of entry.buttons.flat()) {
      const element = box.appendChild(document.createElement("button"));
      element.type = "button";
      element.textContent = button.title;
      element.disabled = !button.usable;
      element.addEventListener("click", () => {
        for (const other of box.children) other.disabled = true;
        element.classList.add("pressed");
        onPress(button.title, button.token);
      });
    }
    return box;
  }

  function fill(bubble, entry, live) {
    const speaker = document.createElement("span");
    speaker.className = "speaker";
    speaker.textContent = entry.who === "staff" ? words.staff : `${entry.who === "person" ? words.you : words.assistant}: `;
    const said = document.createElement("div");
    said.className = "said";
    said.append(entry.who === "person" ? entry.text : withLinks(entry.text));
    bubble.replaceChildren(speaker, said);
    if (entry.extra && window.breathing.valid(entry.extra.breathing)) {
      bubble.append(window.breathing.element(entry.extra.breathing, words, live));
    }
    if (entry.buttons && entry.buttons.length) bubble.append(answers(entry));
  }

  function find(key) {
    return log.querySelector(`[data-key="${CSS.escape(key)}"]`);
  }

  // Shows an entry, or its new wording where it is shown already. `live`: it arrives while the person is here.
  function show(entry, live) {
    const known = find(entry.key);
    const bubble = known || document.createElement("li");
    if (known && !live) return known;
    bubble.className = `bubble ${entry.who}${entry.kind === "crisis" ? " crisis-reply" : ""}${live && !known ? " arrived" : ""}`;
    bubble.dataset.key = entry.key;
    fill(bubble, entry, live);
    if (!known) log.append(bubble);
    return bubble;
  }

  function note(bubble, text, refused) {
    let element = bubble.querySelector(".note");
    if (!text) return element && element.remove();
    if (!element) {
      element = bubble.appendChild(document.createElement("span"));
      element.className = "note";
    }
    element.textContent = text;
    bubble.classList.toggle("refused", Boolean(refused));
  }

  return { words, log, show, find, note, pressed: (handler) => { onPress = handler; } };
})();
