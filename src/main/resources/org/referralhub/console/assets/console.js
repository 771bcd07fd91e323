/* What a page does by itself: it is told of changes, and works by keyboard. Everything else happens on the server. */
(() => {
  'use strict';
  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));

  /* Forms and requests carry the token of the session. */
  document.addEventListener('htmx:configRequest', (event) => {
    const csrf = document.querySelector('meta[name="csrf"]');
    if (csrf && event.detail.verb !== 'get') event.detail.headers[csrf.dataset.header] = csrf.content;
    const cause = event.detail.triggeringEvent;
    if (!cause || cause.type.startsWith('hub:')) event.detail.headers['X-Hub-Live'] = '1';
  });

  /* Live: only while somebody looks at the page, because a browser has few connections for each server. */
  const address = document.body.dataset.live;
  const sign = document.getElementById('live');
  let source = null;
  let again = null;
  const say = (on) => {
    if (!sign) return;
    sign.className = 'live ' + (on ? 'on' : 'off');
    sign.textContent = on ? sign.dataset.on : sign.dataset.off;
  };
  const count = (counters) => Object.entries(counters).forEach(([name, value]) =>
    all('[data-counter="' + CSS.escape(name) + '"]').forEach((mark) => {
      mark.textContent = value > 9999 ? '9999+' : String(value);
      mark.title = value + ' ' + mark.dataset.says;
      mark.hidden = value === 0;
    }));
  const listen = () => {
    if (!address || source || document.hidden) return;
    source = new EventSource(address);
    source.onopen = () => say(true);
    source.onmessage = (event) => {
      const news = JSON.parse(event.data);
      if (news.counters) count(news.counters);
      (news.topics || []).forEach((topic) => htmx.trigger(document.body, 'hub:' + topic));
    };
    source.addEventListener('ended', () => { source.close(); window.location.assign('/login?ended'); });
    source.onerror = () => {
      say(false);
      if (source.readyState === EventSource.CLOSED) { stop(); again = setTimeout(resume, 15000); }
    };
  };
  const stop = () => {
    clearTimeout(again);
    if (source) { source.close(); source = null; }
  };
  /* A browser takes up a broken stream by itself, but not one that was refused: by the hub, when too many pages listen, or by a
     proxy, while the hub starts. Then the page fetches what it shows, and asks again. */
  const resume = () => {
    if (source || document.hidden) return;
    listen();
    all('[hx-trigger*="hub:"]').forEach((part) => {
      const topic = /hub:(\w+)/.exec(part.getAttribute('hx-trigger'));
      if (topic) htmx.trigger(document.body, 'hub:' + topic[1]);
    });
  };
  document.addEventListener('visibilitychange', () => { if (document.hidden) stop(); else resume(); });
  window.addEventListener('pagehide', stop);
  /* Who logs out need not be told that the session has ended. */
  document.addEventListener('submit', (event) => { if (event.target.matches('form.who')) stop(); });
  listen();

  /* Rows: one of them is where the reader is, some are chosen. Both survive when the list is fetched anew. */
  let at = null;
  const rows = () => all('[data-row]');
  const key = (row) => row.dataset.row;
  const go = (row) => {
    rows().forEach((other) => other.classList.toggle('at', other === row));
    at = row ? key(row) : null;
    if (row) row.scrollIntoView({ block: 'nearest' });
  };
  const current = () => rows().find((row) => key(row) === at) || null;
  /* Who reads by a screen reader or follows the focus goes along. */
  const follow = (row) => { const link = row && row.querySelector('a[data-open], a'); if (link) link.focus({ preventScroll: true }); };
  const step = (by) => {
    const list = rows();
    if (list.length === 0) return;
    const place = list.indexOf(current());
    go(list[Math.min(list.length - 1, Math.max(0, place < 0 ? (by > 0 ? 0 : list.length - 1) : place + by))]);
    follow(current());
  };
  const picks = () => all('[data-row] input[data-pick]');
  const tally = () => {
    const chosen = picks().filter((box) => box.checked);
    picks().forEach((box) => box.closest('[data-row]').classList.toggle('chosen', box.checked));
    all('[data-bulk]').forEach((bar) => { bar.hidden = chosen.length === 0; });
    all('[data-chosen]').forEach((mark) => { mark.textContent = String(chosen.length); });
    all('input[data-pick-all]').forEach((box) => {
      box.checked = chosen.length > 0 && chosen.length === picks().length;
      box.indeterminate = chosen.length > 0 && chosen.length < picks().length;
    });
  };
  document.addEventListener('change', (event) => {
    if (event.target.matches('input[data-pick-all]')) picks().forEach((box) => { box.checked = event.target.checked; });
    if (event.target.matches('input[data-pick], input[data-pick-all]')) tally();
    if (event.target.matches('select[data-sends]')) event.target.form.requestSubmit();
  });
  let kept = [];
  let walked = false;
  document.addEventListener('htmx:beforeSwap', () => {
    const row = document.activeElement.closest('[data-row]');
    walked = row !== null && row === current();
    kept = picks().filter((box) => box.checked).map((box) => box.value);
  });
  document.addEventListener('htmx:afterSwap', () => {
    picks().forEach((box) => { box.checked = kept.includes(box.value); });
    const row = current();
    if (row) { row.classList.add('at'); if (walked && document.activeElement === document.body) follow(row); }
    tally();
  });
  /* While somebody fills in a form inside it, a part is not fetched anew under their hands, nor is what was asked for before
     put in. When the dialog is closed the news comes. */
  let missed = null;
  const hold = (event) => {
    const live = event.detail.requestConfig.headers['X-Hub-Live'];
    const part = event.target;
    if (live && part.id !== 'content' && (part.querySelector('dialog[open]') || (part.contains(document.activeElement) && document.activeElement.matches('input:not([type=checkbox]), textarea, select')))) {
      missed = part;
      event.preventDefault();
    }
  };
  document.addEventListener('htmx:beforeRequest', hold);
  document.addEventListener('htmx:beforeSwap', hold);
  document.addEventListener('close', () => {
    const topic = missed && missed.isConnected && /hub:(\w+)/.exec(missed.getAttribute('hx-trigger'));
    missed = null;
    if (topic) htmx.trigger(document.body, 'hub:' + topic[1]);
  }, true);

  /* What was unmasked leaves the page when its time is over, also when the hub does not answer or somebody is writing. */
  let timed = null;
  const limit = () => {
    const part = document.getElementById('content');
    if (!part || part === timed) return;
    timed = part;
    const seconds = Number(part.dataset.seconds);
    if (seconds > 0) setTimeout(() => { if (part.isConnected) all('.value', part).forEach((value) => { value.textContent = '···'; }); }, seconds * 1000);
  };
  document.addEventListener('htmx:afterSettle', limit);
  limit();

  /* Dialogs take what is chosen along, or the row where the reader is. */
  const open = (dialog) => {
    all('[data-selection]', dialog).forEach((box) => {
      box.replaceChildren(...picks().filter((pick) => pick.checked).map((pick) => {
        const field = document.createElement('input');
        field.type = 'hidden'; field.name = 'letters'; field.value = pick.value;
        return field;
      }));
    });
    dialog.showModal();
  };
  document.addEventListener('click', (event) => {
    const opener = event.target.closest('[data-opens]');
    if (opener) open(document.getElementById(opener.dataset.opens));
    const closer = event.target.closest('[data-closes]');
    if (closer) closer.closest('dialog').close();
    const row = event.target.closest('[data-row]');
    if (row) go(row);
  });
  /* Single keys can be switched off: speech input and unsteady hands type them unmeant. */
  const withKeys = () => { try { return localStorage.getItem('hub-keys') !== 'off'; } catch { return true; } };
  all('input[data-keys]').forEach((box) => {
    box.checked = withKeys();
    box.addEventListener('change', () => { try { localStorage.setItem('hub-keys', box.checked ? 'on' : 'off'); } catch { box.checked = true; } });
  });
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest('input:not([type=checkbox]), textarea, select') || document.querySelector('dialog[open]')) return;
    if (event.key.length === 1 && !withKeys()) return;
    const row = current();
    switch (event.key) {
      case 'j': step(1); break;
      case 'k': step(-1); break;
      case 'x': { const box = row && row.querySelector('input[data-pick]'); if (box) { box.checked = !box.checked; tally(); } break; }
      case 'Enter': { const link = row && !event.target.closest('a, button') && row.querySelector('a[data-open]'); if (!link) return; link.click(); break; }
      case 'r': {
        const box = row && row.querySelector('input[data-pick]');
        if (box && !picks().some((pick) => pick.checked)) { box.checked = true; tally(); }
        const button = all('[data-key="r"]').find((candidate) => candidate.offsetParent !== null && !candidate.disabled);
        if (button) button.click();
        break;
      }
      case '/': { const field = document.querySelector('[data-search]'); if (!field) return; const fold = field.closest('details'); if (fold) fold.open = true; field.focus(); field.select(); break; }
      case '?': { const help = document.getElementById('keys'); if (help) help.showModal(); break; }
      default: return;
    }
    event.preventDefault();
  });
  tally();
})();
