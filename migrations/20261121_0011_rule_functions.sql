-- What rules need of SQL: days of Beijing, birthdays, and instants inside JSON.
create function beijing_day(at timestamptz) returns date language sql immutable parallel safe as $$
  select (at at time zone interval '8 hours')::date
$$;

-- The month-days from the Beijing day of an instant up to so many days later. Who was born on 29 February is found on
-- the 28th of years that have none.
create function coming_month_days(at timestamptz, days int) returns text[] language sql stable parallel safe as $$
  select array_agg(to_char(d, 'MM-DD')) ||
    case when bool_or(to_char(d, 'MM-DD') = '02-28' and to_char(d + interval '1 day', 'MM-DD') = '03-01')
      then array['02-29'] else array[]::text[] end
  from generate_series(beijing_day(at)::timestamp, beijing_day(at)::timestamp + days * interval '1 day', interval '1 day') d
$$;

-- An ISO 8601 instant in JSON, or null. A calendar day alone is its beginning in Beijing.
create function json_instant(value jsonb) returns timestamptz language plpgsql immutable parallel safe as $$
declare
  said text := value #>> '{}';
begin
  if jsonb_typeof(value) <> 'string' or said !~ '^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[-+]\d{2}:?\d{2})?)?$' then
    return null;
  end if;
  if said ~ '(Z|[-+]\d{2}:?\d{2})$' and length(said) > 10 then return said::timestamptz; end if;
  return (said || '+08')::timestamptz;
exception when others then
  return null;
end $$;
