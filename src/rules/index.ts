// The written list of all rules, sorted by id. A rule that is not here does not run; the house test compares it with the files and the pages.

import { assertWhileDisabled } from './intx/assert-while-disabled.js';
import { deassertDropsSharer } from './intx/deassert-drops-sharer.js';
import { duplicateAssert } from './intx/duplicate-assert.js';
import { heldWhileDisabled } from './intx/held-while-disabled.js';
import { lostAssert } from './intx/lost-assert.js';
import { notReleasedOnMsiEnable } from './intx/not-released-on-msi-enable.js';
import { statusMismatch } from './intx/status-mismatch.js';
import { stuckAfterReset } from './intx/stuck-after-reset.js';
import { stuckLine } from './intx/stuck-line.js';
import { deliverWhileMasked } from './ioapic/deliver-while-masked.js';
import { deliverWithoutLine } from './ioapic/deliver-without-line.js';
import { doubledEdge } from './ioapic/doubled-edge.js';
import { edgeAfterMask } from './ioapic/edge-after-mask.js';
import { eoiDespiteSuppression } from './ioapic/eoi-despite-suppression.js';
import { eoiNotForwarded } from './ioapic/eoi-not-forwarded.js';
import { eoiStorm } from './ioapic/eoi-storm.js';
import { lostEdge } from './ioapic/lost-edge.js';
import { lostLevel } from './ioapic/lost-level.js';
import { redeliverWithRemoteIrr } from './ioapic/redeliver-with-remote-irr.js';
import { remoteIrrStuck } from './ioapic/remote-irr-stuck.js';
import { rirrClearedWithoutEoi } from './ioapic/rirr-cleared-without-eoi.js';
import { rirrSurvivesEdge } from './ioapic/rirr-survives-edge.js';
import { roBitsChanged } from './ioapic/ro-bits-changed.js';
import { sharedVector } from './ioapic/shared-vector.js';
import { triggerMismatch } from './ioapic/trigger-mismatch.js';
import { wrongDestination } from './ioapic/wrong-destination.js';
import { badGsi } from './irqfd/bad-gsi.js';
import { closedWithEoiOutstanding } from './irqfd/closed-with-eoi-outstanding.js';
import { duplicateBind } from './irqfd/duplicate-bind.js';
import { edgePulseOnLevelPin } from './irqfd/edge-pulse-on-level-pin.js';
import { injectionAfterDeassign } from './irqfd/injection-after-deassign.js';
import { lostSignal } from './irqfd/lost-signal.js';
import { preexistingEventLost } from './irqfd/preexisting-event-lost.js';
import { acceptWhenDisabled } from './lapic/accept-when-disabled.js';
import { eoiWithoutIsr } from './lapic/eoi-without-isr.js';
import { eoiWrongVector } from './lapic/eoi-wrong-vector.js';
import { illegalVector } from './lapic/illegal-vector.js';
import { injectWithoutIrr } from './lapic/inject-without-irr.js';
import { irrMismatch } from './lapic/irr-mismatch.js';
import { isrMismatch } from './lapic/isr-mismatch.js';
import { lostIrr } from './lapic/lost-irr.js';
import { nestedPriority } from './lapic/nested-priority.js';
import { takenBelowTpr } from './lapic/taken-below-tpr.js';
import { triggerModeMismatch } from './lapic/trigger-mode-mismatch.js';
import { bothEnabled } from './msix/both-enabled.js';
import { deliveredWhileMasked } from './msix/delivered-while-masked.js';
import { fireUnusedVector } from './msix/fire-unused-vector.js';
import { irqfdBypassesMask } from './msix/irqfd-bypasses-mask.js';
import { lostMessage } from './msix/lost-message.js';
import { lostPending } from './msix/lost-pending.js';
import { messageWhenDisabled } from './msix/message-when-disabled.js';
import { messageWithoutFire } from './msix/message-without-fire.js';
import { modifyUnmasked } from './msix/modify-unmasked.js';
import { pbaMismatch } from './msix/pba-mismatch.js';
import { pbaWrite } from './msix/pba-write.js';
import { pendingNotClearedAfterSend } from './msix/pending-not-cleared-after-send.js';
import { pendingNotClearedOnReasonRemoved } from './msix/pending-not-cleared-on-reason-removed.js';
import { qwordMaskRace } from './msix/qword-mask-race.js';
import { resetState } from './msix/reset-state.js';
import { staleMessage } from './msix/stale-message.js';
import { unmaskNoDelivery } from './msix/unmask-no-delivery.js';
import { vectorOutOfRange } from './msix/vector-out-of-range.js';
import { vectorUseImbalance } from './msix/vector-use-imbalance.js';
import { dualDelivery } from './pic/dual-delivery.js';
import { picEoiWithoutIsr } from './pic/eoi-without-isr.js';
import { extintEoiToLapic } from './pic/extint-eoi-to-lapic.js';
import { extintInIsr } from './pic/extint-in-isr.js';
import { extintLost } from './pic/extint-lost.js';
import { intaMasked } from './pic/inta-masked.js';
import { intaWithoutRequest } from './pic/inta-without-request.js';
import { picIrrMismatch } from './pic/irr-mismatch.js';
import { picIsrMismatch } from './pic/isr-mismatch.js';
import { priorityInversion } from './pic/priority-inversion.js';
import { spuriousSetsIsr } from './pic/spurious-sets-isr.js';
import { wrongVector } from './pic/wrong-vector.js';
import { neverFires } from './resample/never-fires.js';
import { notifyBeforeDeassert } from './resample/notify-before-deassert.js';
import { partialNotify } from './resample/partial-notify.js';
import { reinjectWhileSourceDisabled } from './resample/reinject-while-source-disabled.js';
import { splitIrqchip } from './resample/split-irqchip.js';
import { routeExhausted } from './route/exhausted.js';
import { invalidTable } from './route/invalid-table.js';
import { routeLeak } from './route/leak.js';
import { nearLimit } from './route/near-limit.js';
import { replacedLiveRoute } from './route/replaced-live-route.js';
import { resampleOnMsi } from './route/resample-on-msi.js';
import { staleMsiRoute } from './route/stale-msi-route.js';
import { unroutedSignal } from './route/unrouted-signal.js';
import { badAlloc } from './srcid/bad-alloc.js';
import { badFree } from './srcid/bad-free.js';
import { srcidExhausted } from './srcid/exhausted.js';
import { freedWhileAsserted } from './srcid/freed-while-asserted.js';
import { srcidLeak } from './srcid/leak.js';
import { orMismatch } from './srcid/or-mismatch.js';
import { useAfterFree } from './srcid/use-after-free.js';
import type { Rule } from './rule.js';

