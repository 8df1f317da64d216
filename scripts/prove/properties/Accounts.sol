// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Account, Accounts, AccruedAccount} from "../../../contracts/libraries/Accounts.sol";
import {Units} from "../../../contracts/libraries/Units.sol";

/// @dev Any account that is sound, at any index since it was written. That accounts stay sound is {AccountsStaySound}.
abstract contract AnyAccount {
    function _assume(Account memory account, uint256 index) internal pure {
        require(_isSound(account));
        require(account.index <= index && index < 2 ** 120);
    }

    /// @dev Its flag says what it says, and what was skipped is a part of the index.
    function _isSound(Account memory account) internal pure returns (bool) {
        bool isPaying = account.streamCount == 0 || account.rate != 0;
        bool isFlagged = account.wasDepleted ? account.skipped != 0 : account.skipped == 0 && account.skippedLate == 0;
        return isPaying && isFlagged && account.skippedLate <= account.skipped && account.skipped <= account.index;
    }

    /// @dev What an account that pays streams is charged, and what it skips.
    function _charged(Account memory account, uint256 index) internal pure returns (AccruedAccount memory result) {
        require(account.streamCount != 0);
        (result.balance, result.rate, result.index, result.skipped) = (account.balance, account.rate, index, account.skipped);
        uint256 from = account.index;
        unchecked {
            // cut contracts/libraries/Accounts.sol from "uint256 passed = index - from" up to "uint256 paidNow"
        }
    }
}

/// @notice An account that can pay is charged its rate x the growth of the index, and its paid index grows by as much.
contract FundedAccountsPayAll is AnyAccount {
    function check(Account memory account, uint256 index) external pure {
        _assume(account, index);
        uint256 cost = account.rate * (index - account.index);
        require(cost <= account.balance);
        AccruedAccount memory accrued = _charged(account, index);
        assert(accrued.balance == account.balance - cost);
        assert(accrued.skipped == account.skipped);
        assert(accrued.rate == account.rate);
    }
}

/// @notice An account that cannot pay is charged its rate x the growth of its paid index, too; what it keeps does not pay for one more.
contract DepletedAccountsPayWhatTheyCan is AnyAccount {
    using Accounts for AccruedAccount;

    function check(Account memory account, uint256 index) external pure {
        _assume(account, index);
        uint256 passed = index - account.index;
        require(account.rate * passed > account.balance);
        AccruedAccount memory accrued = _charged(account, index);
        uint256 skipped = accrued.skipped - account.skipped;
        assert(skipped != 0 && skipped <= passed);
        assert(account.balance == accrued.balance + account.rate * (passed - skipped));
        assert(accrued.isDepleted());
    }
}

/// @notice No paid index falls, and none passes the index.
contract PaidIndexNeverFalls is AnyAccount {
    using Accounts for AccruedAccount;

    function check(Account memory account, uint256 index) external pure {
        _assume(account, index);
        AccruedAccount memory accrued = _charged(account, index);
        uint256 before = account.index - account.skipped;
        uint256 paid = accrued.paidIndex();
        assert(paid >= before);
        assert(paid <= index);
        assert(accrued.skipped >= account.skipped && accrued.skipped - account.skipped <= index - account.index);
        assert(accrued.balance <= account.balance);
    }
}

/// @notice An account that is out of funds pays nothing and skips all of the index.
contract DepletedAccountsPayNothing is AnyAccount {
    function check(Account memory account, uint256 index) external pure {
        _assume(account, index);
        require(account.balance < account.rate);
        AccruedAccount memory accrued = _charged(account, index);
        assert(accrued.balance == account.balance);
        assert(accrued.skipped == account.skipped + (index - account.index));
    }
}

/// @notice There is one way to pay: what is kept is below the rate, so touching an account on the way to an index leads to the same.
contract ChargesAreUnique {
    function check(uint224 balance, uint96 rate, uint224 kept, uint120 paid, uint224 keptToo, uint120 paidToo) external pure {
        require(kept < rate && balance == kept + uint256(rate) * paid);
        require(keptToo < rate && balance == keptToo + uint256(rate) * paidToo);
        assert(paid <= paidToo);
        assert(paid >= paidToo);
    }
}

/// @notice No account runs out of funds, and skips any of the index, before an index that its balance reaches.
contract NothingIsSkippedBeforeFundsRunOut is AnyAccount {
    function check(Account memory account, uint256 index) external pure {
        _assume(account, index);
        require(account.streamCount != 0 && index <= account.index + uint256(account.balance) / account.rate);
        AccruedAccount memory accrued = _charged(account, index);
        assert(accrued.skipped == account.skipped);
    }
}

