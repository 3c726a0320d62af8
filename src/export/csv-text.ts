/** A field as RFC 4180 wants it: in quotes where it holds a comma, a quote or a line end. Empty where nothing is known. */
export function csvField(value: string | number | boolean | null | undefined): string {
  if (value === undefined || value === null || Number.isNaN(value)) return '';
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
