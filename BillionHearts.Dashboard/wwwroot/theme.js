// Before the first paint, so that a dark page never flashes white.
(() => {
  const themes = ['system', 'light', 'dark'];
  const apply = theme => {
    document.documentElement.dataset.theme = theme;
  };
  apply(localStorage.getItem('theme') ?? 'system');

  addEventListener('click', event => {
    if (!event.target.closest?.('[data-theme-toggle]')) return;
    const next = themes[(themes.indexOf(document.documentElement.dataset.theme) + 1) % themes.length];
    localStorage.setItem('theme', next);
    apply(next);
  });
})();
