// node words.mjs PDF.MJS FILE.pdf: what pdf.js, the reader of Firefox and of most web portals,
// would copy out of every page.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

console.log = console.warn = () => {}; // it misses a canvas, which only drawing needs
const [, , library, file] = process.argv;
const { getDocument } = await import(pathToFileURL(library));
const pdf = await getDocument({ data: new Uint8Array(readFileSync(file)), verbosity: 0 }).promise;
for (let number = 1; number <= pdf.numPages; number++) {
  const { items } = await (await pdf.getPage(number)).getTextContent();
  const said = items.map((item) => item.str + (item.hasEOL ? "\n" : ""));
  process.stdout.write(`${said.join("")}\n`);
}
