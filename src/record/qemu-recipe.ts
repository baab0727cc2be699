// How to have QEMU log its own interrupts: a file of events and the options that use it.

import { QEMU_EVENTS } from './qemu-events.js';
import { snapshotLines } from './snapshots.js';

const EVENT_FILE = 'irq-events.txt';

export function qemuRecipe(): string {
  return [
    '#!/bin/sh',
    '# Interrupts as QEMU sees them, for irqreplay. sh THIS_FILE QEMU-COMMAND...',
    '# One machine per log. The log is stamped with the time of day: to merge it with a kernel trace, have it written into the trace itself',
    '# (a QEMU built with the trace back end ftrace), or have the distance of the two clocks found (--offset LOG=auto) or give it.',
    ...snapshotLines('qemu', 'qemu.log'),
    '# Events behind a # are many; take it away where `coverage` names them. A pattern that your QEMU has no event for does nothing: an access of a local',
    '# APIC is apic_mem_* in 7.2 and apic_register_* in 10.0, a change of causes of an e1000e is e1000e_irq_set_ims, _clear_ims and _icr_write in 7.2, and',
    '# e1000e_irq_set and _clear in 10.0, which prints the lines of e1000e for an igb, too.',
    `cat > ${EVENT_FILE} <<'EVENTS'`,
    ...QEMU_EVENTS.map(({ pattern, floods }) => (floods === true ? `#${pattern}` : pattern)),
    'EVENTS',
    `"$@" -msg timestamp=on -D qemu.log -trace events=${EVENT_FILE}`,
    'irqreplay check qemu.log',
    '',
  ].join('\n');
}
