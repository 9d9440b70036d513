// Loaded before the first paint: the theme a person chose on this device, else what the system wants.
(() => {
  try {
    const chosen = localStorage.getItem('loanflow-theme');
    if (chosen === 'dark' || chosen === 'light') document.documentElement.dataset.theme = chosen;
  } catch { /* storage is closed in private windows: the system's wish stands */ }
})();
