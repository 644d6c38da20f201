import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { bits, boolean, context, integer, octets, oid, sequence, set, utcTime, utf8 } from './der.ts'

const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2'
const DAY_MS = 86_400_000

/**
 * A fresh self-signed certificate for the hosts that clients of WeChat know and for this machine.
 * Made at every start and kept nowhere: whoever wants to trust it takes it from `cert`.
 */
export function selfSigned(now: Date = new Date()): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const name = sequence(set(sequence(oid('2.5.4.3'), utf8('Weida simulated WeChat'))))
  const algorithm = sequence(oid(ECDSA_WITH_SHA256))
  const body = sequence(
    context(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    name,
    sequence(utcTime(new Date(now.getTime() - DAY_MS)), utcTime(new Date(now.getTime() + 3650 * DAY_MS))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    context(3, sequence(basicConstraints(), alternativeNames())),
  )
  const signature = sign('sha256', body, privateKey)
  const der = sequence(body, algorithm, bits(signature))
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
  }
}

/** Its own authority, so that it can be given to a client as the one to trust. */
const basicConstraints = (): Buffer =>
  sequence(oid('2.5.29.19'), boolean(true), octets(sequence(boolean(true))))

function alternativeNames(): Buffer {
  const dns = ['localhost', 'api.weixin.qq.com', 'mp.weixin.qq.com'].map((host) =>
    context(2, Buffer.from(host), false),
  )
  const loopback = context(7, Buffer.from([127, 0, 0, 1]), false)
  return sequence(oid('2.5.29.17'), octets(sequence(...dns, loopback)))
}
