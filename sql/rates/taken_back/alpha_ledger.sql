-- writes: ops.alpha_ledger (by key)
-- reads: work.taken_back
-- params: none
-- grain: sequential test of product, event, window and country ('all': the pool)
-- Each row stays for ever as it was, and says that it stands no more.
select * from taken_back
