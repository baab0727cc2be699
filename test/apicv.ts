// A trace of KVM as a host would have written it whose CPUs deliver interrupts themselves (APICv, AVIC): the same accepts, but no injection and no
// register write of a vector's whole cycle, and EOIs only where an IOAPIC must hear them (KVM vmx_deliver_interrupt, kvm_apic_set_eoi_accelerated).

export interface Hardware {
  /** Is what KVM tells about it recorded (kvm_apicv_accept_irq, kvm_apicv_inhibit_changed)? */
  readonly isTold: boolean;
  /** Between which lines, as parts of all, the CPUs deliver. */
  readonly between: readonly [number, number];
}

const LINE = /^(\s*.+?-\d+\s.*?\s[\d.]+: )(\w+): (.*)$/;
const ACCEPT = /^apicid ([0-9a-f]+) vec (\d+) \((Fixed|LowPrio)\|(edge|level)\)/;
const EOI = /^apicid ([0-9a-f]+) vector (\d+)/;
/** Registers that a guest then reads and writes in memory: no line. */
const VIRTUAL = /^apic_(?:write APIC_(?:EOI|TASKPRI)|read (?:APIC_(?:IRR|ISR|TMR|PROCPRI|TASKPRI)|0x(?:1[0-9a-f]0|2[0-7]0)))/;

export function deliveredByHardware(text: string, { isTold, between: [from, to] }: Hardware): string {
  const lines = text.split('\n');
  const requested = new Set<string>();
  const level = new Set<string>();
  const out: string[] = [];
  let was = false;
  for (const [i, line] of lines.entries()) {
    const [, head, name, body] = LINE.exec(line) ?? [];
    const works = i >= from * lines.length && i < to * lines.length;
    if (head === undefined || name === undefined || body === undefined) {
      out.push(line);
      continue;
    }
    if (isTold && works !== was) out.push(`${head}kvm_apicv_inhibit_changed: ${works ? 'cleared reason=8, inhibits=0x0' : 'set reason=8, inhibits=0x100'}`);
    was = works;
    const [, cpu, vector, , trigger] = (name === 'kvm_apic_accept_irq' ? ACCEPT.exec(body) : null) ?? [];
    if (cpu !== undefined && vector !== undefined) {
      requested.add(vector);
      if (trigger === 'level') level.add(`${cpu}/${vector}`);
      else level.delete(`${cpu}/${vector}`);
      out.push(line);
      if (works && isTold) out.push(`${head}kvm_apicv_accept_irq: ${body}`);
    } else if (!works || !isHidden(name, body, { requested, level })) out.push(line);
  }
  return out.join('\n');
}

function isHidden(name: string, body: string, { requested, level }: { readonly requested: ReadonlySet<string>; readonly level: ReadonlySet<string> }): boolean {
  // What no local APIC was asked for is the 8259 pair's.
  if (name === 'kvm_inj_virq') return requested.has(String(Number(/(0x[0-9a-f]+|\d+)/.exec(body.replace('IRQ ', ''))?.[1])));
  if (name === 'kvm_eoi') {
    const [, cpu, vector] = EOI.exec(body) ?? [];
    return cpu !== undefined && !level.has(`${cpu}/${vector}`);
  }
  if (name === 'kvm_apic') return VIRTUAL.test(body);
  if (name === 'kvm_mmio') return /^mmio write len \d+ gpa 0xfee000[8b]0 /.test(body);
  if (name === 'kvm_msr') return /^msr_(?:write|read) 8(?:08|0b|1\d|2[0-7]) /.test(body);
  return name === 'kvm_pv_eoi' || (name === 'kvm_cr' && body.startsWith('cr_write 8 '));
}
