// What VS Code's own parser and validator say of agent files.
//
//     node vscode.mjs PACKAGES TOOLS FILE...
//
// PACKAGES is a folder of npm packages that holds @codingame/monaco-vscode-chat-service-override,
// a build of VS Code's sources. TOOLS is JSON: the tool names that VS Code and its Copilot extension
// have, and the old names with what they became. Each file becomes a line of JSON on stdout:
// {"file", "name", "tools", "markers": [{"severity", "message"}]}.

import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [packages, tools, ...files] = process.argv.slice(2);
const { known, renamed } = JSON.parse(tools);
const load = (name, module) =>
  import(pathToFileURL(path.join(packages, '@codingame', name, 'vscode/src/vs', `${module}.js`)));

const syntax = 'workbench/contrib/chat/common/promptSyntax';
const api = 'monaco-vscode-api';
const { URI } = await load(api, 'base/common/uri');
const { MarkerSeverity } = await load(api, 'platform/markers/common/markers');
const { PromptsType } = await load(api, `${syntax}/promptTypes`);
const { PromptFileParser } = await load(api, `${syntax}/promptFileParser`);
const { PromptValidator } = await load(
  'monaco-vscode-chat-service-override', `${syntax}/languageProviders/promptValidator`);

// The services of a running editor that the validator asks, as they are in an empty one. Files are
// said to exist: agentgen looks after links itself, and only agents are in the folder.
const validator = new PromptValidator(
  { getLanguageModelIds: () => [], lookupLanguageModelByQualifiedName: () => undefined },
  {
    getFullReferenceNames: () => known,
    getDeprecatedFullReferenceNames: () =>
      new Map(Object.entries(renamed).map(([old, names]) => [old, new Set(names)])),
    toToolAndToolSetEnablementMap: () => new Map(),
    getToolByFullReferenceName: () => undefined,
  },
  { getLocalModes: () => ({ builtin: [], custom: [] }), getModes: () => ({ builtin: [], custom: [] }) },
  { exists: async () => true, canCreateFile: async () => false },
  { getUriLabel: (uri) => uri.fsPath },
  { getCustomAgents: async () => [], getAgentFileURIFromModeFile: () => undefined },
  { warn() {}, error() {}, info() {}, debug() {}, trace() {} },
  { getValue: () => undefined },
);

for (const file of files) {
  const parsed = new PromptFileParser().parse(URI.file(file), fs.readFileSync(file, 'utf8'));
  const markers = [];
  await validator.validate(parsed, PromptsType.agent, ({ severity, message }) =>
    markers.push({ severity: MarkerSeverity[severity], message }));
  const { name, tools } = parsed.header ?? {};
  console.log(JSON.stringify({ file, name, tools, markers }));
}
