// What QEMU's device models print of themselves (hw/nvme, hw/virtio trace-events of QEMU 7.2), and what it means.

import { describe, expect, test } from 'vitest';
import { replayTexts } from '../../replay.js';
import { HPET, RESET, VIRTIO, coverOf, gsi, isr, meaning } from './device-lines.js';

describe('nvme', () => {
  const NVME = [...RESET, 'pci_cfg_read nvme 00:06.0 @0x34 -> 0x40', 'pci_cfg_read nvme 00:06.0 @0x40 -> 0x8011', 'pci_cfg_read nvme 00:06.0 @0x44 -> 0x2000', 'pci_cfg_write nvme 00:06.0 @0x4 <- 0x6', 'pci_update_mappings_add nvme 00:06.0 0,0xe2000000+0x4000'];
  const register = (offset: string, value: string): string => `memory_region_ops_write cpu 0 mr 0x7f80 addr 0xe20000${offset} value ${value} size 4 name 'nvme'`;
  const FIRED = [...NVME, 'pci_nvme_irq_msix raising MSI-X IRQ vector 2'];

  test('a controller that is disabled, or its subsystem reset, gives its vectors back', () => {
    const unuse = ['msix.unuse fn=0000:00:06.0 vec=2'];
    expect(meaning([register('14', '0x0')], FIRED)).toEqual(unuse);
    expect(meaning([register('20', '0x4e564d65')], FIRED)).toEqual(unuse);
    expect(meaning([register('14', '0x460001'), register('10', '0x1')], FIRED)).toEqual(['intx.maybe fn=0000:00:06.0 level=1']);
  });

  test('a command of the admin queue may give them back before its completion shows', () => {
    const unused = 'msix.unuse fn=0000:00:06.0 vec=2';
    const doorbell = (offset: string): string => `memory_region_ops_write cpu 0 mr 0x7f80 addr 0xe200${offset} value 0x3 size 4 name 'nvme'`;
    expect(meaning([doorbell('1000')], FIRED)).toEqual([unused]);
    expect(meaning([doorbell('1008')], FIRED)).toEqual([]);
  });

  test('of one of several functions the vectors that are given back are not told', () => {
    const other = 'pci_cfg_read nvme 00:07.0 @0x0 -> 0x1';
    const fire = 'pci_nvme_irq_msix raising MSI-X IRQ vector 2';
    expect(coverOf('msix.reason.clear', FIRED)).toEqual(['full']);
    expect(coverOf('msix.reason.clear', [...NVME, other, fire])).toEqual(['partial']);
    expect(coverOf('msix.reason.clear', [...FIRED, other, fire])).toEqual(['full', 'partial']);
  });
});

describe('the pin of an nvme', () => {
  const PIN = 'pci_nvme_irq_pin pulsing IRQ pin';
  const UP = [...RESET, 'pci_cfg_write nvme 00:06.0 @0x4 <- 0x6', PIN, gsi(21, 1)];
  const rises = ['intx.maybe fn=0000:00:06.0 level=1', 'intx.assert fn=0000:00:06.0', 'intx.line line=21 level=1 by=0000:00:06.0'];
  const mayFall = 'intx.maybe fn=0000:00:06.0 level=0';

  test('asked to rise while it is up prints nothing: a level behind that may be of its fall, which a sharer hides', () => {
    expect(meaning([PIN, gsi(21, 1)], UP)).toEqual([...rises, mayFall]);
    expect(meaning(UP.slice(-2), UP.slice(0, -2))).toEqual(rises);
  });

  test('rises anew once its line has been set for nothing that is known', () => {
    expect(meaning([gsi(21, 1), PIN, gsi(21, 1)], UP)).toEqual(['intx.line line=21 level=1 stray=1', mayFall, ...rises]);
    expect(meaning([gsi(22, 1), PIN, gsi(21, 1)], UP)).toEqual(['intx.line line=22 level=1 stray=1', ...rises, mayFall]);
  });
});

