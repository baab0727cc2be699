// A message that user space sends, as KVM decodes and traces it. arch/x86/kvm/irq_comm.c (kvm_set_msi_irq), kvm_main.c (kvm_send_userspace_msi).

import { vector } from '../../ids.js';
import type { FieldsOf } from '../../kinds.js';

/** `wideIds`: the high half of the address is part of the destination (KVM_CAP_X2APIC_API); undefined while unknown. */
export function decodeMessage(low: bigint, high: bigint, data: number, wideIds: boolean | undefined): Omit<FieldsOf<'kvm.msi'>, 'taken' | 'gsi'> {
  const narrow = Number((low >> 12n) & 0xffn);
  const upper = Number(high & 0xffff_ff00n);
  const dst = upper === 0 || wideIds === false ? narrow : wideIds === true ? upper + narrow : undefined;
  const logical = (low & 4n) === 0n ? 0 : 1;
  const trig = (data & 0x8000) === 0 ? 'edge' : 'level';
  return { addr: (high << 32n) | low, data, dst, vec: vector(data & 0xff), dm: (data >> 8) & 7, logical, trig };
}
