// Several virtual machines in one trace: whose a record is, by the recorder's own columns and pointers.

import { describe, expect, test } from 'vitest';
import { traceCmd } from '../../src/import/ftrace/trace-cmd.js';
import { tracefs } from '../../src/import/ftrace/tracefs.js';
import type { OriginFormat } from '../../src/import/source.js';
import { VmChoice } from '../../src/import/vm-choice.js';
import { VmFacts } from '../../src/import/vm-facts.js';
import { VmRoster } from '../../src/import/vms.js';
import { decode, type Decoded } from './decode.js';
import { capture } from './ftrace/text.js';

const roster = (format: OriginFormat, text: string): VmRoster => {
  const vms = new VmRoster(new VmFacts());
  decode(format, text, [], vms);
  return vms;
};

function only(format: OriginFormat, text: string, vm: string): Decoded {
  const known = roster(format, text);
  const found = known.facts.find(vm);
  if (found === undefined) throw new Error(`no VM ${vm}`);
  return decode(format, text, [], new VmChoice(known, found));
}

/** Lines whose events were told; losses are told apart. */
const linesOf = ({ events }: Decoded): number[] => [...new Set(events.filter(({ kind }) => !kind.startsWith('meta.')).map(({ at }) => at))];
const losses = ({ events }: Decoded): (number | undefined)[] => events.flatMap((event) => (event.kind === 'meta.lost' ? [event.n] : []));

describe('two guests at once, with the processes', () => {
  const text = capture('tracefs/two-vms.txt');
  const A = '0xffffcf6900421000';
  const B = '0xffffcf6900439000';

  test('are listed with their threads and vCPUs', () => {
    const machines = roster(tracefs, text).facts.summaries();
    expect(machines.map(({ vm, processes }) => [vm, processes])).toEqual([[A, [155]], [B, [156]]]);
    const running = machines.map(({ threads }) => threads.filter(({ vcpus }) => vcpus.length > 0));
    expect(running).toEqual([
      expect.arrayContaining([{ tid: 169, vcpus: [0] }, { tid: 170, vcpus: [1] }]),
      expect.arrayContaining([{ tid: 167, vcpus: [0] }, { tid: 168, vcpus: [1] }]),
    ]);
  });

  test.each([[A, '155', 'vhost-155', A], [B, '156', 'vhost-156', B]])('%s has what its process did and what was done for it, and no more', (vm, tgid, worker, pointer) => {
    // In this piece every interrupt of the host is of the second guest's device; so says the pointer of each irqfd.
    const inInterrupt = (row: string): boolean => /\] ..[hH]/.test(row);
    const isOwn = (row: string): boolean => (inInterrupt(row) ? pointer === B : row.includes(`(    ${tgid})`) || row.includes(worker));
    const wanted = text.split('\n').flatMap((row, at) => (/: kvm_(?:apic_accept_irq|eoi):/.test(row) && isOwn(row) ? [at + 1] : []));
    const decoded = only(tracefs, text, vm);
    expect(wanted.length).toBeGreaterThan(5);
    expect(decoded.events.filter(({ kind }) => kind === 'apic.accept' || kind === 'apic.eoi').map(({ at }) => at)).toEqual(wanted);
    expect(losses(decoded)).toEqual([]);
  });

  test.each(['155', '156', '169', '167,168', A])('can be named as %s', (name) => {
    expect(roster(tracefs, text).facts.find(name)?.vm).toBe(Number(name === A || ['155', '169'].includes(name) ? A : B));
  });

  test.each(['155,156', '999', '169,999', '0xffff000000000000', '', 'gen'])('are none that %j names', (name) => {
    expect(roster(tracefs, text).facts.find(name)).toBeUndefined();
  });
});

/** Lines as trace-cmd 3.1 prints them: no flags, no processes. */
const row = (task: string, cpu: number, us: number, event: string): string => `${task.padStart(20)}  [00${cpu}]  100.${String(us).padStart(6, '0')}: ${event}\n`;
const rows = (...lines: readonly (readonly [string, number, string])[]): string => `cpus=2\n${lines.map(([task, cpu, event], at) => row(task, cpu, at, event)).join('')}`;

const OWN = 'kvm_vm_ioctl_irq_line: (ffffffffc0000000) kvm=0xffffa00000001000 irq=4 level=1';
const OTHER = 'kvm_vm_ioctl_irq_line: (ffffffffc0000000) kvm=0xffffb00000001000 irq=4 level=1';
const WAKES_OTHER = 'irqfd_wakeup:         (ffffffffc0000000) kvm=0xffffb00000001000 gsi=24 rt_gsi=24 rt_type=2 resampler=0x0 key=0x1';
const INATOMIC = 'kvm_arch_set_irq_inatomic: (ffffffffc0000000) gsi=24 type=2 source_id=0 level=1';
const RETURNED = 'kvm_arch_set_irq_inatomic_ret: (ffffffffc0000000 <- ffffffffc0000000) ret=0';
const MESSAGE = 'kvm_msi_set_irq:      dst 0 vec 65 (Fixed|physical|edge)';
const ACCEPT = 'kvm_apic_accept_irq:  apicid 0 vec 65 (Fixed|edge)';
const EOI = 'kvm_eoi:              apicid 0 vector 65';
const A_MAIN = 'qemu-100';
const A_VCPU = 'qemu-101';
const B_MAIN = 'qemu-200';
const WORKER = 'kworker/0:1-7';

