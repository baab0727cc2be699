// Accesses of chips that QEMU models: its log shows them, and a trace of KVM's shows them once more (kernel-irqchip=split, off).

import { expect, test } from 'vitest';
import { infoOf, merged, streamOf, written } from './streams.js';

const log = (...lines: string[]) => streamOf({ ...infoOf('qemu.log', 0n), recorder: 'QEMU log' }, written(0, ...lines), 1000);
const trace = (...lines: string[]) => streamOf({ ...infoOf('trace.txt', 0n), recorder: 'tracefs trace' }, written(1, ...lines), 1000);
const kinds = async (...streams: ReturnType<typeof log>[]): Promise<string[]> => (await merged(...streams)).map(({ stream, kind }) => `${stream} ${kind}`);

test('each access of the 8259 is one event, the log\'s, and what KVM does itself stays', async () => {
  const events = await kinds(log('@20 pic.imr chip=0 val=250', '@40 pic.eoi pin=ns chip=0'), trace('@5 pic.init chip=0 icw4=1', '@25 pic.imr chip=0 val=250', '@30 cpu.inject cpu=0 vec=43', '@45 pic.eoi pin=ns chip=0'));
  expect(events).toEqual(['0 pic.imr', '1 cpu.inject', '0 pic.eoi']);
});

test('the IOAPIC is QEMU\'s, and the 8259 not', async () => {
  const rte = 'ioapic.rte pin=4 vec=65';
  expect(await kinds(log(`@20 ${rte}`), trace(`@5 pic.imr chip=0 val=250`, `@25 ${rte}`, '@30 apic.eoi cpu=0 vec=65'))).toEqual(['1 pic.imr', '0 ioapic.rte', '1 apic.eoi']);
});

test('the local APICs are QEMU\'s', async () => {
  expect(await kinds(log('@20 apic.svr cpu=0 enable=1 suppress_eoi=0', '@30 apic.eoi cpu=0'), trace('@25 apic.svr cpu=0 enable=1 suppress_eoi=0', '@28 cpu.inject cpu=0 vec=65', '@35 apic.eoi cpu=0'))).toEqual([
    '0 apic.svr',
    '1 cpu.inject',
    '0 apic.eoi',
  ]);
});

test('KVM\'s own chips show in its trace alone', async () => {
  expect(await kinds(log('@20 msix.ctrl fn=a enable=1', '@40 msix.ctrl fn=a enable=0'), trace('@25 pic.imr chip=0 val=250', '@30 apic.eoi cpu=0 vec=65'))).toEqual(['0 msix.ctrl', '1 pic.imr', '1 apic.eoi', '0 msix.ctrl']);
});

test('two logs of QEMU\'s, of a host and its guest, both tell', async () => {
  const events = await kinds(log('@20 pic.imr chip=0 val=250', '@40 pic.imr chip=0 val=251'), streamOf({ ...infoOf('guest.log', 0n), recorder: 'QEMU simple, version 4' }, written(1, '@25 pic.imr chip=0 val=1'), 1000));
  expect(events).toEqual(['0 pic.imr', '1 pic.imr', '0 pic.imr']);
});

test('what QEMU\'s monitor prints of KVM\'s chips says nothing of whose they are, and is kept beside QEMU\'s log', async () => {
  const monitor = () => streamOf({ ...infoOf('monitor.txt', 0n), recorder: 'QEMU\'s monitor' }, written(2, '@500000 pic.read chip=0 reg=imr val=250 [500000,500010]', '@2000000 pic.read chip=0 reg=imr val=250 [2000000,2000010]'), 1000);
  expect(await kinds(trace('@25 pic.imr chip=0 val=250', '@1000000 apic.eoi cpu=0 vec=65', '@3000000 apic.eoi cpu=0 vec=65'), monitor())).toEqual(['1 pic.imr', '2 pic.read', '1 apic.eoi', '2 pic.read', '1 apic.eoi']);
  expect(await kinds(log('@25 pic.imr chip=0 val=250', '@1000000 pic.eoi pin=ns chip=0', '@3000000 pic.imr chip=0 val=251'), monitor())).toEqual(['0 pic.imr', '2 pic.read', '0 pic.eoi', '2 pic.read', '0 pic.imr']);
});
