// Runs the script of verify_bag.html without a browser: node stand_alone.mjs PAGE [--no-crypto] < lines of JSON.
// A line is {"bag": folder, "policy": file or null}; or {"vectors": [[kind, key, message, signature], ...]} in
// hexadecimal digits; or {"digests": [[hex, methods], ...]}; or {"parse":
// [[function, hex], ...]}. The answer is a line of JSON.
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";
import vm from "node:vm";

const page = fs.readFileSync(process.argv[2], "utf-8");
const script = /<script>([^]*)<\/script>/.exec(page)[1];
const crypto = process.argv.includes("--no-crypto") ? undefined : globalThis.crypto;
const world = vm.createContext({ TextEncoder, TextDecoder, atob, btoa, crypto });
vm.runInContext(script, world);
const Refused = vm.runInContext("Refused", world);
const inWorld = (bytes) => vm.runInContext("Uint8Array", world).from(bytes);

// The same signature stands in many bags: each is computed once.
for (const name of ["mldsa44Verifies", "ed25519Verifies"]) {
  const original = world[name], known = new Map();
  world[name] = (...given) => {
    const at = given.map((one) => Buffer.from(one).toString("hex")).join(" ");
    if (!known.has(at)) known.set(at, original(...given));
    return known.get(at);
  };
}

function* walk(folder, below = "") {
  for (const one of fs.readdirSync(folder, { withFileTypes: true })) {
    const place = path.join(folder, one.name), name = below + one.name;
    if (one.isSymbolicLink()) yield { path: name, kind: "link", size: 0 };
    else if (one.isDirectory()) yield* walk(place, `${name}/`);
    else if (!one.isFile()) yield { path: name, kind: "other", size: 0 };
    else yield { path: name, kind: "file", size: fs.statSync(place).size, read: async (start, end) => part(place, start, end) };
  }
}

function part(place, start, end) {
  const handle = fs.openSync(place), bytes = new Uint8Array(Math.max(end - start, 0));
  const count = fs.readSync(handle, bytes, 0, bytes.length, start);
  fs.closeSync(handle);
  return inWorld(bytes.subarray(0, count));
}

async function answer(asked) {
  if (asked.vectors) {
    const check = ([kind, ...given]) => world[kind](...given.map((one) => inWorld(Buffer.from(one, "hex"))));
    return { verdicts: asked.vectors.map(check) };
  }
  if (asked.digests) {
    const found = [];
    for (const [text, methods] of asked.digests) {
      const bytes = inWorld(Buffer.from(text, "hex"));
      const file = { path: "x", kind: "file", size: bytes.length, read: async (start, end) => bytes.slice(start, end) };
      found.push(await world.fileDigests(file, methods));
    }
    return { digests: found };
  }
  if (asked.parse) {
    const isRead = ([name, hex]) => {
      const bytes = Buffer.from(hex, "hex");
      const given = { parseKey: () => bytes.toString("latin1"), parseCheckpoint: () => bytes.toString("utf-8") };
      try {
        world[name]((given[name] || (() => inWorld(bytes)))());
        return true;
      } catch (error) {
        if (error instanceof Refused) return false;
        throw error;
      }
    };
    return { read: asked.parse.map(isRead) };
  }
  try {
    const own = asked.policy ? inWorld(fs.readFileSync(asked.policy)) : null;
    return { parts: await world.verifyBag([...walk(asked.bag)], own, () => {}) };
  } catch (error) {
    if (error instanceof Refused) return { refused: error.message };
    return { crashed: String(error && error.stack) };
  }
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify(await answer(JSON.parse(line))) + "\n");
}
