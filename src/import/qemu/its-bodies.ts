// QEMU's events of the ITS (hw/intc/trace-events, 7.2 to 11.1): what devices and commands ask, and the table entry that is looked up for it.

import type { ReadBody } from '../kvm/body.js';
import { Word } from '../kvm/text.js';
import type { QemuAssembler } from './assembler.js';
import type { ItsEffect } from './its.js';

const TRANSLATER = new Word('GICv3 ITS TRANSLATER write: offset 0x');
const DATA = new Word(' data 0x');
const SIZE = new Word(' size ');
const REQUESTER = new Word(' requester_id 0x');
const ENTRY = new Word('GICv3 ITS: Interrupt Table read for ITTaddr 0x');
const EVENT = new Word(' EventID 0x');
const VALID = new Word(': valid ');
const TYPE = new Word(' inttype ');
const INTID = new Word(' intid 0x');

type Read = ReadBody<QemuAssembler>;

const its =
  (effect: ItsEffect): Read =>
  (body) =>
    body.begun((qemu: QemuAssembler) => qemu.its.asked(effect));

const moves: Read = (body) => body.begun((qemu: QemuAssembler) => qemu.its.moved());

const translation: Read = (body) => {
  body.word(TRANSLATER);
  body.hexLong();
  body.word(DATA);
  body.hexLong();
  body.word(SIZE);
  body.decimal();
  body.word(REQUESTER);
  const requester = body.hex();
  return body.whole((qemu: QemuAssembler) => {
    qemu.devices.messages.translated(requester);
    qemu.its.asked('message');
  });
};

const itsEntry: Read = (body) => {
  body.word(ENTRY);
  body.hexLong();
  body.word(EVENT);
  body.hex();
  body.word(VALID);
  const valid = body.decimal();
  body.word(TYPE);
  const type = body.decimal();
  body.word(INTID);
  const id = body.hex();
  return body.begun((qemu: QemuAssembler) => qemu.its.entry(valid, type, id));
};

export const ITS_BODIES: Readonly<Record<string, Read>> = {
  gicv3_its_translation_write: translation,
  gicv3_its_cmd_int: its('sets'),
  gicv3_its_cmd_clear: its('clears'),
  gicv3_its_cmd_discard: its('clears'),
  gicv3_its_cmd_inv: its('none'),
  gicv3_its_cmd_movi: its('none'),
  gicv3_its_cmd_mapc: moves,
  gicv3_its_cmd_movall: moves,
  gicv3_its_cmd_mapi: its('unknown'),
  gicv3_its_cmd_mapti: its('unknown'),
  gicv3_its_ite_read: itsEntry,
};
