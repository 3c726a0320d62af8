export { createFromPlugin } from './create-from-plugin.js';
export { definitionProblems } from './definition-problems.js';
export { isPluginPath, loadPlugin, type LoadedPlugin } from './load-plugin.js';
export { optionsProblem } from './options-problem.js';
