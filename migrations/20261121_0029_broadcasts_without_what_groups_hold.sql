-- Groups and arms hold these since 0022.
alter table broadcasts
  drop column activity_id, drop column audience, drop column audience_basis, drop column path, drop column ignore_reprint,
  drop column content, drop column frozen_content, drop column frozen_at, drop column planned, drop column skipped,
  drop column failure_reason;
