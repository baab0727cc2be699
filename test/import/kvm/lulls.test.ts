// A reset of the machine, or the state of a snapshot, is told by what user space does while the vCPUs stand still (QEMU qemu_system_reset, load_snapshot).

import { describe, expect, test } from 'vitest';
import { loud, readTrace, replayTexts } from '../../replay.js';
import { line, tell } from '../ftrace/text.js';

const MAIN = 150;
const VCPU = 158;

const eoi = (us: number, tid = VCPU): string => line(tid, 0, us, 'kvm_eoi: apicid 0 vector 81');
const set = (us: number, gsi: number, level: 0 | 1, tid = MAIN): string => line(tid, 1, us, `kvm_set_irq: gsi ${gsi} level ${level} source 0`);
const resets = (...lines: readonly string[]): unknown[] =>
  tell(...lines)
    .filter(({ kind }) => kind === 'vm.reset' || kind === 'apic.eoi')
    .map(({ kind, state }) => state ?? kind);

describe('lines taken down while no vCPU runs', () => {
  test('of three devices: what the chips hold is not known when a vCPU goes on', () => {
    expect(resets(eoi(0), set(1, 4, 0), set(2, 8, 0), set(3, 8, 0), set(4, 1, 0), eoi(5), eoi(6))).toEqual(['apic.eoi', 'unknown', 'apic.eoi', 'apic.eoi']);
  });

  test('of two devices', () => {
    expect(resets(eoi(0), set(1, 4, 0), set(2, 8, 0), set(3, 4, 0), eoi(5))).toEqual(['apic.eoi', 'apic.eoi']);
  });

  test('one after the other, with a vCPU in between', () => {
    expect(resets(eoi(0), set(1, 4, 0), set(2, 8, 0), eoi(3), set(4, 1, 0), eoi(5))).toEqual(['apic.eoi', 'apic.eoi', 'apic.eoi']);
  });

  test('by a thread that raises lines, too', () => {
    expect(resets(eoi(0), set(1, 4, 0), set(2, 8, 0), set(3, 8, 1), set(4, 1, 0), eoi(5))).toEqual(['apic.eoi', 'apic.eoi']);
  });

  test('by several threads', () => {
    expect(resets(eoi(0), set(1, 4, 0), set(2, 8, 0), set(3, 1, 0, MAIN + 1), eoi(5))).toEqual(['apic.eoi', 'apic.eoi']);
  });

  test('by a vCPU, known as one before or only later', () => {
    expect(resets(eoi(0), set(1, 4, 0, VCPU), set(2, 8, 0, VCPU), set(3, 1, 0, VCPU), eoi(5))).toEqual(['apic.eoi', 'apic.eoi']);
    expect(resets(set(1, 4, 0, VCPU), set(2, 8, 0, VCPU), set(3, 1, 0, VCPU), eoi(5), eoi(6))).toEqual(['apic.eoi', 'apic.eoi']);
  });

  test('before a vCPU that is not known yet does what only vCPUs do', () => {
    const injects = line(VCPU, 0, 5, 'kvm_inj_virq: IRQ 0x51');
    expect(resets(set(1, 4, 0), set(2, 8, 0), set(3, 1, 0), injects, eoi(6))).toEqual(['unknown', 'apic.eoi']);
  });
});

describe('routes that are all sent anew while no vCPU runs', () => {
  const routing = (us: number, tid = MAIN): string => line(tid, 1, us, 'kvm_set_irq_routing: (x) kvm=0xffffd50bc03dd000 nr=0 flags=0x0');

  test('for an IOAPIC in user space', () => {
    expect(resets(eoi(0), line(VCPU, 0, 1, 'kvm_apic_accept_irq: apicid 0 vec 81 (Fixed|edge)'), routing(2), eoi(3))).toEqual(['apic.eoi', 'unknown', 'apic.eoi']);
  });

  test("not where the IOAPIC is KVM's, nor by a vCPU", () => {
    const pin = line(MAIN, 1, 1, 'kvm_ioapic_set_irq: pin 4 dst 0 vec 68 (Fixed|physical|edge)');
    const accept = line(VCPU, 0, 1, 'kvm_apic_accept_irq: apicid 0 vec 81 (Fixed|edge)');
    expect(resets(eoi(0), accept, pin, routing(2), eoi(3))).toEqual(['apic.eoi', 'apic.eoi']);
    expect(resets(eoi(0), accept, routing(2, VCPU), eoi(3))).toEqual(['apic.eoi', 'apic.eoi']);
  });
});

test('a request that a snapshot brings along is injected and ended without a line that shows it', async () => {
  const { findings } = await replayTexts([readTrace('recordings/x86-kvm-loadvm/trace.txt.zst')]);
  expect(loud(findings)).toEqual([]);
});

describe('irqfds given up or got while no vCPU runs', () => {
  const irqfd = (us: number, flags: number, tid = MAIN): string[] => [
    line(tid, 1, us, `kvm_irqfd: (x) kvm=0xffffd50bc03dd000 fd=18 gsi=11 flags=0x${flags} resamplefd=19`),
    line(tid, 1, us, 'kvm_irqfd_ret: (x <- y) ret=0'),
  ];

  test('as those of functions that are reset with the machine', () => {
    const accept = line(VCPU, 0, 1, 'kvm_apic_accept_irq: apicid 0 vec 81 (Fixed|edge)');
    expect(resets(eoi(0), accept, ...irqfd(1, 1), ...irqfd(2, 2), eoi(3), eoi(4))).toEqual(['apic.eoi', 'unknown', 'apic.eoi', 'apic.eoi']);
  });

  test('by a vCPU, as it switches a function to MSI', () => {
    const accept = line(VCPU, 0, 1, 'kvm_apic_accept_irq: apicid 0 vec 81 (Fixed|edge)');
    expect(resets(eoi(0), accept, ...irqfd(1, 1, VCPU), ...irqfd(2, 0, VCPU), eoi(3))).toEqual(['apic.eoi', 'apic.eoi']);
  });
});
