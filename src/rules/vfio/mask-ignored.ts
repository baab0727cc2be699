// What an entry signals goes to KVM only while the entry is not masked: irqfds know nothing of masks. QEMU vfio_msix_vector_do_use, vfio_msix_vector_release.

import { F, T, U, type Tri } from '../../model/tri.js';
import type { EventOf } from '../../event.js';
import type { Machine } from '../../model/machine.js';
import type { Judge, Rule } from '../rule.js';
import { nameOf } from './names.js';

function judge(e: EventOf<'vfio.use'> | EventOf<'vfio.release'>, m: Machine, judge: Judge): void {
  const device = m.assigned.of(e.dev);
  const fn = m.assigned.functionOf(device);
  // While MSI-X is switched on or off, the function reset or unplugged, entries are used and released whatever their masks.
  if (fn === undefined || device.mode !== 'msix' || !device.settled || e.asked !== 1) return;
  const entry = fn.peek(e.entry);
  const masked = m.assigned.masked(device, e);
  const used = e.kind === 'vfio.use';
  const wrong: Tri = masked === U ? U : (masked === T) === used ? T : F;
  judge.breachIf(wrong, 'mask', () => ({
    entity: entry.entity,
    sentence: used
      ? `${entry.title} is masked, but QEMU has the interrupts of ${nameOf(device)} sent as if it were not`
      : `${entry.title} is not masked, but QEMU no longer has its interrupts sent`,
    because: [device.modeBy, fn.fmaskBy, entry.maskBy],
    state: { masked: masked === T ? '1' : '0' },
    unless: (later) => (later.kind === 'msix.write' || later.kind === 'msix.ctrl') && later.fn === fn.name,
  }));
}

export const maskIgnored: Rule = {
  id: 'vfio/mask-ignored',
  severity: 'violation',
  class: 'deadline',
  clause: 'PCI Express Base 6.1.4.5; QEMU msix_handle_mask_update, vfio_msix_vector_do_use, vfio_msix_vector_release',
  summary: 'Interrupts of an MSI-X entry of an assigned function are handed on while its mask is clear, and kept while it is set.',
  needs: ['vfio.use', 'vfio.release', 'vfio.on', 'vfio.off', 'msix.write', 'msix.ctrl'],
  on: { 'vfio.use': judge, 'vfio.release': judge },
  late: {
    'vfio.use': ({ debt }, m, judge) => {
      const by = debt.by;
      const [name = '', row = ''] = String(debt.key).split(/\/(?=\d+$)/);
      const device = m.assigned.of(name);
      const handed = [...device.uses].some(([entry, { used }]) => String(entry) === row && used);
      judge.breach({
        entity: debt.entity,
        sentence: handed
          ? `entry ${row} of ${nameOf(device)} was masked, but QEMU went on without taking its interrupts from KVM`
          : `entry ${row} of ${nameOf(device)} was unmasked, but QEMU went on without handing on its interrupts`,
        because: [...debt.because, by],
        state: { masked: handed ? '1' : '0' },
      });
    },
  },
};