const known = [[A_MAIN, 0, OWN], [A_VCPU, 0, OWN], [A_VCPU, 0, EOI], [B_MAIN, 1, OTHER]] as const;

describe('two guests at once, without flags and processes', () => {
  test("what comes between an irqfd's wake-up and the return is its VM's, whoever was interrupted", () => {
    const text = rows(...known, [A_VCPU, 0, WAKES_OTHER], [A_VCPU, 0, INATOMIC], [A_VCPU, 0, MESSAGE], [A_VCPU, 0, ACCEPT], [A_VCPU, 0, RETURNED], [A_VCPU, 0, ACCEPT]);
    expect(linesOf(only(traceCmd, text, '100'))).toEqual([4, 11]);
    expect(linesOf(only(traceCmd, text, '200'))).toEqual([6, 8, 9, 10]);
    expect(losses(only(traceCmd, text, '100'))).toEqual([]);
  });

  test('a worker serves the VM of the call that it is in, and otherwise nobody knows whom', () => {
    const call = 'kvm_set_irq_in:       (ffffffffc0000000) kvm=0xffffb00000001000 source_id=1 gsi=5 level=1';
    const set = 'kvm_set_irq:          gsi 5 level 1 source 1';
    const back = 'kvm_set_irq_ret:      (ffffffffc0000000 <- ffffffffc0000000) ret=1';
    const text = rows(...known, [WORKER, 1, call], [WORKER, 1, set], [WORKER, 1, back], [WORKER, 1, set], [A_VCPU, 0, EOI]);
    expect(linesOf(only(traceCmd, text, '200'))).toEqual([7, 8]);
    expect([linesOf(only(traceCmd, text, '100')), losses(only(traceCmd, text, '100'))]).toEqual([[4, 10], [1]]);
    expect(losses(only(traceCmd, text, '200'))).toEqual([1]);
  });

  test('a message may be that of an interrupt, if nothing shows where such a one begins', () => {
    const text = rows(...known, [A_VCPU, 0, MESSAGE], [A_VCPU, 0, ACCEPT], [A_VCPU, 0, EOI]);
    expect([linesOf(only(traceCmd, text, '100')), losses(only(traceCmd, text, '100'))]).toEqual([[4, 8], [2]]);
  });

  test('after a loss a thread may be in an interrupt until it does what only threads do', () => {
    const chain = [[B_MAIN, 1, WAKES_OTHER], [B_MAIN, 1, INATOMIC], [B_MAIN, 1, RETURNED]] as const;
    const text = (proof: string): string =>
      [rows(...known, ...chain), 'CPU:0 [LOST 2 EVENTS]\n', ...[ACCEPT, proof, ACCEPT].map((event, at) => row(A_VCPU, 0, 100 + at, event))].join('');
    const accepts = (proof: string): number[] => only(traceCmd, text(proof), '100').events.flatMap(({ kind, at }) => (kind === 'apic.accept' ? [at] : []));
    expect(accepts(EOI)).toEqual([12]);
    expect(accepts(ACCEPT)).toEqual([]);
  });

  test('a thread that calls for two VMs is of neither', () => {
    const text = rows(...known, [A_MAIN, 0, OTHER], [A_MAIN, 0, 'kvm_set_irq:          gsi 5 level 1 source 0'], [A_VCPU, 0, EOI]);
    expect(losses(only(traceCmd, text, '101'))).toEqual([1]);
  });

  test("a device's interrupt is of the VM whose irqfd it wakes", () => {
    const handler = 'vfio_intx_handler:    (ffffffffc0000000) irq=20';
    const signal = 'eventfd_signal:       (ffffffff80000000) ctx=0xffff8e7f52455440 n=1';
    const text = rows(...known, [A_VCPU, 0, handler], [A_VCPU, 0, signal], [A_VCPU, 0, WAKES_OTHER], ['<idle>-0', 1, handler], ['<idle>-0', 1, handler.replace('20', '21')]);
    expect(only(traceCmd, text, '200').events.flatMap(({ kind, at }) => (kind === 'vfio.irq' ? [at] : []))).toEqual([6, 9]);
    expect(losses(only(traceCmd, text, '200'))).toEqual([1]);
    expect(linesOf(only(traceCmd, text, '100'))).toEqual([4]);
  });
});

