import type { z } from 'zod'
import type { Ctx } from '../../context.ts'
import { type Executor, inTransaction } from '../../infra/transaction.ts'
import { assert, conflict, invalid, notFound } from '../../kernel/errors.ts'
import { audit } from '../audit/index.ts'
import { type ConversionCount, convertColumn, countConvertible } from './conversion.ts'
import {
  type Dataset,
  type declareDatasetBody,
  type Field,
  type FieldType,
  type Level,
  MAX_DATASETS,
  MAX_FIELDS,
  type NewField,
} from './schema.ts'
import { getDataset } from './shape.ts'
import * as store from './store.ts'
import { addColumn, createTables, lockDefinition, orBusy } from './tables.ts'

type Declaration = z.output<typeof declareDatasetBody>

/**
 * Declares a dataset and makes its tables in the same transaction. Refused with `dataset_key_taken` and, beyond 50,
 * `too_many_datasets`; archived ones count.
 */
export function declareDataset(ctx: Ctx, input: Declaration): Promise<Dataset> {
  return inTransaction(ctx.db, async (trx) => {
    // one declaration at a time, so that there are never more than there may be
    await lockDefinition(trx, 0)
    const all: (NewField & { level: Level })[] = [
      ...input.fields.map((field) => ({ ...field, level: 'row' as const })),
      ...(input.lineFields ?? []).map((field) => ({ ...field, level: 'line' as const })),
    ]
    const fields = all.map((field, index): Field => ({ ...field, id: index + 1 }))
    const id = await store.insertDataset(trx, {
      ...input,
      fields,
      hasLines: input.lineFields !== undefined,
      nextFieldId: fields.length + 1,
      createdBy: ctx.actor.kind === 'system' ? null : ctx.actor.id,
      at: ctx.clock.now(),
    })
    if (id === undefined) throw conflict('dataset_key_taken', 'a dataset has this key', { key: input.key })
    if ((await store.countDatasets(trx)) > MAX_DATASETS)
      throw conflict('too_many_datasets', 'there are as many datasets as there may be', { max: MAX_DATASETS })
    const of = (wanted: Level) => fields.filter(({ level }) => level === wanted)
    await createTables(trx, id, {
      fields: of('row'),
      lineFields: input.lineFields === undefined ? null : of('line'),
    })
    await audit(ctx, trx, {
      action: 'dataset.declared',
      subject: subjectOf(input.key),
      detail: { name: input.name, fields: fields.length },
    })
    return getDataset(ctx, input.key, trx)
  })
}

/** Changes the display name and the retention; shortening it deletes rows within the hour. */
export function updateDataset(
  ctx: Ctx,
  key: string,
  change: { name?: string | undefined; retentionDays?: number | null | undefined },
): Promise<Dataset> {
  return changeDataset(ctx, key, async (trx, { id }) => {
    await store.updateDatasetRow(trx, id, {
      ...(change.name !== undefined && { name: change.name }),
      ...(change.retentionDays !== undefined && { retention_days: change.retentionDays }),
    })
    return { action: 'dataset.updated', detail: { ...change } }
  })
}

/** Adds a field without a value in what is there. Refused with `field_key_taken`, `too_many_fields`, `has_no_lines`. */
export function addField(ctx: Ctx, key: string, input: NewField & { level: Level }): Promise<Dataset> {
  return changeDataset(ctx, key, async (trx, before) => {
    if (input.level === 'line' && !before.hasLines)
      throw conflict('has_no_lines', 'rows of this dataset have no lines')
    if (findField(before, input.level, input.key) !== undefined)
      throw conflict('field_key_taken', 'a field has this key', { field: input.key })
    if (before.fields.length >= MAX_FIELDS)
      throw conflict('too_many_fields', 'there are as many fields as there may be', { max: MAX_FIELDS })
    const field: Field = { ...input, id: await store.takeFieldId(trx, before.id) }
    await addColumn(trx, before.id, field)
    await store.updateFields(trx, before, [...before.fields, field])
    return {
      action: 'dataset.field_added',
      detail: { field: field.key, level: field.level, type: field.type },
    }
  })
}

