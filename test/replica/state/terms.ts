import type { Handlers } from "../log";
import type { State } from ".";
import { changeService, serviceOf, vnodesOn } from "./clusters";
import { BPS, DAY, got, insistEqual, known, max, min, NOBODY } from "./numbers";

export interface Terms {
  validator: string;
  bondPerVnode: bigint;
  maxSlashBps: bigint;
  leavingNotice: bigint;
  validatorNotice: bigint;
  validatorSince: bigint;
  /** The validators of the offices before, in order. */
  formerOffices: readonly { validator: string; since: bigint }[];
  currencyId: bigint;
}

export interface Agreement {
  provider: string;
  exitAnnouncedAt: bigint;
  shortSince: bigint;
  mayLeaveEarly: boolean;
  bond: bigint;
  slashableLeft: bigint;
  renewsAt: bigint;
  /** When the node had last left as its provider accepted: that service is over. */
  leftBefore: bigint;
  /** In which office the exit was announced: its validator judges the node. */
  exitOffice: number;
}

const DEFAULT_NOTICE = 7n * DAY;
const SLASH_RENEWAL = 7n * DAY;
const TOP_UP_TIME = 7n * DAY;
const EXIT_GRACE = DAY;
const HALF_QUALITY = 5_000n;

const DEFAULT_TERMS: Readonly<Terms> = {
  validator: NOBODY,
  bondPerVnode: 0n,
  maxSlashBps: 0n,
  leavingNotice: 0n,
  validatorNotice: 0n,
  validatorSince: 0n,
  formerOffices: [],
  currencyId: 0n,
};

const NO_AGREEMENT: Readonly<Agreement> = {
  provider: NOBODY,
  exitAnnouncedAt: 0n,
  shortSince: 0n,
  mayLeaveEarly: false,
  bond: 0n,
  slashableLeft: 0n,
  renewsAt: 0n,
  leftBefore: 0n,
  exitOffice: 0,
};

function termsOf({ terms }: State, clusterId: bigint): Readonly<Terms> {
  return terms.get(clusterId) ?? DEFAULT_TERMS;
}

export function agreementOf({ agreements }: State, clusterId: bigint, nodeId: bigint): Readonly<Agreement> {
  return agreements.get(`${clusterId}:${nodeId}`) ?? NO_AGREEMENT;
}

interface Pair {
  clusterId: bigint;
  nodeId: bigint;
}

/** The agreement that a log is about, to be changed. */
function agreementIn({ agreements }: State, { clusterId, nodeId }: Pair): Agreement {
  return got(agreements, `${clusterId}:${nodeId}`, () => ({ ...NO_AGREEMENT }));
}

/** A bond grows or shrinks by an amount to what the log says. */
function moveBond(state: State, args: Pair & { bond: bigint }, growth: bigint): void {
  const agreement = agreementIn(state, args);
  insistEqual(args.bond, agreement.bond + growth, "A bond");
  agreement.bond = args.bond;
}

