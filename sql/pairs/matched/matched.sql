-- writes: work.matched
-- reads: work.heavy, work.joint_case
-- params: none
-- grain: pair and two of its cases with weight enough
select
    x.pair_no, x.n, x.case_id, y.case_id as other_case_id, x.period_no,
    y.period_no as other_period_no, x.case_order, y.case_order as other_case_order, w.place,
    w.match_weight
from heavy w
join joint_case x on x.product_no = w.product_no and x.case_id = w.case_id
join joint_case y on y.pair_no = x.pair_no and y.case_id = w.other_case_id