export type FieldChange = {
  name?: string | undefined
  options?: string[] | undefined
  personal?: boolean | undefined
  type?: FieldType | undefined
}
type FieldName = { key: string; field: string; level: Level }

/** Changes a field. Its type only where every value, of earlier versions too, converts: else `values_do_not_convert`. */
export function updateField(ctx: Ctx, at: FieldName, change: FieldChange): Promise<Dataset> {
  return changeDataset(ctx, at.key, async (trx, before) => {
    const field = findField(before, at.level, at.field)
    if (field === undefined) throw notFound('field')
    const { type: to = field.type, ...rest } = change
    if (to !== field.type) {
      refuseLoss(field, to, await countConvertible(trx, before.id, { field, to }))
      await convertColumn(trx, before.id, { field, to })
    }
    const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
    const changed: Field = { ...field, ...given, type: to }
    const fields = before.fields.map((one) => (one === field ? changed : one))
    await store.updateFields(trx, before, fields)
    return {
      action: 'dataset.field_changed',
      detail: { field: at.field, ...given, ...(to !== field.type && { from: field.type, to }) },
    }
  })
}

function refuseLoss(field: Field, to: FieldType, count: ConversionCount | undefined): void {
  if (count === undefined)
    throw invalid('conversion_unknown', 'a value of this type never becomes one of that', {
      from: field.type,
      to,
    })
  const lost = count.values - count.convertible
  if (lost > 0)
    throw conflict('values_do_not_convert', 'some values would be lost', {
      lost,
      values: count.values,
      examples: count.examples,
    })
}

/** What a change of type would do, before anything is done. */
export async function checkFieldType(
  ctx: Ctx,
  at: FieldName & { type: FieldType },
): Promise<ConversionCount> {
  const found = await getDataset(ctx, at.key)
  const field = findField(found, at.level, at.field)
  if (field === undefined) throw notFound('field')
  const count = await countConvertible(ctx.db, found.id, { field, to: at.type })
  if (count === undefined) refuseLoss(field, at.type, count)
  assert(count, 'refused')
  return count
}

export const archiveDataset = (ctx: Ctx, key: string): Promise<Dataset> =>
  changeDataset(ctx, key, async (trx, before) => {
    if (before.archived) throw conflict('dataset_archived', 'the dataset is archived', { key })
    await store.updateDatasetRow(trx, before.id, { archived_at: ctx.clock.now() })
    return { action: 'dataset.archived', detail: {} }
  })

export const restoreDataset = (ctx: Ctx, key: string): Promise<Dataset> =>
  changeDataset(ctx, key, async (trx, before) => {
    if (!before.archived) throw conflict('dataset_not_archived', 'the dataset is not archived', { key })
    await store.updateDatasetRow(trx, before.id, { archived_at: null })
    return { action: 'dataset.restored', detail: {} }
  })

type Entry = { action: string; detail: Record<string, unknown> }

/** One change of a definition: writers of rows have finished and wait, the entry is written with it. */
function changeDataset(
  ctx: Ctx,
  key: string,
  change: (trx: Executor, before: Dataset) => Promise<Entry>,
): Promise<Dataset> {
  return orBusy(
    inTransaction(ctx.db, async (trx) => {
      await lockDefinition(trx, (await getDataset(ctx, key, trx)).id)
      const entry = await change(trx, await getDataset(ctx, key, trx))
      await audit(ctx, trx, { ...entry, subject: subjectOf(key) })
      return getDataset(ctx, key, trx)
    }),
  )
}

const subjectOf = (key: string) => ({ kind: 'dataset', id: key })

export const findField = (of: Pick<Dataset, 'fields'>, level: Level, key: string): Field | undefined =>
  of.fields.find((field) => field.level === level && field.key === key)
