-- writes: main.notices (view)
-- reads: core.notice, core.product
-- params: none
-- grain: public notice that may stimulate reporting
-- Public notices that may stimulate reporting, with the product that each is about
select n.notice_id, n.notice_date, n.issuer, n.title, p.brand as product, n.* exclude (
    notice_id, notice_date, issuer, title
)
from core.notice n
left join core.product p using (product_id)
order by n.notice_date desc, n.notice_id
