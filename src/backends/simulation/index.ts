export { functionModel } from './function-models.js';
export { formatHostProfile, readHostProfile, type HostProfile } from './host-profile.js';
export { SimulatedWorld } from './simulated-world.js';
