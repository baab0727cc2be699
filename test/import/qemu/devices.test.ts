// The device side of QEMU's log: lines as QEMU 7.2 prints them (hw/pci, hw/net, hw/nvme, hw/virtio trace-events), and what they mean.

import { describe, expect, test } from 'vitest';
import { qemuLog } from '../../../src/import/qemu/log.js';
import { decode } from '../decode.js';
import { E1000E, FROM_RESET, HPET, RESET, VIRTIO, coverOf, gsi, isr, meaning, stamped } from './device-lines.js';

const TABLE = "mr 0x7f10 addr 0x%a value %v size 4 name 'msix-table'";
const table = (addr: string, value: string): string => `memory_region_ops_write cpu 0 ${TABLE.replace('%a', addr).replace('%v', value)}`;
const message = (value: string): string => `memory_region_ops_write cpu -1 mr 0x55aa addr 0xfee01000 value ${value} size 4 name 'apic-msi'`;

describe('what the log shows', () => {
  const enable = 'pci_cfg_write e1000e 00:04.0 @0xa2 <- 0x8000';
  const enabled = 'msix_write_config dev e1000e enabled 1 masked 0';

  test('MSI-X Enable, where each write is followed by what it leaves', () => {
    expect(coverOf('msix.ctrl', [...E1000E, enable, enabled, enable, HPET])).toEqual(['full']);
  });

  test('not where a write that reaches it has no such line', () => {
    expect(coverOf('msix.ctrl', [...E1000E, enable, HPET])).toEqual(['full', 'partial']);
    expect(coverOf('msix.ctrl', ['pci_cfg_write e1000e 00:04.0 @0x72 <- 0x8000', HPET])).toEqual(['full', 'partial']);
    expect(coverOf('msix.ctrl', [...E1000E, 'pci_cfg_write e1000e 00:04.0 @0x72 <- 0x8000', HPET])).toEqual(['full']);
  });

  test('which is told before the first such line is', () => {
    const elsewhere = 'pci_cfg_write e1000e 00:04.0 @0x72 <- 0x8000';
    const { events } = decode(qemuLog, `${stamped([elsewhere, HPET, ...E1000E, enable, enabled])}\n`);
    const told = events.flatMap((event) => (event.kind === 'meta.chan' && event.chan === 'msix.ctrl' ? [event.cover] : event.kind === 'msix.ctrl' ? ['line'] : []));
    expect(told).toEqual(['full', 'partial', 'full', 'line']);
  });

  test('nor where such a line has no write', () => {
    expect(coverOf('msix.ctrl', ['pci_cfg_read e1000e 00:04.0 @0x34 -> 0xa0', enabled])).toEqual(['partial']);
  });

  test('deliveries of IOAPIC pins, where accesses are shown and what the local APICs of QEMU take', () => {
    const delivered = 'apic_deliver_irq dest 0 dest_mode 0 delivery_mode 0 vector 65 trigger_mode 0';
    expect(coverOf('ioapic.deliver', [HPET, delivered, delivered])).toEqual(['full']);
    expect(coverOf('ioapic.deliver', [delivered, HPET])).toEqual([]);
    // Without those lines nobody knows of a remapping unit.
    expect(coverOf('ioapic.deliver', [HPET, 'apic_local_deliver vector 3 delivery mode 7'])).toEqual([]);
    // Remapped messages are not seen, and those of level pins are not without the line that names the pin.
    expect(coverOf('ioapic.deliver', [HPET, delivered, message('0x41').replace('apic-msi', 'vtd-ir'), delivered])).toEqual(['full', 'partial']);
    expect(coverOf('ioapic.deliver', [HPET, delivered, message('0x8041'), delivered])).toEqual(['full', 'partial']);
    // Nor are those where lines of other regions are left out.
    expect(coverOf('ioapic.deliver', [HPET, delivered, 'ioapic_set_irq vector: 4 level: 1', delivered])).toEqual(['full', 'partial']);
    expect(coverOf('ioapic.deliver', [HPET, delivered, 'ioapic_set_irq vector: 4 level: 1', message('0x41'), delivered])).toEqual(['full']);
    expect(coverOf('ioapic.deliver', [HPET, delivered, 'ioapic_set_irq vector: 4 level: 0', delivered])).toEqual(['full']);
  });

  test('writes of IOAPIC entries, by any write of its window', () => {
    expect(coverOf('ioapic.rte', ['ioapic_mem_write ioapic mem write addr 0x0 regsel: 0x10 size 0x4 val 0x10'])).toEqual(['full']);
  });
});

