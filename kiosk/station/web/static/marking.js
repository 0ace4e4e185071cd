"use strict";
/* A digit goes on where no second one can follow, Enter goes on everywhere; the sum is shown as it grows. */
(() => {
  const form = document.getElementById("give");
  const fields = [...form.querySelectorAll("input[data-most]")];
  const button = form.querySelector("button");
  const sum = document.getElementById("sum");
  const most = (field) => Number(field.dataset.most);
  const fits = (field) => field.value !== "" && Number(field.value) >= 0 && Number(field.value) <= most(field);

  const show = () => {
    const total = fields.reduce((all, field) => all + (fits(field) ? Number(field.value) : 0), 0);
    sum.value = Math.min(total, Number(sum.dataset.most));
  };
  const goOn = (at) => {
    (fields[at + 1] ?? button).focus();
  };
  fields.forEach((field, at) => {
    field.addEventListener("input", () => {
      if (field.value === "" || fits(field)) field.removeAttribute("aria-invalid");
      else field.setAttribute("aria-invalid", "true");
      show();
      if (/^\d$/.test(field.value) && fits(field) && most(field) < 10) goOn(at);
    });
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !fits(field) || at === fields.length - 1) return;
      event.preventDefault();
      goOn(at);
    });
  });
  form.addEventListener("submit", () => { button.disabled = true; });
  window.addEventListener("pageshow", () => { button.disabled = false; });
  fields.forEach((field) => field.addEventListener("focus", () => field.select()));
  show();
})();
