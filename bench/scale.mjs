// Does the cost of an event grow with what the machine could have? CPU time of `check` on a machine full to the brim as a ratio to a small one,
// with the same number of events of the same kinds, in the same run.
// usage: npm run bench:scale [-- --events N]

import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const RUNS = 3;
const LIMIT = 1.5;
const here = new URL('.', import.meta.url).pathname;
const cli = join(here, '../dist/cli.js');
const at = process.argv.indexOf('--events');
const EVENTS = at < 0 ? 400_000 : Number(process.argv[at + 1]);
const scratch = mkdtempSync(join(tmpdir(), 'irqreplay-scale-'));

/** A multiplier that visits every index of a power of two, far apart. */
const spread = (n, size) => (n * 40_503) % size;
const fn = (n) => `f${n}`;
/** A message of its own for each of 4,096 GSIs. */
const message = (gsi) => ({ addr: `0x${(0xfee00000 + (gsi % 256) * 0x1000).toString(16)}`, data: `0x${(0x41 + (gsi >> 8)).toString(16)}` });

/** What each round of the nth visit writes, on a machine of that size; times and threads are added. */
const SCENARIOS = {
  'MSI-X functions': {
    sizes: [16, 65_536],
    setUp: () => [],
    round(n, size) {
      const f = fn(spread(n, size));
      const data = 0x20 + (n % 200);
      return [
        `msix.write fn=${f} entry=0 field=addr val=0xfee00000`,
        `msix.write fn=${f} entry=0 field=data val=${data}`,
        `msix.write fn=${f} entry=0 field=vc val=0`,
        `msix.ctrl fn=${f} enable=1 fmask=0`,
        `msix.fire fn=${f} entry=0`,
        `msix.msg fn=${f} entry=0 addr=0xfee00000 data=${data}`,
        `msix.fire fn=${f} entry=0`,
        `msix.msg fn=${f} entry=0 addr=0xfee00000 data=${data}`,
        `msix.write fn=${f} entry=0 field=vc val=1`,
      ];
    },
  },
  'entries of a function': {
    sizes: [4, 2_048],
    setUp: () => ['msix.ctrl fn=a enable=1 fmask=0', 'meta.cfg fn=a msix_n=2048'],
    round(n, size) {
      const entry = spread(n, size);
      const data = `0x${(0x10000 + entry).toString(16)}`;
      return [
        `msix.write fn=a entry=${entry} field=addr val=0xfee00000`,
        `msix.write fn=a entry=${entry} field=addr_hi val=0`,
        `msix.write fn=a entry=${entry} field=data val=${data}`,
        `msix.write fn=a entry=${entry} field=vc val=0`,
        `msix.fire fn=a entry=${entry}`,
        `msix.msg fn=a addr=0xfee00000 data=${data}`,
        `msix.write fn=a entry=${entry} field=vc val=1`,
      ];
    },
  },
  'INTx functions on 240 lines': {
    sizes: [16, 65_536],
    setUp: () => [],
    round(n, size) {
      const f = spread(n, size);
      const line = f % 240;
      return [
        `pci.cmd fn=${fn(f)} intx_disable=0`,
        `intx.assert fn=${fn(f)}`,
        `intx.line line=${line} level=1`,
        `pci.status.read fn=${fn(f)} int_status=1`,
        `intx.deassert fn=${fn(f)}`,
        `intx.line line=${line} level=0`,
      ];
    },
  },
  'virtio functions': {
    sizes: [16, 65_536],
    setUp: () => [],
    round(n, size) {
      const f = fn(spread(n, size));
      return [
        `msix.ctrl fn=${f} enable=1 fmask=0`,
        `msix.write fn=${f} entry=1 field=vc val=0`,
        `virtio.vec.write fn=${f} q=0 val=1`,
        `virtio.vec.read fn=${f} q=0 val=1`,
        `virtio.notify fn=${f} q=0`,
        `msix.fire fn=${f} entry=1`,
        `msix.msg fn=${f} entry=1 addr=0xfee00000 data=0`,
        `virtio.isr.read fn=${f} val=1`,
        `virtio.isr.read fn=${f} val=0`,
      ];
    },
  },
  'routes with irqfds': {
    sizes: [16, 4_096],
    setUp: (size) => {
      const map = Array.from({ length: size }, (_, gsi) => `${gsi}:msi@${message(gsi).addr}/${message(gsi).data}`);
      const irqfds = Array.from({ length: size }, (_, gsi) => `kvm.irqfd.assign fd=${100 + gsi} gsi=${gsi} flags=0 ret=0`);
      return [`kvm.routes nr=${size} ret=0 map=${map.join(',')}`, ...irqfds];
    },
    round(n, size) {
      const gsi = spread(n, size);
      return [`efd.signal fd=${100 + gsi}`, `kvm.msi addr=${message(gsi).addr} data=${message(gsi).data} taken=1`];
    },
  },
  vCPUs: {
    sizes: [4, 1_024],
    setUp: () => [],
    round(n, size) {
      const cpu = spread(n, size);
      const vec = 0x40 + (n % 100);
      return [
        `tid=${9000 + cpu} kvm.msi dst=${cpu} vec=${vec} dm=0 logical=0 trig=edge taken=1`,
        `tid=${9000 + cpu} apic.accept cpu=${cpu} vec=${vec} trig=edge dm=0`,
        `tid=${9000 + cpu} cpu.inject cpu=${cpu} vec=${vec}`,
        `tid=${9000 + cpu} apic.eoi cpu=${cpu} vec=${vec}`,
      ];
    },
  },
  'IOAPIC pins': {
    sizes: [24, 240],
    setUp: (size) => Array.from({ length: size }, (_, pin) => `ioapic.rte pin=${pin} vec=${16 + pin} dm=0 trig=level mask=0`),
    round(n, size) {
      const pin = spread(n, size);
      return [
        `ioapic.in pin=${pin} level=1`,
        `ioapic.deliver pin=${pin} vec=${16 + pin}`,
        `apic.accept cpu=0 vec=${16 + pin} trig=level dm=0`,
        `cpu.inject cpu=0 vec=${16 + pin}`,
        `ioapic.in pin=${pin} level=0`,
        `apic.eoi cpu=0 vec=${16 + pin}`,
        `kvm.ack chip=2 pin=${pin}`,
      ];
    },
  },
};

