// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {LibBit} from "solady/src/utils/LibBit.sol";

import {CurrencyId} from "../types/Ids.sol";
import {AccruedAccount} from "./Accounts.sol";
import {Units} from "./Units.sol";

/// @dev The earnings of a cluster, as a line with kinks over the currency's index.
/// @param rate The sum of the rates of the streams that are on the line: those registered to end at a tick that is not crossed yet.
/// @param crossedTick All ends up to this tick have been crossed.
/// @param currencyId The cluster's currency; 0: no stream has ever paid the cluster, and none of it was unserved.
/// @param hasUnserved Whether the cluster has ever served less than what its owners pay for. Otherwise all about that is zero and not read.
/// @param base Makes `base + rate x index` all that the cluster has earned and not been paid, in scaled units.
/// @param unservedBase Makes `unservedBase + rate x U(index)` all that the cluster has not served and not refunded, in 2^-32 of them.
/// @param unserved U, as a line.
/// @param unservedSince The currency's index when the unserved share last changed. All ends up to it have been crossed.
/// @param ends The sum of the rates of the streams that end at a tick; once crossed in a cluster with unserved time, U there, flagged.
/// @param endBitmap The ticks with ends, 256 a word.
/// @param unservedUpTo Of each payer, U up to which it has had its refund.
struct ClusterLine {
    uint112 rate;
    uint72 crossedTick;
    CurrencyId currencyId;
    bool hasUnserved;
    int256 base;
    int256 unservedBase;
    UnservedLine unserved;
    uint120 unservedSince;
    mapping(uint256 tick => uint256) ends;
    mapping(uint256 word => uint256) endBitmap;
    mapping(address payer => uint256) unservedUpTo;
}

/// @dev The integral of the unserved share over the currency's index, from the last change of the share on: `offset + share x index`.
/// @param share The share that is not served, in 2^-32; at most all of it, 2^32.
struct UnservedLine {
    int192 offset;
    uint40 share;
}

