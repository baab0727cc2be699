// Writes a trace-cmd report of as many events as asked: four vCPUs, MSIs through irqfds, a level line with its EOIs, timers.
// usage: node bench/generate.mjs EVENTS FILE

import { openSync, writeSync } from 'node:fs';

const [, , count, path] = process.argv;
const file = openSync(path, 'w');
const pad = (text, width) => text.padStart(width);
let microseconds = 1_000_000_000;
let lines = [];

function line(comm, tid, cpu, name, body) {
  microseconds += 1;
  const seconds = Math.floor(microseconds / 1e6);
  const rest = String(microseconds % 1e6).padStart(6, '0');
  lines.push(`${pad(`${comm}-${tid}`, 22)} [${String(cpu).padStart(3, '0')}] ${pad(`${seconds}.${rest}`, 12)}: ${`${name}:`.padEnd(20)} ${body}\n`);
}

function message(vcpu, vector) {
  const thread = 9000 + vcpu;
  line('vhost-8999', 8999, vcpu, 'kvm_msi_set_irq', `dst ${vcpu} vec ${vector} (Fixed|physical|edge)`);
  line('vhost-8999', 8999, vcpu, 'kvm_apic_accept_irq', `apicid ${vcpu} vec ${vector} (Fixed|edge)`);
  line('CPU 0/KVM', thread, vcpu, 'kvm_inj_virq', `IRQ 0x${vector.toString(16)}`);
  line('CPU 0/KVM', thread, vcpu, 'kvm_eoi', `apicid ${vcpu} vector ${vector}`);
}

function level(vcpu, pin, vector) {
  const thread = 9000 + vcpu;
  const entry = `pin ${pin} dst ${vcpu} vec ${vector} (Fixed|physical|level)`;
  line('qemu-system-x86', 8990, 0, 'kvm_set_irq', `gsi ${pin} level 1 source 0`);
  line('qemu-system-x86', 8990, 0, 'kvm_apic_accept_irq', `apicid ${vcpu} vec ${vector} (Fixed|level)`);
  line('qemu-system-x86', 8990, 0, 'kvm_ioapic_set_irq', entry);
  line('CPU 0/KVM', thread, vcpu, 'kvm_inj_virq', `IRQ 0x${vector.toString(16)}`);
  line('qemu-system-x86', 8990, 0, 'kvm_set_irq', `gsi ${pin} level 0 source 0`);
  line('qemu-system-x86', 8990, 0, 'kvm_ioapic_set_irq', entry);
  line('CPU 0/KVM', thread, vcpu, 'kvm_eoi', `apicid ${vcpu} vector ${vector}`);
  line('CPU 0/KVM', thread, vcpu, 'kvm_ack_irq', `irqchip IOAPIC pin ${pin}`);
}

writeSync(file, 'cpus=4\n');
for (let made = 0, round = 0; made < Number(count); made += lines.length, round++) {
  lines = [];
  for (let n = 0; n < 1000; n++) {
    const vcpu = (round + n) % 4;
    if (n % 5 === 4) level(vcpu, 16 + (n % 8), 48 + (n % 8));
    else message(vcpu, 64 + (n % 16));
  }
  writeSync(file, lines.join(''));
}
