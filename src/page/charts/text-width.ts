/** Widths of characters in units of the font's size, as wide as the widest of the usual sans-serif fonts has them: room for one must do for all. */
const narrow = /[ijlI.,:;'|!()[\]ft-]/;
const wide = /[mwMW@%—…]/;
const upper = /[A-Z0-9_+<>=~#$&]/;

/** About how wide a line of text is, in px: where it is drawn without a page, nobody can measure it. */
export function textWidthPx(text: string, fontSize: number): number {
  let units = 0;
  for (const character of text) {
    if (narrow.test(character)) units += 0.38;
    else if (wide.test(character)) units += 0.95;
    else if (upper.test(character)) units += 0.68;
    else units += (character.codePointAt(0) as number) > 0x2e80 ? 1 : 0.62;
  }
  return units * fontSize;
}
