/** Roles that see whole openids and what fans wrote; analysts see figures, not people. */
const SEES_PERSONS: readonly string[] = ['administrator', 'operator', 'approver']

export const canSeePersons = (actor: { kind: string; role?: string }): boolean =>
  actor.kind === 'system' || SEES_PERSONS.includes(actor.role ?? '')

/** `oAb1…x2Q`: enough to compare two rows, not enough to use elsewhere. */
export const shortenId = (id: string): string => `${id.slice(0, 4)}…${id.slice(-3)}`

/** One fan after the platform told a unionid: who it is now, and who stands for that unionid (统一身份). */
export type Learned = {
  fanId: string
  unionid: string
  contactId: string
  /** Unionid of the fan's contact so far. */
  contactUnionid: string | null
  /** The contact that has this unionid, if any. */
  holderId: string | null
}

export type IdentityPlan = {
  /** Contacts that now get to know their unionid. */
  adopt: { contactId: string; unionid: string }[]
  /** Contacts without a unionid that turn out to be another one: all their fans move, an alias stays. */
  merge: { from: string; into: string; unionid: string }[]
  /** Single fans that belong to another contact, where the contacts themselves stay apart. */
  move: { fanId: string; into: string }[]
  /** The same, where nobody has the unionid yet. */
  found: { fanId: string; unionid: string }[]
}

/**
 * What to do so that every fan belongs to the contact with its unionid and no unionid has two. Contacts with different
 * unionids are never merged, nor those that `areApart` says something else keeps apart. Nothing is planned where all is well.
 */
export function planIdentities(
  learned: readonly Learned[],
  areApart: (contactId: string, holderId: string) => boolean = () => false,
): IdentityPlan {
  const plan: IdentityPlan = { adopt: [], merge: [], move: [], found: [] }
  const settled = new Set<string>()
  const adopters = new Map<string, string>()
  for (const { fanId, unionid, contactId, contactUnionid, ...rest } of learned) {
    const holderId = rest.holderId ?? adopters.get(unionid) ?? null
    if (contactUnionid === unionid || holderId === contactId) continue
    const apart = holderId !== null && areApart(contactId, holderId)
    if (contactUnionid !== null || settled.has(contactId) || apart) {
      if (holderId === null) plan.found.push({ fanId, unionid })
      else plan.move.push({ fanId, into: holderId })
      continue
    }
    settled.add(contactId)
    if (holderId === null) {
      adopters.set(unionid, contactId)
      plan.adopt.push({ contactId, unionid })
    } else plan.merge.push({ from: contactId, into: holderId, unionid })
  }
  return plan
}

/** Facts from the platform carry whole seconds; what we observe ourselves is compared with them. */
export const wholeSecond = (at: Date): Date => new Date(Math.floor(at.getTime() / 1000) * 1000)
