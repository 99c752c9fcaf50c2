// *Exit this page*, on every page. Not part of the app, so that it works before hydration and whatever the app does.
(() => {
  const root = document.documentElement;
  const shared = "shared" in root.dataset;

  // Deletes everything that scripts of this site can store in a browser.
  const wipe = () => Promise.allSettled([
    (async () => { localStorage.clear(); sessionStorage.clear(); })(),
    (async () => { for (const key of await caches.keys()) await caches.delete(key); })(),
    (async () => { for (const worker of await navigator.serviceWorker.getRegistrations()) await worker.unregister(); })(),
    (async () => { for (const { name } of await indexedDB.databases()) await empty(name); })(),
  ]);

  // Emptied first: while another page has it open, a database cannot be deleted.
  const empty = (name) => new Promise((done) => {
    const opening = indexedDB.open(name);
    opening.onerror = done;
    opening.onsuccess = () => {
      const db = opening.result;
      const gone = () => { db.close(); indexedDB.deleteDatabase(name); done(); };
      const stores = [...db.objectStoreNames];
      if (!stores.length) return gone();
      const act = db.transaction(stores, "readwrite");
      for (const store of stores) act.objectStore(store).clear();
      act.oncomplete = act.onabort = gone;
    };
  });

  if (shared) {
    wipe();
    // The browser must not suggest to other people what was typed here.
    addEventListener("focusin", ({ target }) => {
      target.setAttribute("autocomplete", "off");
      target.form?.setAttribute("autocomplete", "off");
    }, true);
  }

  const form = document.getElementById("exit");
  if (!form) return;
  const { to, left, leaving, two, one, over } = form.dataset;
  let tabs;
  try {
    tabs = new BroadcastChannel("exit");
  } catch {}
  let gone = false;

  const leave = async () => {
    if (gone) return;
    gone = true;
    // Scripts that send or store something in this page stop now.
    dispatchEvent(new Event("leave"));
    document.title = new URL(to).host;
    for (const icon of document.querySelectorAll("link[rel~=icon]")) icon.href = "data:,";
    root.className = "";
    const note = document.createElement("p");
    note.className = "govuk-visually-hidden";
    note.setAttribute("role", "alert");
    document.body.className = "";
    document.body.replaceChildren(note);
    note.textContent = leaving;
    // From now on every request tells the server, even if the next lines fail.
    document.cookie = `${left}=1; Path=/; Max-Age=3600; SameSite=Lax${location.protocol === "https:" ? "; Secure" : ""}`;
    stop();
    fetch(form.action, { method: "POST", keepalive: true }).catch(() => {});
    // Nothing else on this page may send or store anything any more.
    window.fetch = () => new Promise(() => {});
    XMLHttpRequest.prototype.send = () => {};
    await Promise.race([wipe(), new Promise((done) => setTimeout(done, 300))]);
    location.replace(to);
  };
  const leaveAll = () => {
    tabs?.postMessage("");
    leave();
  };
  if (tabs) tabs.onmessage = leave;
  // Both the button and the skip link submit the form.
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    leaveAll();
  });
  // After leaving, no other listener may ask "leave this page?": this one runs first.
  addEventListener("beforeunload", (event) => {
    if (gone) event.stopImmediatePropagation();
  }, true);
  // A page restored from the back/forward cache is requested again.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.body.replaceChildren();
    location.reload();
  });

  // The Shift key of a keyboard, three times, alone, with at most five seconds between presses.
  const button = form.querySelector("button");
  const lights = button.appendChild(document.createElement("span"));
  lights.setAttribute("aria-hidden", "true");
  const said = form.appendChild(document.createElement("span"));
  said.className = "govuk-visually-hidden";
  said.setAttribute("role", "status");
  let count = 0;
  let timer;
  const show = (text) => {
    lights.className = count ? "or-exit__lights" : "";
    lights.textContent = count ? "●".repeat(count) + "○".repeat(3 - count) : "";
    said.textContent = text;
  };
  const forget = () => {
    clearTimeout(timer);
    if (!count) return;
    count = 0;
    show(over);
  };
  // A key of a hardware keyboard has a position (`code`), which a key on the screen has not. A Shift that is held, used with another key or
  // a click, or pressed while a character is composed, does not count.
  let alone = false;
  const other = () => {
    alone = false;
    forget();
  };
  const onScreen = () => window.visualViewport && visualViewport.height * visualViewport.scale < innerHeight * 0.75;
  const isShift = ({ key, code, isComposing, keyCode, ctrlKey, altKey, metaKey }) =>
    key === "Shift" && /^Shift(Left|Right)$/.test(code) && !isComposing && keyCode !== 229 && !ctrlKey && !altKey && !metaKey && !onScreen();
  for (const type of ["beforeinput", "compositionstart", "compositionend", "pointerdown", "blur"]) addEventListener(type, other, true);
  addEventListener("keydown", (event) => {
    if (!isShift(event)) other();
    else alone = !event.repeat;
  }, true);
  addEventListener("keyup", (event) => {
    if (!alone || !isShift(event)) return;
    alone = false;
    count += 1;
    clearTimeout(timer);
    if (count === 3) return leaveAll();
    show(count === 1 ? two : one);
    timer = setTimeout(forget, 5000);
  }, true);
})();
