import type { Look } from '../../charts/index.js';

export interface HintLine {
  readonly colour?: string;
  readonly label: string;
  readonly value: string;
}

/** What appears under the pointer, made of nodes: labels are names that others chose, and are never read as HTML. */
export function hintElement(title: string, lines: readonly HintLine[]): HTMLElement {
  const box = document.createElement('div');
  box.className = 'hint';
  const head = document.createElement('div');
  head.className = 'hint-title';
  head.textContent = title;
  box.append(head);
  for (const { colour, label, value } of lines) {
    const row = document.createElement('div');
    row.className = 'hint-row';
    const dot = document.createElement('span');
    dot.className = 'hint-dot';
    if (colour !== undefined) dot.style.background = colour;
    const name = document.createElement('span');
    name.textContent = label;
    const number = document.createElement('span');
    number.className = 'hint-value';
    number.textContent = value;
    row.append(dot, name, number);
    box.append(row);
  }
  return box;
}

/** The part of every tooltip that does not depend on the chart. */
export function hintStyle(look: Look): { confine: true; backgroundColor: string; borderColor: string; textStyle: { color: string; fontSize: number }; transitionDuration: number } {
  return { confine: true, backgroundColor: look.surface, borderColor: look.grid, textStyle: { color: look.ink, fontSize: look.fontSize }, transitionDuration: 0 };
}
