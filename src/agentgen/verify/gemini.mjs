// What Gemini CLI's own loader makes of a folder of agents.
//
//     node gemini.mjs BUNDLE FOLDER
//
// BUNDLE is the folder of the package's modules. The result is one line of JSON on stdout:
// {"agents": [{"name", "file", "tools"}], "errors": [{"file", "message"}]}. `tools` is null for an
// agent that leaves the choice open.

import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [bundle, folder] = process.argv.slice(2);
let load;
for (const name of fs.readdirSync(bundle).sort()) {
  if (/^(core-.*|index)\.js$/.test(name)) {
    load ??= (await import(pathToFileURL(path.join(bundle, name)))).loadAgentsFromDirectory;
  }
}
if (!load) {
  console.error('this version of Gemini CLI exports no loadAgentsFromDirectory');
  process.exit(3);
}
const { agents, errors } = await load(folder);
console.log(JSON.stringify({
  agents: agents.map(({ name, toolConfig, metadata }) => ({
    name, file: metadata?.filePath, tools: toolConfig?.tools ?? null,
  })),
  errors: errors.map(({ filePath, message }) => ({ file: filePath, message })),
}));
