// The time of this phone, at the press that sends it.
const form = document.getElementById("clock");

form.addEventListener("submit", () => {
  form.elements.unix_s.value = Math.round(Date.now() / 1000);
});
