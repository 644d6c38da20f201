-- Whether anybody merged since a snapshot was taken.
create index contact_aliases_merged on contact_aliases (merged_at);
