// One machine, one after the other, or several at once: told by who runs a vCPU and by the machine's pointer.

import { describe, expect, test } from 'vitest';
import { line, tell, thread } from '../ftrace/text.js';

const eoi = (tid: number, us: number, cpu = 0): string => line(tid, 0, us, `kvm_eoi: apicid ${cpu} vector 81`);
const meta = (...lines: readonly string[]): unknown[] => tell(...lines).filter((event) => String(event['kind']).startsWith('meta.'));
const routing = (kvm: string, nr = 0): string => `kvm_set_irq_routing: (x) kvm=${kvm} nr=${nr} flags=0x0`;

const restart = { kind: 'meta.lost' };
const mixed = { kind: 'meta.chan', chan: 'vm', cover: 'none' };

describe('vCPU numbers', () => {
  test('each of its own thread', () => {
    expect(meta(eoi(1, 0), eoi(2, 1, 1), eoi(1, 2), eoi(2, 3, 1))).toEqual([]);
  });

  test('a new thread for a number: the machine was started anew', () => {
    expect(meta(eoi(1, 0), eoi(2, 1), eoi(2, 2))).toEqual([restart]);
  });

  test('the old thread comes back: several machines at once, said once', () => {
    expect(meta(eoi(1, 0), eoi(2, 1), eoi(1, 2), eoi(2, 3), eoi(1, 4))).toEqual([restart, mixed]);
  });

  test('entries tell, too', () => {
    const entry = (tid: number, us: number): string => line(tid, 0, us, 'kvm_entry: vcpu 0, rip 0x1000');
    expect(meta(entry(1, 0), entry(2, 1), entry(2, 2), entry(1, 3), entry(2, 4))).toEqual([restart, mixed]);
  });

  test('a restart forgets what was open', () => {
    const pin = 'kvm_ioapic_set_irq: pin 4 dst 0 vec 68 (Fixed|physical|edge)';
    const lines = [eoi(1, 0), line(9, 1, 1, 'kvm_set_irq: gsi 4 level 0 source 0'), eoi(2, 2), line(9, 1, 3, pin)];
    expect(tell(...lines).at(-1)).not.toHaveProperty('level');
  });

});

