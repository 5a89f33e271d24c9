"use strict";
// Light and dark: as the system has it until the reader says otherwise.
var report = { redraw: [] };

report.colour = name => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
report.colours = 8;

report.theme = (() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const modes = ["auto", "light", "dark"];
  const names = { auto: "Auto", light: "Light", dark: "Dark" };
  let mode = "auto", forced = null;

  function apply() {
    const theme = forced || (mode === "auto" ? (system.matches ? "dark" : "light") : mode);
    document.documentElement.dataset.theme = theme;
    const button = document.getElementById("theme");
    button.hidden = false;
    button.querySelector("span").textContent = names[mode];
    button.setAttribute("aria-label", "Colours: " + (mode === "auto" ? "as the system has them" : names[mode].toLowerCase()));
    report.redraw.forEach(draw => draw());
  }
  system.addEventListener("change", apply);
  document.getElementById("theme").addEventListener("click", () => {
    mode = modes[(modes.indexOf(mode) + 1) % modes.length];
    apply();
  });
  apply();
  // Paper is light, whatever the screen is.
  return { force(theme) { forced = theme; apply(); } };
})();
