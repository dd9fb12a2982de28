// Builds dist/: styles, script, icons, names in manifest.json; and fonts/: what printed documents are set in. The binary embeds both.
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { context } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const modules = join(here, "node_modules");
const manifest = {};

/** Writes a file whose name holds the hash of what is in it, and notes it in the manifest. */
async function writeHashed(name, text) {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 8);
  const [stem, extension] = [name.slice(0, name.lastIndexOf(".")), name.slice(name.lastIndexOf("."))];
  manifest[name] = `${stem}.${hash}${extension}`;
  await writeFile(join(dist, manifest[name]), text);
}

/** One symbol of lucide: the drawing without its wrapper; colour and width come from the page. */
async function symbol(name) {
  const text = await readFile(join(modules, "lucide-static/icons", `${name}.svg`), "utf8").catch(() => {
    throw new Error(`icons.txt names ${name}, which lucide does not have; see node_modules/lucide-static/icons`);
  });
  const drawing = text.slice(text.indexOf(">", text.indexOf("<svg")) + 1, text.lastIndexOf("</svg>")).replace(/\s*\n\s*/g, "").replace(/ \/>/g, "/>");
  return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round">${drawing}</symbol>`;
}

async function icons() {
  const names = (await readFile(join(here, "icons.txt"), "utf8")).split("\n").map((line) => line.trim()).filter((line) => line && !line.startsWith("#"));
  const mark = await readFile(join(here, "art/mark.svg"), "utf8");
  const symbols = await Promise.all([...new Set(names)].sort().map(symbol));
  symbols.push(mark.trim().replace(/^<svg[^>]*>/, '<symbol id="mark" viewBox="0 0 32 32">').replace("</svg>", "</symbol>"));
  await writeHashed("icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`);
  await writeHashed("favicon.svg", mark);
}

async function webmanifest() {
  await writeHashed("site.webmanifest", JSON.stringify({
    name: "知客",
    short_name: "知客",
    description: "客户关系管理",
    lang: "zh-CN",
    start_url: "/",
    display: "standalone",
    background_color: "#ffffff",
    theme_color: "#3356cf",
    icons: [{ src: manifest["favicon.svg"], sizes: "any", type: "image/svg+xml", purpose: "any" }],
  }));
}

/** Two weights of Noto Sans SC, whole: a name on a contract may have any character. */
async function fonts() {
  const folder = join(here, "fonts");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const [name, file] of [["regular", "400Regular/NotoSansSC_400Regular"], ["bold", "700Bold/NotoSansSC_700Bold"]]) {
    await copyFile(join(modules, "@expo-google-fonts/noto-sans-sc", `${file}.ttf`), join(folder, `${name}.ttf`));
  }
}

async function licenses() {
  const parts = [];
  for (const [name, folder, file = "LICENSE"] of [["htmx", "htmx.org"], ["idiomorph", "idiomorph"], ["Lucide", "lucide-static"], ["Noto Sans SC", "@expo-google-fonts/noto-sans-sc", "LICENSE_FONT"]]) {
    const { version, license } = JSON.parse(await readFile(join(modules, folder, "package.json"), "utf8"));
    const text = await readFile(join(modules, folder, file), "utf8");
    parts.push(`${name} ${version} (${license})\n\n${text.trim()}\n`);
  }
  await writeFile(join(dist, "licenses.txt"), parts.join(`\n${"-".repeat(72)}\n\n`));
}

/** dark.css holds declarations only; they are wanted for "dark" and, where the system is dark, for "auto". */
const darkTwice = {
  name: "dark-twice",
  setup(build) {
    build.onLoad({ filter: /dark\.css$/ }, async ({ path }) => {
      const declarations = await readFile(path, "utf8");
      return {
        loader: "css",
        contents: `:root[data-theme="dark"]{${declarations}}@media (prefers-color-scheme: dark){:root[data-theme="auto"]{${declarations}}}`,
      };
    });
  },
};

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await icons();
await fonts();
await webmanifest();
await licenses();

const bundle = await context({
  absWorkingDir: here,
  entryPoints: ["css/app.css", "js/app.js"],
  outdir: dist,
  bundle: true,
  minify: true,
  format: "esm",
  // What the browsers of Chinese offices run: Chromium 114 has popover; lower versions still get plain pages.
  target: ["chrome114", "edge114", "safari17", "firefox125"],
  charset: "utf8",
  legalComments: "none",
  entryNames: "[name].[hash]",
  assetNames: "[name].[hash]",
  loader: { ".svg": "file" },
  metafile: true,
  define: { ICONS: JSON.stringify(manifest["icons.svg"]) },
  logOverride: { "direct-eval": "silent" },
  plugins: [darkTwice, {
    name: "manifest",
    setup(build) {
      build.onEnd(async ({ metafile }) => {
        for (const [file, output] of Object.entries(metafile?.outputs ?? {})) {
          if (output.entryPoint) manifest[basename(output.entryPoint)] = basename(file);
        }
        const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => a.localeCompare(b)));
        await writeFile(join(dist, "manifest.json"), `${JSON.stringify(sorted, null, 2)}\n`);
      });
    },
  }],
});

if (process.argv.includes("--watch")) {
  await bundle.watch();
} else {
  await bundle.rebuild();
  await bundle.dispose();
}
