// What Roo Code's own schema says of a file of modes.
//
//     node roo.mjs PACKAGE < MODES
//
// PACKAGE is the folder of @roo-code/types, MODES is JSON: the data of `.roomodes`. The result is one
// line of JSON on stdout: {"modes": [{"slug", "groups"}], "issues": [{"path", "message"}]}.

import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const [folder] = process.argv.slice(2);
const { customModesSettingsSchema } = createRequire(path.join(folder, 'package.json'))(folder);
const { data, error } = customModesSettingsSchema.safeParse(JSON.parse(fs.readFileSync(0, 'utf8')));
const group = (each) => (Array.isArray(each) ? each[0] : each);
console.log(JSON.stringify({
  modes: (data?.customModes ?? []).map(({ slug, groups }) => ({ slug, groups: groups.map(group) })),
  issues: (error?.issues ?? []).map(({ path, message }) => ({ path, message })),
}));
