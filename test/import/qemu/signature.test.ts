// Signatures of trace-events-all: what printf prints of the 64-bit words of a record. Lines of QEMU 7.2; texts as its log prints them.

import { expect, test } from 'vitest';
import { QEMU_BODIES } from '../../../src/import/qemu/bodies.js';
import { parseSignature } from '../../../src/import/qemu/signature.js';
import { builtInSignatures } from '../../../src/import/qemu/signatures.js';

const ALL = 0xffff_ffff_ffff_ffffn;

test.each([
  ['pic_set_irq(bool master, int irq, int level) "master %d irq %d level %d"', [1n, 4n, ALL], 'master 1 irq 4 level -1'],
  ['apic_mem_readl(uint64_t addr, uint32_t val)  "0x%"PRIx64" = 0x%08x"', [0x20n, 0x1ffn], '0x20 = 0x000001ff'],
  ['memory_region_ops_read(int cpu_index, void *mr, uint64_t addr, uint64_t value, unsigned size, const char *name) "cpu %d mr %p addr 0x%"PRIx64" value 0x%"PRIx64" size %u name \'%s\'"',
    [ALL, 0x7fff_5292_650an, ALL, 0n, 4n, 'ioapic'], "cpu -1 mr 0x7fff5292650a addr 0xffffffffffffffff value 0x0 size 4 name 'ioapic'"],
  ['kvm_vm_ioctl(int type, void *arg) "type 0x%x, arg %p"', [0xffff_ffff_c008_ae67n, 0n], 'type 0xc008ae67, arg (nil)'],
  ['kvm_irqchip_commit_routes(void) ""', [], ''],
  ['vcpu guest_cpu_enter(void)', [0x10n], 'cpu=0x10 '],
  ['x(size_t n, int8_t c, const char * s) "%5zu|%-4d|%s %% %\\"quoted\\""', [7n, 3n, 'a b'], '    7|3   |a b % %"quoted"'],
])('%s', (line, values, body) => {
  expect(parseSignature(line)?.print(values)).toBe(body);
});

test('what is no signature is none', () => {
  expect(parseSignature('# pic_set_irq(bool master)')).toBeUndefined();
  expect(parseSignature('pic_set_irq bool "%d"')).toBeUndefined();
  expect(parseSignature('pic_set_irq(bool a) "%d" and more')).toBeUndefined();
});

/** Events of later QEMUs, whose recordings need their own list. */
const LATER = new Set(['gicv3_icc_nmiar1_read', 'gicv3_icv_nmiar1_read', 'apic_register_read', 'apic_register_write', 'kvm_report_irq_delivered', 'kvm_reset_irq_delivered', 'e1000e_irq_set', 'e1000e_irq_clear', 'vfio_pci_intx_eoi', 'virtio_pci_notify', 'virtio_notify_irqfd_deferred_fn']);

test('every event that is read has a signature of its own, and each signature can be read', () => {
  const signatures = builtInSignatures();
  expect(signatures.filter((signature) => signature === undefined)).toEqual([]);
  const known = new Set(signatures.map((signature) => signature?.name));
  expect(Object.keys(QEMU_BODIES).filter((name) => !known.has(name) && !LATER.has(name))).toEqual([]);
});
