import type { FormRule } from 'antd'
import type { z } from 'zod'

/** Checks a field of a form by the module's own schema; zod words the message in the operator's language. */
export const schemaRule = (schema: z.ZodType, message?: string): FormRule => ({
  validator: async (_rule, value: unknown) => {
    const parsed = schema.safeParse(value === '' ? undefined : value)
    if (!parsed.success) throw new Error(message ?? parsed.error.issues[0]?.message ?? '')
  },
})
