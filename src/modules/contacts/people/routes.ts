import { type Route, route } from '../../manifest.ts'
import { listMerges } from '../merges/reads.ts'
import { keepReviewApart, listReviews, mergeReview } from '../merges/reviews.ts'
import * as merges from '../merges/schema.ts'
import { undoMerge } from '../merges/undo.ts'
import { scopeOf } from '../scope.ts'
import { countPeopleBy, getPerson, listPeople } from './reads.ts'
import { renamePerson } from './rename.ts'
import * as people from './schema.ts'
import { selectFacets } from './store.ts'

/** 客户: the list, one person, and who is whom. */
export const peopleRoutes: readonly Route[] = [
  route(people.listPeopleEndpoint, (ctx, { query }) => listPeople(ctx, query)),
  route(people.countPeopleEndpoint, (ctx, { query }) => countPeopleBy(ctx, query)),
  route(people.listFacetsEndpoint, (ctx) => selectFacets(ctx.db, scopeOf(ctx))),
  route(people.getPersonEndpoint, (ctx, { params }) => getPerson(ctx, params.contactId)),
  route(people.renamePersonEndpoint, async (ctx, { params, body }) => {
    await renamePerson(ctx, params.contactId, body.name)
    return {}
  }),
  route(merges.listMergesEndpoint, (ctx, { params }) => listMerges(ctx, params.contactId)),
  route(merges.undoMergeEndpoint, (ctx, { params }) => undoMerge(ctx, params)),
  route(merges.listReviewsEndpoint, (ctx, { query }) => listReviews(ctx, query)),
  route(merges.mergeReviewEndpoint, (ctx, { params }) => mergeReview(ctx, params.reviewId)),
  route(merges.keepApartEndpoint, async (ctx, { params }) => {
    await keepReviewApart(ctx, params.reviewId)
    return {}
  }),
]
