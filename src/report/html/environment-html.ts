import type { Manifest } from '../../results/index.js';
import { html, nothing, type Markup } from './markup.js';

type Facts = readonly (readonly [name: string, value: string | number | null | undefined])[];

function factsHtml(facts: Facts): Markup {
  const known = facts.filter(([, value]) => value !== null && value !== undefined && value !== '');
  return html`<dl class="facts">${known.map(([name, value]) => html`<dt>${name}</dt><dd>${String(value)}</dd>`)}</dl>`;
}

function parametersText(parameters: Readonly<Record<string, unknown>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name} = ${String(value)}`)
    .join(', ');
}

function settingsOf({ settings, fib30Ms, selection }: Manifest): Facts {
  return [
    ['fib(30), ms', fib30Ms],
    ['keep-alive, ms', settings.keepAliveMs],
    ['launches at a time', settings.launchLimit],
    ['memory of a container, MB', settings.containerMemoryMb],
    ['cores of a container', settings.containerCores],
    ['containers at most', settings.maxContainers],
    ['attempts at most', settings.maxAttempts],
    ['lag allowed, ms', settings.maxLagMs],
    ['failures allowed, share', settings.maxFailedShare],
    ['warm-up, invocations', settings.warmupInvocations],
    ['storage', settings.storage.join(', ')],
    ['base image', settings.baseImage],
    ['images', parametersText(settings.images)],
    ['seed', selection.seed],
    ['repetitions', selection.repeat],
    ['only the first invocations', selection.limit],
  ];
}

function commitOf({ tool }: Manifest): string {
  return tool.commit === null ? '' : `, commit ${tool.commit}`;
}

/** The command as it was typed, and what else must be the same. Results of others cannot be run again. */
function repeatHtml(manifest: Manifest): Markup {
  if (manifest.imported !== undefined) {
    const files = manifest.imported.files.map(({ path, sha256 }) => html`<li>${path} <code>${sha256.slice(0, 12)}</code></li>`);
    return html`<h2 id="repeat">Run it again</h2><p>These results were imported from ${manifest.imported.from}; they were not measured by this program and cannot be run again with it. Read from:</p><ul>${files}</ul>`;
  }
  return html`<h2 id="repeat">Run it again</h2>
<pre data-copy>${manifest.command}</pre>
<p class="about">${manifest.tool.name} ${manifest.tool.version}${commitOf(manifest)}; suite ${manifest.suite.name}, whose file has the hash ${manifest.suite.hash}. ${manifest.backend === 'simulation' ? 'With the same version, suite and host profile a simulation gives the same numbers to the last digit.' : 'Live runs differ from each other; --repeat 5 and diff tell by how much.'}</p>`;
}

export function environmentHtml(manifest: Manifest): Markup {
  const workloads: Facts = Object.entries(manifest.workloads).map(([name, notes]) => [name, parametersText(notes)]);
  const schedulers: Facts = manifest.schedulers.map(({ name, description, defaults, plugin }) => [name, [description, parametersText(defaults), plugin === null ? '' : `plug-in ${plugin.specifier}${plugin.version === null ? '' : ` ${plugin.version}`}, hash ${plugin.hash}`].filter((text) => text !== '').join('; ')]);
  return html`<section>
<h2 id="environment">Where it ran</h2>
${factsHtml([['backend', manifest.backend], ...Object.entries(manifest.host)])}
<h3>Settings</h3>
${factsHtml(settingsOf(manifest))}
<h3>Workloads</h3>
${factsHtml(workloads)}
<h3>Schedulers</h3>
${factsHtml(schedulers)}
${manifest.published === null ? nothing : html`<h3>Published figures</h3><p>${manifest.published.source}</p>`}
${repeatHtml(manifest)}
<h2 id="manifest">Manifest</h2>
<details class="manifest"><summary>manifest.json of the result set</summary><pre class="manifest" tabindex="0">${JSON.stringify(manifest, undefined, 2)}</pre></details>
</section>`;
}
