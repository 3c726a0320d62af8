type Child = Node | string;

/** An element with attributes and children; texts become text, whatever is in them. */
export function element<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, attributes: Readonly<Record<string, string>> = {}, ...children: readonly Child[]): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export function button(label: string, onClick: () => void, attributes: Readonly<Record<string, string>> = {}): HTMLButtonElement {
  const made = element('button', { type: 'button', ...attributes }, label);
  made.addEventListener('click', onClick);
  return made;
}

/** A choice of one of several; `onChoose` is told its position. */
export function choice(label: string, options: readonly string[], chosen: number, onChoose: (index: number) => void): HTMLLabelElement {
  const select = element('select', {}, ...options.map((text, index) => element('option', { value: String(index) }, text)));
  select.selectedIndex = chosen;
  select.addEventListener('change', () => onChoose(select.selectedIndex));
  return element('label', { class: 'choice' }, `${label} `, select);
}

/** Offers a text as a file. */
export function download(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = element('a', { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  URL.revokeObjectURL(url);
}
