import type pg from 'pg'
import type { Manifest } from './format.ts'

/**
 * What a backup holds: our tables and the background jobs. The simulated WeChat is the world outside, which a
 * restore does not turn back; records of what was migrated are made by migrating.
 */
const OURS = `
  n.nspname in ('public', 'details', 'graphile_worker') and c.relpersistence = 'p'
  and c.relname not in ('schema_migrations', 'migrations')`

export type Table = { name: string; columns: string[] }

/** Every table that holds rows itself, with the columns that are stored rather than computed. */
export async function listTables(client: pg.ClientBase): Promise<Table[]> {
  const { rows } = await client.query<Table>(`
    select format('%I.%I', n.nspname, c.relname) as name,
           array(select quote_ident(attname) from pg_attribute
                 where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = ''
                 order by attnum) as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and ${OURS} and not exists (
      select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
    order by 1`)
  return rows
}

/** Partitions with their bounds, parents first; `key` where a partition is partitioned again. */
export async function listPartitions(client: pg.ClientBase): Promise<Manifest['partitions']> {
  const { rows } = await client.query<Manifest['partitions'][number]>(`
    select format('%I.%I', n.nspname, c.relname) as name, i.inhparent::regclass::text as parent,
           pg_get_expr(c.relpartbound, c.oid) as bound, pg_get_partkeydef(c.oid) as key
    from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_inherits i on i.inhrelid = c.oid
    where c.relispartition and c.relkind in ('r', 'p') and ${OURS}
    order by (select count(*) from pg_partition_ancestors(c.oid)), 1`)
  return rows
}

/** Statements that make the tables of declared datasets: no migration knows these. */
export async function listMadeTables(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ statement: string }>(`
    select statement from (
      select c.relname, 0 as turn, '' as name, format('create table %I.%I (%s)', n.nspname, c.relname, (
        select string_agg(format('%I %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
            case when a.attnotnull then ' not null' else '' end,
            coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')), ', ' order by a.attnum)
        from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)) as statement
      from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'details' and c.relkind = 'r'
      union all
      select c.relname, 1, k.conname, format('alter table %I.%I add constraint %I %s', n.nspname, c.relname, k.conname,
        pg_get_constraintdef(k.oid))
      from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'details' and k.contype in ('c', 'u', 'p')
      union all
      select c.relname, 2, i.relname, pg_get_indexdef(x.indexrelid)
      from pg_index x join pg_class c on c.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
        join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'details' and not exists (select from pg_constraint k where k.conindid = x.indexrelid)
    ) made order by relname, turn, name`)
  return rows.map(({ statement }) => statement)
}

/** Read after the rows, so that no sequence is behind the ids it gave out. */
export async function listSequences(client: pg.ClientBase) {
  const { rows } = await client.query<{ name: string }>(`
    select format('%I.%I', n.nspname, c.relname) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'S' and ${OURS} order by 1`)
  const sequences: { name: string; value: string; called: boolean }[] = []
  for (const { name } of rows) {
    const state = await client.query<{ value: string; called: boolean }>(
      `select last_value as value, is_called as called from ${name}`,
    )
    if (state.rows[0]) sequences.push({ name, ...state.rows[0] })
  }
  return sequences
}

/** Foreign keys as statements that drop and make them; those of partitions follow their parents'. */
export async function listForeignKeys(client: pg.ClientBase): Promise<{ drop: string; make: string }[]> {
  const { rows } = await client.query<{ drop: string; make: string }>(`
    select format('alter table %s drop constraint %I', k.conrelid::regclass, k.conname) as drop,
           format('alter table %s add constraint %I %s', k.conrelid::regclass, k.conname,
                  pg_get_constraintdef(k.oid)) as make
    from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
    where k.contype = 'f' and k.conparentid = 0 and ${OURS}`)
  return rows
}
