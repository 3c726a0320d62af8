import type { Look, SchedulerStyle } from '../charts/index.js';

type Theme = 'light' | 'dark';

const storageKey = 'faasbatch-bench-theme';

/** What the reader chose before; a page that was opened from disk may have no storage. */
function storedTheme(): Theme | undefined {
  try {
    const stored = localStorage.getItem(storageKey);
    return stored === 'light' || stored === 'dark' ? stored : undefined;
  } catch {
    return undefined;
  }
}

function store(theme: Theme): void {
  try {
    localStorage.setItem(storageKey, theme);
  } catch {
    // It then holds until the page is closed.
  }
}

/** Colours and fonts as the style sheet has them now. */
export function currentLook(styles: Readonly<Record<string, SchedulerStyle>>): Look {
  const style = getComputedStyle(document.documentElement);
  const value = (name: string): string => style.getPropertyValue(name).trim();
  return { ink: value('--ink'), quietInk: value('--quiet'), grid: value('--line'), surface: value('--card'), fontFamily: style.fontFamily, fontSize: 12, lineWidth: 2, styles, legend: false };
}

/** The button that goes from light to dark and back, and the scheme of the system until it is pressed; paper is always light. */
export class ThemeSwitch {
  readonly #button: HTMLButtonElement;
  readonly #onChange: () => void;
  readonly #system = matchMedia('(prefers-color-scheme: dark)');
  #chosen = storedTheme();
  #printing = false;

  constructor(button: HTMLButtonElement, onChange: () => void) {
    this.#button = button;
    this.#onChange = onChange;
    button.addEventListener('click', () => {
      this.#chosen = this.#theme() === 'dark' ? 'light' : 'dark';
      store(this.#chosen);
      this.#apply();
    });
    this.#system.addEventListener('change', () => this.#apply());
    this.#apply();
  }

  setPrinting(printing: boolean): void {
    this.#printing = printing;
    // The sizes of paper hold already while charts are drawn for it.
    document.documentElement.toggleAttribute('data-printing', printing);
    this.#apply();
  }

  #theme(): Theme {
    if (this.#printing) return 'light';
    return this.#chosen ?? (this.#system.matches ? 'dark' : 'light');
  }

  #apply(): void {
    const theme = this.#theme();
    document.documentElement.dataset['theme'] = theme;
    this.#button.textContent = theme === 'dark' ? 'Light' : 'Dark';
    this.#button.setAttribute('aria-label', `Switch to the ${theme === 'dark' ? 'light' : 'dark'} theme`);
    this.#onChange();
  }
}
