-- writes: staging.report_drug
-- reads: work.raw_dashboard
-- params: $source, $file_id
-- grain: drug of a row of a FAERS dashboard workbook
-- Suspects come as two lists, names and active ingredients, each in an order of its own (Chantix;
-- Neupro beside Rotigotine;Varenicline Tartrate): a name goes with an ingredient only where there
-- is one of each. Else the ingredients stand alone, and names where there is no ingredient.
with listed as (
    select
        line, whole(said(case_id_text)) as source_report_id,
        said_list(suspect_names_text, ';') as name,
        said_list(suspect_ingredients_text, ';') as ingredient,
        said_list(concomitant_names_text, ';') as concomitant
    from raw_dashboard
),
counted as (
    select *, if(len(ingredient) > 0, len(ingredient), len(name)) as suspects
    from listed
),
suspect as (
    select
        line, source_report_id, 'suspect' as role, unnest(range(1, suspects + 1)) as seq,
        name, ingredient
    from counted
),
suspect_drug as (
    select
        line, source_report_id, role, seq,
        if(len(ingredient) = 0 or (len(name) = 1 and len(ingredient) = 1), name[seq], null)
            as drug_verbatim,
        ingredient[seq] as active_ingredient
    from suspect
),
concomitant_drug as (
    select
        line, source_report_id, 'concomitant' as role,
        unnest(range(suspects + 1, suspects + len(concomitant) + 1)) as seq,
        unnest(concomitant) as drug_verbatim, null::varchar as active_ingredient
    from counted
),
drug as (
    select * from suspect_drug
    union all by name
    select * from concomitant_drug
),
final as (
    select
        $source as source, $file_id as file_id, line, source_report_id,
        seq::varchar as drug_seq, role, drug_verbatim, active_ingredient,
        []::varchar[] as unparsed
    from drug
    order by line, seq
)
select * from final
