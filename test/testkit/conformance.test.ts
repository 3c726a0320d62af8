import { randomUUID } from 'node:crypto';
import { performance as timing } from 'node:perf_hooks';
import { hrtime } from 'node:process';
import { setTimeout as setTimer } from 'node:timers';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineScheduler, FbbError, type Scheduler, type SchedulerContext, type SchedulerDefinition } from '../../src/core/index.js';
import { conformanceRuleNames, conformanceTests, SchedulerCell } from '../../src/testkit/index.js';
import { thrownBy } from '../results/thrown-by.js';

type Hooks = Partial<Record<keyof Scheduler, unknown>>;

/** A definition with what is given, and well behaved otherwise. */
function definition(given: Partial<SchedulerDefinition>, hooks: () => Hooks = () => ({})): SchedulerDefinition {
  const base = defineScheduler({
    name: 'odd',
    description: 'a scheduler that breaks a rule',
    options: z.strictObject({}),
    create: () => ({ onArrival: (invocation, ctx) => ctx.assign(ctx.pool(invocation.functionId).idle.at(-1) ?? ctx.launch(invocation.functionId), [invocation], 'serial'), ...(hooks() as Partial<Scheduler>) }),
  });
  return { ...base, ...given };
}

/** What the rules say, by their names; those that hold are left out. */
function broken(tested: SchedulerDefinition, options: object = {}): Record<string, FbbError> {
  const failures: Record<string, FbbError> = {};
  for (const { name, run } of conformanceTests(tested, { runs: 20, ...options })) {
    try {
      run();
    } catch (thrown) {
      failures[name] = thrown as FbbError;
    }
  }
  return failures;
}

const hook = (onArrival: (invocation: Parameters<Scheduler['onArrival']>[0], ctx: SchedulerContext) => unknown): SchedulerDefinition => definition({}, () => ({ onArrival }));