/// @dev What of the index an account pays late: beyond the registered end of its streams, which is counted from its last touch.
abstract contract AnyLateness is AnyAccount {
    /// @param skipped What it has skipped at the index, as {PaidIndexNeverFalls} bounds it.
    function _late(
        Account memory account,
        uint256 index,
        uint256 skipped,
        uint256 tickBits
    ) internal pure returns (AccruedAccount memory result) {
        _assume(account, index);
        require(account.skipped <= skipped && skipped - account.skipped <= index - account.index);
        // {CurrencyIndexes.start}: from 48 to 98.
        require(tickBits < 99 && 1 << tickBits >= 2 ** 48 && 1 << tickBits <= 2 ** 98);
        result.skipped = account.skipped;
        (uint256 from, uint256 skippedLate, uint256 endTicks) = (account.index, account.skippedLate, account.endTicks);
        unchecked {
            // cut contracts/libraries/Accounts.sol from "uint256 touchedAt = from" up to "uint256 passed = index - from"
            result.skipped = skipped;
            // cut contracts/libraries/Accounts.sol from "uint256 paidNow = index" up to "}"
        }
    }
}

/// @notice Late is what an account pays beyond the registered end; if that has not passed, nothing is.
contract LateIsWhatIsPaidBeyondTheEnd is AnyLateness {
    function check(Account memory account, uint256 index, uint256 skipped, uint256 tickBits) external pure {
        AccruedAccount memory accrued = _late(account, index, skipped, tickBits);
        uint256 touchedAt = account.index - account.skippedLate;
        assert(accrued.registered == (account.endTicks != 0));
        assert(accrued.registered || accrued.endIndex == touchedAt);
        // The paid index at the end, if the account has not run out of funds before.
        uint256 paidAtTouch = touchedAt - (account.skipped - account.skippedLate);
        uint256 paidNow = index - skipped;
        assert(accrued.endIndex < index || accrued.late == 0);
        if (accrued.endIndex <= index && accrued.endIndex >= touchedAt) {
            uint256 paidAtEnd = paidAtTouch + (accrued.endIndex - touchedAt);
            assert(accrued.late == (paidNow > paidAtEnd ? paidNow - paidAtEnd : 0));
        }
    }
}

/// @notice The late part is all of the index since the registered end just if nothing of the index has been skipped since the touch.
contract LateIsAllIfNothingWasSkipped is AnyLateness {
    function check(Account memory account, uint256 index, uint256 skipped, uint256 tickBits) external pure {
        AccruedAccount memory accrued = _late(account, index, skipped, tickBits);
        require(accrued.endIndex < index);
        uint256 skippedSince = skipped - (account.skipped - account.skippedLate);
        assert(accrued.late <= index - accrued.endIndex);
        assert((accrued.late == index - accrued.endIndex) == (skippedSince == 0));
    }
}

/// @notice A registered end is later than now, not after the account runs out of funds, and unless it is as far as ends can be, less than a tick before. Without one, less than a tick is left.
contract EndsAreBeforeFundsRunOut {
    using Accounts for AccruedAccount;

    function check(AccruedAccount memory accrued, uint256 tickBits) external pure {
        require(accrued.balance < 2 ** 224 && accrued.rate < 2 ** 96 && accrued.rate != 0 && accrued.index < 2 ** 120);
        uint256 tick = 1 << tickBits;
        require(tickBits < 99 && tick >= 2 ** 48 && tick <= 2 ** 98);
        uint256 runsOutAt = accrued.index + accrued.balance / accrued.rate;
        uint256 endTicks = accrued.endTicksOf(tickBits);
        // As {Payments} and {Accounts.at} compute it.
        uint256 end = ((accrued.index >> tickBits) + endTicks) << tickBits;
        assert(endTicks < 2 ** 40);
        assert(end < 2 ** 139);
        assert(endTicks == 0 || (end > accrued.index && end <= runsOutAt));
        assert(endTicks == type(uint40).max || runsOutAt < end + tick);
        assert(endTicks != 0 || runsOutAt - accrued.index < tick);
        assert(end >> tickBits == (accrued.index >> tickBits) + endTicks);
    }
}

/// @notice Of an account that is not credited after its touch, less than a tick is ever late, unless its end is as far as ends can be.
contract LessThanATickIsLate {
    function check(uint256 touchedAt, uint256 affordable, uint256 end, uint256 tick, uint256 paid) external pure {
        require(touchedAt < 2 ** 120 && affordable < 2 ** 224 && tick <= 2 ** 98);
        // {EndsAreBeforeFundsRunOut}; without a registered end it is where the account was touched.
        require(end >= touchedAt && end <= touchedAt + affordable && touchedAt + affordable < end + tick);
        // {ChargesAreUnique}: it pays no more of the index than its balance covers.
        require(paid <= affordable);
        // {LateIsWhatIsPaidBeyondTheEnd}
        uint256 known = end - touchedAt;
        uint256 late = paid > known ? paid - known : 0;
        assert(late < tick);
    }
}

