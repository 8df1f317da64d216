// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Account, Accounts, Touched} from "../libraries/Accounts.sol";
import {CurrencyIndex} from "../libraries/CurrencyIndexes.sol";

/// @title AccountsHarness
/// @notice Lets tests call {Accounts} with one account and one index.
contract AccountsHarness {
    using Accounts for Account;
    using Accounts for Touched;

    Account private _account;
    CurrencyIndex private _currencyIndex;

    function setAccount(Account calldata value) external {
        _account = value;
    }

    function setCurrencyIndex(CurrencyIndex calldata value) external {
        _currencyIndex = value;
    }

    function store(Touched calldata value) external {
        _account.store(value);
    }

    function account() external view returns (Account memory) {
        return _account;
    }

    function at(uint256 index) external view returns (Touched memory) {
        return _account.at(index);
    }

    function touched() external view returns (Touched memory) {
        return _account.touched(_currencyIndex);
    }

    function touchedBalance() external view returns (Touched memory) {
        return _account.touchedBalance(_currencyIndex);
    }

    function coveredUntil(Touched calldata value, uint256 indexPerSecond) external view returns (uint64) {
        return value.coveredUntil(indexPerSecond);
    }

    function fundedIndex(Touched calldata value) external pure returns (uint256) {
        return value.fundedIndex();
    }

    function isDry(Touched calldata value) external pure returns (bool) {
        return value.isDry();
    }
}
