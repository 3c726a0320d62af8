import { readlinkSync } from 'node:fs';

/** The kernel's id of the calling thread; null where there is none to be known. */
export function kernelThreadId(): number | null {
  try {
    // Points to <process>/task/<thread>.
    return Number(readlinkSync('/proc/thread-self').split('/').at(-1));
  } catch {
    return null;
  }
}
