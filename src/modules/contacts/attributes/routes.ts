import { type Route, route } from '../../manifest.ts'
import * as catalogue from './catalogue.ts'
import * as schema from './schema.ts'

export const attributeRoutes: readonly Route[] = [
  route(schema.listAttributesEndpoint, async (ctx) => ({ items: await catalogue.listAttributes(ctx) })),
  route(schema.declareAttributeEndpoint, (ctx, { body }) => catalogue.declareAttribute(ctx, body)),
  route(schema.updateAttributeEndpoint, (ctx, { query, body: { displayName, options, personal, ignored } }) =>
    catalogue.updateAttribute(ctx, query.key, {
      ...(displayName !== undefined && { displayName }),
      ...(options !== undefined && { options }),
      ...(personal !== undefined && { personal }),
      ...(ignored !== undefined && { ignored }),
    }),
  ),
  route(schema.changeAttributeTypeEndpoint, (ctx, { body }) => catalogue.changeAttributeType(ctx, body)),
  route(schema.attributeValuesEndpoint, (ctx, { query }) => catalogue.attributeValues(ctx, query)),
  route(schema.setAttributesEndpoint, async (ctx, { params, body }) => {
    await catalogue.setAttributes(ctx, params.contactId, body.values)
    return {}
  }),
]
