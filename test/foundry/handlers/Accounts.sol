// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

import {IAccountRegistry} from "../../../contracts/interfaces/IAccountRegistry.sol";
import {TestUSD} from "../../../contracts/mocks/TestUSD.sol";
import {Currency} from "../../../contracts/types/Currency.sol";
import {Totals} from "../base/Totals.sol";
import {vm} from "../base/Vm.sol";

/// @dev People deposit and withdraw.
abstract contract Accounts is Totals {
    bytes32 private constant PERMIT = keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");

    struct Permit {
        uint256 deadline;
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    function deposit(uint256 seed) external seeded(seed) {
        (address by, Currency currency) = _account();
        uint256 amount = _amountFor(by, currency);
        _fund(by, currency, amount);
        _send(by, true, address(accounts), _ether(currency, amount), abi.encodeCall(IAccountRegistry.deposit, (currency, amount)));
    }

    function depositFor(uint256 seed) external seeded(seed) {
        (address account, Currency currency) = _account();
        (address by, uint256 amount) = (_person(), _amountFor(account, currency));
        _fund(by, currency, amount);
        bytes memory data = abi.encodeCall(IAccountRegistry.depositFor, (account, currency, amount));
        _send(by, true, address(accounts), _ether(currency, amount), data);
    }

    /// @dev Everybody who pays somebody in a currency deposits so little that it lasts for less than four ticks, one after the other.
    function depositDust(uint256 seed) external seeded(seed) {
        (, Currency currency) = _account();
        for (uint256 i = 0; i < PEOPLE; ++i) {
            uint256 rate = _rate[people[i]][currency];
            if (rate == 0 || _oneIn(4)) continue;
            uint256 amount = ((rate * _below(256)) << (_tickBits[currency] - 6)) / _scaled(currency) + 1;
            if (amount > _roomIn(currency)) continue;
            _fund(people[i], currency, amount);
            bytes memory data = abi.encodeCall(IAccountRegistry.deposit, (currency, amount));
            _send(people[i], true, address(accounts), _ether(currency, amount), data);
            if (_oneIn(2)) _pass(_between(1 seconds, 4 hours));
        }
    }

    /// @dev Everybody who pays somebody in a currency deposits as much as lasts up to the same tick, often the first of a word.
    function depositUntil(uint256 seed) external seeded(seed) {
        (, Currency currency) = _account();
        uint256 tick = (_index[currency] >> _tickBits[currency]) + _between(1, 4_000);
        if (_oneIn(2)) tick = (tick / 256 + 1) * 256;
        for (uint256 i = 0; i < PEOPLE; ++i) {
            uint256 needed = _rate[people[i]][currency] * (((2 * tick + 1) << (_tickBits[currency] - 1)) - _index[currency]);
            if (needed <= _balance[people[i]][currency] || _oneIn(8)) continue;
            uint256 amount = (needed - _balance[people[i]][currency]) / _scaled(currency) + 1;
            if (amount > _roomIn(currency)) continue;
            _fund(people[i], currency, amount);
            bytes memory data = abi.encodeCall(IAccountRegistry.deposit, (currency, amount));
            _send(people[i], true, address(accounts), _ether(currency, amount), data);
        }
    }

    /// @dev With a permit, with one that somebody sent ahead, or with an allowance to a token that knows no permits.
    function depositWithPermit(uint256 seed) external seeded(seed) {
        (address account, Currency currency) = _account();
        (address by, uint256 amount) = (_person(), _amountFor(account, currency));
        _fund(by, currency, amount);
        Permit memory permit = _permit(by, currency, amount);
        if (_decimalsOf[currency] == 6 && _oneIn(2)) {
            TestUSD(Currency.unwrap(currency)).permit(by, address(accounts), amount, permit.deadline, permit.v, permit.r, permit.s);
        }
        bytes memory data = abi.encodeCall(
            IAccountRegistry.depositWithPermit,
            (account, currency, amount, permit.deadline, permit.v, permit.r, permit.s)
        );
        _act(by, true, address(accounts), data);
    }

    function withdraw(uint256 seed) external seeded(seed) {
        (address by, Currency currency) = _wealthy();
        // With what comes back to it.
        uint256 balance = (_scaledBalance(by, currency) + _refundsOf(by, currency)) / _scaled(currency);
        address to = _person();
        bool all = _oneIn(3);
        uint256 amount = all ? balance : _between(1, balance + balance / 8);
        bytes memory data = abi.encodeCall(IAccountRegistry.withdraw, (currency, all ? type(uint256).max : amount, to));

        uint256 before = currency.heldBy(to);
        if (amount == 0 || amount > balance) {
            if (_act(by, true, address(accounts), data)) _violate("custodyIsExact", "a withdrawal of more than there is");
        } else if (_must(by, address(accounts), _gasOfTouching(by, currency), data)) {
            _expect(currency.heldBy(to) == before + amount, "custodyIsExact", "a withdrawal paid something else");
        }
    }

    function accountMulticall(uint256 seed) external seeded(seed) {
        (address by, Currency currency) = _wealthy();
        uint256 half = accounts.getAccount(by, currency).balance / 2;
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(IAccountRegistry.withdraw, (currency, half, _person()));
        calls[1] = abi.encodeCall(IAccountRegistry.withdraw, (currency, half, _person()));
        _act(by, true, address(accounts), abi.encodeCall(Multicall.multicall, (calls)));
    }

    /// @dev Somebody sends tokens to the registry by mistake.
    function donate(uint256 seed) external seeded(seed) {
        Currency currency = _currency();
        uint256 amount = _between(1, 1e18);
        if (currency.isNative()) vm.deal(address(accounts), address(accounts).balance + amount);
        else TestUSD(Currency.unwrap(currency)).mint(address(accounts), amount);
        _donated[currency] += amount;
    }

    /// @dev Half of the time for as long as a random duration at the present rate, otherwise anything that there is room for.
    function _amountFor(address account, Currency currency) private returns (uint256 amount) {
        uint256 room = _roomIn(currency);
        uint256 second = (_rate[account][currency] * (1e36 / _price[currency])) / _scaled(currency) + 1;
        amount = _oneIn(2) ? second * _between(1, 3_650 days) : _between(1, _oneIn(8) ? room : 10 ** (_decimalsOf[currency] + 3));
        if (amount > room) amount = room;
    }

    /// @dev Half of the time one that pays somebody, if any does.
    function _account() private returns (address person, Currency currency) {
        if (_oneIn(2)) return (_person(), _currency());
        uint256 start = _below(PEOPLE * currencies.length);
        for (uint256 i = 0; i < PEOPLE * currencies.length; ++i) {
            uint256 number = (start + i) % (PEOPLE * currencies.length);
            (person, currency) = (people[number % PEOPLE], currencies[number / PEOPLE]);
            if (_rate[person][currency] != 0) break;
        }
    }

    function _ether(Currency currency, uint256 amount) private pure returns (uint256) {
        return currency.isNative() ? amount : 0;
    }

    /// @dev Somebody who has something, if anybody has.
    function _wealthy() private returns (address person, Currency currency) {
        uint256 start = _below(PEOPLE * currencies.length);
        for (uint256 i = 0; i < PEOPLE * currencies.length; ++i) {
            uint256 number = (start + i) % (PEOPLE * currencies.length);
            (person, currency) = (people[number % PEOPLE], currencies[number / PEOPLE]);
            if (_balance[person][currency] >= _scaled(currency)) return (person, currency);
        }
    }

    function _permit(address by, Currency currency, uint256 amount) private view returns (Permit memory permit) {
        permit.deadline = vm.getBlockTimestamp();
        if (currency.isNative() || _decimalsOf[currency] != 6) return permit;
        TestUSD token = TestUSD(Currency.unwrap(currency));
        bytes32 content = keccak256(abi.encode(PERMIT, by, address(accounts), amount, token.nonces(by), permit.deadline));
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), content));
        (permit.v, permit.r, permit.s) = vm.sign(_keyOf[by], digest);
    }
}
