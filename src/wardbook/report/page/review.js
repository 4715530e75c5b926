"use strict";
(() => {
  const report = document.body.dataset.report;
  const state = document.getElementById("state");
  const marks = () =>
    [...document.querySelectorAll("fieldset.review")].flatMap((field) => {
      const chosen = field.querySelector("input[type=radio]:checked");
      if (!chosen) return [];
      return [{ sentence: field.dataset.sentence, mark: chosen.value, why: field.querySelector(".note").value.trim() }];
    });
  document.addEventListener("change", () => {
    const total = document.querySelectorAll("fieldset.review").length;
    state.textContent = `${marks().length} of ${total} marked`;
  });
  document.getElementById("save").addEventListener("click", () => {
    const by = document.getElementById("reviewer").value.trim();
    const missing = marks().find((one) => one.mark !== "agree" && !one.why);
    if (!by) { state.textContent = "Write your name first."; document.getElementById("reviewer").focus(); return; }
    if (missing) { state.textContent = `Say why at sentence ${missing.sentence}.`; return; }
    const text = JSON.stringify({ report, by, marks: marks() }, null, 1) + "\n";
    const link = document.createElement("a");
    link.href = "data:application/json;charset=utf-8," + encodeURIComponent(text);
    link.download = "review.json";
    link.click();
  });
})();
