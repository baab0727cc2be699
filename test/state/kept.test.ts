// A machine made of what was kept is the machine that was kept: it has the same state, and on the rest of the recording the same findings and the same end.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Replay } from '../../src/analyze.js';
import { Recording } from '../../src/commands/recording.js';
import type { Event } from '../../src/event.js';
import type { Finding } from '../../src/finding.js';
import { Machine } from '../../src/model/machine.js';
import { RULES } from '../../src/rules/index.js';
import { keep, restore } from '../../src/state/kept.js';
import { stateOf } from '../../src/state/tables.js';
import { TRACES } from '../replay.js';

const RECORDINGS = [
  'recordings/x86-kvm-vfio-intx-msix/trace.txt.zst',
  'recordings/x86-kvm-split-irqchip/trace.txt.zst',
  'recordings/arm-cut-vhe-vtimer/trace.txt.gz',
  'recordings/arm-cut-gicv2-irqfd/trace.txt.gz',
  'recordings/arm-fault-skipped-resample/trace.txt.gz',
  'qemu/healthy/g-gicv3-lpi.log.gz',
  'qemu/healthy/q-gicv2-rand2.log.gz',
  'qemu/healthy/q-intx.log.gz',
  'qemu/healthy/q-ioapic.log.gz',
  'qemu/healthy/q-nvme-rand1.log.gz',
  'qemu/healthy/q-pic-rand9-head.log.gz',
  'qemu/healthy/q-virtio.log.gz',
  'recordings/kvm-b03m-resample/raw.txt,recordings/kvm-b03m-resample/ioctl.jsonl',
];
/** Moments of each. */
const MOMENTS = 6;

async function eventsOf(path: string): Promise<Event[]> {
  const recording = await Recording.open(path.split(',').map((one) => join(TRACES, one)));
  const events: Event[] = [];
  for await (const batch of recording.events()) events.push(...batch);
  return events;
}

const nameOf = ({ rule, entity, at }: Finding): string => `${rule} ${entity} ${at.seq}`;

/** From a machine on, the rest of the events: what is found, and the state at the end. */
function rest(events: readonly Event[], machine: Machine, first: number): { found: string[]; end: unknown } {
  const found: string[] = [];
  const replay = new Replay({ rules: RULES, onFinding: (finding) => found.push(nameOf(finding)), from: { machine, events: first } });
  replay.feed(events.slice(first));
  return { found, end: stateOf(replay.machine) };
}

describe.each(RECORDINGS)('%s', (path) => {
  test('goes on from what was kept as it went on without', async () => {
    const events = await eventsOf(path);
    for (let n = 1; n <= MOMENTS; n++) {
      const replay = new Replay({ rules: [] });
      let first = Math.floor((events.length * n) / (MOMENTS + 1));
      replay.feed(events.slice(0, first));
      while (replay.machine.ctx.flights.any) replay.feed(events.slice(first, ++first));
      const restored = restore(structuredClone(keep(replay.machine)));
      expect(stateOf(restored)).toEqual(stateOf(replay.machine));
      expect(rest(events, restored, first)).toEqual(rest(events, replay.machine, first));
    }
  });
});

test('every class of the model can be kept', async () => {
  for (const file of readdirSync(new URL('../../src/model/', import.meta.url))) {
    const exported: Readonly<Record<string, unknown>> = await import(`../../src/model/${file.slice(0, -3)}.ts`);
    for (const [name, made] of Object.entries(exported)) {
      if (typeof made !== 'function' || !String(made).startsWith('class')) continue;
      const machine = new Machine();
      if (isPart(machine, made.prototype)) continue;
      const one: unknown = Object.create(made.prototype as object);
      Reflect.set(machine, 'extra', new Map([[1, one]]));
      const extra: unknown = Reflect.get(restore(structuredClone(keep(machine))), 'extra');
      const kept: unknown = extra instanceof Map ? extra.get(1) : undefined;
      expect({ name, isKept: kept instanceof made }).toEqual({ name, isKept: true });
    }
  }
});

/** True if the constructor of the machine makes one of the class for itself. */
function isPart(of: object, prototype: unknown, seen = new Set<object>()): boolean {
  if (seen.has(of)) return false;
  seen.add(of);
  return Object.getPrototypeOf(of) === prototype || Object.values(of).some((field) => typeof field === 'object' && field !== null && isPart(field, prototype, seen));
}

test('a machine with a change under way cannot be kept', () => {
  const { machine } = new Replay({ rules: [] });
  machine.ctx.flights.write({ kind: 'vm.reset', seq: 0, ns: 0, on: 0, tid: 7, stream: 0, at: 1, name: 'vm.reset' }, () => {});
  expect(() => keep(machine)).toThrow('changes under way cannot be kept');
});