describe('one thread that runs several vCPUs in turn', () => {
  const eois = ['kvm_eoi: apicid 0 vector 81', 'kvm_eoi: apicid 1 vector 81'];
  const inject = 'kvm_inj_virq: IRQ 0x51';
  const unknown = { kind: 'kvm.set_lapic' };
  const told = (...lines: readonly string[]): unknown[] =>
    tell(...lines).filter(({ kind }) => kind !== 'apic.eoi' && kind !== 'apic.accept' && kind !== 'meta.chan');

  test('does not tell which one it injects, sends from, or writes to', () => {
    const lines = [...eois, inject, 'kvm_apic_ipi: dst 0 vec 81 (Fixed|physical|assert|edge|dst)', 'kvm_apic: apic_write APIC_TASKPRI = 0x10'];
    expect(told(thread(...lines))).toEqual([
      unknown, { kind: 'kvm.ipi', vec: 81, dm: 0, dst: 0, logical: 0, shorthand: 'none' }, unknown,
    ]);
  });

  test('may do so as soon as a second vCPU is named, and what was told before may be wrong', () => {
    const accept = 'kvm_apic_accept_irq: apicid 1 vec 81 (Fixed|edge)';
    expect(told(thread('kvm_eoi: apicid 0 vector 81', inject, accept, inject))).toEqual([
      { kind: 'cpu.inject', cpu: 0, vec: 81 }, unknown, unknown,
    ]);
  });

  test('not by the INIT that a vCPU takes before it runs', () => {
    expect(told(thread('kvm_eoi: apicid 0 vector 81', 'kvm_apic_accept_irq: apicid 1 vec 0 (INIT|edge)', inject))).toEqual([{ kind: 'cpu.inject', cpu: 0, vec: 81 }]);
  });

  test('may have written to the APIC of another one than it shows first', () => {
    const accepts = [0, 1].map((cpu) => `kvm_apic_accept_irq: apicid ${cpu} vec 81 (Fixed|edge)`);
    expect(told(thread(...accepts, 'kvm_apic: apic_write APIC_SPIV = 0x1ff', 'kvm_eoi: apicid 1 vector 81'))).toEqual([unknown, { ...unknown, written: 'svr', val: 0x1ff }]);
  });

  test('does not where a second thread runs the other', () => {
    const lines = [line(1, 0, 0, 'kvm_eoi: apicid 0 vector 81'), line(2, 1, 1, 'kvm_eoi: apicid 1 vector 81'), line(1, 0, 2, inject)];
    expect(told(...lines)).toEqual([{ kind: 'cpu.inject', cpu: 0, vec: 81 }]);
  });

  describe('with entries recorded', () => {
    const entry = (cpu: number): string => `kvm_entry: vcpu ${cpu}, rip 0x1000`;

    test('injects into the one that it enters next', () => {
      expect(told(thread(entry(0), entry(1), inject, entry(0), inject, entry(1)))).toEqual([
        { kind: 'cpu.inject', cpu: 0, vec: 81 }, { kind: 'cpu.inject', cpu: 1, vec: 81 },
      ]);
    });

    test('sends from the one that it entered last, and writes to its APIC', () => {
      const lines = [entry(0), entry(1), 'kvm_apic_ipi: dst 0 vec 81 (Fixed|physical|assert|edge|dst)', 'kvm_apic: apic_write APIC_TASKPRI = 0x10'];
      expect(told(thread(...lines))).toEqual([
        { kind: 'kvm.ipi', cpu: 1, vec: 81, dm: 0, dst: 0, logical: 0, shorthand: 'none' }, { kind: 'apic.tpr', cpu: 1, val: 16 },
      ]);
    });

    test('an injection that no entry follows is of any vCPU', () => {
      expect(told(thread(entry(0), entry(1), inject, 'kvm_eoi: apicid 1 vector 81', entry(0)))).toEqual([unknown]);
    });

    test('nor is it known of one that ends the recording', () => {
      expect(told(thread(entry(0), entry(1), inject))).toEqual([unknown]);
    });

    test('a loss may have hidden the latest entry', () => {
      const lost = 'CPU:0 [LOST 3 EVENTS]\n';
      expect(told(thread(entry(0), entry(1)), lost, thread(inject))).toEqual([{ kind: 'meta.lost', cpu: 0, n: 3 }, unknown]);
    });
  });
});

describe('pointers', () => {
  const [a, b] = ['0xffffd50bc03dd000', '0xffffd50bc0761000'];

  test('one', () => {
    expect(meta(thread(routing(a), routing(a)))).toEqual([]);
  });

  test('another one after it', () => {
    expect(meta(thread(routing(a), routing(b), routing(b)))).toEqual([restart]);
  });

  test('and the first again', () => {
    expect(meta(thread(routing(a), routing(b), routing(a), routing(b)))).toEqual([restart, mixed]);
  });
});

describe('processes of threads that run vCPUs', () => {
  const exit = (tid: number, tgid: number, us: number, event = 'kvm_mmio: mmio read len 4 gpa 0xfea00024 val 0x0'): string => line(tid, 0, us, event).replace(' [', ` (${String(tgid).padStart(7)}) [`);

  test('one', () => {
    expect(meta(exit(2, 1, 0), exit(3, 1, 1), exit(2, 1, 2))).toEqual([]);
  });

  test('another one after it', () => {
    expect(meta(exit(2, 1, 0), exit(5, 4, 1), exit(5, 4, 2))).toEqual([restart]);
  });

  test('and the first again, whose threads have named no vCPU', () => {
    expect(meta(exit(2, 1, 0), exit(5, 4, 1), exit(2, 1, 2))).toEqual([restart, mixed]);
  });

  test('not that of whoever injects', () => {
    expect(meta(exit(2, 1, 0), exit(5, 4, 1, 'kvm_msi_set_irq: dst 0 vec 81 (Fixed|physical|edge)'), exit(2, 1, 2))).toEqual([]);
  });
});

describe('instances of a report', () => {
  const event = (prefix: string): string => `${prefix}         irqedge-740   [001]    13.421503: kvm_eoi:              apicid 0 vector 64\n`;

  test('one name', () => {
    expect(meta(event('gen:  '), event('gen:  '), event(''))).toEqual([]);
  });

  test('two names', () => {
    expect(meta(event('one:  '), event('two:  '), event('one:  '))).toEqual([mixed]);
  });
});
