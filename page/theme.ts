import { byId } from './dom.ts';

const key = 'harbor-retention-theme';

/** Light or dark as the system says, until somebody chooses. A browser that keeps nothing forgets the choice. */
export function startTheme(): void {
  const root = document.documentElement;
  const button = byId('theme');
  const system = matchMedia('(prefers-color-scheme: dark)');
  const isDark = (): boolean =>
    root.dataset['theme'] === undefined ? system.matches : root.dataset['theme'] === 'dark';
  const show = (): void => {
    button.textContent = isDark() ? 'Light' : 'Dark';
    button.setAttribute('aria-label', `Switch to ${isDark() ? 'light' : 'dark'} colours`);
  };
  const kept = remembered();
  if (kept === 'light' || kept === 'dark') root.dataset['theme'] = kept;
  button.addEventListener('click', () => {
    const next = isDark() ? 'light' : 'dark';
    root.dataset['theme'] = next;
    remember(next);
    show();
  });
  system.addEventListener('change', show);
  button.hidden = false;
  show();
}

function remembered(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function remember(theme: string): void {
  try {
    localStorage.setItem(key, theme);
  } catch {
    // Nothing is lost but a choice.
  }
}
