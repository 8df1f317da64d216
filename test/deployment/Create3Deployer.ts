import { expect } from "chai";
import { ethers } from "hardhat";

import { type Create3Deployer, TestUSD__factory } from "../../cache/typechain-types";
import { PATIENCE } from "../helpers/clusters";

const SALT = ethers.id("a contract");
const INIT_CODE = TestUSD__factory.bytecode;

describe("Create3Deployer", function () {
  let create3: Create3Deployer;
  beforeEach(async function () {
    create3 = await ethers.deployContract("Create3Deployer");
  });

  describe("deploy", function () {
    it("is refused when the caller is not the deployer", async function () {
      const [deployer, other] = await ethers.getSigners();
      await expect(create3.connect(other).deploy(SALT, INIT_CODE))
        .to.be.revertedWithCustomError(create3, "CallerNotDeployer")
        .withArgs(other, deployer);
    });

    it("is refused when the salt has been used", async function () {
      const address = await create3.addressOf(SALT);
      await create3.deploy(SALT, INIT_CODE);
      await expect(create3.deploy(SALT, INIT_CODE)).to.be.revertedWithCustomError(create3, "SaltAlreadyUsed").withArgs(SALT, address);
    });

    it("raises what the constructor raises, and leaves the salt free", async function () {
      this.timeout(PATIENCE);
      const { bytecode } = await ethers.getContractFactory("AccessManager");
      const withoutAdmin = ethers.concat([bytecode, ethers.zeroPadValue("0x00", 32)]);
      const api = await ethers.getContractFactory("AccessManager");
      await expect(create3.deploy(SALT, withoutAdmin))
        .to.be.revertedWithCustomError(api, "AccessManagerInvalidInitialAdmin")
        .withArgs(ethers.ZeroAddress);
      expect(await create3.initCodeHashOf(SALT)).to.equal(ethers.ZeroHash);
      await expect(create3.deploy(SALT, INIT_CODE)).to.emit(create3, "ContractDeployed");
    });

    it("is refused when there is no init code", async function () {
      await expect(create3.deploy(SALT, "0x")).to.be.revertedWithCustomError(create3, "Create3EmptyBytecode");
    });

    it("deploys to the address that was announced, and keeps the hash of the init code", async function () {
      const address = await create3.addressOf(SALT);
      await expect(create3.deploy(SALT, INIT_CODE))
        .to.emit(create3, "ContractDeployed")
        .withArgs(SALT, address, ethers.keccak256(INIT_CODE));
      expect(await create3.initCodeHashOf(SALT)).to.equal(ethers.keccak256(INIT_CODE));
      expect(await TestUSD__factory.connect(address, ethers.provider).symbol()).to.equal("TestUSD");
    });
  });

  describe("addressOf", function () {
    it("depends on the salt and on this contract alone", async function () {
      const other = await ethers.deployContract("Create3Deployer");
      expect(await create3.addressOf(SALT)).to.not.equal(await create3.addressOf(ethers.id("another")));
      expect(await create3.addressOf(SALT)).to.not.equal(await other.addressOf(SALT));
    });
  });

  describe("DEPLOYER", function () {
    it("is who created it", async function () {
      const [, other] = await ethers.getSigners();
      expect(await (await ethers.deployContract("Create3Deployer", other)).DEPLOYER()).to.equal(other);
    });
  });
});
