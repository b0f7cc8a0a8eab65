// The ranks follow the sliders at once. Without this script the form's button does the same.
"use strict";

(() => {
  const form = document.getElementById("what-if-form");
  const ranks = document.getElementById("what-if-ranks");
  if (!form || !ranks) return;
  const wait = 60;
  let timer = 0;
  let asking = null;

  // The shortest address of the state: what stands at its default is left out.
  const state = () => {
    const query = new URLSearchParams();
    for (const field of form.elements) {
      if (field.name && field.value !== field.dataset.usual) query.set(field.name, field.value);
    }
    query.sort();
    return query.size ? `?${query}` : "";
  };

  const show = async () => {
    asking?.abort();
    asking = new AbortController();
    const query = state();
    try {
      const answer = await fetch(ranks.dataset.source + query, { signal: asking.signal });
      if (!answer.ok) return form.submit();
      ranks.innerHTML = await answer.text();
      history.replaceState(null, "", form.getAttribute("action") + query);
    } catch (error) {
      if (error.name !== "AbortError") form.submit();
    }
  };

  form.addEventListener("input", (event) => {
    const field = event.target;
    const output = form.querySelector(`output[for="${field.id}"]`);
    if (output) output.value = `×${field.value}`;
    if (field.name === "of") return form.submit();
    clearTimeout(timer);
    timer = setTimeout(show, wait);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    show();
  });
})();