describe('two guests at once on arm64, as the recorder of arm-kvm-vfio-mid prints its lines', () => {
  const injects = (kvm: string, id: number): string => `vgic_inject:          (ffffb6a92e070b20) kvm=${kvm} cpuid=0 intid=${id} level=1 owner=0x0`;
  const pending = (id: number): string => `vgic_update_irq_pending: VCPU: 0, IRQ ${id}, level: 1`;
  const A = '0xffff80000810d000';
  const B = '0xffff80000910d000';
  const TIMER = 'kvm_timer_update_irq: VCPU: 0, IRQ 27, level 1';
  const ticks = (task: string, cpu: number, kvm: string) => [[task, cpu, TIMER], [task, cpu, injects(kvm, 27)], [task, cpu, pending(27)]] as const;
  const arm = [...ticks(A_VCPU, 0, A), ...ticks('qemu-201', 1, B)] as const;
  const wakes = (field: string): string => `irqfd_wakeup:         (ffffb6a92e053720)${field} wait=0xffff000002f52e08 mode=3 sync=0 key=0x1`;
  const device = (field: string) => [
    [A_VCPU, 0, 'vfio_intx:            (ffffb6a8b60c4dc0) irq=36'],
    [A_VCPU, 0, wakes(field)],
    [A_VCPU, 0, `set_irq_inatomic:     (ffffb6a92e0732e4) gsi=4 kvm=${B} src=0 level=1`],
    [A_VCPU, 0, injects(B, 36)],
    [A_VCPU, 0, pending(36)],
    [A_VCPU, 0, 'gic_eoimode1_eoi:     (ffffb6a92e5fc530) irq=36 hwirq=35'],
  ] as const;
  const kinds = ({ events }: Decoded): string[] => events.flatMap(({ kind, at }) => (at > 7 && !kind.startsWith('meta.') ? [`${at} ${kind}`] : []));

  test('an interrupt of one taken in a thread of the other is what its irqfd names', () => {
    const text = rows(...arm, ...device(` kvm=${B}`));
    expect(kinds(only(traceCmd, text, '201'))).toEqual(['8 vfio.irq', '10 efd.signal', '11 gic.in']);
    expect([kinds(only(traceCmd, text, '101')), losses(only(traceCmd, text, '101'))]).toEqual([[], []]);
  });

  test('an irqfd whose VM was not fetched may be of either, and so may be the signal of the device', () => {
    const text = rows(...arm, ...device(''));
    expect(kinds(only(traceCmd, text, '201'))).toEqual(['11 gic.in']);
    for (const vm of ['101', '201']) expect(losses(only(traceCmd, text, vm))).toEqual([2]);
  });

  test('a line that follows no injection may be of either', () => {
    const text = rows(...arm, [A_VCPU, 0, pending(36)], [A_VCPU, 0, injects(A, 27)], [A_VCPU, 0, pending(27)]);
    expect([kinds(only(traceCmd, text, '101')), losses(only(traceCmd, text, '101'))]).toEqual([['9 gic.in'], [1]]);
    expect(losses(only(traceCmd, text, '201'))).toEqual([1]);
  });

  test("a guest's timer is that of the vCPU whose thread it interrupts", () => {
    const timer = '             qemu-101     (    100) [000] d.h1.   100.000009: kvm_timer_update_irq: VCPU: 0, IRQ 27, level 1\n';
    const owner = ' qemu-101     (    100) [000] d.h1.   100.000010: vgic_inject: (ffffb6a92e070b20) kvm=0xffff80000810d000 cpuid=0 intid=27 level=1 owner=0x0\n';
    const text = `# tracer: nop\n#\n#           TASK-PID       TGID    CPU#  |||||  TIMESTAMP  FUNCTION\n#              | |           |       |   |||||     |         |\n${timer}${owner}`;
    expect(losses(only(tracefs, text, '100'))).toEqual([]);
  });

  test('an interrupt that comes between an injection and its line leaves the two together', () => {
    const stamp = (at: number, flags: string, what: string): string => ` qemu-101     (    100) [000] ${flags}   100.0000${at}: ${what}\n`;
    const whole = (...lines: string[]): string => `# tracer: nop\n#\n#           TASK-PID       TGID    CPU#  |||||  TIMESTAMP  FUNCTION\n#              | |           |       |   |||||     |         |\n${lines.join('')}`;
    const lines = [stamp(10, '.....', TIMER), stamp(11, 'd....', injects(A, 27)), stamp(12, 'd.h..', 'irq_handler_entry: irq=13 name=arch_timer'), stamp(13, 'd.h..', 'irq_handler_exit: irq=13 ret=handled')];
    const line = only(tracefs, whole(...lines, stamp(14, '.....', pending(27))), '100');
    expect([line.events.flatMap(({ kind }) => (kind.startsWith('meta.') ? [] : [kind])), losses(line)]).toEqual([['gic.in'], []]);
    const inHandler = [lines[0], lines[1], stamp(12, 'd.h..', pending(27))].filter((text) => text !== undefined);
    expect(losses(only(tracefs, whole(...inHandler), '100'))).toEqual([1]);
  });
});