export const RULES: readonly Rule[] = [
  assertWhileDisabled,
  deassertDropsSharer,
  duplicateAssert,
  heldWhileDisabled,
  lostAssert,
  notReleasedOnMsiEnable,
  statusMismatch,
  stuckAfterReset,
  stuckLine,
  deliverWhileMasked,
  deliverWithoutLine,
  doubledEdge,
  edgeAfterMask,
  eoiDespiteSuppression,
  eoiNotForwarded,
  eoiStorm,
  lostEdge,
  lostLevel,
  redeliverWithRemoteIrr,
  remoteIrrStuck,
  rirrClearedWithoutEoi,
  rirrSurvivesEdge,
  roBitsChanged,
  sharedVector,
  triggerMismatch,
  wrongDestination,
  badGsi,
  closedWithEoiOutstanding,
  duplicateBind,
  edgePulseOnLevelPin,
  injectionAfterDeassign,
  lostSignal,
  preexistingEventLost,
  acceptWhenDisabled,
  eoiWithoutIsr,
  eoiWrongVector,
  illegalVector,
  injectWithoutIrr,
  irrMismatch,
  isrMismatch,
  lostIrr,
  nestedPriority,
  takenBelowTpr,
  triggerModeMismatch,
  bothEnabled,
  deliveredWhileMasked,
  fireUnusedVector,
  irqfdBypassesMask,
  lostMessage,
  lostPending,
  messageWhenDisabled,
  messageWithoutFire,
  modifyUnmasked,
  pbaMismatch,
  pbaWrite,
  pendingNotClearedAfterSend,
  pendingNotClearedOnReasonRemoved,
  qwordMaskRace,
  resetState,
  staleMessage,
  unmaskNoDelivery,
  vectorOutOfRange,
  vectorUseImbalance,
  dualDelivery,
  picEoiWithoutIsr,
  extintEoiToLapic,
  extintInIsr,
  extintLost,
  intaMasked,
  intaWithoutRequest,
  picIrrMismatch,
  picIsrMismatch,
  priorityInversion,
  spuriousSetsIsr,
  wrongVector,
  neverFires,
  notifyBeforeDeassert,
  partialNotify,
  reinjectWhileSourceDisabled,
  splitIrqchip,
  routeExhausted,
  invalidTable,
  routeLeak,
  nearLimit,
  replacedLiveRoute,
  resampleOnMsi,
  staleMsiRoute,
  unroutedSignal,
  badAlloc,
  badFree,
  srcidExhausted,
  freedWhileAsserted,
  srcidLeak,
  orMismatch,
  useAfterFree,
];
