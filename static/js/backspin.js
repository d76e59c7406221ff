/* Small comforts on top of pages that work without any script. */
(() => {
  "use strict";

  const waiting = new Set();
  let lastSaid = "";

  /* Says what a swapped-in part asks to have said, once per change and not once per poll. */
  const announce = (part) => {
    const source = part.matches("[data-announce]") ? part : part.querySelector("[data-announce]");
    const text = source ? source.dataset.announce : "";
    if (text && text !== lastSaid) {
      lastSaid = text;
      document.getElementById("announcer").textContent = text;
    }
  };

  const polls = (element) => (element.getAttribute("hx-trigger") || "").includes("every ");

  document.addEventListener("htmx:afterSettle", (event) => announce(event.detail.elt));

  /* What was unfolded in a part that asks for itself anew stays so. */
  document.addEventListener("htmx:beforeSwap", (event) => {
    const part = event.detail.target;
    if (!polls(part)) return;
    const open = [...part.querySelectorAll("details[id][open]")].map((details) => details.id);
    const unfold = () => {
      for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    };
    document.addEventListener("htmx:afterSwap", unfold, { once: true });
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && polls(event.detail.elt)) {
      event.preventDefault();
      waiting.add(event.detail.elt);
    }
  });

  /* A polling part lists "resume" in its hx-trigger, so that it is fresh the moment the tab is seen again. */
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    for (const element of waiting) {
      if (element.isConnected) htmx.trigger(element, "resume");
    }
    waiting.clear();
  });

  /* Files are weighed before they travel, may be dropped on their field, and show how far they are. */
  const complain = (form, text) => {
    const line = form.querySelector(".drop__error");
    line.hidden = !text;
    line.querySelector("span").textContent = text;
  };
  const weigh = (field) => {
    const bytes = [...field.files].reduce((sum, file) => sum + file.size, 0);
    const text = bytes > Number(field.dataset.max) ? field.dataset.tooLarge : "";
    field.setCustomValidity(text);
    complain(field.form, text);
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches("input[type=file][data-max]")) weigh(event.target);
  });
  for (const kind of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      const zone = event.target.closest?.("[data-drop]");
      if (!zone || !event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      zone.classList.toggle("drop--over", kind === "dragover");
      if (kind !== "drop") return;
      const field = zone.querySelector("input[type=file]");
      field.files = event.dataTransfer.files;
      weigh(field);
    });
  }
  document.addEventListener("htmx:xhr:progress", (event) => {
    const bar = event.target.querySelector?.(".drop__sent");
    if (!bar || !event.detail.total) return;
    bar.hidden = false;
    bar.value = (100 * event.detail.loaded) / event.detail.total;
  });
  document.addEventListener("htmx:sendError", (event) => {
    const form = event.target.closest?.("form[data-lost]");
    if (form) complain(form, form.dataset.lost);
  });

  /* A part that could not be fetched is not passed over in silence. Polls are only after three in a row. */
  const lost = document.getElementById("lost");
  let missed = 0;
  const miss = (event) => {
    missed += 1;
    if (event.target.closest?.("form[data-lost]")) return;
    lost.hidden = polls(event.detail.elt) && missed < 3;
  };
  for (const kind of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) document.addEventListener(kind, miss);
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.successful) return;
    missed = 0;
    lost.hidden = true;
  });
  lost.querySelector("button").addEventListener("click", () => location.reload());

  /* The browser's time zone travels with the sign-in. */
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone) {
    for (const field of document.querySelectorAll("input[data-zone]")) field.value = zone;
    for (const link of document.querySelectorAll("a[data-zone-link]")) {
      const url = new URL(link.href);
      url.searchParams.set("time_zone", zone);
      link.href = url.href;
    }
  }

  /* What is to be given away is copied at a press, where the browser lets us. */
  for (const button of document.querySelectorAll("button[data-copy]")) button.hidden = !navigator.clipboard;
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("button[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
    button.textContent = button.dataset.copied;
    document.getElementById("announcer").textContent = button.dataset.copied;
  });

  /* The menu closes with Escape and by a click beside it. */
  const openMenu = () => document.querySelector("details.menu[open]");
  document.addEventListener("click", (event) => {
    const menu = openMenu();
    if (menu && !menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" ? openMenu() : null;
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
})();
