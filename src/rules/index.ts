// The written list of all rules, sorted by id. A rule that is not here does not run; the house test compares it with the files and the pages.

import { doubleBound } from './eoifd/double-bound.js';
import { keyReusedWhileBound } from './eoifd/key-reused-while-bound.js';
import { missedEoi } from './eoifd/missed-eoi.js';
import { missingLevelFlag } from './eoifd/missing-level-flag.js';
import { unknownKey } from './eoifd/unknown-key.js';
import { guestDeactivateNotPropagated } from './fwd/guest-deactivate-not-propagated.js';
import { hostDeactivates } from './fwd/host-deactivates.js';
import { hostMaskAndForward } from './fwd/host-mask-and-forward.js';
import { mapConflict } from './fwd/map-conflict.js';
import { prematureEnableWedge } from './fwd/premature-enable-wedge.js';
import { retriggerWhileActive } from './fwd/retrigger-while-active.js';
import { activateDisabled } from './gic/activate-disabled.js';
import { activateNotPending } from './gic/activate-not-pending.js';
import { activeMismatch } from './gic/active-mismatch.js';
import { bankedSpiDeactivate } from './gic/banked-spi-deactivate.js';
import { configMismatch } from './gic/config-mismatch.js';
import { dirBeforeEoir } from './gic/dir-before-eoir.js';
import { dirInEoimode0 } from './gic/dir-in-eoimode0.js';
import { dirWithoutActive } from './gic/dir-without-active.js';
import { distributorMismatch } from './gic/distributor-mismatch.js';
import { doubleActivate } from './gic/double-activate.js';
import { eoiStorm as gicEoiStorm } from './gic/eoi-storm.js';
import { eoirOutOfOrder } from './gic/eoir-out-of-order.js';
import { eoirWithoutIar } from './gic/eoir-without-iar.js';
import { icpendDropsLevel } from './gic/icpend-drops-level.js';
import { interfaceMismatch } from './gic/interface-mismatch.js';
import { lostEdge as gicLostEdge } from './gic/lost-edge.js';
import { lostLevel as gicLostLevel } from './gic/lost-level.js';
import { lpiActive } from './gic/lpi-active.js';
import { pendingMismatch as gicPendingMismatch } from './gic/pending-mismatch.js';
import { priorityMask } from './gic/priority-mask.js';
import { reservedIntid } from './gic/reserved-intid.js';
import { rprMismatch } from './gic/rpr-mismatch.js';
import { sgiSourceMismatch } from './gic/sgi-source-mismatch.js';
import { sgiSourceWrong } from './gic/sgi-source-wrong.js';
import { sgiWrongTarget } from './gic/sgi-wrong-target.js';
import { spuriousEoiWrite } from './gic/spurious-eoi-write.js';
import { spuriousRate } from './gic/spurious-rate.js';
import { stuckActive } from './gic/stuck-active.js';
import { wrongGroup } from './gic/wrong-group.js';
import { wrongTarget } from './gic/wrong-target.js';
import { assertWhileDisabled } from './intx/assert-while-disabled.js';
import { deassertDropsSharer } from './intx/deassert-drops-sharer.js';
import { duplicateAssert } from './intx/duplicate-assert.js';
import { heldWhileDisabled } from './intx/held-while-disabled.js';
import { lostAssert } from './intx/lost-assert.js';
import { notReleasedOnMsiEnable } from './intx/not-released-on-msi-enable.js';
import { intxResetState } from './intx/reset-state.js';
import { routeDropsLine } from './intx/route-drops-line.js';
import { statusMismatch } from './intx/status-mismatch.js';
import { stuckAfterReset } from './intx/stuck-after-reset.js';
import { stuckLine } from './intx/stuck-line.js';
import { clearMismatch } from './ioapic/clear-mismatch.js';
import { deliverWhileMasked } from './ioapic/deliver-while-masked.js';
import { deliverWithoutLine } from './ioapic/deliver-without-line.js';
import { doubledEdge } from './ioapic/doubled-edge.js';
import { edgeAfterMask } from './ioapic/edge-after-mask.js';
import { entryMismatch } from './ioapic/entry-mismatch.js';
import { eoiDespiteSuppression } from './ioapic/eoi-despite-suppression.js';
import { eoiNotForwarded } from './ioapic/eoi-not-forwarded.js';
import { eoiStorm as ioapicEoiStorm } from './ioapic/eoi-storm.js';
import { ioapicEoiWrongVector } from './ioapic/eoi-wrong-vector.js';
import { lostEdge as ioapicLostEdge } from './ioapic/lost-edge.js';
import { lostLevel as ioapicLostLevel } from './ioapic/lost-level.js';
import { redeliverWithRemoteIrr } from './ioapic/redeliver-with-remote-irr.js';
import { remoteIrrStuck } from './ioapic/remote-irr-stuck.js';
import { rirrClearedWithoutEoi } from './ioapic/rirr-cleared-without-eoi.js';
import { rirrSurvivesEdge } from './ioapic/rirr-survives-edge.js';
import { roBitsChanged } from './ioapic/ro-bits-changed.js';
import { sharedVector } from './ioapic/shared-vector.js';
import { triggerMismatch } from './ioapic/trigger-mismatch.js';
import { wrongDestination } from './ioapic/wrong-destination.js';
import { wrongVector as ioapicWrongVector } from './ioapic/wrong-vector.js';
import { badGsi } from './irqfd/bad-gsi.js';
import { closedWithEoiOutstanding } from './irqfd/closed-with-eoi-outstanding.js';
import { deliveredTwice } from './irqfd/delivered-twice.js';
import { duplicateBind } from './irqfd/duplicate-bind.js';
import { edgePulseOnLevelPin } from './irqfd/edge-pulse-on-level-pin.js';
import { injectionAfterDeassign } from './irqfd/injection-after-deassign.js';
import { lostSignal } from './irqfd/lost-signal.js';
import { preexistingEventLost } from './irqfd/preexisting-event-lost.js';
import { injectWhileMasked } from './kmask/inject-while-masked.js';
import { lostOnUnmask } from './kmask/lost-on-unmask.js';
import { pendingMismatch as kmaskPendingMismatch } from './kmask/pending-mismatch.js';
import { acceptWhenDisabled } from './lapic/accept-when-disabled.js';
import { acceptedUnaddressed } from './lapic/accepted-unaddressed.js';
import { edgeEoiBroadcast } from './lapic/edge-eoi-broadcast.js';
import { endedUnrequested } from './lapic/ended-unrequested.js';
import { eoiIgnored } from './lapic/eoi-ignored.js';
import { eoiWithoutIsr } from './lapic/eoi-without-isr.js';
import { eoiWrongVector } from './lapic/eoi-wrong-vector.js';
import { illegalVector } from './lapic/illegal-vector.js';
import { initState } from './lapic/init-state.js';
import { injectWithoutIrr } from './lapic/inject-without-irr.js';
import { ipiNotAccepted } from './lapic/ipi-not-accepted.js';
import { irrMismatch } from './lapic/irr-mismatch.js';
import { isrMismatch } from './lapic/isr-mismatch.js';
import { lostIrr } from './lapic/lost-irr.js';
import { messageLost } from './lapic/message-lost.js';
import { messageMismatch } from './lapic/message-mismatch.js';
import { nestedPriority } from './lapic/nested-priority.js';
import { pprMismatch } from './lapic/ppr-mismatch.js';
import { registerMismatch } from './lapic/register-mismatch.js';
import { reservedBits } from './lapic/reserved-bits.js';
import { takenBelowTpr } from './lapic/taken-below-tpr.js';
import { triggerModeMismatch } from './lapic/trigger-mode-mismatch.js';
import { wrongApic } from './lapic/wrong-apic.js';
import { mmeOverflow } from './msi/mme-overflow.js';
import { pendingWhileUnmasked } from './msi/pending-while-unmasked.js';
import { msiResetState } from './msi/reset-state.js';
import { bothEnabled } from './msix/both-enabled.js';
import { controlMismatch } from './msix/control-mismatch.js';
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
import { tableMismatch } from './msix/table-mismatch.js';
import { unmaskNoDelivery } from './msix/unmask-no-delivery.js';
import { vectorOutOfRange } from './msix/vector-out-of-range.js';
import { vectorUseImbalance } from './msix/vector-use-imbalance.js';
import { dualDelivery } from './pic/dual-delivery.js';
import { picEoiNotAcknowledged } from './pic/eoi-not-acknowledged.js';
import { picEoiWithoutIsr } from './pic/eoi-without-isr.js';
import { extintEoiToLapic } from './pic/extint-eoi-to-lapic.js';
import { extintInIsr } from './pic/extint-in-isr.js';
import { extintLost } from './pic/extint-lost.js';
import { intaMasked } from './pic/inta-masked.js';
import { intaWithoutRequest } from './pic/inta-without-request.js';
import { picIrrMismatch } from './pic/irr-mismatch.js';
import { picIsrMismatch } from './pic/isr-mismatch.js';
import { priorityInversion } from './pic/priority-inversion.js';
import { picReadMismatch } from './pic/read-mismatch.js';
import { requestMismatch } from './pic/request-mismatch.js';
import { silentRequest } from './pic/silent-request.js';
import { spuriousSetsIsr } from './pic/spurious-sets-isr.js';
import { wrongVector as picWrongVector } from './pic/wrong-vector.js';
import { neverFires } from './resample/never-fires.js';
import { notifyBeforeDeassert } from './resample/notify-before-deassert.js';
import { partialNotify } from './resample/partial-notify.js';
import { reinjectWhileSourceDisabled } from './resample/reinject-while-source-disabled.js';
import { splitIrqchip } from './resample/split-irqchip.js';
import { routeExhausted } from './route/exhausted.js';
import { invalidTable } from './route/invalid-table.js';
import { routeLeak } from './route/leak.js';
import { misrouted } from './route/misrouted.js';
import { nearLimit } from './route/near-limit.js';
import { notCommitted } from './route/not-committed.js';
import { notFollowed } from './route/not-followed.js';
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
import { endMissed } from './vfio/end-missed.js';
import { irqfdPassedBy } from './vfio/irqfd-passed-by.js';
import { maskIgnored } from './vfio/mask-ignored.js';
import { messageMismatch as vfioMessageMismatch } from './vfio/message-mismatch.js';
import { modeMismatch } from './vfio/mode-mismatch.js';
import { pbaMismatch as vfioPbaMismatch } from './vfio/pba-mismatch.js';
import { pendingNotResentOnUnmask } from './vfio/pending-not-resent-on-unmask.js';
import { routeNotUpdated } from './vfio/route-not-updated.js';
import { signalWhileMasked } from './vfio/signal-while-masked.js';
import { takenDespiteIrqfd } from './vfio/taken-despite-irqfd.js';
import { takenTwice } from './vfio/taken-twice.js';
import { unmaskNever } from './vfio/unmask-never.js';
import { vgicConfigMismatch } from './vgic/config-mismatch.js';
import { endedTwice } from './vgic/ended-twice.js';
import { fillNotDue } from './vgic/fill-not-due.js';
import { highestMismatch } from './vgic/highest-mismatch.js';
import { injectionIgnored } from './vgic/injection-ignored.js';
import { levelLrWithoutEoiMi } from './vgic/level-lr-without-eoi-mi.js';
import { lineMismatch } from './vgic/line-mismatch.js';
import { lostEdgeOnFold } from './vgic/lost-edge-on-fold.js';
import { lostLevelOnFold } from './vgic/lost-level-on-fold.js';
import { lrDuplicateVintid } from './vgic/lr-duplicate-vintid.js';
import { lrHwPendingActive } from './vgic/lr-hw-pending-active.js';
import { lrHwPhysInactive } from './vgic/lr-hw-phys-inactive.js';
import { lrHwWrongPintid } from './vgic/lr-hw-wrong-pintid.js';
import { lrMismatch } from './vgic/lr-mismatch.js';
import { lrNotReadBack } from './vgic/lr-not-read-back.js';
import { lrStatusMismatch } from './vgic/lr-status-mismatch.js';
import { notDelivered } from './vgic/not-delivered.js';
import { notQueued } from './vgic/not-queued.js';
import { overflowStarvation } from './vgic/overflow-starvation.js';
import { spiOnTwoVcpus } from './vgic/spi-on-two-vcpus.js';
import { staleLrFold } from './vgic/stale-lr-fold.js';
import { withheldInterrupt } from './vgic/withheld-interrupt.js';
import { wrongAcknowledge } from './vgic/wrong-acknowledge.js';
import { wrongVcpu } from './vgic/wrong-vcpu.js';
import { interruptWithoutVector } from './virtio/interrupt-without-vector.js';
import { isrNotCleared } from './virtio/isr-not-cleared.js';
import { isrNotSet } from './virtio/isr-not-set.js';
import { isrReadNoDeassert } from './virtio/isr-read-no-deassert.js';
import { isrWithoutInterrupt } from './virtio/isr-without-interrupt.js';
import { notifyWrongVector } from './virtio/notify-wrong-vector.js';
import { resetKeepsVectors } from './virtio/reset-keeps-vectors.js';
import { virtioVectorMismatch } from './virtio/vector-mismatch.js';
import { virtioVectorOutOfRange } from './virtio/vector-out-of-range.js';
import type { Rule } from './rule.js';

