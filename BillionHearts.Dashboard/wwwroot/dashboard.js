// What has to happen in the browser: keys, copying, following a log to its end. Everything else is on the server.

Blazor.start({
  circuit: {
    reconnectionOptions: { retryIntervalMilliseconds: attempt => Math.min(500 * (attempt + 1), 5000), maxRetries: 100000 },
  },
});

// A new process knows nothing of the old page: load it again.
const lost = document.getElementById('components-reconnect-modal');
lost.addEventListener('components-reconnect-state-changed', event => {
  if (event.detail.state === 'show') lost.show();
  else if (event.detail.state === 'hide') lost.close();
  else if (event.detail.state === 'rejected') location.reload();
});

// The pages know only whether a question is asked; asking it above everything else, and holding the focus, is the browser's.
const askNow = () => document.querySelectorAll('dialog[data-modal]:not([open])').forEach(dialog => {
  dialog.addEventListener('cancel', event => {
    event.preventDefault();
    dialog.querySelector('[data-close]').click();
  });
  dialog.showModal();
});

const isTyping = element => element.matches?.('input, select, textarea, [contenteditable]');

addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;

  // An open dialog has the keys for itself.
  if (document.querySelector('dialog:modal')) return;

  if (event.key === 'Escape') {
    const menu = document.querySelector('details.menu[open]');
    if (isTyping(event.target)) event.target.blur();
    else if (menu) { menu.open = false; menu.querySelector('summary').focus(); }
    else document.querySelector('[data-close]')?.click();
    return;
  }

  if (isTyping(event.target)) return;

  if ((event.key === 'Enter' || event.key === ' ') && event.target.matches?.('g[role="button"]')) {
    event.preventDefault();
    event.target.dispatchEvent(new MouseEvent('click', { bubbles: true }));
    return;
  }

  if (event.key === '/') {
    event.preventDefault();
    document.querySelector('[data-filter]')?.focus();
  } else if (event.key === '?') {
    document.getElementById('help').showModal();
  } else if (/^[a-z]$/i.test(event.key)) {
    document.querySelector(`[data-key="${event.key.toLowerCase()}"]`)?.click();
  }
});

addEventListener('click', async event => {
  const target = event.target.closest?.('[data-copy], [data-help]');
  if (!target) {
    // A menu closes when something else is clicked.
    document.querySelectorAll('details.menu[open]').forEach(menu => {
      if (!menu.querySelector('summary').contains(event.target)) menu.open = false;
    });
    return;
  }

  if (target.matches('[data-help]')) return document.getElementById('help').showModal();

  event.stopPropagation();
  await navigator.clipboard.writeText(target.dataset.copy);
  target.classList.add('done');
  setTimeout(() => target.classList.remove('done'), 1000);
}, true);

// A log stays at its end until it is scrolled up, and again once it is scrolled back.
let follow = true;

addEventListener('scroll', event => {
  const log = event.target;
  if (log.matches?.('[data-follow]')) follow = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
}, true);

new MutationObserver(() => {
  askNow();
  const log = document.querySelector('[data-follow]');
  if (!log) follow = true;
  else if (follow) log.scrollTop = log.scrollHeight;
}).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['style'] });
