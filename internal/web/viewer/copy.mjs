// Writes the viewer anew from what npm has installed: its one bundle, and the licences of everything that may be in it.
import {copyFileSync, existsSync, readFileSync, readdirSync, writeFileSync} from 'node:fs'

copyFileSync('node_modules/@scalar/api-reference/dist/browser/standalone.js', 'standalone.js')

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'))
const byText = new Map()
for (const [path, {version, license}] of Object.entries(lock.packages)) {
  if (path === '' || !existsSync(path)) continue
  const file = readdirSync(path).find((name) => /^(licen[cs]e|copying)/i.test(name))
  const text = file ? readFileSync(`${path}/${file}`, 'utf8').trim().replace(/[^\S\n]+$/gm, '') : `Licence: ${license}, of which the package has no text.`
  const name = `${path.replace(/^.*node_modules\//, '')} ${version}`
  byText.set(text, [...(byText.get(text) ?? []), name])
}
const scalar = readFileSync('scalar.licence.txt', 'utf8').trim()
const rest = [...byText].map(([text, names]) => `${[...new Set(names)].sort().join(', ')}\n\n${text}\n`)
writeFileSync('LICENSES.txt', [`The viewer is @scalar/api-reference, which is:\n\n${scalar}\n`, 'It holds parts of these packages:\n', ...rest.sort()].join(`\n${'-'.repeat(80)}\n\n`))