describe('MSI-X', () => {
  test('a table belongs to the function whose BAR holds it', () => {
    expect(meaning([table('e004001c', '0x0')], E1000E)).toEqual(['msix.write fn=0000:00:04.0 entry=1 field=vc val=0x0 len=4']);
  });

  test('where that is not known it is named after its region, by a row number that no other row has', () => {
    expect(meaning([table('febf0018', '0x41')])).toEqual(['msix.write fn=mr:0x7f10 entry=1 field=data val=0x41 len=4']);
  });

  test('after a move of the BAR the table is found at its new place', () => {
    const move = ['pci_cfg_write e1000e 00:04.0 @0x1c <- 0xe0080000', 'pci_update_mappings_del e1000e 00:04.0 3,0xe0040000+0x4000', 'pci_update_mappings_add e1000e 00:04.0 3,0xe0080000+0x4000'];
    expect(meaning([...move, table('e0080008', '0x41')], E1000E)).toEqual(['msix.write fn=0000:00:04.0 entry=0 field=data val=0x41 len=4']);
  });

  test('a fire, and the message behind it on its thread alone', () => {
    const fire = 'e1000e_irq_msix_notify_vec MSI-X notify vector 0x2';
    const fired = 'msix.fire fn=0000:00:04.0 entry=2';
    expect(meaning([fire, message('0x42')], FROM_RESET)).toEqual([fired, 'msix.msg fn=0000:00:04.0 entry=2 addr=0xfee01000 data=0x42 sure=0']);
    expect(meaning([fire, `8@100.000090:${message('0x42')}`], FROM_RESET)).toEqual([fired]);
    expect(meaning([fire, HPET, message('0x42')], FROM_RESET)).toEqual([fired]);
  });

  test('the message of an arm64 machine, to the ITS or to a GICv2m frame', () => {
    const fire = 'e1000e_irq_msix_notify_vec MSI-X notify vector 0x2';
    const to = (region: string, addr: string): string => `memory_region_ops_write cpu 0 mr 0x55aa addr ${addr} value 0x2 size 4 name '${region}'`;
    const asked = (requester: string): string => `gicv3_its_translation_write GICv3 ITS TRANSLATER write: offset 0x40 data 0x2 size 4 requester_id 0x${requester}`;
    const sent = (addr: string): string => `msix.msg fn=0000:00:04.0 entry=2 addr=${addr} data=0x2 sure=0 iommu=1`;
    expect(meaning([fire, to('translation', '0x8090040'), asked('20')], FROM_RESET)).toEqual(['msix.fire fn=0000:00:04.0 entry=2', sent('0x8090040')]);
    // of bus 0, slot 5: another function's, with the same data
    expect(meaning([fire, to('translation', '0x8090040'), asked('28')], FROM_RESET)).toEqual(['msix.fire fn=0000:00:04.0 entry=2']);
    expect(meaning([fire, to('gicv2m', '0x8020040')], FROM_RESET)).toEqual(['msix.fire fn=0000:00:04.0 entry=2', sent('0x8020040')]);
    expect(meaning([fire, to('control', '0x8080088'), to('translation', '0x8090040'), asked('20')], FROM_RESET)).toEqual(['msix.fire fn=0000:00:04.0 entry=2']);
  });

  test('a fire is not told where another function of the model may be in use, as no reset of the machine was recorded', () => {
    const fire = 'e1000e_irq_msix_notify_vec MSI-X notify vector 0x2';
    const fired = ['msix.fire fn=0000:00:04.0 entry=2'];
    expect(meaning([fire], FROM_RESET)).toEqual(fired);
    expect(meaning([fire], E1000E)).toEqual([]);
    expect(meaning([fire], [gsi(0, 0), gsi(1, 0), HPET, gsi(12, 0), gsi(8, 0), ...E1000E])).toEqual([]);
    expect(meaning(['pci_update_mappings_del e1000e 00:04.0 3,0xe0040000+0x4000', 'pci_update_mappings_add e1000e 00:04.0 3,0xe0040000+0x4000', fire], [...E1000E, HPET])).toEqual(['vm.reset state=unknown', 'pci.reset fn=0000:00:04.0', ...fired]);
  });

  test('nor is it once a second function of the model is seen', () => {
    const second = 'pci_cfg_read e1000e 00:06.0 @0x0 -> 0x10d38086';
    expect(meaning([second, 'e1000e_irq_msix_notify_vec MSI-X notify vector 0x2'], FROM_RESET)).toEqual([]);
  });

  test('with two functions of one model a fire says nothing', () => {
    expect(meaning(['e1000e_irq_msix_notify_vec MSI-X notify vector 0x2'], [...E1000E, 'pci_cfg_read e1000e 00:06.0 @0x0 -> 0x10d38086'])).toEqual([]);
  });

  test('Message Control by its line, with the function of the write before it', () => {
    expect(meaning(['pci_cfg_write e1000e 00:04.0 @0xa2 <- 0xc000', 'msix_write_config dev e1000e enabled 1 masked 1'])).toEqual(['msix.ctrl fn=0000:00:04.0 enable=1 fmask=1']);
  });

  test('Message Control as it is read: a byte does not show it', () => {
    const on = ['pci_cfg_write e1000e 00:04.0 @0xa2 <- 0xc000', 'msix_write_config dev e1000e enabled 1 masked 1'];
    const control = (value: string): string => `pci_cfg_read e1000e 00:04.0 @0xa2 -> 0x${value}`;
    expect(meaning([control('c004'), 'pci_cfg_read e1000e 00:04.0 @0xa0 -> 0x8004b011', control('4')], [...E1000E, ...on]).filter((event) => event.startsWith('msix.'))).toEqual([
      'msix.ctrl.read fn=0000:00:04.0 enable=1 fmask=1',
      'msix.ctrl.read fn=0000:00:04.0 enable=1 fmask=0',
    ]);
  });

  test('Interrupt Disable and MSI Enable as they are read, but for functions of the host\'s', () => {
    const capability = (name: string): string[] => ['34 -> 0xd0', 'd0 -> 0x8005'].map((read) => `pci_cfg_read ${name} 00:04.0 @0x${read}`);
    const reads = (name: string): string[] => ['4 -> 0x100407', '4 -> 0x400', '4 -> 0x7', 'd2 -> 0x81', 'd0 -> 0x808005', 'd0 -> 0x8005'].map((read) => `pci_cfg_read ${name} 00:04.0 @0x${read}`);
    const shown = (name: string): string[] => meaning(reads(name), capability(name)).filter((event) => /^(?:pci.cmd|msi)/.test(event));
    expect(shown('e1000e')).toEqual([
      'pci.cmd.read fn=0000:00:04.0 intx_disable=1',
      'pci.cmd.read fn=0000:00:04.0 intx_disable=1',
      'msi.ctrl.read fn=0000:00:04.0 enable=1',
      'msi.ctrl.read fn=0000:00:04.0 enable=0',
    ]);
    expect(shown('vfio-pci')).toEqual([]);
  });

  test('Pending bits, eight bytes as two lines', () => {
    const read = (addr: string, value: string): string => `memory_region_ops_read cpu 0 mr 0x7f20 addr 0x${addr} value ${value} size 4 name 'msix-pba'`;
    expect(meaning([read('e0042000', '0x6'), read('e0042004', '0x1')], E1000E)).toEqual(['msix.pba.read fn=0000:00:04.0 base=0 val=0x6', 'msix.pba.read fn=0000:00:04.0 base=32 val=0x1']);
  });
});

