// Every path our documents name exists: in `code` when it begins with a directory of ours, and in links.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'

const root = path.resolve(process.argv[2] ?? path.join(import.meta.dirname, '..'))
const OURS = /^(src|tests|docs|scripts|migrations|\.ci|\.changes)\//
// Directories below src or a module, as documents name them for short.
const UNDER_SRC = /^(kernel|wechat|infra|channels|modules|server|worker|console|simulator|cli)\//

const wrong = documents().flatMap((file) => missingPaths(file))
for (const line of wrong) console.error(line)
process.exitCode = wrong.length ? 1 : 0

function documents() {
  const top = readdirSync(root).filter((name) => name.endsWith('.md'))
  return [...top.map((name) => path.join(root, name)), ...markdownUnder(path.join(root, 'docs'))]
}

function markdownUnder(directory) {
  if (!existsSync(directory)) return []
  return readdirSync(directory).flatMap((name) => {
    const place = path.join(directory, name)
    if (statSync(place).isDirectory()) return markdownUnder(place)
    return name.endsWith('.md') ? [place] : []
  })
}

function missingPaths(file) {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line, index) =>
      [...inCode(line), ...inLinks(line, file)]
        .filter(({ places }) => !places.some(exists))
        .map(({ said }) => `${path.relative(root, file)}:${index + 1}: ${said} does not exist`),
    )
}

function inCode(line) {
  return [...line.matchAll(/`([\w.@*/-]+)`/g)]
    .map(([, said]) => said)
    .filter((said) => OURS.test(said) || UNDER_SRC.test(said))
    .map((said) => ({
      said,
      places: ['', 'src', 'src/modules/*'].map((base) => path.join(root, base, said)),
    }))
}

function inLinks(line, file) {
  return [...line.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
    .map(([, said]) => said)
    .filter((said) => !/^[a-z]+:/i.test(said))
    .map((said) => ({ said, places: [path.resolve(path.dirname(file), decodeURI(said))] }))
}

/** `*` stands for any one name. */
function exists(place) {
  const star = place.indexOf('*')
  if (star < 0) return existsSync(place)
  const parent = path.dirname(place.slice(0, star + 1))
  const [pattern, ...rest] = place.slice(parent.length + 1).split('/')
  const matches = new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`)
  if (!existsSync(parent) || !statSync(parent).isDirectory()) return false
  return readdirSync(parent).some((name) => matches.test(name) && exists(path.join(parent, name, ...rest)))
}
