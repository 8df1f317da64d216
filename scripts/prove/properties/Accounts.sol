// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Account, Accounts, AccruedAccount} from "../../../contracts/libraries/Accounts.sol";
import {CurrencyIndex, CurrencyIndexes} from "../../../contracts/libraries/CurrencyIndexes.sol";
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
