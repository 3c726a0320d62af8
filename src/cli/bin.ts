#!/usr/bin/env node
// The version is checked before anything else is loaded: what follows may not even parse on an older Node.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 11)) {
  process.stderr.write(`FBB_ERR_NODE_VERSION: faasbatch-bench needs Node 20.11 or newer, this is ${process.version}.\nInstall Node 20.11 or newer.\n`);
  process.exitCode = 6;
} else {
  const { main } = await import('./program.js');
  await main(process.argv);
}

export {};
