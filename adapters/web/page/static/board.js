"use strict";
// The terminal measures its cells once: the font must be there before it does.
document.fonts.load('16px "Roboto Mono"');
window.addEventListener("load", () => {
  document.querySelector(".ended button").addEventListener("click", () => window.location.reload());
});
