"use strict";
(() => {
  const age = document.getElementById("age");
  const hours = age ? (Date.now() - Date.parse(age.dataset.ended)) / 3600000 : 0;
  if (hours > 36) {
    age.hidden = false;
    age.querySelector("b").textContent = `No night has ended well for ${Math.floor(hours / 24)} days, as far as this page knows`;
  }
})();