describe('resets', () => {
  test('of a function by Device Control', () => {
    const express = ['pci_cfg_read nvme 00:04.0 @0x34 -> 0x80', 'pci_cfg_read nvme 00:04.0 @0x80 -> 0x10'];
    expect(meaning(['pci_cfg_write nvme 00:04.0 @0x88 <- 0x8000'], express)).toEqual(['pci.reset fn=0000:00:04.0']);
  });

  test('where Device Capabilities offer none the bit is reserved; before they are read QEMU\'s device models tell', () => {
    const lines = (device: string): string[] => [`pci_cfg_read ${device} 00:04.0 @0x34 -> 0x80`, `pci_cfg_read ${device} 00:04.0 @0x80 -> 0x10`];
    const order = (device: string): string => `pci_cfg_write ${device} 00:04.0 @0x88 <- 0x8000`;
    expect(meaning([order('e1000e')], lines('e1000e'))).toEqual([]);
    expect(meaning([order('e1000e')], [...lines('e1000e'), 'pci_cfg_read e1000e 00:04.0 @0x84 -> 0x10008fc1'])).toEqual(['pci.reset fn=0000:00:04.0']);
    expect(meaning([order('nvme')], [...lines('nvme'), 'pci_cfg_read nvme 00:04.0 @0x84 -> 0x8fc1'])).toEqual([]);
  });

  test('of all functions behind a bridge, at the rising edge of its reset bit', () => {
    const bridge = ['pci_cfg_write pcie-root-port 00:04.0 @0x18 <- 0x10100', 'pci_cfg_read e1000e 01:00.0 @0x0 -> 0x10d38086', 'pci_cfg_read e1000e 00:05.0 @0x0 -> 0x10d38086'];
    expect(meaning(['pci_cfg_write pcie-root-port 00:04.0 @0x3e <- 0x40', 'pci_cfg_write pcie-root-port 00:04.0 @0x3e <- 0x40'], bridge)).toEqual(['pci.reset fn=0000:01:00.0']);
  });

  test('a BAR that the guest switches off is none', () => {
    expect(meaning(['pci_cfg_write e1000e 00:04.0 @0x4 <- 0x0', 'pci_update_mappings_del e1000e 00:04.0 3,0xe0040000+0x4000'], E1000E)).toEqual(['intx.maybe fn=0000:00:04.0 level=0', 'pci.cmd fn=0000:00:04.0 intx_disable=0 master=0']);
  });
});

