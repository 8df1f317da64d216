// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Account, Accounts, Touched} from "../../../contracts/libraries/Accounts.sol";
import {Units} from "../../../contracts/libraries/Units.sol";

/// @dev Any account that is sound, at any index since it was touched. That accounts stay sound is {AccountsStaySound}.
abstract contract AnyAccount {
    using Accounts for Account;

    Account private self;

    function _assume(Account memory account, uint256 index) internal pure {
        require(_isSound(account));
        require(account.index <= index && index < 2 ** 120);
    }

    /// @dev Its flags say what they say, and what was skipped is a part of the index.
    function _isSound(Account memory account) internal pure returns (bool) {
        return account.streams == (account.rate != 0) && account.wasDry == (account.skipped != 0) && account.skipped <= account.index;
    }

    function _at(Account memory account, uint256 index) internal returns (Touched memory) {
        self = account;
        return self.at(index);
    }

    function storedDrySpells(Touched memory self) private pure returns (uint24) {
        // body of storedDrySpells of contracts/libraries/Accounts.sol
    }

    /// @dev The account that `store` leaves.
    function _stored(Account memory account, Touched memory value) internal returns (Account memory) {
        self = account;
        // body of store of contracts/libraries/Accounts.sol
        return self;
    }
}

/// @notice An account out of which nothing streams keeps its balance, at any index.
contract IdleAccountsKeepAll is AnyAccount {
    function check(Account memory account, uint256 index) external {
        _assume(account, index);
        require(!account.streams);
        Touched memory touched = _at(account, index);
        assert(touched.balance == account.balance);
        assert(touched.skipped == account.skipped);
        assert(touched.rate == 0);
    }
}

/// @notice An account that can pay is charged its rate x the growth of the index, and its paid index grows by as much.
contract FundedAccountsPayAll is AnyAccount {
    function check(Account memory account, uint256 index) external {
        _assume(account, index);
        require(account.streams);
        uint256 cost = account.rate * (index - account.index);
        require(cost <= account.balance);
        Touched memory touched = _at(account, index);
        assert(touched.balance == account.balance - cost);
        assert(touched.skipped == account.skipped);
        assert(touched.rate == account.rate);
    }
}

/// @notice An account that cannot pay is charged its rate x the growth of its paid index, too; what it keeps does not pay for one more.
contract DryAccountsPayWhatTheyCan is AnyAccount {
    using Accounts for Touched;

    function check(Account memory account, uint256 index) external {
        _assume(account, index);
        require(account.streams);
        uint256 passed = index - account.index;
        require(account.rate * passed > account.balance);
        Touched memory touched = _at(account, index);
        uint256 skipped = touched.skipped - account.skipped;
        assert(skipped != 0 && skipped <= passed);
        assert(account.balance == touched.balance + account.rate * (passed - skipped));
        assert(touched.isDry());
    }
}

/// @notice No paid index falls, and none passes the index.
contract PaidIndexNeverFalls is AnyAccount {
    using Accounts for Touched;

    function check(Account memory account, uint256 index) external {
        _assume(account, index);
        Touched memory touched = _at(account, index);
        uint256 before = account.index - account.skipped;
        uint256 funded = touched.paidIndex();
        assert(funded >= before);
        assert(funded <= index);
        assert(touched.balance <= account.balance);
    }
}

/// @notice What is written back reads the same, with any balance, rate and skipped index, and leaves a sound account; a dry spell is counted.
contract AccountsStaySound is AnyAccount {
    function check(Account memory account, uint256 index, uint256 skipped, uint224 balance, uint96 rate) external {
        _assume(account, index);
        // As {PaidIndexNeverFalls} shows.
        require(skipped <= index && skipped >= account.skipped);
        // An account that was idle has skipped nothing since.
        require(account.streams || skipped == account.skipped);
        uint24 drySpells = account.wasDry ? account.drySpells : 0;
        Touched memory touched = Touched({
            balance: balance,
            rate: rate,
            streamed: account.streams,
            skipped: skipped,
            drySpells: drySpells,
            ranDry: skipped != account.skipped,
            index: index
        });
        Account memory stored = _stored(account, touched);
        assert(_isSound(stored));
        assert(stored.index <= index);
        Touched memory again = _at(stored, index);
        assert(again.balance == balance);
        assert(again.rate == rate);
        assert(again.skipped == skipped);
        unchecked {
            assert(again.drySpells == (skipped == account.skipped ? drySpells : drySpells + 1));
        }
    }
}

/// @notice So does the balance of an account out of which nothing streams, for which the index was not read.
contract IdleAccountsStaySound is AnyAccount {
    function check(Account memory account, uint256 index, uint224 balance) external {
        _assume(account, index);
        require(!account.streams);
        uint24 drySpells = account.wasDry ? account.drySpells : 0;
        Touched memory touched = Touched({
            balance: balance,
            rate: 0,
            streamed: false,
            skipped: account.skipped,
            drySpells: drySpells,
            ranDry: false,
            index: 0
        });
        Account memory stored = _stored(account, touched);
        assert(_isSound(stored));
        assert(stored.index == account.index);
        Touched memory again = _at(stored, index);
        assert(again.balance == balance);
        assert(again.rate == 0);
        assert(again.skipped == account.skipped);
        assert(again.drySpells == drySpells);
    }
}

/// @notice A credit to an account out of which nothing streams adds just that to its balance, below 2^224. (The others are touched first.)
contract CreditsAddUp {
    Account private self;

    function check(Account memory account, uint256 scaledAmount) external {
        require(!account.streams);
        // All that is owed in a currency is below 2^224, the credit included: {DepositsFit}.
        require(scaledAmount <= type(uint224).max - account.balance);
        self = account;
        uint256 balance = _credited(scaledAmount);
        assert(balance == account.balance + scaledAmount);
        assert(self.balance == balance);
        assert(self.skipped == account.skipped && self.wasDry == account.wasDry && !self.streams);
    }

    function _credited(uint256 scaledAmount) private returns (uint256) {
        require(scaledAmount <= type(uint224).max && self.balance <= type(uint224).max - scaledAmount);
        // cut contracts/libraries/Accounts.sol from "if (!self.streams) return self.balance +=" up to "Touched memory value"
    }
}

/// @notice A dry account pays nothing and skips all of the index.
contract DryAccountsPayNothing is AnyAccount {
    function check(Account memory account, uint256 index) external {
        _assume(account, index);
        require(account.balance < account.rate);
        Touched memory touched = _at(account, index);
        assert(touched.balance == account.balance);
        assert(touched.skipped == account.skipped + (index - account.index));
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

/// @notice The balance pays up to the second that `coveredUntil` names, and not up to the next.
contract CoverageIsExact {
    using Accounts for Touched;

    function check(uint224 balance, uint96 rate, uint88 perSecond) external view {
        require(rate != 0 && block.timestamp < 2 ** 40);
        require(perSecond >= Units.INDEX_SCALE / Units.MAX_PRICE && perSecond <= Units.INDEX_SCALE / Units.MIN_PRICE);
        Touched memory touched = Touched({balance: balance, rate: rate, streamed: true, skipped: 0, drySpells: 0, ranDry: false, index: 0});
        uint256 until = touched.coveredUntil(perSecond);
        uint256 cost = uint256(rate) * perSecond;
        uint256 covered = balance / cost;
        assert(cost * covered <= balance && cost * (covered + 1) > balance);
        uint256 last = block.timestamp + covered;
        assert(until == (last < type(uint64).max ? last : type(uint64).max));
    }
}
