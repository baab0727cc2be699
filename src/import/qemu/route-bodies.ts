// Bodies of kvm_irqchip_*_route* (QEMU accel/kvm/trace-events): changes of QEMU's copy of KVM's routing table. A `virq` is a GSI.

import { entry, gsi } from '../../ids.js';
import type { ReadBody } from '../kvm/body.js';
import { Word } from '../kvm/text.js';
import type { QemuAssembler } from './assembler.js';
import { MSIX_ENTRIES } from './limits.js';

const DEV = new Word('dev ');
const VECTOR = new Word('vector ');
const VIRQ = new Word(' virq ');
const UPDATING = new Word('Updating MSI route virq=');
const RELEASED = new Word('virq ');
const SPACE = 32;

/** `dev vfio-pci vector 0 virq 24`. */
const added: ReadBody<QemuAssembler> = (body) => {
  body.word(DEV);
  body.until(SPACE);
  body.word(VECTOR);
  const row = body.below(MSIX_ENTRIES);
  body.word(VIRQ);
  const virq = body.decimal();
  return body.whole(({ journal }: QemuAssembler) => journal.say({ kind: 'kvm.route.add', gsi: gsi(virq), entry: entry(row) }));
};

const changed =
  (kind: 'kvm.route.update' | 'kvm.route.release', word: Word): ReadBody<QemuAssembler> =>
  (body) => {
    body.word(word);
    const virq = body.decimal();
    return body.whole(({ journal }: QemuAssembler) => journal.say({ kind, gsi: gsi(virq) }));
  };

const committed: ReadBody<QemuAssembler> = (body) => body.whole(({ journal }: QemuAssembler) => journal.say({ kind: 'kvm.route.commit' }));

export const ROUTE_BODIES: Readonly<Record<string, ReadBody<QemuAssembler>>> = {
  kvm_irqchip_add_msi_route: added,
  kvm_irqchip_update_msi_route: changed('kvm.route.update', UPDATING),
  kvm_irqchip_release_virq: changed('kvm.route.release', RELEASED),
  kvm_irqchip_commit_routes: committed,
};
