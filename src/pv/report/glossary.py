"""The field's terms in plain words: the source of docs/glossary.md and of the report's glossary."""

from dataclasses import dataclass

from pv.dictionary.verdicts import BY_KEY, LISTED


@dataclass(frozen=True, slots=True)
class Term:
    """A term, its anchor on the page, and its meaning in one to three sentences."""

    anchor: str
    name: str
    meaning: str


TERMS = (
    Term("as-of", "As of, data lock point",
         "The date up to which reports count: what was received on or before it. The same date "
         "gives the same result again, whatever arrives later."),
    Term("atmp", "Advanced therapy (ATMP)",
         "A medicine made of genes, cells or tissues: gene therapy (GTMP), somatic cell therapy "
         "(sCTMP), tissue-engineered product (TEP), or one combined with a device."),
    Term("background-rate", "Background rate",
         "How often the event happens in people who did not receive the product, per 100,000 "
         "person-years."),
    Term("case", "Case",
         "One patient's safety report after its versions, deletions and duplicates are settled. "
         "Everything here counts cases, never rows of a file."),
    Term("case-alert", "Case alert, designated late event",
         "A single case of an event that is looked for years after an advanced therapy: secondary "
         "T-cell malignancy, myelodysplastic syndrome or acute myeloid leukaemia, insertional "
         "oncogenesis, progressive multifocal leukoencephalopathy, hepatic failure. Each is read "
         "by a person from the night it arrives. One case is never a signal."),
    Term("chi2", "Chi-squared (Yates, Cochran)",
         "How far a table is from no association, with a correction for small numbers. Yates "
         "for one country, Cochran over countries."),
    Term("comparator", "Comparator",
         "What a product is compared with: all cases of the same country. Comparing across "
         "countries mistakes habits of reporting for risk. Beside it stand the cases of the "
         "therapeutic area, and those left when what other products' labels list is taken out."),
    Term("confounding", "Confounding by country, Simpson's paradox",
         "Countries differ in what they report. Added up, the product and the event can look "
         "linked although no country on its own shows a link."),
    Term("critical-count", "Cases needed",
         "The fewest cases of product and event at which the rule would hold in a country, all "
         "its other figures as they are."),
    Term("crude", "Crude",
         "All countries added into one table as if they were one. Shown to compare with, never to "
         "decide."),
    Term("detectability", "Detectability, probability to flag",
         "With its own cases, how likely was a country to flag, had the risk been everywhere what "
         "the pool estimates? Where every country is below 80%, none could have been expected to "
         "see it. The estimate was picked out for being high, so the lower limit is shown too."),
    Term("detection-gain", "Detection gain",
         "How many days earlier the pool met the rule than the first country alone. While no "
         "country has, it is censored: at least as long as up to the data lock point."),
    Term("disproportionality", "Disproportionality",
         "A pair is reported more often than the rest of the reports would lead one to expect. "
         "It is screening: it shows where to look, not that the product is the cause."),
    Term("duplicate", "Duplicate",
         "The same case received twice, often from a company and from an authority. One of them "
         "counts (the most complete); the others are kept and set aside."),
    Term("ebgm", "EBGM, EB05",
         "Empirical Bayes geometric mean: the ratio of observed to expected cases, drawn towards "
         "1 as far as the whole database suggests. EB05 is its lower 5% limit (DuMouchel 1999)."),
    Term("eu-masked", "EU (masked)",
         "Cases whose authority says only that they come from the European Union. They count in "
         "the pool and in Europe, with their own comparator, but are no country. EEA and non-EEA "
         "are the same for what EudraVigilance says of the European Economic Area."),
    Term("event", "Event, event group",
         "A reaction as a preferred term, or several terms that describe one medical question "
         "taken together as a group."),
    Term("excluded", "Excluded, inconclusive, not yet observable",
         "What a latency window says that has no signal. Excluded: the upper limit of the rate "
         "ratio is below the one asked about, if enough events are reported. Not yet observable: "
         "too little person-time, or no background rate. Inconclusive: neither. The last two are "
         "not the absence of a signal."),
    Term("expected", "Expected (E)",
         "Cases of the pair to be expected if product and event had nothing to do with each "
         "other: cases of the product times cases of the event, divided by all cases. For the "
         "pool, the sum of what each country expects of itself."),
    Term("expected-false", "Expected by chance",
         "How many pairs of a list would be there if no product had any effect: each pair of the "
         "family, also without a case, counts with the chance that its number of cases comes so "
         "far."),
    Term("family", "Family, scope",
         "The pairs over which chance is reckoned: every product in the rule's scope with every "
         "event. Important events (our event groups and their members) are one family, all others "
         "another, each with its own limit."),
    Term("garwood", "Garwood interval",
         "The exact 95% interval of a rate when cases are counted (Garwood 1936). It holds for "
         "small numbers and for zero."),
    Term("homogeneity", "Homogeneity",
         "Whether the countries could share one ratio of observed to expected cases. The exact "
         "p-value says how often chance would spread the cases so unevenly."),
    Term("ic", "IC, IC025, IC975",
         "Information component, in bits: 0 is as many cases as expected, 1 twice, 2 four times, "
         "with small numbers drawn towards 0. IC025 and IC975 are its 95% limits (Norén 2013)."),
    Term("latency-window", "Latency window",
         "A span of days or years after first administration, within which the onset lies. Late "
         "windows are those from 90 days on."),
    Term("listedness", "Listedness",
         "Whether the event is already in the product's reference safety information. A listed "
         "event can still be a signal, for instance when it comes later or more often."),
    Term("loco", "Leave one country out (LOCO)",
         "How many countries, at each step the one that carries most, must be left out before the "
         "pool no longer flags. 1 means that the signal hangs on a single country."),
    Term("look", "Look",
         "A date at which the rule is asked: each month's end, and the data lock point. It knows "
         "only what was received by then."),
    Term("mantel-haenszel", "Mantel-Haenszel",
         "The way to pool tables of several countries so that each is compared with itself first "
         "(Mantel and Haenszel 1959)."),
    Term("masking", "Masking (statistical)",
         "Very common reactions of a product fill the comparator and hide rarer ones."),
    Term("permutation-null", "Permutation null",
         "How many pairs are flagged by the pool alone after the night's own cases are shuffled "
         "so that there is nothing to find. Real findings must be more than these."),
    Term("person-time", "Person-time",
         "The time that patients were watched after treatment, added up. Ten patients for two "
         "years are 20 person-years."),
    Term("pooling", "Pool, stratified",
         "All countries taken together, each compared with itself. Countries with the product "
         "and the event but no case of both count too: they were expected to have some."),
    Term("possible-duplicate", "Possible duplicate",
         "Two cases of a pair that agree in so much (age, sex, dates, lot, other events) that they "
         "are more probably one person's than not (Fellegi and Sunter 1969). Both count until a "
         "person has compared them."),
    Term("preferred-term", "Preferred term",
         "The level of the MedDRA dictionary at which reactions are counted, for example "
         "'T-cell lymphoma'."),
    Term("prr", "PRR",
         "Proportional reporting ratio: the event's share of the product's cases, divided by its "
         "share of all other cases (Evans 2001)."),
    Term("p-value", "p-value",
         "How often a pair without any effect would have as many cases. Ratios of such pairs are "
         "taken to scatter as the night's own do (empirical null), or not at all (sharp)."),
    Term("q-value", "q-value, confirmed",
         "Of the pairs with a figure like this or better, the share that chance is expected to "
         "bring (Heyse 2011). A pair is confirmed when it is at most 20% for important events and "
         "10% for others, unless the rule says otherwise. It does not adjust for looking again "
         "every night."),
    Term("quarantine", "Quarantine",
         "Rows that broke a rule are kept apart with the rule's name. Rows read = kept + "
         "quarantined, for every file."),
    Term("reporting-fraction", "Reporting fraction",
         "The share of events that is reported. It is not known and nothing is scaled by it; "
         "shown is how large it would have to be for a conclusion to hold."),
    Term("rate", "Reporting rate",
         "Reported cases per 1,000 patients treated. Not every case is reported, so the true "
         "risk is at least as high."),
    Term("retention", "Retention",
         "The share of treated patients who are still followed. Person-time rests on it: on "
         "published survival where there is some for the product, else on an assumption, each with "
         "a low and a high scenario."),
    Term("ror", "ROR, ROR025",
         "Reporting odds ratio: 1 is no association. ROR025 and ROR975 are its 95% limits "
         "(van Puijenbroek 2002); over countries it is the Mantel-Haenszel odds ratio."),
    Term("sequential", "Sequential test, look (MaxSPRT)",
         "A test that may look at the data again every month without raising more false alarms "
         "than it says (Kulldorff 2011). Each product, event and window has its own sequence of "
         "looks."),
    Term("receipt-period", "Period of receipt",
         "Quarters of first receipt in a row that a country's cases are compared within, joined "
         "until they hold enough cases (50 by default). Events and products come and go: only what "
         "was received at about the same time is alike."),
    Term("sensitivity", "Sensitivity",
         "The rule asked again with some of the cases left out: possible duplicates, the country "
         "with most cases, what came after a public notice, cases of unknown country; and beside "
         "other comparators. What stands in all of them hangs on none."),
    Term("signal", "Signal",
         "Information that suggests a new possible link, or a new side of a known one, between "
         "a product and an event, and that deserves a look by people."),
    Term("stimulated-reporting", "Stimulated reporting",
         "More reports because of attention, such as a regulator's notice or the news, and not "
         "because of more harm."),
    Term("stratum", "Stratum",
         "A part of the cases that is compared with itself: a country, the cases masked to a "
         "region, or those of unknown country; inside it each period of receipt."),
    Term("suspect", "Suspect, interacting",
         "The reporter thinks the product may have caused the event, alone or together with "
         "another. Other medicines taken at the time are concomitant and do not count."),
    Term("time-to-onset", "Time to onset",
         "Days from first administration to the start of the event. Late events are seen less "
         "completely, because some have yet to happen."),
    Term("2x2", "Two-by-two table (a, b, c, d)",
         "a: cases with product and event; b: product only; c: event only; d: neither."),
    *(
        Term(v.key, f"{v.name} ({v.key})", f"{v.meaning} {v.explained}")
        for v in map(BY_KEY.__getitem__, LISTED)
    ),
)  # fmt: skip


def markdown() -> str:
    """docs/glossary.md."""
    lines = [
        "# Glossary",
        "",
        "The terms of the report and of the snapshot, in plain words. Made from",
        "`src/pv/report/glossary.py`; a test fails when the two differ.",
        "",
    ]
    for term in TERMS:
        lines += [f"**{term.name}** — {term.meaning}", ""]
    return "\n".join(lines[:-1]) + "\n"
