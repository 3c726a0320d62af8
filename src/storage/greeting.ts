/** What came of looking at a storage; `mend` is the one command or setting that mends it. */
export type Greeting = { readonly state: 'ok'; readonly found: string } | { readonly state: 'unreachable' | 'denied'; readonly found: string; readonly mend: string };