describe('INTx', () => {
  test('the level that follows a wire at once is of its line, and the echo of an 8259 input is passed over', () => {
    expect(meaning(['e1000e_irq_legacy_notify IRQ line state: 1', gsi(20, 1), gsi(0, 0)], FROM_RESET)).toEqual(['intx.assert fn=0000:00:04.0', 'intx.line line=20 level=1 by=0000:00:04.0']);
  });

  test('of a wire that may be another function\'s only what may be is told', () => {
    const sets = 'e1000e_irq_legacy_notify IRQ line state: 1';
    expect(meaning([sets, gsi(20, 1)], E1000E)).toEqual(['intx.maybe fn=0000:00:04.0 level=1', 'intx.line line=20 level=1 stray=1']);
    expect(meaning(['pci_nvme_irq_pin pulsing IRQ pin'], [...RESET, 'pci_cfg_read nvme 00:06.0 @0x0 -> 0x1', 'pci_cfg_read nvme 00:07.0 @0x0 -> 0x1'])).toHaveLength(4);
  });

  test('behind Interrupt Disable a wire may rise unseen while no line of its model has told of one', () => {
    const status = 'pci_cfg_read virtio-blk-pci 00:05.0 @0x6 -> 0x8';
    const disable = 'pci_cfg_write virtio-blk-pci 00:05.0 @0x4 <- 0x407';
    const maybe = 'intx.maybe fn=0000:00:05.0 level=1';
    expect(meaning([status], [...VIRTIO, disable])).toEqual([maybe.replace('=1', '=0'), maybe, 'pci.status.read fn=0000:00:05.0 int_status=1']);
    // No line tells of a change of a virtio function's configuration.
    expect(meaning([status], [...VIRTIO, disable, 'virtio_notify_irqfd vdev 0x55e0 vq 0x7f50'])).toEqual([maybe, 'pci.status.read fn=0000:00:05.0 int_status=1']);
    const told = 'e1000e_irq_legacy_notify IRQ line state: 0';
    const ofE1000e = (lines: readonly string[]): string[] => meaning(lines.map((line) => line.replace('virtio-blk-pci 00:05', 'e1000e 00:04')), FROM_RESET);
    expect(ofE1000e([disable, status])).toContain('intx.maybe fn=0000:00:04.0 level=1');
    expect(ofE1000e([disable, told, status])).not.toContain('intx.maybe fn=0000:00:04.0 level=1');
  });

  test('a level that nothing explains is a stray', () => {
    expect(meaning([HPET, gsi(20, 1)], E1000E)).toEqual(['intx.line line=20 level=1 stray=1']);
  });

  test('nor is one that a model may have set any read\'s, where it is not known which function it is', () => {
    const sets = 'e1000e_irq_legacy_notify IRQ line state: 0';
    const told = meaning([sets, gsi(20, 0), isr(1)], [...E1000E, ...VIRTIO]);
    expect(told.slice(1, 3)).toEqual(['intx.line line=20 level=0 stray=1', 'intx.deassert fn=0000:00:05.0']);
  });

  test('a read of the ISR status prints its fall first', () => {
    const fall = ['intx.deassert fn=0000:00:05.0', 'intx.line line=20 level=0 by=0000:00:05.0', 'virtio.isr.read fn=0000:00:05.0 val=1'];
    expect(meaning([gsi(20, 0), isr(1)], VIRTIO)).toEqual(fall);
    expect(meaning([gsi(20, 0), isr(0)], VIRTIO).at(-1)).toBe('virtio.isr.read fn=0000:00:05.0 val=0');
  });

  test('a notification asserts where its own line shows it, else it may', () => {
    const kick = ['virtio_queue_notify vdev 0x55e0 n 3 vq 0x7f50'];
    const notify = 'virtio_notify_irqfd vdev 0x55e0 vq 0x7f50';
    const told = ['virtio.notify fn=0000:00:05.0 q=3', 'intx.maybe fn=0000:00:05.0 level=1'];
    const known = [...VIRTIO, gsi(20, 0), isr(1), ...kick];
    expect(meaning([notify, gsi(20, 1)], known)).toEqual([...told, 'intx.assert fn=0000:00:05.0', 'intx.line line=20 level=1 by=0000:00:05.0']);
    expect(meaning([notify, gsi(21, 1)], known)).toEqual([...told, 'intx.line line=21 level=1 stray=1']);
  });

  test('read before its main loop has heard of it, it may assert yet, whatever its line has shown before', () => {
    const notify = 'virtio_notify_irqfd vdev 0x55e0 vq 0x7f50';
    const known = [...VIRTIO, gsi(20, 0), isr(0), notify, gsi(20, 1), gsi(20, 0), isr(1)];
    const maybe = 'intx.maybe fn=0000:00:05.0 level=1';
    expect(meaning([notify, isr(1)], known)).toEqual(['virtio.notify fn=0000:00:05.0', maybe, 'intx.deassert fn=0000:00:05.0', maybe, 'virtio.isr.read fn=0000:00:05.0 val=1']);
  });

  test('not where an earlier one may have come through unseen: then a read may have set the level that stays', () => {
    const notify = 'virtio_notify_irqfd vdev 0x55e0 vq 0x7f50';
    const known = [...VIRTIO, gsi(20, 0), isr(1), notify, HPET];
    const rises = 'intx.line line=20 level=1 by=0000:00:05.0';
    expect(meaning([notify, gsi(20, 1)], known)).toContain(rises);
    expect(meaning([notify, gsi(20, 1)], [...known, gsi(20, 1), HPET])).not.toContain(rises);
  });

  test('nor where another function may still raise the line', () => {
    const notify = 'virtio_notify_irqfd vdev 0x55e0 vq 0x7f50';
    const other = VIRTIO.map((line) => line.replace('00:05.0', '00:06.0').replace('0xe1000', '0xe2000').replace('0x55e0', '0x55f0'));
    const known = [...VIRTIO, gsi(20, 0), isr(0), ...other, notify.replace('0x55e0', '0x55f0'), HPET];
    expect(meaning([notify, gsi(20, 1)], known).at(-1)).toBe('intx.line line=20 level=1 stray=1');
  });

  test('switching MSI-X off explains no level, nor does a Command that leaves Interrupt Disable', () => {
    const off = ['pci_cfg_write e1000e 00:04.0 @0xa2 <- 0x0', 'msix_write_config dev e1000e enabled 0 masked 0'];
    const stray = 'intx.line line=20 level=1 stray=1';
    const command = (value: string): string => `pci_cfg_write e1000e 00:04.0 @0x4 <- ${value}`;
    expect(meaning([...off, gsi(20, 1)], FROM_RESET).at(-1)).toBe(stray);
    expect(meaning([command('0x7'), gsi(20, 1)], [...FROM_RESET, command('0x7')]).at(-1)).toBe(stray);
    expect(meaning([command('0x407'), gsi(20, 1)], [...FROM_RESET, command('0x7')]).at(-1)).toBe('intx.line line=20 level=1');
  });
});