/** What the terms registry logs. */
export const TERMS_HANDLERS: Handlers = {
  termsRegistry: {
    TermsSet: (state, { clusterId, terms }) => {
      const { currencyId } = known(state.clusters, clusterId, "cluster");
      const { validator, bondPerVnode, maxSlashBps, leavingNotice, validatorNotice } = terms;
      const set = { validator, bondPerVnode, maxSlashBps, leavingNotice, validatorNotice };
      state.terms.set(clusterId, { ...DEFAULT_TERMS, ...set, currencyId });
    },
    TermsAccepted: (state, args) => {
      const { clusterId, nodeId, provider } = args;
      const { leftAt } = serviceOf(state, clusterId, nodeId);
      const agreement = agreementIn(state, args);
      agreement.provider = provider;
      if (leftAt !== 0n) agreement.leftBefore = leftAt;
      // What the node served under an earlier agreement is no liability of this one.
      changeService(state, clusterId, nodeId, { liableVnodes: 0n, reducedAt: 0n });
    },
    ValidatorOffered: (state, { clusterId, validator, effectiveAt }) => {
      state.pendingValidators.set(clusterId, { validator, effectiveAt });
    },
    ValidatorChanged: (state, { clusterId, oldValidator, newValidator }, now) => {
      state.pendingValidators.delete(clusterId);
      insistEqual(oldValidator, currentValidator(state, clusterId), "The validator in office");
      if (oldValidator === newValidator) return;
      const terms = termsOf(state, clusterId);
      const formerOffices = [...terms.formerOffices, { validator: oldValidator, since: terms.validatorSince }];
      state.terms.set(clusterId, { ...terms, validator: newValidator, validatorSince: now, formerOffices });
    },
    QualityReported: (state, args) => {
      const agreement = agreementIn(state, args);
      if (args.qualityBps < HALF_QUALITY && agreement.exitAnnouncedAt !== 0n) agreement.mayLeaveEarly = true;
    },
    BondPosted: (state, args) => {
      moveBond(state, args, args.amount);
    },
    BondReturned: (state, args) => {
      moveBond(state, args, -args.amount);
    },
    NodeSlashed: (state, args, now) => {
      const agreement = agreementIn(state, args);
      if (now >= agreement.renewsAt) agreement.slashableLeft = (agreement.bond * termsOf(state, args.clusterId).maxSlashBps) / BPS;
      agreement.slashableLeft -= args.amount;
      agreement.renewsAt = now + SLASH_RENEWAL;
      moveBond(state, args, -args.amount);
    },
    BondShort: (state, args) => {
      agreementIn(state, args).shortSince = args.since;
    },
    ExitAnnounced: (state, args, now) => {
      const { clusterId, nodeId, exitAt } = args;
      const exitOffice = officeIn(state, clusterId, nodeId);
      const mayLeaveEarly = qualityIn(state, clusterId, nodeId) < HALF_QUALITY;
      Object.assign(agreementIn(state, args), { exitOffice, exitAnnouncedAt: now, mayLeaveEarly });
      insistEqual(exitAt, exitOf(state, clusterId, nodeId), "When an exit can be finished");
    },
    BondRetained: (state, { clusterId, nodeId, lockedUntil }, now) => {
      insistEqual(lockedUntil, lockedUntilOf(state, now, clusterId, nodeId), "Until when a bond answers");
    },
    ExitFinished: (state, { clusterId, nodeId }) => {
      state.agreements.delete(`${clusterId}:${nodeId}`);
    },
  },
};

function qualityIn({ clusters }: State, clusterId: bigint, nodeId: bigint): bigint {
  return clusters.get(clusterId)?.members.get(nodeId)?.qualityBps ?? BPS;
}

// ------------------------------------------------------------ views

export function currentValidator(state: State, clusterId: bigint): string {
  const { validator } = termsOf(state, clusterId);
  return validator === NOBODY ? founderOf(state, clusterId) : validator;
}

export function founderOf({ clusters, founders }: State, clusterId: bigint): string {
  return founders.get(clusterId) ?? clusters.get(clusterId)?.manager ?? NOBODY;
}

/** The number of the office whose validator judges a node, from 0. */
function officeIn(state: State, clusterId: bigint, nodeId: bigint): number {
  const { validatorSince, formerOffices } = termsOf(state, clusterId);
  const { exitAnnouncedAt, exitOffice, leftBefore } = agreementOf(state, clusterId, nodeId);
  if (exitAnnouncedAt !== 0n) return exitOffice;
  const { leftAt } = serviceOf(state, clusterId, nodeId);
  const hasLeft = vnodesOn(state, clusterId, nodeId) === 0n && leftAt !== leftBefore;
  return hasLeft && leftAt <= validatorSince ? formerOffices.length - 1 : formerOffices.length;
}

export function validatorOf(state: State, clusterId: bigint, nodeId: bigint): string {
  return termsOf(state, clusterId).formerOffices[officeIn(state, clusterId, nodeId)]?.validator ?? currentValidator(state, clusterId);
}

/** Until when the bond of a node that has left answers for it; 0: it has not served under its agreement. */
function liableUntil(state: State, clusterId: bigint, nodeId: bigint): bigint {
  const { exitAnnouncedAt, leftBefore } = agreementOf(state, clusterId, nodeId);
  const { leftAt } = serviceOf(state, clusterId, nodeId);
  if (leftAt === leftBefore) return 0n;
  const { leavingNotice } = termsOf(state, clusterId);
  if (exitAnnouncedAt === 0n || leftAt < exitAnnouncedAt) return leftAt + leavingNotice;
  const until = exitAnnouncedAt + leavingNotice;
  return leftAt > until + EXIT_GRACE ? leftAt + min(leftAt - until, leavingNotice) : until;
}

