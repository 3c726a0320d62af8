/** Widths of characters in units of the font's size, as wide as the widest of the usual sans-serif fonts has them: room for one must do for all. */
const narrowest = 0.38;
const narrow = /[ijlI.,:;'|!()[\]ft-]/;
const wide = /[mwMW@%—…]/;
const upper = /[A-Z0-9_+<>=~#$&]/;

/** About how wide a line of text is, in px: where it is drawn without a page, nobody can measure it. */
export function textWidthPx(text: string, fontSize: number): number {
  let units = 0;
  for (const character of text) {
    if (narrow.test(character)) units += narrowest;
    else if (wide.test(character)) units += 0.95;
    else if (upper.test(character)) units += 0.68;
    else units += (character.codePointAt(0) as number) > 0x2e80 ? 1 : 0.62;
  }
  return units * fontSize;
}

/** A text in one line of at most so many px: what is too long loses its middle, because names of variants differ at their end. */
export function fitted(text: string, fontSize: number, widthPx: number): string {
  const characters = Array.from(text.replace(/\p{Cc}+/gu, ' '));
  const whole = characters.join('');
  if (textWidthPx(whole, fontSize) <= widthPx) return whole;
  for (let kept = Math.min(characters.length - 1, Math.floor(widthPx / (narrowest * fontSize))); kept > 0; kept -= 1) {
    const head = Math.ceil(kept / 2);
    const shown = `${characters.slice(0, head).join('')}…${characters.slice(characters.length - (kept - head)).join('')}`;
    if (textWidthPx(shown, fontSize) <= widthPx) return shown;
  }
  return '…';
}