/// @dev A credit to an account that pays streams.
abstract contract AnyCredit is AnyAccount {
    Account internal self;

    /// @param balance With what is credited.
    function _credited(Account memory account, uint256 index, uint256 balance, uint256 scaledAmount) internal returns (uint256) {
        self = account;
        self.balance = uint240(balance);
        // The index does not fall.
        unchecked {
            return _credit(balance, scaledAmount, index - account.index, account.rate, account.index);
        }
    }

    function _credit(uint256 balance, uint256 scaledAmount, uint256 passed, uint256 rate, uint256 index) private returns (uint256) {
        unchecked {
            // cut contracts/libraries/Accounts.sol from "uint256 before = balance" up to "}"
        }
    }
}

/// @notice A credit leaves the account sound, and its last touch, its registered end and its skipped index of then as they were.
contract CreditsLeaveStreams is AnyCredit {
    function check(Account memory account, uint256 index, uint256 scaledAmount) external {
        _assume(account, index);
        require(account.streamCount != 0 && account.balance < 2 ** 225 && scaledAmount < 2 ** 224);
        _credited(account, index, uint256(account.balance) + scaledAmount, scaledAmount);
        Account memory stored = self;
        assert(_isSound(stored));
        assert(stored.rate == account.rate && stored.streamCount == account.streamCount && stored.endTicks == account.endTicks);
        assert(stored.index - stored.skippedLate == account.index - account.skippedLate);
        assert(stored.skipped - stored.skippedLate == account.skipped - account.skippedLate);
        assert(stored.index <= index);
    }
}

/// @notice A credit to a funded account adds just that, to what it has stored as to what it has now, and changes nothing else.
contract CreditsAddUp is AnyCredit {
    function check(Account memory account, uint256 index, uint256 scaledAmount) external {
        _assume(account, index);
        require(account.streamCount != 0 && account.balance < 2 ** 225 && scaledAmount < 2 ** 224);
        uint256 balance = account.balance;
        uint256 cost = account.rate * (index - account.index);
        require(cost <= balance);
        uint256 returned = _credited(account, index, balance + scaledAmount, scaledAmount);
        assert(returned == balance - cost + scaledAmount);
        assert(self.balance == balance + scaledAmount);
        assert(self.index == account.index && self.skipped == account.skipped && self.wasDepleted == account.wasDepleted);
    }
}

/// @notice A credit to an account that is out of funds lets it pay from then on: it skips what it could not pay, and goes on with its rest and the credit.
contract CreditsWakeUp is AnyCredit {
    function check(Account memory account, uint256 index, uint256 scaledAmount) external {
        _assume(account, index);
        require(account.streamCount != 0 && account.balance < 2 ** 225 && scaledAmount < 2 ** 224);
        (uint256 balance, uint256 rate) = (account.balance, account.rate);
        uint256 passed = index - account.index;
        require(rate * passed > balance);
        uint256 returned = _credited(account, index, balance + scaledAmount, scaledAmount);
        uint256 paid = index - self.index;
        uint256 rest = balance - rate * paid;
        assert(rest < rate);
        assert(returned == rest + scaledAmount);
        assert(self.balance == balance + scaledAmount && self.wasDepleted);
        assert(self.skipped == account.skipped + (passed - paid));
    }
}

/// @dev What an account is written as: words, of which each holds fields.
abstract contract AnyWords {
    // cut contracts/libraries/Accounts.sol from "uint256 private constant MAX_END_TICKS" up to "/// @notice The account now, with all"

    Account internal self;
    uint256 internal balanceWord;
    uint256 internal rateWord;
    uint256 internal skippedWord;

    function _load(Account storage, uint256 slot) internal view returns (uint256) {
        return slot == BALANCE_SLOT ? balanceWord : rateWord;
    }

    function _store(Account storage, uint256 slot, uint256 word) internal {
        if (slot == BALANCE_SLOT) balanceWord = word;
        else if (slot == RATE_SLOT) rateWord = word;
        else skippedWord = word;
    }
}