function lockedUntilOf(state: State, now: bigint, clusterId: bigint, nodeId: bigint): bigint {
  if (vnodesOn(state, clusterId, nodeId) !== 0n) return 0n;
  const until = liableUntil(state, clusterId, nodeId);
  return now < until ? until : 0n;
}

function exitOf(state: State, clusterId: bigint, nodeId: bigint): bigint {
  const { exitAnnouncedAt, mayLeaveEarly } = agreementOf(state, clusterId, nodeId);
  if (exitAnnouncedAt === 0n) return 0n;
  const serves = vnodesOn(state, clusterId, nodeId) !== 0n;
  const until = serves ? 0n : liableUntil(state, clusterId, nodeId);
  if (serves ? mayLeaveEarly : until === 0n) return exitAnnouncedAt;
  const { leavingNotice } = termsOf(state, clusterId);
  const noticed = exitAnnouncedAt + (leavingNotice === 0n ? DEFAULT_NOTICE : leavingNotice);
  return serves ? noticed : max(noticed, until);
}

export function getTerms(state: State, clusterId: bigint): unknown {
  const { bondPerVnode, maxSlashBps, leavingNotice, validatorNotice } = termsOf(state, clusterId);
  const isDefault = leavingNotice === 0n;
  return {
    validator: currentValidator(state, clusterId),
    bondPerVnode,
    maxSlashBps,
    leavingNotice: isDefault ? DEFAULT_NOTICE : leavingNotice,
    validatorNotice: isDefault ? DEFAULT_NOTICE : validatorNotice,
  };
}

export function officeOf(state: State, clusterId: bigint, nodeId: bigint): unknown {
  const { formerOffices, validatorSince } = termsOf(state, clusterId);
  const former = formerOffices[officeIn(state, clusterId, nodeId)];
  return former ?? { validator: currentValidator(state, clusterId), since: validatorSince };
}

export function pendingOf(state: State, now: bigint, clusterId: bigint, nodeId: bigint): unknown {
  const { provider, bond, shortSince } = agreementOf(state, clusterId, nodeId);
  const { bondPerVnode, leavingNotice } = termsOf(state, clusterId);
  const { validator, effectiveAt } = state.pendingValidators.get(clusterId) ?? { validator: NOBODY, effectiveAt: 0n };
  const exitAt = exitOf(state, clusterId, nodeId);
  const isShort = bond < vnodesOn(state, clusterId, nodeId) * bondPerVnode;
  return {
    exitAt,
    canFinishExit: exitAt !== 0n && now >= exitAt,
    lockedUntil: bond === 0n ? 0n : lockedUntilOf(state, now, clusterId, nodeId),
    shortSince: isShort ? shortSince : 0n,
    vacatableFrom: isShort ? shortSince + TOP_UP_TIME : 0n,
    validator: validatorOf(state, clusterId, nodeId),
    nextValidator: validator,
    nextValidatorAt: effectiveAt,
    canFinishValidator: effectiveAt !== 0n && now >= effectiveAt,
    acceptanceBlocked: effectiveAt !== 0n && leavingNotice !== 0n && provider === NOBODY,
  };
}

export function getAgreement(state: State, now: bigint, clusterId: bigint, nodeId: bigint): unknown {
  const { provider, bond, slashableLeft, renewsAt, shortSince, leftBefore } = agreementOf(state, clusterId, nodeId);
  const { currencyId, bondPerVnode, maxSlashBps } = termsOf(state, clusterId);
  const isShort = bond < vnodesOn(state, clusterId, nodeId) * bondPerVnode;
  return {
    provider,
    currencyId,
    bond,
    lockedUntil: bond === 0n ? 0n : lockedUntilOf(state, now, clusterId, nodeId),
    slashable: min(now < renewsAt ? slashableLeft : (bond * maxSlashBps) / BPS, bond),
    slashableLeft,
    slashRenewsAt: renewsAt,
    shortSince: isShort ? shortSince : 0n,
    exitAt: exitOf(state, clusterId, nodeId),
    leftBefore,
  };
}