/// @title ClusterLines
/// @notice The sum that all payers of a cluster owe it, at any index, in one number, however many payers there are.
/// @dev   a stream starts at index i:    rate += r, base -= r x i           it stops at i:  rate -= r, base += r x i
///   it is registered to end at tick T:  ends[T] += r
///   crossing T:                         rate -= ends[T], base += ends[T] x T
///
/// Ticks are multiples of 2^tickBits of the index, about an hour apart when the currency was listed. The last part of what an account pays,
/// less than a tick before it runs out, reaches the line when the account is next touched.
///
/// The unserved part is a second line with the same kinks over U(i), the integral of the unserved share. It is withheld from the cluster,
/// and refunded to each payer when its account is touched.
///
/// Ranges: the buckets of a cluster pay less than 2^95 together (the cluster registry checks it when it allocates resource). A stream whose
/// end has passed and is not crossed counts again when it is registered anew, so the rate grows by that for each such end until the next
/// crossing; a checked cast bounds it by 2^112, which no real balance reaches. With rates below 2^103 and U < 2^152 each product is below
/// 2^255.
library ClusterLines {
    using SafeCast for uint256;

    /// @dev Marks U at an end that has been crossed.
    uint256 private constant CROSSED = 1 << 255;
    uint256 private constant WORD = 256;

    // ------------------------------------------------------------ functions that change state

    /// @notice Changes what a stream adds to the line from now on.
    /// @param oldRate Its rate before, and `newRate` after (USD, 18 decimals, per month).
    /// @param oldEnd The index at which it was registered to end, and `newEnd` at which it is now; 0: it was not, or is not, on the line.
    /// Both are later than `index`, so neither has been crossed.
    /// @param index The currency's index now.
    function change(
        ClusterLine storage self,
        uint256 oldRate,
        uint256 oldEnd,
        uint256 newRate,
        uint256 newEnd,
        uint256 index,
        uint256 tickBits
    ) internal {
        if (oldEnd == 0) oldRate = 0;
        if (newEnd == 0) newRate = 0;
        if (oldRate != newRate) _changeSlope(self, oldRate, newRate, index, tickBits);
        if (oldEnd == newEnd && oldRate != 0 && newRate != 0) {
            uint256 tick = newEnd >> tickBits;
            if (oldRate != newRate) self.ends[tick] = self.ends[tick] + newRate - oldRate;
            return;
        }
        if (oldRate != 0) _removeEnd(self, oldEnd >> tickBits, oldRate);
        if (newRate != 0) _addEnd(self, newEnd >> tickBits, newRate);
    }

    /// @notice Crosses the ends up to an index, at most so many; each 256 ticks without an end count as one.
    /// @return reached Up to which index the line is straight from here on: `index` if all ends have been crossed.
    function cross(ClusterLine storage self, uint256 index, uint256 tickBits, uint256 maxTicks) internal returns (uint256 reached) {
        (uint256 rate, uint256 tick) = (self.rate, self.crossedTick);
        if (rate == 0) return index;
        Walk memory walk = _walk(self, tick, index >> tickBits, tickBits, maxTicks);
        if (walk.ended != 0) {
            // A part of `rate`; a product of 2^112 x 2^120 bits.
            self.rate = uint112(rate - walk.ended);
            self.base += int256(walk.endedProduct);
            if (self.hasUnserved) {
                self.unservedBase += _unservedProduct(self, walk);
                _noteUnserved(self, tick, walk.tick, tickBits);
            }
        }
        // Without an end in it, a part of a word is not worth writing, unless the next call has to go on from there.
        if (walk.ended != 0 || !walk.complete || walk.tick / WORD != tick / WORD) self.crossedTick = uint72(walk.tick);
        return walk.complete ? index : _straightTo(self, walk.tick << tickBits);
    }

    /// @notice Takes what the cluster has earned and served up to an index up to which the line is straight.
    function take(ClusterLine storage self, uint256 reached) internal returns (uint256 scaledAmount) {
        bool hasUnserved = self.hasUnserved;
        int256 base = self.base;
        scaledAmount = _payable(self, base, hasUnserved ? self.unservedBase : int256(0), self.rate, reached);
        if (scaledAmount != 0) self.base = base - int256(scaledAmount);
    }

    /// @notice Passes on what a payer paid beyond its registered end, and hands out its refund.
    /// @param rate The rate at which the payer pays the cluster.
    /// @param accrued The payer's account now.
    /// @return refund The payments for time that the cluster did not serve, rounded down; the rest stays with the cluster.
    function settle(
        ClusterLine storage self,
        address payer,
        uint256 rate,
        AccruedAccount memory accrued,
        uint256 tickBits
    ) internal returns (uint256 refund) {
        if (self.hasUnserved) {
            (uint256 onLine, uint256 beyond) = _unservedOf(self, payer, rate, accrued, tickBits);
            refund = (onLine + beyond) >> Units.SHARE_BITS;
            if (onLine != 0) self.unservedBase -= int256(onLine);
            self.unservedUpTo[payer] = unservedAt(self, accrued.index);
        }
        // Below 2^96 x 2^120, and no more than that.
        unchecked {
            if (accrued.late != 0 || refund != 0) self.base += int256(rate * accrued.late) - int256(refund);
        }
    }

    /// @notice Lets a payer's refunds count from now on.
    function startRefunds(ClusterLine storage self, address payer, uint256 index) internal {
        if (self.hasUnserved) self.unservedUpTo[payer] = unservedAt(self, index);
    }

    /// @notice Lets another share be unserved from now on. All ends up to the index have been crossed. The same share again changes
    /// nothing: refunds of what was paid late go back to the last change.
    function setUnservedShare(ClusterLine storage self, uint256 index, uint256 share) internal {
        if (self.hasUnserved && share == self.unserved.share) return;
        int256 offset = int256(unservedAt(self, index)) - int256(share * index);
        // Below 2^152 and 2^33.
        self.unserved = UnservedLine({offset: int192(offset), share: uint40(share)});
        (self.unservedSince, self.hasUnserved) = (uint120(index), true);
    }

    // ------------------------------------------------------------ views

    /// @notice U at an index that is not before the last change of the share.
    function unservedAt(ClusterLine storage self, uint256 index) internal view returns (uint256) {
        // U is not negative from the last change of the share on.
        return uint256(self.unserved.offset + int256(uint256(self.unserved.share) * index));
    }

    /// @notice The result of {cross} and {take}, without either.
    /// @return scaledAmount The amount that the cluster has earned, served and not been paid.
    /// @return scaledUnserved The amount that is withheld for refunds.
    /// @return complete Whether all ends up to the index were looked at.
    function preview(
        ClusterLine storage self,
        uint256 index,
        uint256 tickBits,
        uint256 maxTicks
    ) internal view returns (uint256 scaledAmount, uint256 scaledUnserved, bool complete) {
        (uint256 rate, int256 base, int256 unservedBase) = (self.rate, self.base, self.unservedBase);
        uint256 reached = index;
        complete = true;
        if (rate != 0) {
            Walk memory walk = _walk(self, self.crossedTick, index >> tickBits, tickBits, maxTicks);
            complete = walk.complete;
            if (!complete) reached = _straightTo(self, walk.tick << tickBits);
            rate -= walk.ended;
            base += int256(walk.endedProduct);
            if (self.hasUnserved) unservedBase += _unservedProduct(self, walk);
        }
        scaledAmount = _payable(self, base, unservedBase, rate, reached);
        int256 gross = base + int256(rate * reached);
        if (gross > int256(scaledAmount)) scaledUnserved = uint256(gross) - scaledAmount;
    }

    /// @notice The refund that {settle} would give.
    function refundOf(
        ClusterLine storage self,
        address payer,
        uint256 rate,
        AccruedAccount memory accrued,
        uint256 tickBits
    ) internal view returns (uint256) {
        if (!self.hasUnserved) return 0;
        (uint256 onLine, uint256 beyond) = _unservedOf(self, payer, rate, accrued, tickBits);
        return (onLine + beyond) >> Units.SHARE_BITS;
    }

    // ------------------------------------------------------------ internal

    /// @dev The result of a walk over the ends of a line.
    /// @param tick The last tick that was looked at.
    /// @param ended The sum of the rates of the ends.
    /// @param endedProduct The sum of each end's rate x index.
    struct Walk {
        uint256 tick;
        uint256 ended;
        uint256 endedProduct;
        bool complete;
    }

    /// @dev Looks at the ends after `tick`, up to `last`.
    function _walk(
        ClusterLine storage self,
        uint256 tick,
        uint256 last,
        uint256 tickBits,
        uint256 maxTicks
    ) private view returns (Walk memory walk) {
        uint256 ends = 0;
        // Ticks have 72 bits, rates 112 and their products with an index 232: nothing overflows.
        unchecked {
            while (tick < last) {
                if (maxTicks-- == 0) {
                    walk.tick = tick;
                    return walk;
                }
                (tick, ends) = _nextEnd(self, tick, ends);
                if (tick > last) break;
                if (ends == 0) continue;
                uint256 rate = self.ends[tick];
                walk.ended += rate;
                walk.endedProduct += rate * (tick << tickBits);
            }
        }
        (walk.tick, walk.complete) = (last, true);
    }

    /// @dev Notes U at each end that was crossed, for the payers that ran out of funds there.
    function _noteUnserved(ClusterLine storage self, uint256 tick, uint256 last, uint256 tickBits) private {
        (int256 offset, uint256 share) = (self.unserved.offset, self.unserved.share);
        uint256 ends = 0;
        // As in {unservedAt}: the share has not changed since the first of these ends.
        unchecked {
            while (tick < last) {
                (tick, ends) = _nextEnd(self, tick, ends);
                if (tick <= last && ends != 0) self.ends[tick] = CROSSED | uint256(offset + int256(share * (tick << tickBits)));
            }
        }
    }

    /// @dev The next end in the word of the tick that follows, or the last tick of that word if there is none; and the ends of its word
    /// from it on, 0 if there are none. Those are read once for a word: the caller passes what it was given for `tick`, or 0.
    function _nextEnd(ClusterLine storage self, uint256 tick, uint256 ends) private view returns (uint256 next, uint256 nextEnds) {
        // Ticks have less than 112 bits.
        unchecked {
            next = tick + 1;
            // Without the first, which is at `tick`.
            nextEnds = ends & (ends - 1);
            if (nextEnds == 0) nextEnds = (self.endBitmap[next / WORD] >> (next % WORD)) << (next % WORD);
            next = nextEnds == 0 ? next | (WORD - 1) : (next & ~(WORD - 1)) | LibBit.ffs(nextEnds);
        }
    }

    /// @dev The sum of rate x U over the ends that were crossed: U is a line from the last change of the share on.
    function _unservedProduct(ClusterLine storage self, Walk memory walk) private view returns (int256) {
        return int256(uint256(self.unserved.share) * walk.endedProduct) + int256(walk.ended) * self.unserved.offset;
    }

    /// @dev Lets the line rise by another rate from an index on.
    function _changeSlope(ClusterLine storage self, uint256 oldRate, uint256 newRate, uint256 index, uint256 tickBits) private {
        uint256 rate = self.rate;
        // Where no end is left there is nothing to cross: ticks are counted from here again. A tick has 72 bits.
        if (rate == 0) self.crossedTick = uint72(index >> tickBits);
        self.rate = (rate + newRate - oldRate).toUint112();
        // See the ranges above.
        unchecked {
            int256 difference = int256(newRate) - int256(oldRate);
            self.base -= difference * int256(index);
            if (self.hasUnserved) self.unservedBase -= difference * int256(unservedAt(self, index));
        }
    }

    function _addEnd(ClusterLine storage self, uint256 tick, uint256 rate) private {
        uint256 sum = self.ends[tick];
        if (sum == 0) self.endBitmap[tick / WORD] |= 1 << (tick % WORD);
        // A part of the line's rate.
        unchecked {
            self.ends[tick] = sum + rate;
        }
    }

    function _removeEnd(ClusterLine storage self, uint256 tick, uint256 rate) private {
        uint256 sum = self.ends[tick] - rate;
        if (sum == 0) self.endBitmap[tick / WORD] &= ~(1 << (tick % WORD));
        self.ends[tick] = sum;
    }

    /// @dev No end that is not crossed lies before the last change of the unserved share, so the line is straight at least up to there.
    function _straightTo(ClusterLine storage self, uint256 reached) private view returns (uint256) {
        if (!self.hasUnserved) return reached;
        uint256 since = self.unservedSince;
        return reached < since ? since : reached;
    }

    /// @dev The value of the line at an index, without the withheld amount, rounded down.
    function _payable(
        ClusterLine storage self,
        int256 base,
        int256 unservedBase,
        uint256 rate,
        uint256 reached
    ) private view returns (uint256) {
        int256 net = base + int256(rate * reached);
        // A shift to the right rounds down, also below zero.
        if (self.hasUnserved) net += -(unservedBase + int256(rate * unservedAt(self, reached))) >> Units.SHARE_BITS;
        // Below zero only before all ends have been crossed: streams that started later count against it.
        return net > 0 ? uint256(net) : 0;
    }

    /// @dev A payer's payments for unserved time, in 2^-32: those of its time on the line, and those beyond it. For an account that ran out
    /// of funds since, the latter are known only if the share has not changed since.
    function _unservedOf(
        ClusterLine storage self,
        address payer,
        uint256 rate,
        AccruedAccount memory accrued,
        uint256 tickBits
    ) private view returns (uint256 onLine, uint256 beyond) {
        uint256 upTo = self.unservedUpTo[payer];
        uint256 until = upTo;
        if (accrued.registered) {
            until = accrued.endIndex > accrued.index ? unservedAt(self, accrued.index) : _unservedAtEnd(self, accrued.endIndex, tickBits);
        }
        // Below 2^96 x 2^152; U does not fall.
        onLine = rate * (until - upTo);
        if (accrued.late == 0) return (onLine, 0);
        if (accrued.late == accrued.index - accrued.endIndex) beyond = rate * (unservedAt(self, accrued.index) - until);
        else if (self.unservedSince <= accrued.endIndex) beyond = rate * self.unserved.share * accrued.late;
    }

    function _unservedAtEnd(ClusterLine storage self, uint256 end, uint256 tickBits) private view returns (uint256) {
        uint256 tick = end >> tickBits;
        uint256 sum = self.ends[tick];
        if (sum >= CROSSED) return sum ^ CROSSED;
        // Crossed before the cluster had any unserved time, or not crossed yet.
        return tick <= self.crossedTick ? 0 : unservedAt(self, end);
    }
}