export const RULES: readonly Rule[] = [
  doubleBound,
  keyReusedWhileBound,
  missedEoi,
  missingLevelFlag,
  unknownKey,
  guestDeactivateNotPropagated,
  hostDeactivates,
  hostMaskAndForward,
  mapConflict,
  prematureEnableWedge,
  retriggerWhileActive,
  activateDisabled,
  activateNotPending,
  activeMismatch,
  bankedSpiDeactivate,
  configMismatch,
  dirBeforeEoir,
  dirInEoimode0,
  dirWithoutActive,
  distributorMismatch,
  doubleActivate,
  gicEoiStorm,
  eoirOutOfOrder,
  eoirWithoutIar,
  icpendDropsLevel,
  interfaceMismatch,
  gicLostEdge,
  gicLostLevel,
  lpiActive,
  gicPendingMismatch,
  priorityMask,
  reservedIntid,
  rprMismatch,
  sgiSourceMismatch,
  sgiSourceWrong,
  sgiWrongTarget,
  spuriousEoiWrite,
  spuriousRate,
  stuckActive,
  wrongGroup,
  wrongTarget,
  assertWhileDisabled,
  deassertDropsSharer,
  duplicateAssert,
  heldWhileDisabled,
  lostAssert,
  notReleasedOnMsiEnable,
  intxResetState,
  routeDropsLine,
  statusMismatch,
  stuckAfterReset,
  stuckLine,
  clearMismatch,
  deliverWhileMasked,
  deliverWithoutLine,
  doubledEdge,
  edgeAfterMask,
  entryMismatch,
  eoiDespiteSuppression,
  eoiNotForwarded,
  ioapicEoiStorm,
  ioapicEoiWrongVector,
  ioapicLostEdge,
  ioapicLostLevel,
  redeliverWithRemoteIrr,
  remoteIrrStuck,
  rirrClearedWithoutEoi,
  rirrSurvivesEdge,
  roBitsChanged,
  sharedVector,
  triggerMismatch,
  wrongDestination,
  ioapicWrongVector,
  badGsi,
  closedWithEoiOutstanding,
  deliveredTwice,
  duplicateBind,
  edgePulseOnLevelPin,
  injectionAfterDeassign,
  lostSignal,
  preexistingEventLost,
  injectWhileMasked,
  lostOnUnmask,
  kmaskPendingMismatch,
  acceptWhenDisabled,
  acceptedUnaddressed,
  edgeEoiBroadcast,
  endedUnrequested,
  eoiIgnored,
  eoiWithoutIsr,
  eoiWrongVector,
  illegalVector,
  initState,
  injectWithoutIrr,
  ipiNotAccepted,
  irrMismatch,
  isrMismatch,
  lostIrr,
  messageLost,
  messageMismatch,
  nestedPriority,
  pprMismatch,
  registerMismatch,
  reservedBits,
  takenBelowTpr,
  triggerModeMismatch,
  wrongApic,
  mmeOverflow,
  pendingWhileUnmasked,
  msiResetState,
  bothEnabled,
  controlMismatch,
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
  tableMismatch,
  unmaskNoDelivery,
  vectorOutOfRange,
  vectorUseImbalance,
  dualDelivery,
  picEoiNotAcknowledged,
  picEoiWithoutIsr,
  extintEoiToLapic,
  extintInIsr,
  extintLost,
  intaMasked,
  intaWithoutRequest,
  picIrrMismatch,
  picIsrMismatch,
  priorityInversion,
  picReadMismatch,
  requestMismatch,
  silentRequest,
  spuriousSetsIsr,
  picWrongVector,
  neverFires,
  notifyBeforeDeassert,
  partialNotify,
  reinjectWhileSourceDisabled,
  splitIrqchip,
  routeExhausted,
  invalidTable,
  routeLeak,
  misrouted,
  nearLimit,
  notCommitted,
  notFollowed,
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
  endMissed,
  irqfdPassedBy,
  maskIgnored,
  vfioMessageMismatch,
  modeMismatch,
  vfioPbaMismatch,
  pendingNotResentOnUnmask,
  routeNotUpdated,
  signalWhileMasked,
  takenDespiteIrqfd,
  takenTwice,
  unmaskNever,
  vgicConfigMismatch,
  endedTwice,
  fillNotDue,
  highestMismatch,
  injectionIgnored,
  levelLrWithoutEoiMi,
  lineMismatch,
  lostEdgeOnFold,
  lostLevelOnFold,
  lrDuplicateVintid,
  lrHwPendingActive,
  lrHwPhysInactive,
  lrHwWrongPintid,
  lrMismatch,
  lrNotReadBack,
  lrStatusMismatch,
  notDelivered,
  notQueued,
  overflowStarvation,
  spiOnTwoVcpus,
  staleLrFold,
  withheldInterrupt,
  wrongAcknowledge,
  wrongVcpu,
  interruptWithoutVector,
  isrNotCleared,
  isrNotSet,
  isrReadNoDeassert,
  isrWithoutInterrupt,
  notifyWrongVector,
  resetKeepsVectors,
  virtioVectorMismatch,
  virtioVectorOutOfRange,
];
