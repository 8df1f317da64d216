// Makes solidity-coverage mark the same code with the same numbers wherever the checkout lies. It derives its marks and the names of its
// functions from absolute paths: another folder gives other numbers, the optimizer encodes those in other ways, and a line that a test
// reaches counts as unreached in one folder and not in the next.
const { join } = require("node:path");

const Injector = require("solidity-coverage/lib/injector");

const CHECKOUT = join(__dirname, "..", "/");
const TAKES_ID = /^_get(Hash|.*Identifier|.*Definition)$/;
const isLost = (mark) => /^0x0|00$/.test(mark);

for (const name of Object.getOwnPropertyNames(Injector.prototype).filter((method) => TAKES_ID.test(method))) {
  const original = Injector.prototype[name];
  Injector.prototype[name] = function (id, ...others) {
    return original.call(this, id.replace(CHECKOUT, ""), ...others);
  };
}

// A mark with zeros at its ends may be pushed as a shorter number, which the collector does not recognize.
const markOf = Injector.prototype._getHash;
Injector.prototype._getHash = function (id) {
  let mark;
  do mark = markOf.call(this, id);
  while (isLost(mark));
  return mark;
};
