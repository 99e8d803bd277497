/// <reference lib="dom" />

type Theme = 'light' | 'dark';

const STORAGE_KEY = 'deskgraph.theme';
const CHANGE = 'themechange';

/** Shows the theme that was chosen here before; without one the style sheet follows the system. */
export function restoreTheme(): void {
  const stored = storedTheme();
  if (stored !== undefined) document.documentElement.dataset.theme = stored;
  systemIsDark().addEventListener('change', () => document.dispatchEvent(new Event(CHANGE)));
}

/** From light to dark or back, and so it stays. */
export function toggleTheme(): void {
  const theme = presentTheme() === 'dark' ? 'light' : 'dark';
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(STORAGE_KEY, theme);
  } catch {
    // A browser that keeps nothing shows it until the page is closed.
  }
  document.dispatchEvent(new Event(CHANGE));
}

/** Calls back at each change from now on: a canvas does not follow a style sheet by itself. */
export function onThemeChange(listener: () => void): void {
  document.addEventListener(CHANGE, listener);
}

/** The present colour of a variable of the style sheet, such as `--up`, in a form that a canvas takes. */
export function themeColour(variable: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${variable})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function presentTheme(): Theme {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return systemIsDark().matches ? 'dark' : 'light';
}

function systemIsDark(): MediaQueryList {
  return matchMedia('(prefers-color-scheme: dark)');
}

function storedTheme(): Theme | undefined {
  try {
    const stored = localStorage.getItem(STORAGE_KEY);
    return stored === 'light' || stored === 'dark' ? stored : undefined;
  } catch {
    return undefined;
  }
}
