export { declareAttributes, typesOfAttributes } from './attributes/declare.ts'
export { type AttributeType, convert } from './attributes/values.ts'
export { type AttributeChange, type AttributesWritten, writeAttributes } from './attributes/write.ts'
export { type AudienceRow, audienceRelation } from './audience.ts'
export { type FanRow, findFansByOpenid, getFan, presentFan } from './fans.ts'
export { createFanList, getFanList } from './lists.ts'
export { listMerges } from './merges/reads.ts'
export { pausing } from './pausing.ts'
export { askingIn } from './people/ask.ts'
export { type Identity, identitiesOf, keyOf, type PersonClaim, type PersonRef } from './people/claims.ts'
export { findOrMakePeople } from './people/find.ts'
export {
  conditionsOf as peopleWhere,
  countPeople,
  type PersonRow,
  selectPeoplePage,
} from './people/listing.ts'
export { lockContacts, lockIdentities } from './people/lock.ts'
export { maskIdentity, maskName } from './people/masks.ts'
export { idsWithinScope, ownersOf } from './people/owners.ts'
export { toE164 } from './people/phone.ts'
export { findCanonical } from './people/reads.ts'
export * as peopleFacts from './people/store.ts'
export { erasedAmong, tombstoneOf } from './people/tombstones.ts'
export { canSeePersons, shortenId } from './rules.ts'
export { scopeOf, withinScope } from './scope.ts'
export { idsOfContact, resolveContacts } from './store.ts'
export { startFanSync } from './sync.ts'
export { applyTagMembers, countTagMembers, noteTagMembers } from './tagging.ts'
