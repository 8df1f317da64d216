// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Account, Accounts, AccruedAccount} from "../libraries/Accounts.sol";
import {CurrencyIndex} from "../libraries/CurrencyIndexes.sol";

/// @title AccountsHarness
/// @notice Lets tests call {Accounts} with one account and one index.
contract AccountsHarness {
    using Accounts for Account;
    using Accounts for AccruedAccount;

    Account private _account;
    CurrencyIndex private _currencyIndex;

    /// @notice Stores an account.
    function setAccount(Account calldata value) external {
        _account = value;
    }

    /// @notice Stores the index of its currency.
    function setCurrencyIndex(CurrencyIndex calldata value) external {
        _currencyIndex = value;
    }

    /// @notice As in {Accounts}.
    function store(AccruedAccount calldata value, uint256 endTicks) external {
        _account.store(value, endTicks);
    }

    /// @notice As in {Accounts}.
    function credit(uint256 scaledAmount) external returns (uint256 balance) {
        return _account.credit(_currencyIndex, scaledAmount);
    }

    /// @notice The account as it is stored.
    function account() external view returns (Account memory) {
        return _account;
    }

    /// @notice As in {Accounts}.
    function at(uint256 index, uint256 tickBits) external view returns (AccruedAccount memory) {
        return _account.at(index, tickBits);
    }

    /// @notice As in {Accounts}.
    function accrued() external view returns (AccruedAccount memory) {
        return _account.accrued(_currencyIndex);
    }

    /// @notice As in {Accounts}.
    function coveredUntil(AccruedAccount calldata value, uint256 indexPerSecond) external view returns (uint64) {
        return value.coveredUntil(indexPerSecond);
    }

    /// @notice As in {Accounts}.
    function paidIndex(AccruedAccount calldata value) external pure returns (uint256) {
        return value.paidIndex();
    }

    /// @notice As in {Accounts}.
    function isDepleted(AccruedAccount calldata value) external pure returns (bool) {
        return value.isDepleted();
    }

    /// @notice As in {Accounts}.
    function endTicksOf(AccruedAccount calldata value, uint256 tickBits) external pure returns (uint256) {
        return value.endTicksOf(tickBits);
    }
}
