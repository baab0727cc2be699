// How a sentence names the event that proves a debt late.

import type { Event } from '../event.js';
import type { Kind } from '../kinds.js';

/** Where the name of the kind says nothing to a reader. */
const WORDS: { readonly [K in Kind]?: string } = {
  'meta.end': 'the end of the recording',
  'vm.close': 'the close of the VM',
  'intx.maybe': 'the next move of a wire',
  'ioapic.rte.read': 'the read of its redirection entry',
  'msix.pba.read': 'the read of the PBA',
  'pci.status.read': 'the read of the Status register',
  'cpu.enter': 'the next entry into the guest',
  'cpu.inject': 'the next injection',
  'kvm.ack': 'the next acknowledge',
};

/** A noun: `the end of the recording`, `kvm.ack`. */
export const proofText = ({ kind }: Pick<Event, 'kind'>): string => WORDS[kind] ?? kind;
