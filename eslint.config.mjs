import js from "@eslint/js";
import tseslint from "typescript-eslint";

const skippedTests = {
  selector: "MemberExpression[object.name=/^(describe|context|it|before|after|beforeEach|afterEach)$/][property.name=/^(only|skip)$/]",
  message: "A test that is skipped, or that skips the others, proves nothing.",
};

const hardhatPackages = {
  group: ["hardhat", "hardhat/*", "@nomicfoundation/*", "hardhat-deploy", "hardhat-deploy/*", "**/tasks/**", "**/test/**"],
  message: "src/ is what a front end imports: it does not depend on Hardhat.",
};

const nodeModules = {
  group: ["node:*", "secp256k1", "**/engine/node", "**/engine/node/**", "**/storage-proofs/answer", "**/storage-proofs/file"],
  message: "src/ also runs in browsers, but for src/engine/node and what proves files.",
};

export default tseslint.config(
  { ignores: ["artifacts/", "cache/", "coverage/", "deployments/", "node_modules/", "typechain-types/"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      eqeqeq: "error",
      "max-lines": ["error", { max: 400 }],
      "no-restricted-syntax": ["error", skippedTests],
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/explicit-module-boundary-types": "error",
      // A method that is declared as a property has no `this` to lose.
      "@typescript-eslint/method-signature-style": ["error", "property"],
      // Hardhat and mocha ask for functions that return promises, whether or not they have something to wait for.
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNever: true, allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
    },
  },
  {
    files: ["src/**/*.ts"],
    rules: {
      "no-console": "error",
      "no-restricted-imports": ["error", { patterns: [hardhatPackages, nodeModules] }],
      "no-restricted-globals": [
        "error",
        ...["Buffer", "process", "global", "setImmediate"].map((name) => ({ name, message: nodeModules.message })),
      ],
    },
  },
  {
    files: ["src/engine/node/**/*.ts", "src/storage-proofs/answer.ts", "src/storage-proofs/file.ts"],
    rules: { "no-restricted-imports": ["error", { patterns: [hardhatPackages] }], "no-restricted-globals": "off" },
  },
  {
    files: ["test/**/*.ts"],
    rules: {
      // `expect(x).to.be.true` is an expression that asserts.
      "@typescript-eslint/no-unused-expressions": "off",
      // A test may insist that its fixture holds what it put there.
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/explicit-module-boundary-types": "off",
      "max-lines": "off",
    },
  },
  {
    files: ["**/*.{js,cjs,mjs}"],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: { __dirname: "readonly", module: "writable", require: "readonly", process: "readonly" } },
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
);
