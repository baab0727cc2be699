// An SGI becomes pending on the CPUs that its sender names, and no other SGI does. Arm IHI 0069, ICC_SGI1R_EL1.

import type { Vcpu } from '../../ids.js';
import type { GicEvent } from '../../model/gic-event.js';
import { FIRST_PPI } from '../../model/intids.js';
import type { Rule } from '../rule.js';
import { entityOf, onGics } from './views.js';

/** CPUs that one write can name. */
const RANGE = 16;

function isTarget({ cpu: sender, first, targets }: GicEvent<'sgi'>, cpu: Vcpu): boolean {
  if (first === undefined || targets === undefined) return cpu !== sender;
  const place = cpu - first;
  return place >= 0 && place < RANGE && ((targets >> place) & 1) === 1;
}

export const sgiWrongTarget: Rule = {
  id: 'gic/sgi-wrong-target',
  severity: 'violation',
  class: 'safety',
  clause: 'Arm IHI 0069, ICC_SGI1R_EL1: the SGI is generated for the CPUs of the target list, or for all but the sender',
  summary: 'The SGI that was generated becomes pending, on a CPU that its sender has named.',
  needs: ['gic.sgi', 'gic.pend'],
  on: onGics('pend', (e, gic, judge) => {
    const { generated } = gic;
    // The sender's thread makes it pending before it does anything else.
    if (e.id >= FIRST_PPI || e.own === 1 || e.val !== 1 || e.cpu === undefined || generated === undefined || e.tid < 0) return;
    if (generated.tid !== e.tid || generated.stream !== e.stream) return judge.undecided('sender');
    const isOther = generated.id !== e.id;
    if (!isOther && isTarget(generated, e.cpu)) return judge.held();
    judge.breach({
      entity: entityOf(gic, `intid:${e.id}@cpu${e.cpu}`),
      sentence: isOther
        ? `CPU ${generated.cpu} generated SGI ${generated.id}, and SGI ${e.id} became pending on CPU ${e.cpu}`
        : `SGI ${e.id}, which CPU ${generated.cpu} has generated for others, became pending on CPU ${e.cpu}`,
      because: [generated],
    });
  }),
};
