-- What the file of an uploaded picture says of itself; null for other kinds and for what was uploaded before.
alter table media_assets
  add column width int check (width > 0),
  add column height int check (height > 0),
  add column frames int check (frames > 0);