describe('the conformance tests', () => {
  it('are content with a scheduler that keeps the rules', () => {
    expect(broken(definition({}))).toEqual({});
  });

  it('say in sentences what is broken, with the scheduler and a small trace, and without a stack', () => {
    const failures = broken(hook(() => undefined));
    const error = failures['completes every invocation when nothing goes wrong'];
    expect(error).toBeInstanceOf(FbbError);
    expect(error).toMatchObject({ code: 'FBB_ERR_PLUGIN_CHECK' });
    expect(error?.message).toMatch(/^Scheduler 'odd' left 1 invocations unassigned for 30000 ms with nothing running\.\nSeen with this trace \(cell seed \d+\):\n {2}[\d.]+ ms: invocation 0 of '[fgh]' arrives$/);
    expect(error?.stack).not.toMatch(/\n\s+at /);
  });

  it.each<[string, SchedulerDefinition, string, RegExp]>([
    ['an assignment twice', hook((invocation, ctx) => [1, 2].forEach(() => ctx.assign(ctx.launch(invocation.functionId), [invocation], 'serial'))), 'completes every invocation when nothing goes wrong', /made a wrong assign: invocation 0 is already assigned\./],
    ['a hook that throws', hook(() => { throw new Error('oh no'); }), 'completes every invocation when nothing goes wrong', /threw in onArrival: oh no \(.*conformance\.test\.ts:\d+:\d+\)\./],
    ['timers that never rest', hook((_invocation, ctx) => { const again = (): void => void ctx.setTimer(0, again); again(); }), 'completes every invocation when nothing goes wrong', /made a wrong setTimer: 1000 timers of less than 1 ms in a row/],
    ['an asynchronous hook', definition({}, () => ({ onContainerIdle: async () => { await Promise.resolve(); throw new Error('nobody waits'); } })), 'decides inside its hooks and returns no promise', /returned a promise from onContainerIdle/],
    ['second attempts forgotten', definition({}, () => ({ onArrival: (invocation: { attempt: number; functionId: string }, ctx: SchedulerContext) => invocation.attempt === 1 && ctx.assign(ctx.launch(invocation.functionId), [invocation as never], 'serial') })), 'sees every invocation to its end, once, when containers are lost in mid-batch', /left \d+ invocations unassigned/],
    ['no default', definition({ options: z.strictObject({ target: z.number() }) }), 'has a default for each option', /has options without a default: target\./],
    ['a default that cannot be stored', definition({ options: z.strictObject({ targets: z.array(z.number()).default([1]) }) }), 'has a default for each option', /option 'targets' is a list\. Options are numbers, texts, true or false\.$/],
    ['options that take anything', definition({ options: z.object({}) }), 'refuses options that it does not know', /takes an option 'noSuchOption'/],
    ['a name in capitals', definition({ name: 'Odd' }), 'has a name for files and command lines, and says in one line what it does', /name is "Odd"/],
    ['a description of two lines', definition({ description: 'first line\nsecond line' }), 'has a name for files and command lines, and says in one line what it does', /must be one line/],
    ['no scheduler', definition({ create: (() => ({})) as never }), 'makes a scheduler of its options', /create returned an object whose onArrival is undefined and not a function\./],
    ['nothing at all', definition({ create: (() => undefined) as never }), 'makes a scheduler of its options', /create returned undefined instead of an object with onArrival\./],
    ['a slice of no time', definition({ serviceSliceMs: () => 0 }), 'makes a scheduler of its options', /serviceSliceMs .* returned 0/],
  ])('find %s', (_what, tested, rule, sentence) => {
    const message = broken(tested)[rule]?.message ?? 'the rule holds';
    expect(message).toMatch(sentence);
    expect(message).toMatch(/'(odd|Odd)'/);
  });

  it('find a scheduler that wants more containers before it begins than a cap lets it have, and name the cap', () => {
    const gathering = definition({}, () => {
      const held: Parameters<Scheduler['onArrival']>[0][] = [];
      const advance = (functionId: string, ctx: SchedulerContext): void => {
        const { idle } = ctx.pool(functionId);
        const group = held.filter((invocation) => invocation.functionId === functionId);
        if (group.length === 0) return;
        if (idle.length < 5) ctx.launch(functionId);
        else for (const invocation of group) ctx.assign(idle.at(-1) ?? ctx.launch(functionId), [held.splice(held.indexOf(invocation), 1)[0] ?? invocation], 'serial');
      };
      return {
        onArrival: (invocation: Parameters<Scheduler['onArrival']>[0], ctx: SchedulerContext) => { held.push(invocation); advance(invocation.functionId, ctx); },
        onContainerReady: ({ functionId }: { functionId: string }, ctx: SchedulerContext) => advance(functionId, ctx),
        onContainerLost: ({ functionId }: { functionId: string }, ctx: SchedulerContext) => advance(functionId, ctx),
        onContainerIdle: ({ functionId }: { functionId: string }, ctx: SchedulerContext) => advance(functionId, ctx),
      };
    });
    const failures = broken(gathering);
    expect(failures['completes every invocation when nothing goes wrong']).toBeUndefined();
    expect(failures['sees every invocation to its end, once, under a cap of containers']?.message).toMatch(
      /^Scheduler 'odd' left \d+ invocations unassigned while \d+ idle containers in a row were ended unused, to make room for launches under a cap of (\d)\.\n[^]*\n {2}at most \1 containers? at a time \(--max-containers \1\)$/,
    );
  });

  it('find what is kept from one cell to another', () => {
    let arrivals = 0;
    const failures = broken(definition({}, () => ({ onArrival: (invocation: never, ctx: SchedulerContext) => { arrivals += 1; ctx.setTimer(arrivals, () => ctx.assign(ctx.launch((invocation as { functionId: string }).functionId), [invocation], 'serial')); } })));
    expect(failures['keeps nothing from one cell to another']?.message).toMatch(/decided differently after another cell had run, so it keeps something outside of what create returns: first '.+', then '.+'\.\n/);
    expect(Object.keys(failures)).toContain('decides the same again with the same seed');
  });

  it('use the options given, and the seed', () => {
    const seen = new Set<unknown>();
    const tested = definition({ options: z.strictObject({ target: z.number().default(1) }), create: (options) => { seen.add((options as { target: number }).target); return (definition({}).create as never as () => Scheduler)(); } });
    expect(broken(tested, { options: { target: 7 } })).toEqual({});
    expect([...seen]).toEqual([7]);
    const seeded = [1, 1, 2].map((seed) => broken(hook((invocation) => { if (invocation.id > 5) throw new Error('enough'); }), { seed })['completes every invocation when nothing goes wrong']?.message);
    expect(seeded[1]).toBe(seeded[0]);
  });

  it('are all there, by their names, when a scheduler can be made', () => {
    expect(conformanceTests(definition({})).map(({ name }) => name)).toEqual(conformanceRuleNames);
  });

  it('tell once that options cannot be made, and leave out what needs a scheduler', () => {
    const tested = definition({ options: z.strictObject({ target: z.number() }) });
    expect(conformanceTests(tested).map(({ name }) => name)).toEqual(conformanceRuleNames.slice(0, 3));
    expect(Object.values(broken(tested)).map(({ message }) => message)).toEqual(["Scheduler 'odd' has options without a default: target."]);
    expect(Object.keys(broken(tested, { options: { target: 1 } }))).toEqual(['has a default for each option']);
  });

  it('tell in one sentence that the options given do not fit', () => {
    const failures = broken(definition({ options: z.strictObject({ target: z.number().default(1) }) }), { options: { target: 'many' } });
    expect(Object.entries(failures).map(([name, { message }]) => [name, message])).toEqual([
      ['makes a scheduler of its options', "Scheduler 'odd' does not take the options that it is given: target: Invalid input: expected number, received string."],
    ]);
  });

  it('tell of a schema that throws once, as a fault of the options', () => {
    const failures = broken(definition({ options: z.strictObject({}).refine(async () => Promise.resolve(true)) }));
    expect(Object.values(failures).map(({ message }) => message)).toEqual(["Scheduler 'odd' has options that cannot be used: they cannot be checked: a check is asynchronous, and must be done when it returns. Options are numbers, texts, true or false."]);
  });

  it('tell which hook runs', () => {
    const hooks = new Set<string | undefined>();
    expect(broken(definition({}), { onHook: (name: string | undefined) => hooks.add(name) })).toEqual({});
    expect([...hooks].map(String).sort()).toEqual(['create', 'onArrival', 'onContainerIdle', 'onContainerLost', 'onContainerReady', 'onOutcome', 'undefined']);
  });
});

