import type { ResourceCache, Rng } from '../core/index.js';
import type { EvictionPolicy } from './eviction-policy.js';
import { Gdsf } from './gdsf.js';
import { Lfu } from './lfu.js';
import { Lru } from './lru.js';
import { Random } from './random.js';

/** Undefined where nothing is ever evicted. `rng`: for the policy that needs one. */
export function createEvictionPolicy<Key>({ policy }: ResourceCache, rng: Rng): EvictionPolicy<Key> | undefined {
  switch (policy) {
    case 'off':
    case 'unbounded':
      return undefined;
    case 'lru':
      return new Lru();
    case 'lfu':
      return new Lfu();
    case 'gdsf':
      return new Gdsf();
    case 'random':
      return new Random(rng);
  }
}
