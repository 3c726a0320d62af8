export { readHostProfile, type HostProfile } from './host-profile.js';
export { SimulatedWorld, type ArrivalSource } from './simulated-world.js';
