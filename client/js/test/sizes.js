// What a page loads is small, and stays so: fails when the client, as it is served, is over its limit when gzipped.

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT = 4096;
const size = gzipSync(readFileSync(new URL("../client.js", import.meta.url)), { level: 9 }).length;
console.log(`client.js: ${size} of ${LIMIT} bytes gzipped`);
if (size > LIMIT) process.exitCode = 1;
