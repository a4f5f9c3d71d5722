// node pictures.mjs PDF.MJS FILE.pdf FOLDER: what pdf.js decodes of every image of page 1, in the
// order painted, as FOLDER/N.ppm; a stencil as FOLDER/N.pbm with 1 where it paints.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

console.log = console.warn = () => {}; // it misses a canvas, which only drawing needs
const [, , library, file, folder] = process.argv;
const { getDocument, ImageKind, OPS } = await import(pathToFileURL(library));
const pdf = await getDocument({ data: new Uint8Array(readFileSync(file)), verbosity: 0 }).promise;
const page = await pdf.getPage(1);
const { fnArray, argsArray } = await page.getOperatorList();
const decoded = (name) => new Promise((done) => page.objs.get(name, done));

const painted = [];
for (const [place, operator] of fnArray.entries()) {
  const [said] = argsArray[place] ?? [];
  if (operator === OPS.paintImageMaskXObject) {
    const stencil = typeof said.data === "string" ? await decoded(said.data) : said;
    const ink = stencil.data.map((byte) => ~byte & 255); // pdf.js has 0 where it paints
    painted.push([`P4 ${stencil.width} ${stencil.height}\n`, ink, "pbm"]);
  } else if (operator === OPS.paintImageXObject) {
    const image = await decoded(said);
    if (image === null || image.kind !== ImageKind.RGB_24BPP) throw new Error(`no picture ${said}`);
    painted.push([`P6 ${image.width} ${image.height} 255\n`, image.data, "ppm"]);
  }
}
for (const [number, [head, pixels, suffix]] of painted.entries())
  writeFileSync(`${folder}/${number}.${suffix}`, Buffer.concat([Buffer.from(head), Buffer.from(pixels)]));
