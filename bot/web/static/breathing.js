"use strict";
// A breathing rhythm that can be seen: a circle that grows and shrinks, with the words and a count. It can be stopped.
window.breathing = (() => {
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");

  function valid(rhythm) {
    return rhythm && Array.isArray(rhythm.phases) && rhythm.phases.length > 0 && rhythm.rounds > 0 &&
      rhythm.phases.every((phase) => Array.isArray(phase) && typeof phase[0] === "string" && phase[1] > 0);
  }

  // How large the circle is at the end of each phase. The first phase is always the breath in; holding keeps the size.
  function sizes(count) {
    if (count === 1) return [1];
    if (count === 2) return [1, 0.45];
    if (count === 3) return [1, 1, 0.45];
    return [1, 1, 0.45, 0.45];
  }

  function element(rhythm, words, startNow) {
    const box = document.createElement("div");
    box.className = "breathing";
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", words.breathe_label);
    const ring = box.appendChild(document.createElement("div"));
    ring.className = "ring";
    const circle = ring.appendChild(document.createElement("div"));
    circle.className = "circle";
    const text = ring.appendChild(document.createElement("div"));
    text.style.position = "relative";
    const phaseText = text.appendChild(document.createElement("span"));
    phaseText.className = "phase";
    const count = text.appendChild(document.createElement("span"));
    count.className = "count";
    count.setAttribute("aria-hidden", "true");
    const round = box.appendChild(document.createElement("p"));
    round.className = "round";
    const button = box.appendChild(document.createElement("button"));
    button.type = "button";

    let timer = null;
    const end = sizes(rhythm.phases.length);

    function grow(size, seconds) {
      if (still.matches) return;
      circle.style.transition = `transform ${seconds}s ease-in-out`;
      circle.style.transform = `scale(${size})`;
    }

    function rest(words_, label) {
      clearTimeout(timer);
      timer = null;
      grow(0.45, 1);
      phaseText.textContent = words_;
      count.textContent = "";
      round.textContent = "";
      button.textContent = label;
    }

    function step(roundNumber, phaseNumber, left) {
      const [name, seconds] = rhythm.phases[phaseNumber];
      if (left === seconds) {
        phaseText.textContent = name;
        round.textContent = words.breathe_round.replace("{round}", roundNumber).replace("{rounds}", rhythm.rounds);
        grow(end[phaseNumber] ?? 0.45, seconds);
      }
      count.textContent = left;
      timer = setTimeout(() => {
        if (!box.isConnected) return;
        if (left > 1) return step(roundNumber, phaseNumber, left - 1);
        if (phaseNumber + 1 < rhythm.phases.length) return step(roundNumber, phaseNumber + 1, rhythm.phases[phaseNumber + 1][1]);
        if (roundNumber < rhythm.rounds) return step(roundNumber + 1, 0, rhythm.phases[0][1]);
        rest(words.breathe_done, words.breathe_again);
      }, 1000);
    }

    function start() {
      button.textContent = words.breathe_stop;
      step(1, 0, rhythm.phases[0][1]);
    }

    button.addEventListener("click", () => (timer === null ? start() : rest(words.breathe_ready, words.breathe_start)));
    rest(words.breathe_ready, words.breathe_start);
    if (startNow) setTimeout(() => timer === null && box.isConnected && start(), 1500);
    return box;
  }

  return { valid, element };
})();