/// @notice An account that is written back can be read: each field is where the code looks for it, and nothing is late.
contract WordsHoldTheFields is AnyWords {
    function check(AccruedAccount memory value, uint256 endTicks) external {
        require(value.balance < 2 ** 225 && value.streamCount < 2 ** 8 && value.skipped < 2 ** 120);
        require(value.rate < 2 ** 96 && value.index < 2 ** 120 && endTicks < 2 ** 40);
        require(value.streamCount != 0 || value.streamed);
        store(value, endTicks);
        assert(balanceWord & MAX_BALANCE == value.balance);
        assert((balanceWord >> COUNT_SHIFT) & MAX_COUNT == value.streamCount);
        assert(balanceWord >> DEPLETED_SHIFT == (value.skipped != 0 ? 1 : 0));
        assert(rateWord & MAX_RATE == value.rate);
        assert((rateWord >> INDEX_SHIFT) & MAX_INDEX == value.index);
        assert(rateWord >> TICKS_SHIFT == endTicks);
        assert(value.skipped == 0 || skippedWord == value.skipped);
    }

    function store(AccruedAccount memory value, uint256 endTicks) private {
        // body of store of contracts/libraries/Accounts.sol
    }
}

/// @notice A credit is added to the word of a balance without reaching the next field.
contract CreditsFitTheirField is AnyWords {
    function check(uint256 word, uint256 scaledAmount) external {
        // {DepositsFit}
        require(word & MAX_BALANCE < 2 ** 225 && scaledAmount < 2 ** 224);
        balanceWord = word;
        uint256 balance = _credited(scaledAmount);
        assert(balance == (word & MAX_BALANCE) + scaledAmount);
        assert(balanceWord & MAX_BALANCE == balance);
        assert(balanceWord >> COUNT_SHIFT == word >> COUNT_SHIFT);
    }

    function _credited(uint256 scaledAmount) private returns (uint256 balance) {
        uint256 word = balanceWord;
        // As `check` requires.
        require(word & MAX_BALANCE < 2 ** 225 && scaledAmount < 2 ** 224);
        // cut contracts/libraries/Accounts.sol from "balance = (word & MAX_BALANCE)" up to "if ((word"
    }
}

/// @notice An account out of which nothing streams keeps its balance, at any index.
contract IdleAccountsKeepAll is AnyWords {
    function check(uint256 word, uint256 index, uint256 tickBits) external {
        require((word >> COUNT_SHIFT) & MAX_COUNT == 0);
        balanceWord = word;
        AccruedAccount memory accrued = at(index, tickBits);
        assert(accrued.balance == word & MAX_BALANCE);
        assert(accrued.skipped == (word >> DEPLETED_SHIFT == 0 ? 0 : self.skipped));
        assert(accrued.rate == 0 && accrued.late == 0 && !accrued.registered && !accrued.streamed && accrued.index == index);
    }

    function at(uint256 index, uint256 tickBits) private view returns (AccruedAccount memory result) {
        // body of at of contracts/libraries/Accounts.sol
    }
}

/// @notice A touch leaves a sound account.
contract AccountsStaySound is AnyAccount {
    using Accounts for AccruedAccount;

    function check(AccruedAccount memory value, uint256 tickBits) external pure {
        require(value.rate != 0 && value.rate < 2 ** 96 && value.balance < 2 ** 224);
        require(value.skipped <= value.index && value.index < 2 ** 120);
        require(tickBits < 99 && 1 << tickBits >= 2 ** 48 && 1 << tickBits <= 2 ** 98);
        // As {WordsHoldTheFields} shows; the casts fit.
        Account memory stored = Account({
            balance: uint240(value.balance),
            streamCount: 1,
            wasDepleted: value.skipped != 0,
            rate: uint96(value.rate),
            index: uint120(value.index),
            endTicks: uint40(value.endTicksOf(tickBits)),
            skipped: uint120(value.skipped),
            skippedLate: 0
        });
        assert(_isSound(stored));
        assert(stored.balance == value.balance && stored.index == value.index && stored.skipped == value.skipped);
    }
}

/// @notice The balance pays up to the second that `coveredUntil` names, and not up to the next.
contract CoverageIsExact {
    using Accounts for AccruedAccount;

    function check(AccruedAccount memory accrued, uint88 perSecond) external view {
        require(accrued.balance < 2 ** 224 && accrued.rate < 2 ** 96 && accrued.rate != 0 && block.timestamp < 2 ** 40);
        require(perSecond >= Units.INDEX_SCALE / Units.MAX_PRICE && perSecond <= Units.INDEX_SCALE / Units.MIN_PRICE);
        uint256 until = accrued.coveredUntil(perSecond);
        uint256 cost = accrued.rate * perSecond;
        uint256 covered = accrued.balance / cost;
        assert(cost * covered <= accrued.balance && cost * (covered + 1) > accrued.balance);
        uint256 last = block.timestamp + covered;
        assert(until == (last < type(uint64).max ? last : type(uint64).max));
    }
}
