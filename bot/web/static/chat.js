// Makes the chat live. Without this script everything works by plain forms.
"use strict";
(() => {
  const log = document.getElementById("log");
  if (!log || !("live" in log.dataset) || !window.EventSource) return;
  const root = document.documentElement;
  const status = document.getElementById("status");
  const problem = document.getElementById("problem");
  const say = document.getElementById("say");
  const text = document.getElementById("text");
  const file = document.getElementById("file");
  const label = document.getElementById("chosen");
  const fileLabel = label.textContent;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const title = document.title;
  const largest = 10 * 1024 * 1024;
  const gone = new Map();
  let revision = Number(log.dataset.revision);
  let turn = 0;
  let unread = 0;
  let sending = Promise.resolve();
  root.classList.add("live");

  const parse = (html) => {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content;
  };
  const number = (element, name) => Number(element.dataset[name]);
  const nearEnd = () => root.scrollHeight - scrollY - innerHeight < 160;

  const show = () => {
    const newest = log.lastElementChild;
    if (!newest) return;
    const room = innerHeight - 180;
    newest.scrollIntoView({
      block: newest.offsetHeight > room ? "start" : "end",
      behavior: calm.matches ? "auto" : "smooth",
    });
  };

  // What a button does, whichever revision of its message it stands under.
  const meaning = (button) => (button.value || "").replace(/~\d+~/, "~");

  const refocus = (old, fresh) => {
    const focused = document.activeElement;
    if (!old.contains(focused)) return () => {};
    const meant = meaning(focused);
    return () => {
      const same = [...fresh.querySelectorAll("button")].find((b) => meaning(b) === meant);
      const target = same || fresh;
      if (target === fresh) fresh.tabIndex = -1;
      target.focus({ preventScroll: true });
    };
  };

  const put = (fresh) => {
    const old = document.getElementById(fresh.id);
    const seen = old ? number(old, "revision") : gone.get(fresh.id) || 0;
    if (number(fresh, "revision") <= seen) return false;
    if ("deleted" in fresh.dataset) {
      gone.set(fresh.id, number(fresh, "revision"));
      if (old) old.remove();
      return false;
    }
    const after = refocus(old || fresh, fresh);
    const mine = !old && fresh.classList.contains("me") && log.querySelector(".waiting");
    if (mine) mine.remove();
    if (old) old.remove();
    else fresh.classList.add("fresh");
    const renewed = old && "renewed" in fresh.dataset;
    const order = number(fresh, "order");
    const next = [...log.querySelectorAll("article")].find((m) => number(m, "order") > order);
    log.insertBefore(fresh, next || log.querySelector(".waiting"));
    after();
    return !renewed && (fresh.classList.contains("bot") || fresh.classList.contains("note"));
  };

  const apply = (html) => {
    const box = parse(html).querySelector("[data-revision]");
    if (!box) return location.reload();
    if (box.dataset.language && box.dataset.language !== root.lang) return location.reload();
    const follow = nearEnd();
    const news = [...box.children].filter(put).length;
    revision = Math.max(revision, number(box, "revision"));
    if (news && document.hidden) {
      unread += news;
      document.title = `(${unread}) ${title}`;
    }
    if (follow && !box.querySelector(":scope > :not([data-renewed])")) return;
    if (follow && box.children.length) show();
  };

  const pause = (seconds) =>
    new Promise((done) => {
      const timer = setTimeout(done, seconds * 1000);
      addEventListener("online", () => { clearTimeout(timer); done(); }, { once: true });
    });

  const send = async (action, body) => {
    for (let wait = 1; ; wait = Math.min(wait * 2, 15)) {
      try {
        const answer = await fetch(action, {
          method: "POST",
          body,
          headers: { "Dauys-Since": String(revision) },
          credentials: "same-origin",
        });
        if (answer.status < 500) return answer;
      } catch {
        // The line is down: the same form is sent again, and the service knows it by its id.
      }
      status.textContent = status.dataset.offline;
      await pause(wait);
    }
  };

  const finish = async (answer, words) => {
    const html = await answer.text();
    if (answer.ok) return apply(html);
    const page = parse(html);
    const sentence = page.querySelector("#problem");
    const renewed = page.querySelector('input[name="form"]');
    if (renewed) {
      for (const field of document.getElementsByName("form")) field.value = renewed.value;
    }
    problem.textContent = sentence ? sentence.textContent : "";
    if (words && !text.value) text.value = words;
  };

  const waiting = (words) => {
    const article = document.createElement("article");
    article.className = "m me waiting";
    article.innerHTML = '<div class="bubble"><div class="words"></div><time>…</time></div>';
    article.querySelector(".words").textContent = words;
    log.append(article);
    show();
    return article;
  };

  const submit = (form, submitter) => {
    const body = new FormData(form);
    if (submitter && submitter.name) body.append(submitter.name, submitter.value);
    body.set("turn", String((turn += 1)));
    let words = "";
    let pending = null;
    if (form === say) {
      words = text.value.trim();
      if (!words && !file.files.length) return text.focus();
      if (file.files.length && file.files[0].size > largest) {
        problem.textContent = status.dataset.large;
        return undefined;
      }
      pending = waiting(words || file.files[0].name);
      form.reset();
      text.value = "";
      file.dispatchEvent(new Event("change"));
    } else if (submitter) {
      submitter.setAttribute("aria-busy", "true");
    }
    problem.textContent = "";
    sending = sending.then(async () => {
      status.textContent = status.dataset.sending;
      try {
        const answer = await send(form.action, body);
        if (pending) pending.remove();
        await finish(answer, words);
      } finally {
        status.textContent = "";
        if (submitter) submitter.removeAttribute("aria-busy");
      }
      show();
    }).catch(() => location.reload());
    return undefined;
  };

  document.addEventListener("submit", (event) => {
    event.preventDefault();
    const submitter = event.submitter;
    if (submitter && submitter.getAttribute("aria-busy") === "true") return;
    if ("auto" in event.target.dataset) event.target.hidden = true;
    submit(event.target, submitter);
  });

  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    if (!matchMedia("(pointer: fine)").matches) return;
    event.preventDefault();
    say.requestSubmit();
  });

  file.addEventListener("change", () => {
    const chosen = file.files[0];
    label.textContent = chosen ? `${fileLabel}: ${chosen.name}` : fileLabel;
    label.closest(".attach").classList.toggle("chosen", Boolean(chosen));
  });

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    unread = 0;
    document.title = title;
    if (line.readyState === EventSource.CLOSED) listen();
  });

  let line;
  const listen = () => {
    line = new EventSource(`/events?since=${revision}`);
    line.onmessage = (event) => apply(event.data);
    line.onerror = () => {
      if (line.readyState === EventSource.CLOSED) setTimeout(listen, 15000);
    };
  };
  listen();

  const opening = document.querySelector("form[data-auto]");
  if (opening) opening.requestSubmit();
  history.replaceState(null, "", "/");
  show();
})();