function generate({ setUp, round }, size, path) {
  const file = openSync(path, 'w');
  let lines = ['meta.start state=reset', 'meta.chan chan=* cover=full', ...setUp(size)];
  let made = 0;
  for (let n = 0; made < EVENTS; n++) {
    for (const text of round(n, size)) {
      lines.push(`@${made * 2000} on=0 ${text.startsWith('tid=') ? '' : 'tid=1 '}${text}`);
      made++;
    }
    if (lines.length < 50_000) continue;
    writeSync(file, `${lines.join('\n')}\n`);
    lines = [];
  }
  writeSync(file, `${lines.join('\n')}\n`);
  closeSync(file);
}

/** CPU seconds and peak MiB of one check. */
function check(path) {
  const { output, status, stderr } = spawnSync(process.execPath, ['--import', join(here, 'usage.mjs'), cli, 'check', '--no-progress', '--fail-on', 'suspicious', '--format', 'json', path], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  if (status !== 0) throw new Error(`${path} is not clean: ${stderr}`);
  const { cpu, rss } = JSON.parse(output[3].toString());
  return { cpu: cpu / 1e6, rss: rss / 1024 };
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

function compare(name, scenario) {
  const runs = scenario.sizes.map((size) => ({ size, path: join(scratch, `${size}.irq`), cpu: [], rss: [] }));
  for (const { size, path } of runs) generate(scenario, size, path);
  for (let run = 0; run < RUNS; run++) {
    for (const each of runs) {
      const { cpu, rss } = check(each.path);
      each.cpu.push(cpu);
      each.rss.push(rss);
    }
  }
  const [small, large] = runs.map(({ size, cpu, rss }) => ({ size, cpu: median(cpu), rss: Math.max(...rss) }));
  const ratio = large.cpu / small.cpu;
  const perEvent = ({ cpu }) => ((cpu / EVENTS) * 1e6).toFixed(2);
  process.stdout.write(
    `| ${name} | ${small.size} | ${large.size.toLocaleString('en')} | ${perEvent(small)} | ${perEvent(large)} | ${ratio.toFixed(2)} | ${small.rss.toFixed(0)} | ${large.rss.toFixed(0)} |\n`,
  );
  return ratio;
}

process.stdout.write(`Node ${process.version}, ${EVENTS.toLocaleString('en')} events each, medians of ${RUNS} alternating runs, CPU time with start-up\n\n`);
process.stdout.write('| what there is many of | few | many | few, µs per event | many, µs per event | ratio | few, peak MiB | many, peak MiB |\n|---|---|---|---|---|---|---|---|\n');
try {
  const ratios = Object.entries(SCENARIOS).map(([name, scenario]) => compare(name, scenario));
  process.exitCode = ratios.every((ratio) => ratio <= LIMIT) ? 0 : 1;
} finally {
  rmSync(scratch, { recursive: true });
}
