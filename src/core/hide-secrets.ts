const hidden = '***';

/** Makes these secrets unreadable in what somebody said; those that are undefined or empty are none. */
export function secretHider(secrets: readonly (string | undefined)[]): (said: string) => string {
  // The longest first: one may be a part of another.
  const known = secrets.filter((secret) => secret !== undefined && secret !== '').sort((a, b) => (b as string).length - (a as string).length) as string[];
  return (said) => known.reduce((text, secret) => text.replaceAll(secret, hidden), said);
}

/** What somebody gave for a name, without user and password if it is an address or a part of one: `redis://***@host`, `***@host`. */
export function hideCredentials(name: string): string {
  return name.replace(/^((?:[a-z]+=)?(?:[a-z]+:\/\/)?).*:.*@/is, `$1${hidden}@`);
}

/** Every way in which clients and servers write a password: as it is, as in a URL, and as in the header of a request. */
export function writtenForms(user: string | undefined, password: string | undefined): string[] {
  if (password === undefined) return [];
  const base64 = Buffer.from(`${user ?? ''}:${password}`).toString('base64');
  return [password, encodeURIComponent(password), encodeURI(password), base64, base64.replace(/=+$/, '')];
}