describe('virtio', () => {
  /** Queue 0 has vector 1 of three; entry 1 is open. */
  const ON = [
    ...RESET,
    ...VIRTIO,
    'pci_cfg_read virtio-blk-pci 00:05.0 @0x34 -> 0x98',
    'pci_cfg_read virtio-blk-pci 00:05.0 @0x98 -> 0x28411',
    'pci_cfg_write virtio-blk-pci 00:05.0 @0x9a <- 0x8000',
    'msix_write_config dev virtio-blk-pci enabled 1 masked 0',
    "memory_region_ops_write cpu 0 mr 0x7f30 addr 0xe1000016 value 0x0 size 2 name 'virtio-pci-common-virtio-blk'",
    "memory_region_ops_write cpu 0 mr 0x7f30 addr 0xe100001a value 0x1 size 2 name 'virtio-pci-common-virtio-blk'",
    'virtio_queue_notify vdev 0x55e0 n 0 vq 0x7f50',
  ];
  const NOTIFY = 'virtio_notify_irqfd vdev 0x55e0 vq 0x7f50';
  const FIRE = 'msix.fire fn=0000:00:05.0 entry=1 due=1';
  const MESSAGE = "memory_region_ops_write cpu -1 mr 0x55aa addr 0xfee01000 value 0x41 size 4 name 'apic-msi'";
  const fires = (lines: readonly string[], setUp = ON): string[] => meaning(lines, setUp).filter((event) => event.startsWith('msix.fire'));

  test('a notification fires the vector of its queue', () => {
    expect(fires([NOTIFY.replace('_irqfd', '')])).toEqual([FIRE]);
    expect(fires([NOTIFY.replace('_irqfd', '').replace('vq 0x7f50', 'vq 0x7f51')])).toEqual([]);
    expect(fires([NOTIFY.replace('_irqfd', '')], ON.filter((line) => !line.startsWith('msix_write_config')))).toEqual([]);
    // Three vectors: this one is refused.
    expect(fires([NOTIFY.replace('_irqfd', '')], ON.map((line) => line.replace('value 0x1 size 2', 'value 0x3 size 2')))).toEqual([]);
  });

  test('without MSI-X it asserts at once; after a snapshot has been loaded nobody knows which it does', () => {
    const off = [...RESET, ...VIRTIO, 'pci_cfg_read virtio-blk-pci 00:05.0 @0x34 -> 0x98', 'pci_cfg_read virtio-blk-pci 00:05.0 @0x98 -> 0x28411', HPET];
    const notify = NOTIFY.replace('_irqfd', '');
    const asserts = (lines: readonly string[]): string[] => meaning(lines, off).filter((event) => /^(?:msix.fire|intx.assert)/.test(event));
    expect(asserts([notify])).toEqual(['intx.assert fn=0000:00:05.0']);
    expect(asserts([...RESET, '6@:pci_update_mappings_add virtio-blk-pci 00:05.0 4,0xe1000000+0x4000', notify])).toEqual([]);
  });

  test('by way of the main loop: where that serves a test program\'s accesses and has sent nothing', () => {
    const access = HPET.replace('cpu 0', 'cpu -1');
    expect(fires([NOTIFY, access, access])).toEqual([]);
    expect(fires([NOTIFY, access, access, access, access])).toEqual([FIRE]);
    expect(fires([NOTIFY, access, MESSAGE, access, access])).toEqual([]);
    expect(fires([`8@:${NOTIFY}`, access, access, access])).toEqual([]);
    expect(fires([NOTIFY, access, 'pci_cfg_write virtio-blk-pci 00:05.0 @0x9a <- 0x8000', access, access, access])).toEqual([]);
    // Lines of configuration spaces do not tell whose access it was: a vCPU's thread may be any but the one that has reset the machine.
    expect(fires([NOTIFY, ...Array.from({ length: 4 }, () => 'pci_cfg_read virtio-blk-pci 00:05.0 @0x0 -> 0x1')])).toEqual([]);
    // A vCPU's own thread, which notifies while it waits for a device to come to rest.
    expect(fires([NOTIFY, HPET, HPET, HPET, HPET])).toEqual([]);
  });

  test('a reset prints its status twice before the line falls, and a read of 0 behind it lowers nothing', () => {
    const known = [...VIRTIO, 'virtio_notify_irqfd vdev 0x55e0 vq 0x7f50', gsi(20, 1), gsi(20, 0), isr(1), 'virtio_notify_irqfd vdev 0x55e0 vq 0x7f50', gsi(20, 1)];
    const zero = "memory_region_ops_write cpu 0 mr 0x7f30 addr 0xe1000014 value 0x0 size 1 name 'virtio-pci-common-virtio-blk'";
    const status = 'virtio_set_status vdev 0x55e0 val 0';
    expect(meaning([zero, status, status, gsi(20, 0), isr(0)], known)).toEqual([
      'virtio.reset fn=0000:00:05.0',
      'intx.deassert fn=0000:00:05.0',
      'intx.line line=20 level=0 by=0000:00:05.0',
      'intx.deassert fn=0000:00:05.0',
      'virtio.isr.read fn=0000:00:05.0 val=0',
    ]);
  });

  test('a wire that its read leaves up is told at the next one, whatever rises in between', async () => {
    const status = 'pci_cfg_read virtio-blk-pci 00:05.0 @0x6 -> 0x18';
    const notify = 'virtio_notify_irqfd vdev 0x55e0 vq 0x7f50';
    const lines = ['pci_cfg_read mch 00:00.0 @0x0 -> 0x8086', ...VIRTIO, notify, gsi(20, 1), status, isr(1), status, HPET, gsi(20, 1), isr(0)];
    const { findings } = await replayTexts([Buffer.from(lines.map((line) => `${line}\n`).join(''))]);
    expect(findings.map(({ rule }) => rule)).toEqual(['virtio/isr-read-no-deassert']);
  });

  test('vectors of the queue that is selected', () => {
    const common = (offset: string, value: string, size: number): string => `memory_region_ops_write cpu 0 mr 0x7f30 addr 0xe10000${offset} value ${value} size ${size} name 'virtio-pci-common-virtio-blk'`;
    expect(meaning([common('10', '0xffff', 2), common('16', '0x1', 2), common('1a', '0x2', 2)], VIRTIO)).toEqual([
      'virtio.vec.write fn=0000:00:05.0 q=cfg val=65535',
      'virtio.vec.write fn=0000:00:05.0 q=1 val=2',
    ]);
  });

  test('the legacy registers have vectors only while MSI-X is on', () => {
    const legacy = [
      'pci_update_mappings_add virtio-blk-pci 00:05.0 0,0xc000+0x80',
      "memory_region_ops_write cpu 0 mr 0x7f60 addr 0xc00e value 0x0 size 2 name 'virtio-pci'",
    ];
    const vector = "memory_region_ops_write cpu 0 mr 0x7f60 addr 0xc016 value 0x1 size 2 name 'virtio-pci'";
    const on = ['pci_cfg_write virtio-blk-pci 00:05.0 @0x42 <- 0x8000', 'msix_write_config dev virtio-blk-pci enabled 1 masked 0'];
    expect(meaning([vector], legacy)).toEqual([]);
    expect(meaning([vector], [...legacy, ...on])).toEqual(['virtio.vec.write fn=0000:00:05.0 q=0 val=1']);
  });

  test('a legacy driver that has been found gets Bus Master Enable without a write of it', () => {
    const legacy = [...RESET, 'pci_cfg_write virtio-blk-pci 00:05.0 @0x4 <- 0x1', 'pci_update_mappings_add virtio-blk-pci 00:05.0 0,0xc000+0x80'];
    const status = (value: string): string => `memory_region_ops_write cpu 0 mr 0x7f60 addr 0xc012 value ${value} size 1 name 'virtio-pci'`;
    expect(meaning([status('0x1'), status('0x3')], legacy)).toEqual(['pci.cmd fn=0000:00:05.0 intx_disable=0 master=1']);
    expect(meaning([status('0x3').replace('write', 'read')], legacy)).toEqual([]);
    expect(meaning(["memory_region_ops_write cpu 0 mr 0x7f30 addr 0xe1000014 value 0x3 size 1 name 'virtio-pci-common-virtio-blk'"], [...RESET, ...VIRTIO])).toEqual([]);
  });

  test('a read of the ISR status takes the fall of another wire for none of its own', () => {
    const falls = (setUp: readonly string[]): string[] => meaning([gsi(21, 0), isr(1)], [...RESET, ...VIRTIO, ...setUp]).filter((event) => event.startsWith('intx.line'));
    const own = 'intx.line line=21 level=0 by=0000:00:05.0';
    const strange = 'intx.line line=21 level=0 stray=1';
    expect(falls([HPET])).toEqual([own]);
    // Behind Interrupt Disable it sets none.
    expect(falls(['pci_cfg_write virtio-blk-pci 00:05.0 @0x4 <- 0x407', HPET])).toEqual([strange]);
    // The wire of an nvme falls unseen: that was up, or had fallen before.
    const nvme = ['pci_cfg_write nvme 00:06.0 @0x4 <- 0x6', 'pci_nvme_irq_pin pulsing IRQ pin', gsi(21, 1)];
    expect(falls([...nvme, HPET])).toEqual([strange]);
    expect(falls([...nvme, gsi(21, 0), HPET])).toEqual([own]);
  });

  test('what comes behind the notification of a device that is not known is nobody\'s message', () => {
    const sent = (lines: readonly string[]): string[] => meaning([...lines, MESSAGE], ON).filter((event) => event.startsWith('msix.msg'));
    expect(sent([NOTIFY])).toEqual(['msix.msg fn=0000:00:05.0 addr=0xfee01000 data=0x41 sure=0']);
    expect(sent([NOTIFY, NOTIFY.replace('vdev 0x55e0', 'vdev 0x55e8')])).toEqual([]);
  });

  test('no Pending bit of theirs goes because its reason does', () => {
    expect(coverOf('msix.reason.clear', [...ON, NOTIFY])).toEqual(['full']);
    expect(coverOf('msix.reason.clear', [...RESET, ...VIRTIO, NOTIFY])).toEqual([]);
  });
});