describe('time and randomness from outside', () => {
  const rule = 'reads no clock, sets no timer and draws no random number but those of its cell';

  it.each<[string, () => unknown]>([
    ['Date.now()', () => Date.now()],
    ['new Date()', () => new Date()],
    ['Date()', () => Date()],
    ['performance.now()', () => performance.now()],
    ['performance.now()', () => timing.now()],
    ['process.hrtime()', () => process.hrtime()],
    ['process.hrtime()', () => process.hrtime.bigint()],
    ['Math.random()', () => Math.random()],
    ['crypto.randomUUID()', () => crypto.randomUUID()],
    ['setTimeout()', () => clearTimeout(setTimeout(() => undefined, 1))],
    ['setInterval()', () => clearInterval(setInterval(() => undefined, 1))],
    ['setImmediate()', () => clearImmediate(setImmediate(() => undefined))],
  ])('are found: %s', (label, use) => {
    const before = [Date, Date.now, Math.random, performance.now, process.hrtime, setTimeout];
    const failures = broken(definition({}, () => ({ onContainerReady: () => void use() })), { runs: 5 });
    expect(failures[rule]?.message).toContain(`Scheduler 'odd' used ${label} in onContainerReady; `);
    expect([Date, Date.now, Math.random, performance.now, process.hrtime, setTimeout]).toEqual(before);
  });

  it('are found in create and in timers', () => {
    expect(broken(definition({}, () => (Date.now() > 0 ? {} : { onOutcome: undefined })))[rule]?.message).toContain('used Date.now() in create; ');
    const inTimer = hook((invocation, ctx) => void ctx.setTimer(5, () => (Math.random() < 2 ? ctx.assign(ctx.launch(invocation.functionId), [invocation], 'serial') : undefined)));
    expect(broken(inTimer)[rule]?.message).toContain('used Math.random() in a timer; ');
  });

  it('are not what a given instant is', () => {
    expect(broken(definition({}, () => ({ onContainerReady: () => new Date(5) instanceof Date && new Date(5).getTime() === 5 && Date.UTC(2_000, 1) })))).toEqual({});
  });

  it.each<[string, () => unknown]>([
    ['node:timers', () => clearTimeout(setTimer(() => undefined, 1))],
    ['node:crypto', () => randomUUID()],
    ['node:process', () => hrtime()],
  ])('are not found, as docs/plugins.md says, when they are imported by name from %s', (_module, use) => {
    expect(broken(definition({}, () => ({ onContainerReady: () => void use() })), { runs: 5 })).toEqual({});
  });

  it('are given back when a hook throws', () => {
    const before = Date;
    broken(hook(() => { throw new Error('oh no'); }));
    expect(Date).toBe(before);
  });
});

it('a cell of a scheduler that does not take its options says so in a sentence', () => {
  expect(thrownBy(() => new SchedulerCell(definition({ options: z.strictObject({ target: z.number() }) })))).toMatchObject({
    code: 'FBB_ERR_OPTION_INVALID',
    message: "Scheduler 'odd' does not take the options that it is given: target: Invalid input: expected number, received undefined.",
  });
});
